//! Content.

use std::{collections::BTreeSet, time::Duration};

use cpcd_model::{
    Reason, Result,
    content::{Content, Visibility},
    id::{ContentId, UserId},
    query::Viewer,
    time::Timestamp,
};
use cpcd_store::{Store, sql::Priority};

use crate::harness::{content, for_each_engine, insert_contents, insert_user, now, time, with_names, write};

async fn try_insert(store: &Store, contents: Vec<Content>) -> Result<()> {
    store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.insert_contents(&contents).await })).await
}

async fn try_update(store: &Store, contents: Vec<Content>) -> Result<()> {
    store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.update_contents(&contents).await })).await
}

async fn try_delete(store: &Store, id: ContentId, version: u64, now: Timestamp) -> Result<()> {
    store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.delete_content(id, version, now).await })).await
}

fn titles(contents: &[Content]) -> Vec<&str> {
    contents.iter().map(|content| content.metadata.title.as_str()).collect()
}

#[tokio::test]
async fn content_comes_back_as_it_went() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "alice").await;
        let named = with_names(content(owner, "named"), Some("bafy1"), Some("request \"1\""));
        let mut plain = content(owner, &"ü".repeat(255));
        plain.metadata.tags = vec!["ü".repeat(50)];
        plain.metadata.visibility = Visibility::Private;
        plain.metadata.description = String::new();
        insert_contents(&store, &[named.clone(), plain.clone()]).await;
        for content in [&named, &plain] {
            assert_eq!(store.get_content(content.id).await.unwrap().as_ref(), Some(content));
        }
        assert_eq!(store.get_content(ContentId::generate()).await.unwrap(), None);
        assert_eq!(store.count_contents().await.unwrap(), 2);
        let mut listed = store.list_contents_by_ids(&[plain.id, named.id, ContentId::generate()]).await.unwrap();
        listed.sort_by_key(|content| content.id);
        assert_eq!(listed, [named, plain]);
        assert!(store.list_contents_by_ids(&[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn no_content_is_too_little_and_five_thousand_are_not_too_many() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "alice").await;
        insert_contents(&store, &[]).await;
        try_update(&store, Vec::new()).await.unwrap();
        let mut many: Vec<_> =
            (0..5_000).map(|n| with_names(content(owner, "t"), Some(&format!("c{n}")), None)).collect();
        insert_contents(&store, &many).await;
        assert_eq!(store.count_contents().await.unwrap(), 5_000);
        for content in &mut many {
            content.version = 2;
            content.metadata.title = "changed".into();
        }
        try_update(&store, many.clone()).await.unwrap();
        let ids: Vec<_> = many.iter().map(|content| content.id).collect();
        let listed = store.list_contents_by_ids(&ids).await.unwrap();
        assert_eq!(listed.len(), 5_000);
        assert!(listed.iter().all(|content| content.version == 2 && content.metadata.title == "changed"));
    })
    .await;
}

#[tokio::test]
async fn lists_are_paged_and_show_what_the_viewer_may_see() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let mut contents = Vec::new();
        for (owner, title, visibility) in [
            (alice, "a1", Visibility::Public),
            (bob, "b1", Visibility::Private),
            (alice, "a2", Visibility::Private),
            (bob, "b2", Visibility::Public),
            (alice, "a3", Visibility::Public),
        ] {
            let mut content = content(owner, title);
            content.metadata.visibility = visibility;
            contents.push(content);
        }
        insert_contents(&store, &contents).await;
        try_delete(&store, contents[4].id, 2, now()).await.unwrap();

        let nobody = Viewer::User(UserId::generate());
        for (viewer, owner, seen) in [
            (Viewer::Admin, None, vec!["b2", "a2", "b1", "a1"]),
            (Viewer::Public, None, vec!["b2", "a1"]),
            (nobody, None, vec!["b2", "a1"]),
            (Viewer::User(alice), None, vec!["b2", "a2", "a1"]),
            (Viewer::User(bob), None, vec!["b2", "b1", "a1"]),
            (Viewer::Admin, Some(alice), vec!["a2", "a1"]),
            (Viewer::User(alice), Some(alice), vec!["a2", "a1"]),
            (Viewer::User(bob), Some(alice), vec!["a1"]),
            (Viewer::Public, Some(bob), vec!["b2"]),
        ] {
            let listed = store.list_contents(viewer, &[], owner, None, 10).await.unwrap();
            assert_eq!(titles(&listed), seen, "{viewer:?} {owner:?}");
            let mut paged = Vec::new();
            let mut before = None;
            while let [content] = store.list_contents(viewer, &[], owner, before, 1).await.unwrap().as_slice() {
                before = Some(content.id);
                paged.push(content.clone());
            }
            assert_eq!(paged, listed, "{viewer:?} {owner:?}");
        }
        assert_eq!(store.count_contents().await.unwrap(), 4);
    })
    .await;
}

