//! Keys of a user: several, each with its own sessions, and the way in when all are lost.

use cpc_proto::v1;
use cpc_signing::SecretKey;
use http::Method;

use crate::harness::{Daemon, Engine, everywhere, for_each_engine, reason, rule_message, tokens};

const ADD: v1::ChallengePurpose = v1::ChallengePurpose::AddKey;
const RECOVER: v1::ChallengePurpose = v1::ChallengePurpose::Recover;

async fn add(daemon: &Daemon, token: &str, key: &SecretKey) -> Result<v1::UserKey, String> {
    let proof = Some(daemon.key_proof(key, ADD).await);
    let request = v1::AddKeyRequest { proof, name: "laptop".into(), confirmation: None };
    let answer = daemon.identity(Some(token)).await.add_key(request).await;
    answer.map(|answer| answer.into_inner().key.expect("a key")).map_err(|status| reason(&status))
}

async fn revoke(daemon: &Daemon, token: &str, id: &str) -> Result<(), String> {
    let request = v1::RevokeKeyRequest { id: id.into(), confirmation: None };
    let answer = daemon.identity(Some(token)).await.revoke_key(request).await;
    answer.map(drop).map_err(|status| reason(&status))
}

async fn list(daemon: &Daemon, token: &str) -> Result<Vec<v1::UserKey>, String> {
    let answer = daemon.identity(Some(token)).await.list_keys(v1::ListKeysRequest::default()).await;
    answer.map(|answer| answer.into_inner().keys).map_err(|status| reason(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn any_key_logs_in_and_takes_its_sessions_along() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let laptop = SecretKey::generate();
        assert_eq!(reason(&daemon.login(&laptop).await.unwrap_err()), "LOGIN_REFUSED");
        let added = add(&daemon, &alice.token, &laptop).await.unwrap();
        assert_eq!((added.name.as_str(), added.user_id.as_str()), ("laptop", alice.id.as_str()));
        assert_eq!(add(&daemon, &bob.token, &laptop).await.unwrap_err(), "KEY_TAKEN");
        assert_eq!(add(&daemon, &alice.token, &laptop).await.unwrap_err(), "KEY_TAKEN");

        let on_laptop = daemon.session(&laptop).await;
        let keys = list(&daemon, &on_laptop.access_token).await.unwrap();
        assert_eq!(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), [alice.id.as_str(), &added.id]);
        assert!(keys.iter().all(|key| key.last_used_at.is_some()), "both have opened a session");

        // A session that is bound is bound to the key that opened it.
        let bound = v1::ChallengeProof { bind_to_key: true, ..daemon.proof(&laptop).await };
        let step = Some(v1::auth_request::Step::Proof(bound));
        let bound = daemon.identity(None).await.authenticate(v1::AuthRequest { step }).await.unwrap().into_inner();
        let bound = tokens(bound);
        let renew = async |key: &SecretKey| {
            let proof = daemon.proof_for(key, v1::SubjectKind::User, v1::ChallengePurpose::Refresh).await;
            let request = v1::RefreshRequest { refresh_token: bound.refresh_token.clone(), proof: Some(proof) };
            daemon.identity(None).await.refresh_token(request).await.map(drop).map_err(|status| reason(&status))
        };
        assert_eq!(renew(&alice.key).await.unwrap_err(), "SIGNATURE_INVALID");
        renew(&laptop).await.unwrap();

        assert_eq!(revoke(&daemon, &bob.token, &added.id).await.unwrap_err(), "KEY_NOT_FOUND");
        revoke(&daemon, &alice.token, &added.id).await.unwrap();
        for token in [&on_laptop.access_token, &bound.access_token] {
            everywhere(&engine, "its session has ended", async || {
                list(&daemon, token).await.err().as_deref() == Some("TOKEN_REVOKED")
            })
            .await;
        }
        assert_eq!(reason(&daemon.refresh(&on_laptop.refresh_token).await.unwrap_err()), "TOKEN_REVOKED");
        assert_eq!(reason(&daemon.login(&laptop).await.unwrap_err()), "LOGIN_REFUSED");
        assert_eq!(list(&daemon, &alice.token).await.unwrap().len(), 1, "the other key's goes on");
        assert_eq!(revoke(&daemon, &alice.token, &alice.id).await.unwrap_err(), "LAST_KEY");
        add(&daemon, &bob.token, &laptop).await.expect("it is nobody's any more");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_takes_the_place_of_the_old_one() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let new = SecretKey::generate();
        let rotate = async |token: &str, id: &str, key: &SecretKey| {
            let proof = Some(daemon.key_proof(key, ADD).await);
            let request = v1::RotateKeyRequest { id: id.into(), proof, ..Default::default() };
            let answer = daemon.identity(Some(token)).await.rotate_key(request).await;
            answer.map(|answer| answer.into_inner().key.unwrap()).map_err(|status| reason(&status))
        };
        let bob = daemon.person("bob", &[]).await;
        assert_eq!(rotate(&alice.token, &bob.id, &new).await.unwrap_err(), "KEY_NOT_FOUND", "and nothing was added");
        assert_eq!(list(&daemon, &alice.token).await.unwrap().len(), 1);
        let key = rotate(&alice.token, &alice.id, &new).await.unwrap();
        everywhere(&engine, "the old one's session has ended", async || {
            list(&daemon, &alice.token).await.err().as_deref() == Some("TOKEN_REVOKED")
        })
        .await;
        assert!(daemon.login(&alice.key).await.is_err());
        let token = daemon.login(&new).await.unwrap();
        assert_eq!(list(&daemon, &token).await.unwrap().iter().map(|key| &key.id).collect::<Vec<_>>(), [&key.id]);
        let caller =
            daemon.identity(Some(&token)).await.get_caller(v1::GetCallerRequest {}).await.unwrap().into_inner();
        assert_eq!(
            caller.user.unwrap().public_key,
            new.public().as_bytes(),
            "the user's own key is the oldest of theirs"
        );
        daemon.stop().await;
    })
    .await;
}

