//! Another root key for a store: nothing ends by it, unless it is lost or leaked; and wherever it is cut off, it goes on.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use cpc_proto::v1;
use cpc_signing::SecretKey;
use cpcd::settings::{Override, Settings};

use crate::harness::{Daemon, Engine, Person, for_each_engine, reason, rule_message};

const ALLOW: (&str, &str) = ("events.webhook_allow", r#"["localhost:9"]"#);

fn settings(engine: &Engine, folder: &Path) -> Settings {
    let mut overrides: Vec<Override> =
        vec![("server.data_dir", Some(folder.display().to_string())), ("store.url", Some(engine.url.clone()))];
    overrides.extend(engine.settings.iter().map(|(key, value)| (*key, Some(value.clone()))));
    Settings::load(None, &overrides).unwrap()
}

async fn start(engine: &Engine, folder: &Path) -> Daemon {
    Daemon::adopt(Daemon::bind(engine, folder, &[ALLOW]).await.unwrap())
}

/// What somebody has that depends on the root key.
struct Belongings {
    alice: Person,
    session: v1::TokenPair,
    service: String,
    invite: String,
    webhook: String,
    server_id: String,
}

async fn settle(daemon: &Daemon) -> Belongings {
    let alice = daemon.person("alice", &["content=write", "users=read"]).await;
    let session = daemon.session(&alice.key).await;
    let mut identity = daemon.identity(Some(&alice.token)).await;
    let request = v1::CreateServiceTokenRequest {
        name: "ci".into(),
        permissions: vec![rule_message("content=read")],
        ..Default::default()
    };
    let service = identity.create_service_token(request).await.unwrap().into_inner().token;
    let request = v1::CreateInviteRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
    let invite = daemon.local().await.create_invite(request).await.unwrap().into_inner().code;
    let body = r#"{"url":"https://localhost:9/x"}"#;
    let made = daemon.rest(http::Method::POST, "/v1/webhooks", Some(&alice.token), Some(body)).await;
    let webhook = made.json()["webhook"]["id"].as_str().unwrap().to_owned();
    let server_id = caller(daemon, &alice.token).await.unwrap().server_id;
    Belongings { alice, session, service, invite, webhook, server_id }
}

async fn caller(daemon: &Daemon, token: &str) -> Result<v1::GetCallerResponse, String> {
    let answer = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await;
    answer.map(tonic::Response::into_inner).map_err(|status| reason(&status))
}

async fn join(daemon: &Daemon, invite: &str) -> Result<(), String> {
    let key = SecretKey::generate();
    let proof = v1::ChallengeProof { invite: invite.into(), username: "bob".into(), ..daemon.proof(&key).await };
    daemon.prove(proof).await.map(drop).map_err(|status| reason(&status))
}

/// Sends a test to a webhook: nobody is there to take it, but the secret has to open.
async fn test(daemon: &Daemon, owned: &Belongings, token: &str) -> String {
    let path = format!("/v1/webhooks/{}/test", owned.webhook);
    let answer = daemon.rest(http::Method::POST, &path, Some(token), Some("{}")).await;
    if answer.status == 200 { answer.json()["error"].as_str().unwrap().to_owned() } else { answer.reason() }
}

/// Gives what the audit says of the newest such change.
async fn noted(daemon: &Daemon, action: &str) -> String {
    let request = v1::ListAuditEntriesRequest { action: action.into(), ..Default::default() };
    let listed = daemon.local_audit().await.list_audit_entries(request).await.unwrap().into_inner().entries;
    listed.into_iter().next().expect("an entry").details
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_ends_when_it_is_changed() {
    for_each_engine(async |engine: Engine| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let daemon = start(&engine, folder.path()).await;
        let owned = settle(&daemon).await;
        let running = cpcd::rotate_root_key(&settings(&engine, folder.path()), false).await.unwrap_err();
        assert!(format!("{running:#}").contains("uses the data directory"), "{running:#}");
        daemon.stop().await;

        let old = fs::read(&path).unwrap();
        for number in 1..=2 {
            let said = cpcd::rotate_root_key(&settings(&engine, folder.path()), false).await.unwrap();
            assert!(said.contains("signing keys\t1\nwebhooks\t1\nsessions ended\t0\n"), "{said}");
            let kept = folder.path().join(format!("root.key.before-{number}"));
            assert!(said.contains(&*kept.display().to_string()), "{said}");
        }
        assert_eq!(fs::read(folder.path().join("root.key.before-1")).unwrap(), old);
        assert_ne!(fs::read(&path).unwrap(), old);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!folder.path().join("root.key.new").exists());

        let daemon = start(&engine, folder.path()).await;
        let who = caller(&daemon, &owned.alice.token).await.unwrap();
        assert_eq!(who.server_id, owned.server_id, "on {}", engine.name);
        assert_eq!(daemon.sealed().await.fault, None);
        assert_eq!(noted(&daemon, "root-key rotate").await, r#"{"leaked":false}"#);
        daemon.refresh(&owned.session.refresh_token).await.unwrap();
        caller(&daemon, &owned.service).await.unwrap();
        join(&daemon, &owned.invite).await.unwrap();
        let sent = test(&daemon, &owned, &owned.alice.token).await;
        assert!(!sent.contains("STORE_FOREIGN") && !sent.is_empty(), "the secret opens: {sent}");
        daemon.stop().await;

        // The file of before is another's.
        fs::write(&path, &old).unwrap();
        let refused = Daemon::bind(&engine, folder.path(), &[ALLOW]).await.err().unwrap();
        assert!(format!("{refused:#}").contains("another root key"), "{refused:#}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_is_cut_off_the_store_opens() {
    for_each_engine(async |engine: Engine| {
        let folder = tempfile::tempdir().unwrap();
        let (path, new) = (folder.path().join("root.key"), folder.path().join("root.key.new"));
        let daemon = start(&engine, folder.path()).await;
        let owned = settle(&daemon).await;
        daemon.stop().await;
        let old = fs::read(&path).unwrap();
        cpcd::rotate_root_key(&settings(&engine, folder.path()), false).await.unwrap();
        let changed = fs::read(&path).unwrap();

        // Cut off between the commit and the new name: the old file has the name still.
        fs::rename(&path, &new).unwrap();
        fs::rename(folder.path().join("root.key.before-1"), &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), old);
        let daemon = start(&engine, folder.path()).await;
        caller(&daemon, &owned.alice.token).await.unwrap();
        assert_eq!((fs::read(&path).unwrap(), new.exists()), (changed.clone(), false), "it is finished at the start");
        daemon.stop().await;

        // Cut off between the new file and the commit: the store knows nothing of it, and the next change takes it.
        let unused = folder.path().join("unused");
        let other = settings(&Engine::sqlite(), &unused);
        cpcd::init(&other).unwrap();
        fs::rename(unused.join("root.key"), &new).unwrap();
        let written = fs::read(&new).unwrap();
        let daemon = start(&engine, folder.path()).await;
        caller(&daemon, &owned.alice.token).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), changed);
        daemon.stop().await;
        cpcd::rotate_root_key(&settings(&engine, folder.path()), false).await.unwrap();
        assert_eq!((fs::read(&path).unwrap(), new.exists()), (written, false));
        let daemon = start(&engine, folder.path()).await;
        caller(&daemon, &owned.alice.token).await.unwrap();
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_leaked_key_could_make_is_good_no_longer() {
    for_each_engine(async |engine: Engine| {
        let folder = tempfile::tempdir().unwrap();
        let daemon = start(&engine, folder.path()).await;
        let owned = settle(&daemon).await;
        daemon.stop().await;
        let said = cpcd::rotate_root_key(&settings(&engine, folder.path()), true).await.unwrap();
        assert!(said.contains("webhooks\t1\n") && said.contains("invites revoked\t1\n"), "{said}");
        let daemon = start(&engine, folder.path()).await;
        assert_eq!(
            caller(&daemon, &owned.alice.token).await.unwrap_err(),
            "TOKEN_INVALID",
            "the signing key is another"
        );
        assert_eq!(reason(&daemon.refresh(&owned.session.refresh_token).await.unwrap_err()), "REFRESH_INVALID");
        assert_eq!(caller(&daemon, &owned.service).await.unwrap_err(), "TOKEN_INVALID");
        assert_eq!(join(&daemon, &owned.invite).await.unwrap_err(), "INVITE_INVALID");
        let token = daemon.login(&owned.alice.key).await.unwrap();
        assert_eq!(caller(&daemon, &token).await.unwrap().server_id, owned.server_id);
        assert_ne!(test(&daemon, &owned, &token).await, "STORE_FOREIGN", "webhooks go on");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_whose_root_key_is_lost_keeps_its_accounts() {
    for_each_engine(async |engine: Engine| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let daemon = start(&engine, folder.path()).await;
        let owned = settle(&daemon).await;
        daemon.stop().await;
        let there = cpcd::reset_root_key(&settings(&engine, folder.path())).await.unwrap_err();
        assert!(format!("{there:#}").contains("it is not lost"), "{there:#}");
        fs::remove_file(&path).unwrap();
        let rotate = cpcd::rotate_root_key(&settings(&engine, folder.path()), false).await.unwrap_err();
        assert!(format!("{rotate:#}").contains("root-key reset"), "{rotate:#}");
        let said = cpcd::reset_root_key(&settings(&engine, folder.path())).await.unwrap();
        assert!(said.contains("signing keys\t1\nwebhooks\t1\n") && !said.contains("kept for copies"), "{said}");

        let daemon = start(&engine, folder.path()).await;
        for token in [&owned.alice.token, &owned.service] {
            assert_eq!(caller(&daemon, token).await.unwrap_err(), "TOKEN_INVALID", "on {}", engine.name);
        }
        assert_eq!(reason(&daemon.refresh(&owned.session.refresh_token).await.unwrap_err()), "REFRESH_INVALID");
        assert_eq!(join(&daemon, &owned.invite).await.unwrap_err(), "INVITE_INVALID");
        let token = daemon.login(&owned.alice.key).await.unwrap();
        let who = caller(&daemon, &token).await.unwrap();
        assert_eq!(who.user.unwrap().id, owned.alice.id);
        assert_ne!(who.server_id, owned.server_id, "the server is another one");
        let listed = daemon.rest(http::Method::GET, "/v1/webhooks", Some(&token), None).await.json();
        let webhook = &listed["webhooks"][0];
        assert!(webhook["disabledAt"].is_string(), "{webhook}");
        assert!(webhook["lastError"].as_str().unwrap().contains("root key was reset"), "{webhook}");
        let sealed = daemon.sealed().await;
        assert_eq!(sealed.fault, None, "the chain goes on, signed by the new server");
        assert_eq!(sealed.head.unwrap().server_id, who.server_id);
        assert!(noted(&daemon, "root-key reset").await.contains(&who.server_id));
        daemon.stop().await;
    })
    .await;
}
