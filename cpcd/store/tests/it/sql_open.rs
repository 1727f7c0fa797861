//! Opening: what is migrated, what is refused.

use cpcd_model::Reason;
use cpcd_store::{Store, sql::Config};

use crate::{
    harness::{Place, for_each_place, insert_user},
    sql_schema::{count, raw},
};

async fn refusal(place: &Place) -> cpcd_model::Error {
    Store::open(&place.config).await.err().unwrap()
}

#[tokio::test]
async fn a_store_is_opened_again_with_what_it_had() {
    for_each_place(async |place| {
        let store = place.open().await;
        assert_eq!(store.engine(), if place.is_postgres() { "postgres" } else { "sqlite" });
        store.ping().await.unwrap();
        insert_user(&store, "alice").await;
        store.close().await;
        let store = place.open().await;
        assert_eq!(store.count_users().await.unwrap(), 1);
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_start_together_fill_a_database_once() {
    let Some(place) = Place::postgres().await else { return };
    let opened: Vec<_> = (0..6)
        .map(|_| {
            let config = place.config.clone();
            tokio::spawn(async move { Store::open(&config).await })
        })
        .collect();
    for store in opened {
        let store = store.await.unwrap().unwrap();
        store.ping().await.unwrap();
        store.close().await;
    }
    place.clear().await;
}

#[tokio::test]
async fn a_store_whose_migration_was_another_is_refused() {
    for_each_place(async |place| {
        place.open().await.close().await;
        let other = if place.is_postgres() { "'\\x00'" } else { "x'00'" };
        raw(place, &format!("UPDATE _sqlx_migrations SET checksum = {other}")).await;
        assert_eq!(refusal(place).await.reason(), Reason::StoreForeign);
    })
    .await;
}

#[tokio::test]
async fn a_store_of_something_else_is_refused_and_left_alone() {
    for_each_place(async |place| {
        if !place.is_postgres() {
            std::fs::write(place.folder.path().join("cpcd.sqlite"), "").unwrap();
        }
        raw(place, "CREATE TABLE strangers (id INT)").await;
        assert_eq!(refusal(place).await.reason(), Reason::StoreForeign);
        assert_eq!(count(place, "SELECT count(*) FROM strangers").await, 0);
        let tables = if place.is_postgres() {
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
        } else {
            "SELECT count(*) FROM sqlite_schema"
        };
        assert_eq!(count(place, tables).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_opened_says_so() {
    let place = Place::sqlite();
    let no_folder =
        Config { url: format!("sqlite:{}/no/such/a.db", place.folder.path().display()), ..Config::default() };
    let error = Store::open(&no_folder).await.err().unwrap();
    assert_eq!(error.reason(), Reason::EngineAway);
    assert!(error.message().contains("no/such/a.db"), "{error}");

    std::fs::write(place.folder.path().join("cpcd.sqlite"), "no database at all, but long enough to have a header")
        .unwrap();
    assert_eq!(refusal(&place).await.reason(), Reason::StoreForeign);

    let nobody = Config { url: "postgres://u:hidden@127.0.0.1:1/d".into(), ..Config::default() };
    let error = Store::open(&nobody).await.err().unwrap();
    assert_eq!(error.reason(), Reason::EngineAway);
    assert!(error.retry_after().is_some());
    assert!(!format!("{error:?}").contains("hidden"));

    assert_eq!(Store::open(&Config::default()).await.err().unwrap().reason(), Reason::FieldInvalid);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_in_memory_is_shared_by_its_connections() {
    let config = Config { url: "sqlite::memory:".into(), ..Config::default() };
    let (store, other) = (Store::open(&config).await.unwrap(), Store::open(&config).await.unwrap());
    let writes = (0..50).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            insert_user(&store, &format!("user{n}")).await;
            store.count_users().await.unwrap()
        })
    });
    for write in writes.collect::<Vec<_>>() {
        assert!(write.await.unwrap() > 0);
    }
    assert_eq!(store.count_users().await.unwrap(), 50);
    assert_eq!(other.count_users().await.unwrap(), 0);
    store.close().await;
    other.close().await;
}
