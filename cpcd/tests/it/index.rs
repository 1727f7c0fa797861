//! The index and the store: two things that crashes, restored copies and second daemons would part.

use std::{fs, path::Path};

use cpc_proto::v1;

use crate::harness::{Daemon, Engine, Person, eventually, for_each_engine, reason};

async fn start(engine: &Engine, folder: &Path) -> Daemon {
    Daemon::adopt(Daemon::bind(engine, folder, &[]).await.unwrap())
}

async fn publish(daemon: &Daemon, person: &Person, title: &str) {
    let metadata = v1::ContentMetadata { title: title.into(), ..Default::default() };
    daemon.discovery(Some(&person.token)).await.publish_content(metadata).await.unwrap();
}

async fn total(daemon: &Daemon, person: &Person, q: &str) -> u64 {
    let query = v1::SearchQuery { q: q.into(), ..Default::default() };
    daemon.discovery(Some(&person.token)).await.search_content(query).await.unwrap().into_inner().total
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_copy_of_the_store_is_searched_whole() {
    let engine = Engine::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let (file, copy) = (folder.path().join("cpcd.sqlite"), folder.path().join("copy"));
    let daemon = start(&engine, folder.path()).await;
    let alice = daemon.person("alice", &["content=write"]).await;
    publish(&daemon, &alice, "copied").await;
    daemon.indexed(&alice.token).await;
    daemon.stop().await;
    fs::copy(&file, &copy).unwrap();

    let daemon = start(&engine, folder.path()).await;
    for _ in 0..2 {
        publish(&daemon, &alice, "later").await;
        daemon.indexed(&alice.token).await;
    }
    assert_eq!(total(&daemon, &alice, "later").await, 2);
    daemon.stop().await;
    fs::copy(&copy, &file).unwrap();

    let daemon = start(&engine, folder.path()).await;
    daemon.indexed(&alice.token).await;
    assert_eq!((total(&daemon, &alice, "copied").await, total(&daemon, &alice, "later").await), (1, 0));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_lost_or_put_back_is_filled_again() {
    for_each_engine(|engine| async move {
        if !engine.has_index_folder() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let (index, old) = (folder.path().join("index"), folder.path().join("old"));
        let daemon = start(&engine, folder.path()).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        daemon.indexed(&alice.token).await;
        daemon.stop().await;
        // The index as it was before anything was published: all marks are gone since.
        fs::create_dir(&old).unwrap();
        for entry in fs::read_dir(&index).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), old.join(entry.file_name())).unwrap();
        }
        let daemon = start(&engine, folder.path()).await;
        publish(&daemon, &alice, "here").await;
        daemon.indexed(&alice.token).await;
        daemon.stop().await;

        fs::remove_dir_all(&index).unwrap();
        fs::rename(&old, &index).unwrap();
        let daemon = start(&engine, folder.path()).await;
        daemon.indexed(&alice.token).await;
        assert_eq!(total(&daemon, &alice, "here").await, 1, "{}", engine.name);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_daemons_on_a_store_the_later_one_searches_and_the_other_says_so() {
    for_each_engine(|engine| async move {
        if engine.name != "postgres" {
            return;
        }
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = start(&engine, one.path()).await;
        let alice = first.person("alice", &["content=write"]).await;
        publish(&first, &alice, "here").await;
        first.indexed(&alice.token).await;
        // All replicas have the same root key.
        fs::copy(one.path().join("root.key"), two.path().join("root.key")).unwrap();
        let second = start(&engine, two.path()).await;
        let query = v1::SearchQuery { q: "here".into(), ..Default::default() };
        let mut discovery = first.discovery(Some(&alice.token)).await;
        eventually("the first daemon refuses to search", async || {
            discovery.search_content(query.clone()).await.is_err_and(|status| {
                assert_eq!(reason(&status), "ENGINE_AWAY");
                status.message().contains("another daemon indexes this store")
            })
        })
        .await;
        publish(&first, &alice, "here too").await;
        eventually("the second one has all", async || total(&second, &alice, "here").await == 2).await;
        first.stop().await;
        second.stop().await;
    })
    .await;
}
