//! A fresh store for a test, on each engine: SQLite in a file, and PostgreSQL where `CPC_TEST_POSTGRES_URL` names one.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    time::{Duration, Instant},
};

use cpcd_model::{
    content::{Content, ContentCid, Metadata, Visibility},
    id::{ContentId, UserId},
    permission::Permissions,
    time::Timestamp,
    user::{User, UserState, Username},
};
use cpcd_store::{
    Store, Tx,
    sql::{self, EventCursor, NewEvent},
};
use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Where a test's store is; it goes with the test.
pub(crate) struct Place {
    pub(crate) config: sql::Config,
    pub(crate) folder: TempDir,
    schema: Option<(String, String)>,
}

impl Place {
    /// An empty place on SQLite.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("cpcd.sqlite").display());
        Self { config: config(url), folder, schema: None }
    }

    /// An empty place on PostgreSQL, or a line that there is none; `CPC_TEST_REQUIRE=all` allows no such line.
    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("CPC_TEST_POSTGRES_URL") else {
            assert_ne!(std::env::var("CPC_TEST_REQUIRE").as_deref(), Ok("all"), "CPC_TEST_POSTGRES_URL is not set");
            eprintln!("SKIPPED on PostgreSQL: CPC_TEST_POSTGRES_URL is not set");
            return None;
        };
        let schema = format!("it_{}", Uuid::now_v7().simple());
        run(&server, format!("CREATE SCHEMA {schema}")).await;
        let sign = if server.contains('?') { '&' } else { '?' };
        let config = config(format!("{server}{sign}options[search_path]={schema}"));
        Some(Self { config, folder: tempfile::tempdir().unwrap(), schema: Some((server, schema)) })
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.schema.is_some()
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.config).await.unwrap()
    }

    /// Takes the place away again.
    pub(crate) async fn clear(self) {
        if let Some((server, schema)) = self.schema {
            run(&server, format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }
}

fn config(url: String) -> sql::Config {
    // Ten times looser than what is shipped: a busy machine must not fail a test.
    sql::Config {
        url,
        max_connections: 8,
        acquire_timeout_ms: 30_000,
        away_after_ms: 30_000,
        lock_timeout_ms: 30_000,
        ..sql::Config::default()
    }
}

async fn run(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs a test in an empty place on each engine.
pub(crate) async fn for_each_place(test: impl AsyncFn(&Place)) {
    run_in(Place::sqlite(), "sqlite", &test).await;
    if let Some(place) = Place::postgres().await {
        run_in(place, "postgres", &test).await;
    }
}

async fn run_in(place: Place, engine: &str, test: &impl AsyncFn(&Place)) {
    let result = AssertUnwindSafe(test(&place)).catch_unwind().await;
    place.clear().await;
    if let Err(panic) = result {
        eprintln!("it was on {engine}");
        resume_unwind(panic);
    }
}

/// Runs a test on an empty store of each engine.
pub(crate) async fn for_each_engine(test: impl AsyncFn(Store)) {
    for_each_place(async |place| {
        let store = place.open().await;
        test(store.clone()).await;
        store.close().await;
    })
    .await;
}

/// Does a write of middling urgency that must succeed.
pub(crate) async fn write<T: Send + 'static>(
    store: &Store,
    job: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, cpcd_model::Result<T>> + Send + 'static,
) -> T {
    store.write(sql::Priority::Registry, job).await.unwrap()
}

/// Waits until a condition holds.
pub(crate) async fn eventually(what: &str, condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), waiting).await.is_ok(), "never: {what}");
}

/// Gives the kinds of all events that have committed, and a cursor after them.
///
/// On PostgreSQL events show only when no earlier transaction of the whole server runs, other tests' among them.
pub(crate) async fn events(store: &Store) -> (Vec<String>, EventCursor) {
    let subject_id = Uuid::now_v7();
    let last = NewEvent { kind: "last", subject_id, payload: serde_json::Value::Null };
    write(store, move |tx| Box::pin(async move { tx.insert_events(&[last], now()).await })).await;
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let (events, cursor) = store.list_events(None, 20_000).await.unwrap();
        if events.iter().any(|event| event.subject_id == subject_id) {
            return (events.into_iter().map(|event| event.kind).filter(|kind| kind != "last").collect(), cursor);
        }
        assert!(Instant::now() < deadline, "an event that has committed does not show");
        tokio::task::yield_now().await;
    }
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    time("2026-03-04T05:06:07.080910Z")
}

pub(crate) fn user(name: &str) -> User {
    let mut public_key = [0; 32];
    public_key[16..].copy_from_slice(UserId::generate().uuid().as_bytes());
    User {
        id: UserId::generate(),
        username: Username::parse("username", name).unwrap(),
        public_key,
        permissions: Permissions::new(vec!["content=write".parse().unwrap(), "users=read".parse().unwrap()]).unwrap(),
        permission_epoch: 3,
        state: UserState::Active,
        created_at: now(),
    }
}

pub(crate) async fn insert_user(store: &Store, name: &str) -> UserId {
    let user = user(name);
    let id = user.id;
    write(store, move |tx| Box::pin(async move { tx.insert_user(&user).await })).await;
    id
}

pub(crate) fn content(owner: UserId, title: &str) -> Content {
    Content {
        id: ContentId::generate(),
        owner_id: owner,
        request_id: None,
        metadata: Metadata {
            title: title.into(),
            description: "with \"quotes\", \\ and ünïcode".into(),
            tags: vec!["a".into(), "ü,{}\"".into()],
            cid: None,
            size_bytes: i64::MAX as u64,
            media_type: "text/plain".into(),
            visibility: Visibility::Public,
        },
        availability: 7,
        version: 1,
        created_at: now(),
        updated_at: time("2026-03-04T05:06:08Z"),
    }
}

pub(crate) fn with_names(mut content: Content, cid: Option<&str>, request_id: Option<&str>) -> Content {
    content.metadata.cid = cid.map(|cid| ContentCid::stored(cid.into()));
    content.request_id = request_id.map(Into::into);
    content
}

pub(crate) async fn insert_contents(store: &Store, contents: &[Content]) {
    let contents = contents.to_vec();
    write(store, move |tx| Box::pin(async move { tx.insert_contents(&contents).await })).await;
}
