//! Deadlines travel into the engines: what nobody waits for any more ends.

use std::time::Duration;

use cpc_proto::v1;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tonic::{Code, Request};

use crate::harness::{Daemon, Engine, eventually, for_each_engine, reason, within};

/// Statements take as long as they like, so that only a call's own deadline can end one.
const PATIENT: [(&str, &str); 2] = [("store.statement_timeout_ms", "3600000"), ("store.lock_timeout_ms", "3600000")];

/// Whether a call ran out of time: by our word, or by the client's own clock where that was faster.
fn is_late(answer: &tonic::Status) -> bool {
    answer.code() == Code::Cancelled || answer.code() == Code::DeadlineExceeded && reason(answer) == "DEADLINE_EXCEEDED"
}

/// Holds a lock that every statement on content waits for.
async fn lock(engine: &Engine) -> PgConnection {
    let mut connection = PgConnection::connect(&engine.url).await.expect("PostgreSQL answers");
    for statement in ["BEGIN", "LOCK TABLE content IN ACCESS EXCLUSIVE MODE"] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.expect("a lock");
    }
    connection
}

/// Counts the daemon's statements on content that run or wait; the indexer's and the cleaner's (of deleted users too) are no call's.
///
/// On a connection of its own: what a transaction once saw of other connections it sees to its end.
async fn running(engine: &Engine) -> i64 {
    let mut connection = PgConnection::connect(&engine.url).await.expect("PostgreSQL answers");
    let query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cpcd' AND state = 'active' \
        AND datname = current_database() AND query LIKE '%content %' AND query NOT LIKE '%index_marks%' AND query NOT LIKE 'DELETE%' \
        AND query NOT LIKE '%users u%'";
    let (count,): (i64,) = sqlx::query_as(query).fetch_one(&mut connection).await.expect("a count");
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_outlives_its_call() {
    for_each_engine(async |engine| {
        if engine.url.is_empty() {
            // SQLite has no server whose statements could go on; what waits for its writer is in the store's own tests.
            return;
        }
        let daemon = Daemon::start_with(&engine, &PATIENT).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        let mut discovery = daemon.discovery(Some(&alice.token)).await;
        let id = uuid::Uuid::now_v7().to_string();
        let mut holder = lock(&engine).await;
        let mut read = Request::new(v1::GetContentRequest { id });
        read.set_timeout(Duration::from_millis(200));
        let answer = within("the read is answered", discovery.get_content(read)).await.unwrap_err();
        assert!(is_late(&answer), "{answer:?}");
        let mut write = Request::new(v1::ContentMetadata { title: "late".into(), ..Default::default() });
        write.set_timeout(Duration::from_millis(200));
        let answer = within("the write is answered", discovery.publish_content(write)).await.unwrap_err();
        assert!(is_late(&answer), "{answer:?}");
        eventually("no statement runs any more", async || running(&engine).await == 0).await;
        sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
        // The connections are sound, and nothing of the late write is there.
        let list = v1::ListContentRequest::default();
        let listed = within("the next read", discovery.list_content(list)).await.unwrap().into_inner();
        assert!(listed.contents.is_empty());
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_whose_caller_has_gone_ends() {
    for_each_engine(async |engine| {
        if engine.url.is_empty() {
            return;
        }
        let settings = [&PATIENT[..], &[("limits.request_seconds", "2")]].concat();
        let daemon = Daemon::start_with(&engine, &settings).await;
        let mut holder = lock(&engine).await;
        let mut stream = TcpStream::connect(daemon.rest_address()).await.unwrap();
        stream.write_all(b"GET /v1/content HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        eventually("a statement waits", async || running(&engine).await > 0).await;
        drop(stream);
        eventually("it has ended", async || running(&engine).await == 0).await;
        sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
        assert_eq!(daemon.get("/v1/content").await.status, 200);
        daemon.stop().await;
    })
    .await;
}