/// Whoever has had a key made what lasts longer than its sessions: with the key it is gone.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_with_a_stolen_key_ends_with_it() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        let stolen = SecretKey::generate();
        let id = add(&daemon, &alice.token, &stolen).await.unwrap().id;
        let make = async |token: &str| {
            let mut identity = daemon.identity(Some(token)).await;
            let permissions = vec![rule_message("content=read")];
            let request = v1::CreateServiceTokenRequest { name: "ci".into(), permissions, ..Default::default() };
            identity.create_service_token(request).await.unwrap().into_inner().token
        };
        let codes = async |token: &str| {
            let mut identity = daemon.identity(Some(token)).await;
            let made = identity.create_recovery_codes(v1::CreateRecoveryCodesRequest { confirmation: None }).await;
            made.unwrap().into_inner().codes
        };
        let thief = daemon.session(&stolen).await;
        let (own, theirs) = (make(&alice.token).await, make(&thief.access_token).await);
        let code = codes(&thief.access_token).await.remove(0);
        revoke(&daemon, &alice.token, &id).await.unwrap();
        let caller = async |token: &str| {
            let answer = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await;
            answer.map(drop).map_err(|status| reason(&status))
        };
        everywhere(&engine, "the token is refused", async || {
            caller(&theirs).await.err().as_deref() == Some("TOKEN_REVOKED")
        })
        .await;
        caller(&own).await.expect("what was made with another key goes on");
        let key = SecretKey::generate();
        let proof = Some(daemon.key_proof(&key, RECOVER).await);
        let request = v1::RecoverRequest { username: "alice".into(), code, proof, name: String::new() };
        let refused = daemon.identity(None).await.recover(request).await.unwrap_err();
        assert_eq!(reason(&refused), "RECOVERY_REFUSED");
        daemon.stop().await;
    })
    .await;
}

