//! Moving house: a daemon on the other engine, with everything that its users had.

use std::process::{Command, Stdio};

use cpc_proto::v1;

use crate::harness::{Daemon, Engine, eventually, for_each_engine};

/// Rows of the table that the copy is killed in.
const ROWS: i64 = 150_000;

#[tokio::test(flavor = "multi_thread")]
async fn from_sqlite_to_postgres_with_a_kill_in_its_midst() {
    for_each_engine(async |engine| {
        if engine.url.is_empty() || engine.replicas > 1 {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let old = Engine::sqlite();
        let daemon = Daemon::adopt(Daemon::bind(&old, folder.path(), &[]).await.unwrap());
        let alice = daemon.person("alice", &["content=write", "users=read"]).await;
        let session = daemon.session(&alice.key).await;
        let node = daemon.node().await;
        let content = v1::ContentMetadata { title: "a handbook".into(), tags: vec!["docs".into()], ..Default::default() };
        let published = daemon.discovery(Some(&alice.token)).await.publish_content(content).await.unwrap().into_inner();
        let invite = v1::CreateInviteRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
        let invite = daemon.local().await.create_invite(invite).await.unwrap().into_inner();
        let from = format!("sqlite:{}", folder.path().join("cpcd.sqlite").display());
        let copy = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_cpcd"));
            command.args(["store", "copy", "--from", &from, "--to", &engine.url]).stdin(Stdio::null());
            command
        };
        let refused = copy().output().unwrap();
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("stop the daemon"), "{refused:?}");
        daemon.stop().await;

        let fill = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS})
             INSERT INTO used_challenges (id, expires_at) SELECT randomblob(16), '2126-01-01T00:00:00.000000Z' FROM numbers"
        );
        old.execute(folder.path(), &fill).await;
        let mut child = copy().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let there = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'store_copy'";
        let begun = "SELECT count(*) FROM store_copy WHERE name = 'used_challenges' AND copied > 0";
        eventually("it is in the midst of it", async || {
            engine.count(folder.path(), there).await > 0 && engine.count(folder.path(), begun).await > 0
        })
        .await;
        child.kill().unwrap();
        child.wait().unwrap();
        let copied = engine.count(folder.path(), "SELECT count(*) FROM used_challenges").await;
        assert!((1..ROWS).contains(&copied), "killed after {copied} rows");
        let refused = Daemon::bind(&engine, folder.path(), &[]).await.err().expect("half a store is none");
        assert!(format!("{refused:#}").contains("cpcd store copy"), "{refused:#}");

        let done = copy().output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success(), "{err}");
        assert!(err.contains("goes on") && err.contains("used_challenges: "), "{err}");
        let challenges = out.lines().find(|line| line.starts_with("used_challenges\t")).unwrap();
        let rows: i64 = challenges.split('\t').nth(1).unwrap().parse().unwrap();
        assert!(rows >= ROWS, "{out}");
        let back = tempfile::tempdir().unwrap();
        let to = format!("sqlite:{}", back.path().join("cpcd.sqlite").display());
        let again = Command::new(env!("CARGO_BIN_EXE_cpcd"))
            .args(["store", "copy", "--from", &engine.url, "--to", &to])
            .output()
            .unwrap();
        assert!(again.status.success(), "{again:?}");
        assert_eq!(String::from_utf8_lossy(&again.stdout), out, "there and back again, all is the same");

        // The same folder, with its root key, on the new store.
        let daemon = Daemon::adopt(Daemon::bind(&engine, folder.path(), &[]).await.unwrap());
        let token = daemon.login(&alice.key).await.unwrap();
        daemon.refresh(&session.refresh_token).await.expect("the session of before goes on");
        daemon.beat(&node.token, 1).await.expect("the node's token is still good");
        assert_eq!(daemon.look(&node.id).await.unwrap().id, node.id);
        daemon.indexed(&token).await;
        let query = v1::SearchQuery { q: "handbooks".into(), ..Default::default() };
        let found = daemon.discovery(Some(&token)).await.search_content(query).await.unwrap().into_inner();
        assert_eq!(found.hits[0].content.as_ref().unwrap().id, published.content.unwrap().id);
        let invites = v1::ListInvitesRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
        let invites = daemon.local().await.list_invites(invites).await.unwrap().into_inner().invites;
        assert_eq!(invites[0].id, invite.invite.unwrap().id);
        daemon.stop().await;
    })
    .await;
}
