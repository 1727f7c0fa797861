//! Migrations while the daemon lives: what is served until they are done, and what a kill in their midst leaves behind.

use std::{fs, panic::AssertUnwindSafe, path::Path};

use cpc_proto::{
    clients::admin_service_client::AdminServiceClient,
    v1::{self, apply_migrations_response::Event},
};
use cpcd_store::sql::{self, Direction, Migrations};
use futures_util::FutureExt;
use sqlx::Connection;
use tonic::transport::{Channel, Endpoint};

use crate::{
    harness::{Daemon, Engine, eventually, for_each_engine, reason, within},
    process::Process,
};

/// The migrations of an engine's store; on SQLite it is in the folder.
fn migrations(engine: &Engine, folder: &Path) -> Migrations {
    let file = format!("sqlite:{}", folder.join("cpcd.sqlite").display());
    let url = if engine.url.is_empty() { file } else { engine.url.clone() };
    Migrations::new(&sql::Config { url, ..sql::Config::default() })
}

async fn down_to(engine: &Engine, folder: &Path, version: i64) {
    migrations(engine, folder).run(Direction::Down, Some(version), &mut |_| ()).await.unwrap();
}

/// Tells the administrator's socket in a folder to migrate; gives what it tells.
async fn apply(channel: Channel, request: v1::ApplyMigrationsRequest) -> Result<Vec<Event>, tonic::Status> {
    let mut answers = AdminServiceClient::new(channel).apply_migrations(request).await?.into_inner();
    let mut events = Vec::new();
    while let Some(answer) = answers.message().await? {
        events.extend(answer.event);
    }
    Ok(events)
}

fn up() -> v1::ApplyMigrationsRequest {
    v1::ApplyMigrationsRequest::default()
}

fn down(to: u64) -> v1::ApplyMigrationsRequest {
    v1::ApplyMigrationsRequest { direction: v1::MigrationDirection::Down.into(), to_version: Some(to) }
}

/// Says whether everything is served. A connection of before may end with what served it, before its request has come.
async fn is_ready(daemon: &Daemon) -> bool {
    AssertUnwindSafe(daemon.get("/readyz")).catch_unwind().await.is_ok_and(|answer| answer.status == 200)
}

/// Makes a PostgreSQL store with a user, as an older version would have left it.
async fn older(engine: &Engine, folder: &Path) -> cpc_signing::SecretKey {
    let daemon = Daemon::adopt(Daemon::bind(engine, folder, &[]).await.unwrap());
    let alice = daemon.person("alice", &["content=write"]).await;
    daemon.stop().await;
    down_to(engine, folder, 5).await;
    alice.key
}

