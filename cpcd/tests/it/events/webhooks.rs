//! Webhooks: what is sent to whom, how often, and where never.

use std::{collections::HashSet, time::Duration};

use cpc_proto::v1;
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    receiver::{Receiver, Reply},
    record, recorded,
};
use crate::{
    harness::{Daemon, Engine, Person, eventually, for_each_engine, reason, rule_message},
    process::Process,
};

type Setting<'a> = (&'static str, &'a str);

/// Allows receivers on this machine, and tries again soon.
fn settings(receivers: &[&Receiver]) -> Vec<(&'static str, String)> {
    let allow: Vec<_> = receivers.iter().map(|receiver| format!("http://{}", receiver.address)).collect();
    vec![
        ("events.webhook_allow", serde_json::to_string(&allow).unwrap()),
        ("events.webhook_private", "true".into()),
        ("events.webhook_retry_seconds", "1".into()),
        ("events.webhook_timeout_seconds", "2".into()),
    ]
}

async fn start(engine: &Engine, settings: &[(&'static str, String)]) -> Daemon {
    let settings: Vec<Setting<'_>> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    Daemon::start_with(engine, &settings).await
}

/// Makes a webhook; gives its id and its secret.
async fn create(daemon: &Daemon, owner: &Person, url: &str, kinds: &[&str]) -> (String, String) {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let request = v1::CreateWebhookRequest { url: url.into(), kinds };
    let made = daemon.events(Some(&owner.token)).await.create_webhook(request).await.expect("it is made").into_inner();
    (made.webhook.expect("a webhook").id, made.secret)
}

async fn show(daemon: &Daemon, owner: &Person) -> v1::Webhook {
    let request = v1::ListWebhooksRequest::default();
    let mut listed =
        daemon.events(Some(&owner.token)).await.list_webhooks(request).await.unwrap().into_inner().webhooks;
    assert_eq!(listed.len(), 1);
    listed.remove(0)
}

async fn test(daemon: &Daemon, owner: &Person, id: &str) -> v1::TestWebhookResponse {
    let request = v1::TestWebhookRequest { id: id.into() };
    daemon.events(Some(&owner.token)).await.test_webhook(request).await.expect("a test").into_inner()
}

/// Records so many events that readers of allocations are told of, numbered from a number.
async fn happen(daemon: &Daemon, engine: &Engine, from: usize, count: usize) {
    let event = |n: usize| recorded("allocation.renewed", Uuid::now_v7(), json!({ "reason": format!("number {n}") }));
    let events: Vec<_> = (from..from + count).map(event).collect();
    record(daemon, engine, &events).await;
}

fn numbers(receiver: &Receiver) -> Vec<String> {
    let reason = |body: Value| body["data"]["reason"].as_str().unwrap_or_default().to_owned();
    receiver.notices().iter().map(|notice| reason(notice.json())).collect()
}

fn numbered(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| format!("number {n}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_signed_in_order_and_sent_again_under_the_same_name() {
    for_each_engine(async |engine: Engine| {
        let receiver = Receiver::start().await;
        let daemon = start(&engine, &settings(&[&receiver])).await;
        let owner = daemon.person("owner", &["allocations=read", "nodes=read"]).await;
        let (id, secret) = create(&daemon, &owner, &receiver.url(), &["allocation.", "node.registered"]).await;
        // The first three are not taken.
        receiver.answers(|before, _| Reply::status(if before < 3 { 503 } else { 200 }));
        let node = daemon.node().await;
        happen(&daemon, &engine, 0, 20).await;
        eventually("all were sent", async || receiver.notices().len() >= 24).await;
        let notices = receiver.notices();
        let first = &notices[0];
        assert!(notices[1..4].iter().all(|notice| notice.id() == first.id()), "it is sent again under the same name");
        assert!(notices.iter().all(|notice| notice.path == "/hook"));
        for notice in &notices {
            notice.check(&secret);
        }
        let body = first.json();
        assert_eq!(body["type"], "node.registered");
        assert_eq!(body["data"]["node"]["id"], json!(node.id));
        assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
        assert_eq!(numbers(&receiver)[4..], numbered(0..20), "{}", engine.name);
        assert_eq!(notices[3..].iter().map(|notice| notice.id()).collect::<HashSet<_>>().len(), 21);
        eventually("it is seen that all is well", async || {
            let shown = show(&daemon, &owner).await;
            shown.failures == 0 && shown.delivered_at.is_some() && shown.cursor == notices[23].id()
        })
        .await;
        // Where a notice's name is a cursor, streams go on from it.
        let mut told = super::watch(&daemon, &owner.token, &["allocation."], notices[22].id()).await;
        assert_eq!(super::next_event(&mut told).await.1.reason, "number 19");

        // What the owner may not see any more is not sent any more.
        let request = v1::UpdatePermissionsRequest {
            id: owner.id.clone(),
            permissions: vec![rule_message("nodes=read")],
            ..Default::default()
        };
        daemon.local().await.update_permissions(request).await.unwrap();
        happen(&daemon, &engine, 20, 5).await;
        daemon.node().await;
        eventually("the node is told of", async || receiver.notices().len() >= 25).await;
        assert_eq!(receiver.notices()[24].json()["type"], "node.registered");
        let token = daemon.login(&owner.key).await.unwrap();
        let request = v1::DeleteWebhookRequest { id };
        daemon.events(Some(&token)).await.delete_webhook(request).await.unwrap();
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_where_it_may_not() {
    let (receiver, other) = (Receiver::start().await, Receiver::start().await);
    let daemon = start(&Engine::sqlite(), &settings(&[&receiver])).await;
    let owner = daemon.person("owner", &["allocations=read"]).await;
    let stranger = daemon.person("stranger", &["content=read"]).await;
    let events = async |token: &str| daemon.events(Some(token)).await;
    let refused = async |url: &str| {
        let request = v1::CreateWebhookRequest { url: url.into(), kinds: Vec::new() };
        reason(&events(&owner.token).await.create_webhook(request).await.unwrap_err())
    };
    assert_eq!(refused(&other.url()).await, "TARGET_NOT_ALLOWED");
    assert_eq!(refused(&receiver.url().replace("http", "https")).await, "TARGET_NOT_ALLOWED");
    assert_eq!(refused("nowhere").await, "FIELD_INVALID");
    let (id, _) = create(&daemon, &owner, &receiver.url(), &[]).await;
    // Who redirects is not followed, not even to where one could go oneself.
    let (elsewhere, here) = (other.url(), receiver.url());
    receiver.answers(move |before, _| Reply {
        location: Some(if before % 2 == 0 { elsewhere.clone() } else { format!("{here}/other") }),
        ..Reply::status(302)
    });
    for status in [302, 302] {
        let tested = test(&daemon, &owner, &id).await;
        assert!(!tested.was_taken && tested.status == status, "{tested:?}");
        assert!(tested.error.contains("redirects"), "{}", tested.error);
    }
    assert_eq!((receiver.notices().len(), other.notices().len()), (2, 0));
    assert!(receiver.notices().iter().all(|notice| notice.path == "/hook"));
    // Others' webhooks are nothing to anybody but whoever runs the system.
    for call in ["delete", "test"] {
        let refused = match call {
            "delete" => {
                let request = v1::DeleteWebhookRequest { id: id.clone() };
                events(&stranger.token).await.delete_webhook(request).await.unwrap_err()
            }
            _ => {
                let request = v1::TestWebhookRequest { id: id.clone() };
                events(&stranger.token).await.test_webhook(request).await.unwrap_err()
            }
        };
        assert_eq!(reason(&refused), "WEBHOOK_NOT_FOUND", "{call}");
    }
    let listed = events(&stranger.token).await.list_webhooks(v1::ListWebhooksRequest::default()).await.unwrap();
    assert!(listed.into_inner().webhooks.is_empty());
    for number in 1..10 {
        create(&daemon, &owner, &format!("{}/{number}", receiver.url()), &[]).await;
    }
    assert_eq!(refused(&receiver.url()).await, "QUOTA_EXCEEDED");
    // The same over REST, which shows no secret either.
    let listed = daemon.rest(Method::GET, "/v1/webhooks?page_size=3", Some(&owner.token), None).await;
    assert_eq!(listed.json()["webhooks"].as_array().unwrap().len(), 3);
    assert!(!listed.text().contains("whsec_"));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_checked_whatever_name_leads_to_them() {
    let receiver = Receiver::start().await;
    let port = receiver.address.port();
    let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::ffff:127.0.0.1]:{port}")];
    let allow: Vec<_> = hosts.iter().map(|host| format!("http://{host}")).collect();
    let allow = serde_json::to_string(&allow).unwrap();
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("events.webhook_allow", allow.as_str())]).await;
    let owner = daemon.person("owner", &["nodes=read"]).await;
    for host in &hosts {
        let (id, _) = create(&daemon, &owner, &format!("http://{host}/hook"), &[]).await;
        let tested = test(&daemon, &owner, &id).await;
        assert!(!tested.was_taken && tested.status == 0, "{host}: {tested:?}");
        assert!(tested.error.contains("events.webhook_private"), "{host}: {}", tested.error);
    }
    assert!(receiver.notices().is_empty());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_verified() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let receiver = Receiver::start_with(Some(std::sync::Arc::new(config).into())).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, made.cert.pem()).unwrap();
    let url = format!("https://localhost:{}", receiver.address.port());
    for (authority, is_trusted) in [(String::new(), false), (file.display().to_string(), true)] {
        let settings = [
            ("events.webhook_allow", serde_json::to_string(&[&url]).unwrap()),
            ("events.webhook_private", "true".into()),
            ("events.webhook_ca_file", authority),
        ];
        let daemon = start(&Engine::sqlite(), &settings).await;
        let owner = daemon.person("owner", &["nodes=read"]).await;
        let (id, secret) = create(&daemon, &owner, &url, &[]).await;
        let tested = test(&daemon, &owner, &id).await;
        assert_eq!(tested.was_taken, is_trusted, "{tested:?}");
        assert_eq!(receiver.notices().len(), usize::from(is_trusted));
        if let Some(notice) = receiver.notices().first() {
            notice.check(&secret);
            assert_eq!(notice.json()["type"], "webhook.test");
        }
        daemon.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_fails_for_too_long_is_given_up_and_goes_on_after_a_test() {
    for_each_engine(async |engine: Engine| {
        let receiver = Receiver::start().await;
        let mut settings = settings(&[&receiver]);
        settings.push(("events.webhook_give_up_seconds", "2".into()));
        let daemon = start(&engine, &settings).await;
        let owner = daemon.person("owner", &["allocations=read"]).await;
        let (id, _) = create(&daemon, &owner, &receiver.url(), &[]).await;
        receiver.answers(|_, _| Reply::status(500));
        happen(&daemon, &engine, 0, 3).await;
        eventually("it is given up", async || show(&daemon, &owner).await.disabled_at.is_some()).await;
        let shown = show(&daemon, &owner).await;
        assert_eq!((shown.last_error.as_str(), shown.next_attempt_at), ("answered 500", None));
        let tried = receiver.notices();
        assert!(tried.len() as u32 == shown.failures && tried.iter().all(|notice| notice.id() == tried[0].id()));
        assert!(!test(&daemon, &owner, &id).await.was_taken);
        assert!(show(&daemon, &owner).await.disabled_at.is_some());
        receiver.answers(|_, _| Reply::status(200));
        let before = receiver.notices().len();
        let tested = test(&daemon, &owner, &id).await;
        assert!(tested.was_taken && tested.webhook.unwrap().disabled_at.is_none());
        eventually("what waited is sent", async || receiver.notices().len() >= before + 4).await;
        assert_eq!(numbers(&receiver)[before + 1..], numbered(0..3), "{}", engine.name);
        // Who says that nothing is wanted any more is not asked again.
        receiver.answers(|_, _| Reply::status(410));
        happen(&daemon, &engine, 3, 1).await;
        eventually("it is given up at once", async || show(&daemon, &owner).await.disabled_at.is_some()).await;
        assert_eq!(show(&daemon, &owner).await.failures, 1);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_to_be_left_alone_is() {
    let receiver = Receiver::start().await;
    let engine = Engine::sqlite();
    let daemon = start(&engine, &settings(&[&receiver])).await;
    let owner = daemon.person("owner", &["allocations=read"]).await;
    create(&daemon, &owner, &receiver.url(), &[]).await;
    receiver.answers(|_, _| Reply { retry_after: Some(1800), ..Reply::status(503) });
    happen(&daemon, &engine, 0, 1).await;
    eventually("it was tried", async || show(&daemon, &owner).await.failures == 1).await;
    let next = show(&daemon, &owner).await.next_attempt_at.expect("it is tried again").seconds;
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
    assert!((1700..=1801).contains(&(next - now)), "{} seconds from now", next - now);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_receiver_holds_nobody_up() {
    let engine = Engine::sqlite();
    let (slow, fast) = (Receiver::start().await, Receiver::start().await);
    let daemon = start(&engine, &settings(&[&slow, &fast])).await;
    slow.answers(|_, _| Reply { after: Duration::from_secs(60), ..Reply::status(200) });
    let owner = daemon.person("owner", &["allocations=read"]).await;
    let other = daemon.person("other", &["allocations=read"]).await;
    for number in 0..8 {
        create(&daemon, &owner, &format!("{}/{number}", slow.url()), &[]).await;
    }
    create(&daemon, &other, &fast.url(), &[]).await;
    happen(&daemon, &engine, 0, 100).await;
    eventually("the fast one has all", async || fast.notices().len() >= 100).await;
    assert_eq!(numbers(&fast), numbered(0..100));
    assert!(slow.notices().len() < 100);
    daemon.stop().await;
}

/// Killed in the midst of it, a daemon has lost nothing: what it may have sent is sent again, and in its order.
#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_is_killed_loses_nothing() {
    let (engine, folder) = (Engine::sqlite(), tempfile::tempdir().unwrap());
    let receiver = Receiver::start().await;
    let settings = settings(&[&receiver]);
    let borrowed: Vec<Setting<'_>> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let daemon = Daemon::adopt(Daemon::bind(&engine, folder.path(), &borrowed).await.unwrap());
    let owner = daemon.person("owner", &["allocations=read"]).await;
    create(&daemon, &owner, &receiver.url(), &[]).await;
    daemon.stop().await;
    const ALL: usize = 200;
    let now = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')";
    let rows = (0..ALL).map(|n| {
        let payload = json!({ "reason": format!("number {n}") });
        format!("('allocation.renewed', x'{}', '{payload}', {now})", Uuid::now_v7().simple())
    });
    let rows: Vec<_> = rows.collect();
    let statement = format!("INSERT INTO events (kind, subject_id, payload, created_at) VALUES {}", rows.join(", "));
    engine.execute(folder.path(), &statement).await;
    let environment: Vec<_> = settings
        .iter()
        .map(|(key, value)| (format!("CPCD_{}", key.to_uppercase().replace('.', "__")), value.clone()))
        .collect();
    let environment: Vec<_> = environment.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let mut kills = 0;
    loop {
        let process = Process::start_with(folder.path(), "127.0.0.1:0", &environment).await;
        let before = receiver.notices().len();
        let has_all = || numbers(&receiver).last().is_some_and(|last| *last == format!("number {}", ALL - 1));
        eventually("some more is sent", async || has_all() || receiver.notices().len() >= before + 30).await;
        process.kill();
        if has_all() {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 2, "{kills} kills in the midst");
    let mut seen = HashSet::new();
    let notices = receiver.notices();
    let firsts = notices.iter().filter(|notice| seen.insert(notice.id().to_owned()));
    let firsts: Vec<_> = firsts.map(|notice| notice.json()["data"]["reason"].as_str().unwrap().to_owned()).collect();
    assert_eq!(firsts, numbered(0..ALL));
    assert!(notices.len() <= ALL + kills, "at most one is sent again for each kill: {} for {kills}", notices.len());
}