#[tokio::test]
async fn content_is_found_by_any_of_its_names() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let contents = [
            with_names(content(alice, "by cid"), Some("c1"), None),
            with_names(content(alice, "by request"), None, Some("r1")),
            with_names(content(alice, "by both"), Some("c2"), Some("r2")),
            with_names(content(alice, "by id"), None, None),
            with_names(content(alice, "not asked for"), Some("c9"), Some("r9")),
            with_names(content(bob, "bob's, by id"), Some("c3"), None),
            with_names(content(bob, "bob's, by cid"), Some("c1"), Some("r1")),
            with_names(content(alice, "deleted"), Some("c4"), None),
        ];
        insert_contents(&store, &contents).await;
        try_delete(&store, contents[7].id, 2, now()).await.unwrap();
        let ids = [contents[3].id, contents[5].id, contents[7].id, ContentId::generate()];
        let found = write(&store, move |tx| {
            Box::pin(async move {
                tx.lock_content_owner(alice).await?;
                let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
                let none = tx.find_contents(alice, &[], &[], &[]).await?;
                assert!(none.is_empty());
                tx.find_contents(alice, &ids, &texts(&["c1", "c2", "c3", "c4", "x\"'"]), &texts(&["r1", "r2", ""]))
                    .await
            })
        })
        .await;
        let found: BTreeSet<_> = titles(&found).into_iter().collect();
        assert_eq!(found, BTreeSet::from(["by cid", "by request", "by both", "by id", "bob's, by id"]));
    })
    .await;
}

#[tokio::test]
async fn a_change_needs_a_later_version_and_keeps_owner_and_birth() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let first = with_names(content(alice, "first"), Some("c1"), None);
        let other = content(alice, "other");
        insert_contents(&store, &[first.clone(), other.clone()]).await;

        let mut changed = with_names(content(bob, "changed"), Some("c2"), Some("r"));
        changed.id = first.id;
        changed.version = 2;
        changed.created_at = time("2030-01-01T00:00:00Z");
        changed.updated_at = time("2031-01-01T00:00:00Z");
        changed.metadata.tags = Vec::new();
        changed.metadata.visibility = Visibility::Private;
        try_update(&store, vec![changed.clone()]).await.unwrap();
        let expected = Content { owner_id: alice, created_at: first.created_at, ..changed.clone() };
        assert_eq!(store.get_content(first.id).await.unwrap(), Some(expected.clone()));

        // The same once more comes too late, and takes what is good with it.
        let good = Content { version: 2, ..other.clone() };
        assert_eq!(try_update(&store, vec![changed, good]).await.unwrap_err().reason(), Reason::WriteConflict);
        assert_eq!(store.get_content(other.id).await.unwrap(), Some(other));
        let gone = content(alice, "never there");
        assert_eq!(try_update(&store, vec![gone]).await.unwrap_err().reason(), Reason::WriteConflict);
    })
    .await;
}

#[tokio::test]
async fn an_owner_has_an_address_and_a_request_id_once() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let first = with_names(content(alice, "first"), Some("c1"), Some("r1"));
        insert_contents(&store, &[first.clone(), with_names(content(bob, "bob's"), Some("c1"), Some("r1"))]).await;
        for (cid, request_id) in [(Some("c1"), None), (None, Some("r1"))] {
            let second = with_names(content(alice, "second"), cid, request_id);
            assert_eq!(try_insert(&store, vec![second]).await.unwrap_err().reason(), Reason::WriteConflict);
        }
        assert_eq!(try_insert(&store, vec![first.clone()]).await.unwrap_err().reason(), Reason::WriteConflict);
        // What is deleted gives its names back.
        try_delete(&store, first.id, 2, now()).await.unwrap();
        try_insert(&store, vec![with_names(content(alice, "second"), Some("c1"), Some("r1"))]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn content_without_an_owner_is_refused() {
    for_each_engine(async |store| {
        let orphan = content(UserId::generate(), "orphan");
        assert_eq!(try_insert(&store, vec![orphan]).await.unwrap_err().reason(), Reason::UserNotFound);
        assert_eq!(store.count_contents().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn limits_of_the_columns_hold() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "alice").await;
        let mut long_title = content(owner, &"x".repeat(256));
        long_title.metadata.visibility = Visibility::Public;
        let mut long_tag = content(owner, "t");
        long_tag.metadata.tags.push("x".repeat(51));
        let mut large = content(owner, "t");
        large.metadata.size_bytes = 1 << 63;
        for wrong in [long_title, long_tag.clone(), large] {
            assert_eq!(try_insert(&store, vec![wrong]).await.unwrap_err().reason(), Reason::Internal);
        }
        long_tag.metadata.tags.pop();
        insert_contents(&store, &[long_tag.clone()]).await;
        long_tag.metadata.tags.push("x".repeat(51));
        long_tag.version = 2;
        assert_eq!(try_update(&store, vec![long_tag]).await.unwrap_err().reason(), Reason::Internal);
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_is_a_tombstone_for_a_while() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "alice").await;
        let (first, second) = (content(owner, "first"), content(owner, "second"));
        insert_contents(&store, &[first.clone(), second.clone()]).await;
        assert_eq!(try_delete(&store, first.id, 1, now()).await.unwrap_err().reason(), Reason::WriteConflict);
        try_delete(&store, first.id, 2, now()).await.unwrap();
        assert_eq!(try_delete(&store, first.id, 3, now()).await.unwrap_err().reason(), Reason::WriteConflict);
        assert_eq!(store.get_content(first.id).await.unwrap(), None);
        let (id, other) = (first.id, second.id);
        let seen = write(&store, move |tx| {
            Box::pin(async move { Ok((tx.get_content(id).await?, tx.get_content(other).await?)) })
        });
        assert_eq!(seen.await, (None, Some(second)));
        assert!(store.list_contents_by_ids(&[first.id]).await.unwrap().is_empty());

        for (seconds, gone) in [(0, 0), (1, 1), (2, 0)] {
            let before = now() + Duration::from_secs(seconds);
            let deleted =
                write(&store, move |tx| Box::pin(async move { tx.delete_tombstones_before(before, 5_000).await }));
            assert_eq!(deleted.await, gone, "{seconds}");
        }
        assert_eq!(store.count_contents().await.unwrap(), 1);
    })
    .await;
}
