//! What only the disk and the commit can do to a group.

use std::path::Path;

use cpcd_model::Reason;
use futures_util::future::join_all;
use sqlx::query_as;
use tokio::sync::oneshot;

use super::*;
use crate::sql::migrate;

async fn writer(file: &Path, options: SqliteConnectOptions) -> Arc<Writer> {
    let options = options.filename(file).create_if_missing(true).foreign_keys(true);
    let mut connection = options.connect().await.unwrap();
    migrate::sqlite(&mut connection, None).await.unwrap();
    Arc::new(Writer::start(connection, options))
}

async fn count(file: &Path, query: &'static str) -> i64 {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let (count,) = query_as(query).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    count
}

/// Runs jobs as one group: a first one holds the writer until all of them wait.
async fn group(writer: &Arc<Writer>, statements: &[&'static [&'static str]]) -> Vec<Result<()>> {
    let (began, has_begun) = oneshot::channel();
    let (go, gone) = oneshot::channel::<()>();
    let first = writer.write(Priority::Identity, move |_| {
        Box::pin(async move {
            began.send(()).unwrap();
            gone.await.unwrap();
            Ok(())
        })
    });
    let rest = async {
        has_begun.await.unwrap();
        let jobs = statements.iter().copied().map(|statements| {
            writer.write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    for statement in statements {
                        tx.execute(*statement, &[]).await?;
                    }
                    Ok(())
                })
            })
        });
        let (results, ()) = tokio::join!(join_all(jobs), async { go.send(()).unwrap() });
        results
    };
    let (first, rest) = tokio::join!(first, rest);
    std::iter::once(first).chain(rest).collect()
}

fn reasons(results: &[Result<()>]) -> Vec<Option<Reason>> {
    results.iter().map(|result| result.as_ref().err().map(Error::reason)).collect()
}

const SMALL: &[&str] = &["INSERT INTO used_challenges VALUES (randomblob(16), '2026-01-01T00:00:00.000000Z')"];

#[tokio::test]
async fn a_commit_that_fails_fails_all_and_the_next_group_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.sqlite");
    let writer = writer(&file, SqliteConnectOptions::new()).await;
    // A reference that is checked at the commit, and not good.
    let orphan: &[&str] = &[
        "PRAGMA defer_foreign_keys = ON",
        "INSERT INTO nodes (id, public_key, resources, status, owner_id, created_at)
         VALUES (randomblob(16), x'00', '{}', 'online', randomblob(16), '2026-01-01T00:00:00.000000Z')",
    ];
    let results = group(&writer, &[SMALL, orphan, SMALL]).await;
    assert_eq!(reasons(&results), [Some(Reason::WriteConflict); 4]);
    assert_eq!(count(&file, "SELECT count(*) FROM used_challenges").await, 0);

    let results = group(&writer, &[SMALL, SMALL]).await;
    assert_eq!(reasons(&results), [None; 3]);
    assert_eq!(count(&file, "SELECT count(*) FROM used_challenges").await, 2);
    writer.close().await;
}

#[tokio::test]
async fn a_full_disk_says_so_and_takes_no_acknowledged_write() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.sqlite");
    let writer = writer(&file, SqliteConnectOptions::new().pragma("max_page_count", "200")).await;
    let large: &[&str] = &["INSERT INTO signing_keys (kid, sealed_secret, created_at)
           VALUES ('large', randomblob(2000000), '2026-01-01T00:00:00.000000Z')"];
    let results = group(&writer, &[SMALL, large, SMALL]).await;
    assert_eq!(results[2].as_ref().unwrap_err().reason(), Reason::StoreFull);
    // SQLite may have rolled back the whole group; whatever was answered is what is there.
    let acknowledged = [1, 3].into_iter().filter(|n| results[*n].is_ok()).count();
    assert_eq!(count(&file, "SELECT count(*) FROM used_challenges").await, acknowledged as i64);
    assert_eq!(count(&file, "SELECT count(*) FROM signing_keys").await, 0);

    let before = count(&file, "SELECT count(*) FROM used_challenges").await;
    assert_eq!(reasons(&group(&writer, &[SMALL]).await), [None; 2]);
    assert_eq!(count(&file, "SELECT count(*) FROM used_challenges").await, before + 1);
    writer.close().await;
}

#[tokio::test]
async fn a_roll_back_by_sqlite_itself_takes_the_group_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.sqlite");
    let writer = writer(&file, SqliteConnectOptions::new()).await;
    let rolls_back: &[&str] =
        &["INSERT OR ROLLBACK INTO server_identity VALUES (7, x'', x'', x'', '2026-01-01T00:00:00.000000Z', NULL)"];
    let results = group(&writer, &[SMALL, rolls_back, SMALL]).await;
    assert!(results[1].is_err() && results[2].is_err(), "{results:?}");
    let acknowledged = i64::from(results[3].is_ok());
    assert_eq!(count(&file, "SELECT count(*) FROM used_challenges").await, acknowledged);
    assert_eq!(reasons(&group(&writer, &[SMALL]).await), [None; 2]);
    assert_eq!(count(&file, "SELECT count(*) FROM used_challenges").await, acknowledged + 1);
    writer.close().await;
}
