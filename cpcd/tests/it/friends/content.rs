//! What friends show to friends.

use cpc_proto::v1;

use super::{Act, act, found};
use crate::harness::{Daemon, Engine, Person, everywhere, for_each_engine};

async fn publish(daemon: &Daemon, by: &Person, title: &str, visibility: v1::Visibility) -> String {
    let metadata = v1::ContentMetadata { title: title.into(), visibility: visibility.into(), ..Default::default() };
    let published = daemon.discovery(Some(&by.token)).await.publish_content(metadata).await.expect("it is published");
    published.into_inner().content.expect("content").id
}

async fn may_get(daemon: &Daemon, who: &Person, id: &str) -> bool {
    let request = v1::GetContentRequest { id: id.into() };
    daemon.discovery(Some(&who.token)).await.get_content(request).await.is_ok()
}

async fn listed(daemon: &Daemon, who: &Person, owner: &str) -> usize {
    let request = v1::ListContentRequest { owner_id: owner.into(), ..Default::default() };
    daemon.discovery(Some(&who.token)).await.list_content(request).await.expect("a list").into_inner().contents.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn content_for_friends_is_for_friends_as_long_as_they_are() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let (eve, admin) = (daemon.person("eve", &[]).await, daemon.person("admin", &["content=admin"]).await);
        daemon.befriend(&alice, &bob).await;
        let letter = publish(&daemon, &alice, "a letter to friends", v1::Visibility::Friends).await;
        publish(&daemon, &alice, "a letter to nobody", v1::Visibility::Private).await;
        publish(&daemon, &alice, "a letter to all", v1::Visibility::Public).await;
        daemon.indexed(&alice.token).await;
        for (who, count) in [(&alice, 3), (&bob, 2), (&eve, 1), (&admin, 3)] {
            assert_eq!(found(&daemon, who, "letter").await.len(), count, "on {}", engine.name);
            assert_eq!((listed(&daemon, who, "").await, listed(&daemon, who, &alice.id).await), (count, count));
            assert_eq!(may_get(&daemon, who, &letter).await, count > 1);
        }
        // With the next call it is over, whatever the index knows.
        act(&daemon, &alice, Act::Remove, &bob).await.unwrap();
        assert_eq!((found(&daemon, &bob, "letter").await.len(), may_get(&daemon, &bob, &letter).await), (1, false));
        daemon.befriend(&alice, &bob).await;
        assert_eq!((found(&daemon, &bob, "letter").await.len(), may_get(&daemon, &bob, &letter).await), (2, true));
        act(&daemon, &bob, Act::Block, &alice).await.unwrap();
        assert_eq!((listed(&daemon, &bob, "").await, may_get(&daemon, &bob, &letter).await), (1, false));

        // What becomes private is gone, too; what a friend may know of is not theirs to change.
        act(&daemon, &bob, Act::Unblock, &alice).await.unwrap();
        daemon.befriend(&alice, &bob).await;
        let change = v1::ContentMetadata { id: letter.clone(), title: "mine".into(), ..Default::default() };
        assert!(daemon.discovery(Some(&bob.token)).await.publish_content(change).await.is_err());
        let change = v1::ContentMetadata {
            id: letter.clone(),
            title: "a letter to friends".into(),
            visibility: v1::Visibility::Private.into(),
            ..Default::default()
        };
        daemon.discovery(Some(&alice.token)).await.publish_content(change).await.unwrap();
        assert!(!may_get(&daemon, &bob, &letter).await);
        everywhere(&engine, "the search goes by the row", async || found(&daemon, &bob, "letter").await.len() == 1)
            .await;
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_search_are_full_of_what_friends_show() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    let strangers = [daemon.person("s0", &[]).await, daemon.person("s1", &[]).await];
    daemon.befriend(&alice, &bob).await;
    for number in 0..25 {
        publish(&daemon, &alice, &format!("page {number}"), v1::Visibility::Friends).await;
        for stranger in &strangers {
            publish(&daemon, stranger, &format!("page {number}"), v1::Visibility::Friends).await;
        }
    }
    daemon.indexed(&alice.token).await;
    let query = v1::SearchQuery { q: "page".into(), page_size: 10, ..Default::default() };
    let page = daemon.discovery(Some(&bob.token)).await.search_content(query).await.unwrap().into_inner();
    assert_eq!((page.hits.len(), page.total, page.total_is_exact), (10, 25, true));
    daemon.stop().await;
}
