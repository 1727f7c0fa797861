//! More calls than there is room for: what is refused and how, and what goes on.

use cpc_proto::v1;
use sqlx::{Connection, SqliteConnection};
use tokio::io::AsyncWriteExt;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_types::StatusExt;

use crate::harness::{
    Daemon, Engine, eventually,
    frames::{DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, Raw, call, frame},
    reason,
};

/// As many as h2 forgives a connection, and some more.
const MANY: u32 = 1_100;
/// Fewer than a connection may have at once.
const TOGETHER: u32 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_no_room_for_is_refused_and_the_rest_goes_on() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("limits.calls", "1")]).await;
    let (node, alice, bob) = (daemon.node().await, daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    daemon.beat(&node.token, 1).await.expect("it is followed from now on");

    // A call that writes waits for whoever holds the file, and has the only place meanwhile.
    let file = daemon.root_key().with_file_name("cpcd.sqlite");
    let mut holder = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
    let mut identity = daemon.identity(Some(&alice.token)).await;
    let held = tokio::spawn(async move {
        // The look for room below may have the place just then.
        while let Err(status) = identity.logout(v1::LogoutRequest {}).await
            && reason(&status) == "OVERLOADED"
        {
            tokio::task::yield_now().await;
        }
    });

    let mut identity = daemon.identity(Some(&bob.token)).await;
    eventually("there is no room", async || {
        let Err(status) = identity.get_caller(v1::GetCallerRequest {}).await else { return false };
        assert_eq!(reason(&status), "OVERLOADED");
        status.get_details_retry_info().is_some_and(|info| info.retry_delay.is_some())
    })
    .await;
    daemon.local().await.list_users(v1::ListUsersRequest::default()).await.expect("the administrator is let in");
    let health = HealthClient::new(daemon.channel().await).check(HealthCheckRequest::default()).await;
    assert_eq!(health.unwrap().into_inner().status, 1);
    assert!(!daemon.beat(&node.token, 2).await.expect("a heartbeat needs no place").register_again);

    // Their messages come when they have been refused already; that is held against nobody.
    let mut raw = Raw::connect(daemon.grpc_address(), &[]).await;
    for batch in 0..MANY / TOGETHER {
        let streams = || (0..TOGETHER).map(move |number| (batch * TOGETHER + number) * 2 + 1);
        let heads =
            streams().flat_map(|stream| frame(HEADERS, END_HEADERS, stream, &call("/cpc.v1.AdminService/GetStatus")));
        raw.stream.write_all(&heads.collect::<Vec<_>>()).await.unwrap();
        tokio::task::yield_now().await;
        let messages = streams().flat_map(|stream| frame(DATA, END_STREAM, stream, &[0; 5]));
        raw.stream.write_all(&messages.collect::<Vec<_>>()).await.unwrap();
        let mut ended = 0;
        while ended < TOGETHER {
            let (kind, flags, _, _) = raw.read().await.expect("the connection goes on");
            assert_ne!(kind, GOAWAY);
            ended += u32::from(kind == HEADERS && flags & END_STREAM != 0);
        }
    }
    drop(raw);
    holder.close().await.unwrap();
    held.await.unwrap();
    daemon.stop().await;
}