#[tokio::test(flavor = "multi_thread")]
async fn until_the_migrations_are_done_only_administration_is_served() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    for_each_engine(async |engine| {
        if engine.url.is_empty() || engine.replicas > 1 {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let key = older(&engine, folder.path()).await;
        let daemon = Daemon::adopt(Daemon::bind(&engine, folder.path(), &[]).await.unwrap());

        assert_eq!(daemon.get("/health").await.json()["status"], "migrations pending");
        assert_eq!(daemon.get("/livez").await.status, 200);
        assert_eq!(daemon.get("/readyz").await.status, 503);
        for path in ["/v1/content", "/search?q=a", "/v1/migrations", "/nothing"] {
            let refused = daemon.get(path).await;
            assert_eq!((refused.status, refused.reason().as_str()), (412, "MIGRATION_PENDING"), "{path}");
            assert!(refused.text().contains("cpcctl --local migrate up"), "{}", refused.text());
        }
        let mut health = HealthClient::new(daemon.channel().await);
        let answer = health.check(HealthCheckRequest::default()).await;
        assert_ne!(answer.map(|answer| answer.into_inner().status).unwrap_or_default(), 1, "it does not serve");
        let search = v1::SearchQuery { q: "a".into(), ..Default::default() };
        let refused = daemon.discovery(None).await.search_content(search).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (tonic::Code::FailedPrecondition, "MIGRATION_PENDING"));
        for refused in [
            daemon.beat("a token", 1).await.unwrap_err(),
            daemon.admin().await.get_status(v1::GetStatusRequest {}).await.unwrap_err(),
            apply(daemon.channel().await, up()).await.unwrap_err(),
        ] {
            assert_eq!(reason(&refused), "MIGRATION_PENDING");
        }

        let listed = daemon.admin().await.list_migrations(v1::ListMigrationsRequest {}).await.unwrap().into_inner();
        assert_eq!(listed.state(), v1::ServiceState::Pending);
        assert!(listed.migrations.iter().all(|known| known.is_applied == (known.version <= 5)), "{listed:?}");
        let grants = &listed.migrations[5];
        assert!(grants.up_sql.contains("CREATE TABLE grants"), "{grants:?}");
        assert!(grants.losses.iter().any(|loss| loss == "table grants with all its rows"), "{grants:?}");

        // One step further is not enough; a step back is possible; all of it is what it waits for.
        let steps = apply(daemon.local_channel().await, down(4)).await.unwrap();
        assert!(matches!(&steps[..], [Event::Planned(_), Event::Begun(_), Event::Done(done), Event::Finished(_)] if done.version == 5), "{steps:?}");
        let one = v1::ApplyMigrationsRequest { to_version: Some(6), ..up() };
        assert_eq!(apply(daemon.local_channel().await, one).await.unwrap().len(), 6);
        assert_eq!(daemon.get("/readyz").await.status, 503);
        let steps = apply(daemon.local_channel().await, up()).await.unwrap();
        let pending = listed.migrations.iter().filter(|known| known.version > 6).count();
        assert_eq!(steps.len(), 2 + 2 * pending, "{steps:?}");

        eventually("everything is served", async || is_ready(&daemon).await).await;
        assert_eq!(daemon.get("/health").await.json()["status"], "ok");
        within("alice logs in", daemon.login(&key)).await.unwrap();
        let answer = HealthClient::new(daemon.channel().await).check(HealthCheckRequest::default()).await.unwrap();
        assert_eq!(answer.into_inner().status, 1);
        let refused = apply(daemon.local_channel().await, down(4)).await.unwrap_err();
        assert_eq!(reason(&refused), "STORE_IN_USE");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_waits_goes_on_when_another_has_migrated() {
    for_each_engine(async |engine| {
        if engine.url.is_empty() || engine.replicas > 1 {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let key = older(&engine, folder.path()).await;
        let daemon = Daemon::adopt(Daemon::bind(&engine, folder.path(), &[]).await.unwrap());
        assert_eq!(daemon.get("/readyz").await.status, 503);
        migrations(&engine, folder.path()).run(Direction::Up, None, &mut |_| ()).await.unwrap();
        eventually("everything is served", async || is_ready(&daemon).await).await;
        within("alice logs in", daemon.login(&key)).await.unwrap();
        daemon.stop().await;

        // One that is told to stop while it waits stops.
        down_to(&engine, folder.path(), 5).await;
        let daemon = Daemon::adopt(Daemon::bind(&engine, folder.path(), &[]).await.unwrap());
        within("it stops", daemon.stop()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_leaves_the_store_as_it_is() {
    for_each_engine(async |engine| {
        let folder = tempfile::tempdir().unwrap();
        older(&engine, folder.path()).await;
        let maintenance = &[("server.maintenance", "true")];
        let daemon = Daemon::adopt(Daemon::bind(&engine, folder.path(), maintenance).await.unwrap());
        assert_eq!(daemon.get("/health").await.json()["status"], "maintenance");
        let list = async || {
            let listed = daemon.admin().await.list_migrations(v1::ListMigrationsRequest {}).await.unwrap().into_inner();
            (listed.state(), listed.migrations.iter().filter(|known| known.is_applied).count())
        };
        assert_eq!(list().await, (v1::ServiceState::Maintenance, 5), "{}", engine.name);
        apply(daemon.local_channel().await, down(2)).await.unwrap();
        assert_eq!(list().await.1, 2);
        let refused = v1::ApplyMigrationsRequest { direction: v1::MigrationDirection::Down.into(), to_version: None };
        assert_eq!(reason(&apply(daemon.local_channel().await, refused).await.unwrap_err()), "FIELD_REQUIRED");
        apply(daemon.local_channel().await, up()).await.unwrap();
        assert_eq!(daemon.get("/readyz").await.status, 503, "it was told to stay like this");
        daemon.stop().await;
        let daemon = Daemon::adopt(Daemon::bind(&engine, folder.path(), &[]).await.unwrap());
        assert_eq!(daemon.get("/readyz").await.status, 200);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_killed_in_the_midst_of_a_migration_on_postgres() {
    for_each_engine(async |engine| {
        if engine.url.is_empty() || engine.replicas > 1 {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        older(&engine, folder.path()).await;
        down_to(&engine, folder.path(), 4).await;
        let settings = [("CPCD_STORE__URL", engine.url.as_str())];
        let process = Process::start_with(folder.path(), "127.0.0.1:0", &settings).await;
        // Migration 5 changes this table and then makes another: it hangs between its first statement and its last.
        let mut holder = sqlx::PgConnection::connect(&engine.url).await.unwrap();
        sqlx::raw_sql("BEGIN; LOCK TABLE signing_keys IN ACCESS EXCLUSIVE MODE").execute(&mut holder).await.unwrap();
        let told = tokio::spawn(apply(local(folder.path()).await, up()));
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'signing_keys'::regclass";
        eventually("the migration hangs", async || engine.count(folder.path(), waits).await > 0).await;
        process.kill();
        assert!(told.await.unwrap().is_err());
        sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();

        let process = Process::start_with(folder.path(), "127.0.0.1:0", &settings).await;
        let last = "SELECT max(version) FROM _sqlx_migrations";
        assert_eq!(engine.count(folder.path(), last).await, 4, "what was cut off was taken back");
        within("it migrates", apply(local(folder.path()).await, up())).await.unwrap();
        let served = async || {
            let mut admin = AdminServiceClient::new(local(folder.path()).await);
            admin.get_status(v1::GetStatusRequest {}).await.is_ok_and(|status| status.into_inner().users == 1)
        };
        eventually("everything is served", served).await;
        process.kill();
    })
    .await;
}

async fn local(folder: &Path) -> Channel {
    let address = format!("unix://{}", folder.join("cpcd.sock").display());
    Endpoint::from_shared(address).unwrap().connect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_killed_in_the_midst_of_a_migration_on_sqlite() {
    const ROWS: i64 = 200_000;
    let (engine, folder) = (Engine::sqlite(), tempfile::tempdir().unwrap());
    older(&engine, folder.path()).await;
    // Migration 6 copies this table row by row.
    let fill = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS})
         INSERT INTO revocations (kind, target, before_at, created_at, expires_at)
         SELECT 'token', randomblob(16), '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z',
             '2126-01-01T00:00:00.000000Z' FROM numbers"
    );
    engine.execute(folder.path(), &fill).await;
    let last = "SELECT max(version) FROM _sqlx_migrations";
    let log = folder.path().join("cpcd.sqlite-wal");
    for bytes in [100_000, 1_000_000, 5_000_000] {
        let mut child = Process::spawn(folder.path());
        eventually("the migration writes", async || {
            fs::metadata(&log).is_ok_and(|log| log.len() > bytes) || folder.path().join("cpcd.sock").exists()
        })
        .await;
        child.kill().unwrap();
        child.wait().unwrap();
        let version = engine.count(folder.path(), last).await;
        let rows = engine.count(folder.path(), "SELECT count(*) FROM revocations").await;
        let half = engine.count(folder.path(), "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%_wider'").await;
        assert_eq!((rows, half), (ROWS, 0), "at {version}: all or nothing");
        eprintln!("killed with more than {bytes} bytes in the log: at migration {version}");
        let _ = fs::remove_file(folder.path().join("cpcd.sock"));
    }
    let process = Process::start(folder.path()).await;
    assert!(engine.count(folder.path(), last).await > 5);
    assert_eq!(engine.count(folder.path(), "SELECT count(*) FROM revocations").await, ROWS);
    process.kill();
}
