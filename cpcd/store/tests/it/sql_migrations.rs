//! Migrations as an operation: up, down, told about; and stores that are newer than the program.

use std::time::Duration;

use cpcd_model::Reason;
use cpcd_store::{
    Store,
    sql::{Direction, Migrations, Step},
};

use crate::{
    harness::{Place, eventually, for_each_place, insert_user, write},
    sql_schema::{columns, count, raw},
};

async fn run(place: &Place, direction: Direction, to: Option<i64>) -> cpcd_model::Result<Vec<Step>> {
    let mut steps = Vec::new();
    Migrations::new(&place.config).run(direction, to, &mut |step| steps.push(step)).await?;
    Ok(steps)
}

#[tokio::test]
async fn every_migration_can_be_taken_back_and_done_again() {
    for_each_place(async |place| {
        place.open().await.close().await;
        let all = Migrations::new(&place.config).list().await.unwrap();
        assert!(all.iter().all(|known| known.is_known && known.applied_at.is_some()), "{all:?}");
        assert!(all.iter().all(|known| !known.up.is_empty() && !known.down.is_empty()), "each has a way back");
        let mut shapes = vec![columns(place).await];
        // One by one, so that each is met by a store that is exactly as it left it.
        for known in all.iter().rev() {
            let steps = run(place, Direction::Down, Some(known.version - 1)).await.unwrap();
            assert_eq!(steps.len(), 3, "{steps:?}");
            shapes.push(columns(place).await);
        }
        assert!(shapes.pop().unwrap().is_empty(), "nothing is left");
        for known in &all {
            let steps = run(place, Direction::Up, Some(known.version)).await.unwrap();
            assert!(matches!(&steps[2], Step::Done { number: 1, total: 1, version, .. } if *version == known.version));
            assert_eq!(columns(place).await, shapes.pop().unwrap(), "{}", known.name);
        }
        assert_eq!(run(place, Direction::Up, None).await.unwrap(), [Step::Planned { total: 0 }]);
        let steps = run(place, Direction::Down, Some(0)).await.unwrap();
        assert_eq!(steps[0], Step::Planned { total: all.len().try_into().unwrap() });
        // All at once, with a store that works in the end.
        assert_eq!(run(place, Direction::Up, None).await.unwrap().len(), 1 + 2 * all.len());
        let store = place.open().await;
        insert_user(&store, "alice").await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_postgres_store_with_data_waits_and_goes_on_where_it_was() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    insert_user(&store, "alice").await;
    store.close().await;
    run(&place, Direction::Down, Some(5)).await.unwrap();
    let error = Store::open(&place.config).await.err().unwrap();
    assert_eq!(error.reason(), Reason::MigrationPending);
    assert!(error.message().contains("cpcctl --local migrate up"), "{error}");
    let listed = Migrations::new(&place.config).list().await.unwrap();
    assert!(listed.iter().all(|known| known.applied_at.is_some() == (known.version <= 5)), "{listed:?}");
    run(&place, Direction::Up, Some(6)).await.unwrap();
    assert!(Store::open(&place.config).await.is_err(), "not all is done");
    run(&place, Direction::Up, None).await.unwrap();
    let store = place.open().await;
    assert!(store.get_user_by_name("alice").await.unwrap().is_some());
    store.close().await;
    place.clear().await;
}

#[tokio::test]
async fn a_newer_store_is_served_unless_something_was_taken_away() {
    for_each_place(async |place| {
        place.open().await.close().await;
        raw(
            place,
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9999, 'added by a newer version', success, checksum, execution_time
             FROM _sqlx_migrations WHERE version = 1; CREATE TABLE added (id BIGINT)",
        )
        .await;
        let store = place.open().await;
        insert_user(&store, "alice").await;
        store.close().await;
        let listed = Migrations::new(&place.config).list().await.unwrap();
        assert!(listed.last().is_some_and(|last| last.version == 9999 && !last.is_known), "{listed:?}");
        let error = run(place, Direction::Down, Some(0)).await.unwrap_err();
        assert_eq!(error.reason(), Reason::StoreForeign, "its way back is not known here");

        raw(place, "UPDATE schema_compatibility SET least_known = 9998").await;
        let error = Store::open(&place.config).await.err().unwrap();
        assert_eq!(error.reason(), Reason::StoreForeign);
        assert!(error.message().contains("9998") && error.message().contains("newer version"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_taken_back_under_a_daemon_that_lives() {
    for_each_place(async |place| {
        let store = place.open().await;
        write(&store, |tx| Box::pin(async move { tx.upsert_replica(uuid::Uuid::now_v7(), "kid").await })).await;
        store.close().await;
        let error = run(place, Direction::Down, Some(0)).await.unwrap_err();
        assert_eq!(error.reason(), Reason::StoreInUse);
        place.open().await.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_migrates_at_the_same_time_waits_or_finds_it_done() {
    let Some(place) = Place::postgres().await else { return };
    place.open().await.close().await;
    run(&place, Direction::Down, Some(3)).await.unwrap();
    let runs = (0..4).map(|_| run(&place, Direction::Up, None));
    let totals = futures_util::future::join_all(runs).await.into_iter().map(|steps| steps.unwrap().len());
    let mut totals: Vec<_> = totals.collect();
    totals.sort_unstable();
    assert_eq!(&totals[..3], [1, 1, 1], "three had nothing to do");
    assert!(totals[3] > 1);
    place.open().await.close().await;
    place.clear().await;
}

#[tokio::test]
async fn a_migration_that_is_cut_off_leaves_all_as_it_was() {
    let Some(place) = Place::postgres().await else { return };
    place.open().await.close().await;
    run(&place, Direction::Down, Some(4)).await.unwrap();
    // Migration 5 changes a table that somebody else holds: it hangs in the midst of its transaction.
    let mut holder = <sqlx::PgConnection as sqlx::Connection>::connect(&place.config.url).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE signing_keys IN ACCESS EXCLUSIVE MODE").execute(&mut holder).await.unwrap();
    let hanging = Migrations::new(&place.config);
    let cut = tokio::spawn(async move { hanging.run(Direction::Up, None, &mut |_| ()).await });
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'signing_keys'::regclass";
    eventually("it waits", async || count(&place, waits).await > 0).await;
    cut.abort();
    assert!(cut.await.unwrap_err().is_cancelled());
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), run(&place, Direction::Up, None)).await.unwrap().unwrap();
    place.open().await.close().await;
    place.clear().await;
}