/// A session that another replica has ended makes nothing that would outlast it, though this one has not heard of it yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_has_ended_elsewhere_makes_nothing_that_lasts() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write", "users=admin"]).await;
        daemon.execute(&engine, "UPDATE sessions SET ended_at = created_at").await;
        assert_eq!(add(&daemon, &alice.token, &SecretKey::generate()).await.unwrap_err(), "TOKEN_REVOKED");
        let mut identity = daemon.identity(Some(&alice.token)).await;
        let permissions = vec![rule_message("content=read")];
        let request = v1::CreateServiceTokenRequest { name: "ci".into(), permissions, ..Default::default() };
        assert_eq!(reason(&identity.create_service_token(request).await.unwrap_err()), "TOKEN_REVOKED");
        let codes = v1::CreateRecoveryCodesRequest { confirmation: None };
        assert_eq!(reason(&identity.create_recovery_codes(codes).await.unwrap_err()), "TOKEN_REVOKED");
        let invite = v1::CreateInviteRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
        assert_eq!(reason(&identity.create_invite(invite).await.unwrap_err()), "TOKEN_REVOKED");
        let public_key = SecretKey::generate().public().as_bytes().to_vec();
        let user = v1::CreateUserRequest { username: "bob".into(), public_key, ..Default::default() };
        assert_eq!(reason(&identity.create_user(user).await.unwrap_err()), "TOKEN_REVOKED");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_token_adds_no_key() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("identity.fresh_login_seconds", "0")]).await;
    let (alice, thief) = (daemon.person("alice", &[]).await, SecretKey::generate());
    let request = async |confirmed_by: Option<&SecretKey>| {
        let proof = Some(daemon.key_proof(&thief, ADD).await);
        let confirmation = match confirmed_by {
            Some(key) => Some(daemon.key_proof(key, v1::ChallengePurpose::Confirm).await),
            None => None,
        };
        v1::AddKeyRequest { proof, name: String::new(), confirmation }
    };
    let add = async |request: v1::AddKeyRequest| {
        let answer = daemon.identity(Some(&alice.token)).await.add_key(request).await;
        answer.map(drop).map_err(|status| reason(&status))
    };
    assert_eq!(add(request(None).await).await.unwrap_err(), "CONFIRMATION_REQUIRED");
    assert_eq!(add(request(Some(&thief)).await).await.unwrap_err(), "SIGNATURE_INVALID");
    let mut for_recovery = request(Some(&alice.key)).await;
    for_recovery.proof = Some(daemon.key_proof(&thief, RECOVER).await);
    assert_eq!(add(for_recovery).await.unwrap_err(), "CHALLENGE_INVALID");
    assert_eq!(revoke(&daemon, &alice.token, &alice.id).await.unwrap_err(), "CONFIRMATION_REQUIRED");
    let codes = daemon.rest(Method::POST, "/v1/recovery-codes", Some(&alice.token), Some("{}")).await;
    assert_eq!(codes.reason(), "CONFIRMATION_REQUIRED");
    add(request(Some(&alice.key)).await).await.unwrap();
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_lets_in_who_has_lost_all_keys_once() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        let mut identity = daemon.identity(Some(&alice.token)).await;
        let made = async |identity: &mut cpc_proto::clients::identity_service_client::IdentityServiceClient<_>| {
            let answer = identity.create_recovery_codes(v1::CreateRecoveryCodesRequest::default()).await;
            answer.unwrap().into_inner().codes
        };
        let old = made(&mut identity).await;
        let codes = made(&mut identity).await;
        assert_eq!(codes.len(), 10);
        let service = v1::CreateServiceTokenRequest {
            name: "ci".into(),
            permissions: vec![rule_message("content=read")],
            ..Default::default()
        };
        let service = identity.create_service_token(service).await.unwrap().into_inner().token;

        let new = SecretKey::generate();
        let recover = async |username: &str, code: &str, key: &SecretKey| {
            let proof = Some(daemon.key_proof(key, RECOVER).await);
            let request =
                v1::RecoverRequest { username: username.into(), code: code.into(), proof, name: String::new() };
            let answer = daemon.identity(None).await.recover(request).await;
            answer.map(tonic::Response::into_inner)
        };
        // Unknown user, foreign code, one that was replaced, no code at all: the same answer.
        let mut answers = Vec::new();
        for (username, code) in
            [("nobody", &codes[0]), ("No One", &codes[0]), ("alice", &old[0]), ("alice", &"x".to_owned())]
        {
            let status = recover(username, code, &new).await.unwrap_err();
            assert_eq!(reason(&status), "RECOVERY_REFUSED", "{username}");
            answers.push(status.message().to_owned());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");

        let shouted = codes[0].to_uppercase().replace('-', " ");
        let answer = recover("alice", &shouted, &new).await.unwrap();
        assert_eq!((answer.user.unwrap().id.as_str(), answer.codes_left), (alice.id.as_str(), 9));
        assert_eq!(reason(&recover("alice", &codes[0], &new).await.unwrap_err()), "RECOVERY_REFUSED");
        for token in [&alice.token, &service] {
            everywhere(&engine, "everything of before has ended", async || {
                list(&daemon, token).await.err().as_deref() == Some("TOKEN_REVOKED")
            })
            .await;
        }
        assert!(daemon.login(&alice.key).await.is_err());
        let token = daemon.login(&new).await.unwrap();
        assert_eq!(list(&daemon, &token).await.unwrap().len(), 1);
        let hashed = "SELECT count(*) FROM recovery_codes WHERE length(code_hash) = 32";
        assert_eq!(daemon.count(&engine, hashed).await, 9);
        daemon.stop().await;
    })
    .await;
}
