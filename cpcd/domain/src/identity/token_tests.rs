//! Tokens that are signed with our own key and still not ours: what a thief of the key, or a fault of ours, could make.

use cpcd_store::sql;
use serde_json::{Value, json};

use super::*;
use crate::identity::{Advertised, Identity, RootKey};

async fn identity() -> (Identity, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let root = RootKey::create(&folder.path().join("root.key")).unwrap();
    let store = Store::open(&sql::Config { url: "sqlite::memory:".into(), ..sql::Config::default() }).await.unwrap();
    let cache = cpcd_store::Cache::open(&cpcd_store::cache::Config { url: "memory:".into(), ..Default::default() })
        .await
        .unwrap();
    let config = toml_config();
    let identity = Identity::open(&store, &cache, &Clock::default(), &config, &root, Advertised::default()).await;
    (identity.unwrap(), folder)
}

fn toml_config() -> Config {
    serde_json::from_value(json!({
        "challenge_seconds": 60,
        "access_token_seconds": 900,
        "refresh_token_seconds": 2_592_000,
        "fresh_login_seconds": 600,
        "service_tokens_per_user": 100,
        "http_login_hosts": [],
        "pending_users": 1000,
        "pending_user_seconds": 604_800,
        "default_permissions": ["content=write"],
        "join": "invite",
    }))
    .unwrap()
}

/// Signs any JSON text as the claims of a token.
fn signed(tokens: &Tokens, claims: &str) -> String {
    let ring = tokens.keys.ring();
    let (kid, key) = &ring.signing;
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": kid }).to_string();
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

#[tokio::test]
async fn claims_of_the_wrong_kind_are_refused_though_the_signature_holds() {
    let (identity, _folder) = identity().await;
    let tokens = &identity.tokens;
    let node = Uuid::now_v7();
    let now = u64::try_from(tokens.clock.now().as_second()).unwrap();
    let good = json!({
        "iss": identity.server.id(), "aud": "cpc", "sub": node, "kind": "node", "jti": Uuid::now_v7(), "sid": Uuid::now_v7(),
        "iat": now, "nbf": now, "exp": now + 900, "epoch": 0,
    });
    let text = good.to_string();
    assert!(tokens.verify(&signed(tokens, &text)).await.is_ok(), "only what is changed below may be at fault");

    let mut hostile: Vec<(String, String)> = Vec::new();
    let mut change = |what: &str, name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        hostile.push((what.to_owned(), claims.to_string()));
    };
    for name in ["iat", "nbf", "exp", "epoch"] {
        change(&format!("{name} as text"), name, json!(now.to_string()));
        change(&format!("{name} as a fraction"), name, json!(1.5));
        change(&format!("{name} negative"), name, json!(-1));
        change(&format!("{name} as a list"), name, json!([now]));
        change(&format!("{name} as nothing"), name, Value::Null);
        change(&format!("{name} beyond all numbers"), name, json!(1e300));
    }
    change("not yet", "nbf", json!(now + 3600));
    change("made tomorrow", "iat", json!(now + 86_400));
    change("ends before it was made", "exp", json!(now - 1));
    change("of another server", "iss", json!("12D3KooWother"));
    change("for somebody else", "aud", json!("other"));
    change("for several", "aud", json!(["cpc", "other"]));
    change("of another kind", "kind", json!("admin"));
    change("kind in capitals", "kind", json!("NODE"));
    change("a refresh token", "kind", json!("refresh"));
    change("no uuid", "sub", json!("root"));
    change("an unknown claim", "admin", json!(true));
    for name in ["iss", "aud", "sub", "kind", "jti", "sid", "iat", "nbf", "exp", "epoch"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        hostile.push((format!("without {name}"), claims.to_string()));
    }
    let doubled = |name: &str, value: &str| text.replacen('{', &format!("{{\"{name}\":{value},"), 1);
    hostile.push(("exp twice".into(), doubled("exp", "9999999999")));
    hostile.push(("sub twice".into(), doubled("sub", &format!("\"{}\"", Uuid::now_v7()))));
    hostile.push(("a name in escapes, twice".into(), doubled("\\u0065xp", "9999999999")));
    hostile.push(("no object".into(), "[]".into()));
    hostile.push(("no JSON".into(), "{".into()));
    hostile.push(("nothing".into(), String::new()));
    let count = hostile.len();
    for (what, claims) in hostile {
        let refused =
            tokens.verify(&signed(tokens, &claims)).await.err().unwrap_or_else(|| panic!("{what} is accepted"));

        assert_eq!(refused.reason(), Reason::TokenInvalid, "{what}");
    }
    assert_eq!(count, 51);
}

#[tokio::test]
async fn a_node_is_no_user_and_a_user_no_node() {
    let (identity, _folder) = identity().await;
    let tokens = &identity.tokens;
    let node = NodeId::generate();
    let grant = Grant {
        holder: Holder::Node(node),
        epoch: 0,
        session: SessionId::generate(),
        token_id: Uuid::now_v7(),
        issued_at: tokens.clock.now(),
    };
    let (token, _) = tokens.issue(&grant).unwrap();
    let caller = tokens.verify(&token).await.unwrap();
    assert_eq!(caller.subject(), Subject::Node(node));
    assert!(caller.require_user().is_err());
    assert!(tokens.verify_node(&token).unwrap().is_some());
    let grant = Grant { holder: Holder::User(UserId::generate()), ..grant };
    let (token, _) = tokens.issue(&grant).unwrap();
    assert!(tokens.verify_node(&token).unwrap().is_none());
    assert_eq!(tokens.verify(&token).await.unwrap_err().reason(), Reason::TokenRevoked, "there is no such user");
}
