//! What a search reads, its own full text, what the index refused and how far a rebuild is.

use std::time::Duration;

use cpcd_model::{
    Reason,
    content::{Content, Visibility},
    id::ContentId,
    query::{Circle, Filter, Query, Viewer},
};
use cpcd_store::{
    Store,
    sql::{IndexFailure, IndexRebuild, Priority},
};
use uuid::Uuid;

use crate::harness::{content, for_each_engine, insert_contents, insert_user, now, write};

#[tokio::test]
async fn rows_come_with_how_the_index_stands() {
    for_each_engine(async |store| {
        let shown = store.list_shown_contents(&[], None).await.unwrap();
        assert!(shown.contents.is_empty() && shown.settled.is_none());
        assert!(!shown.is_complete, "no index follows yet");
        let owner = insert_user(&store, "alice").await;
        let contents: Vec<_> = (0..3).map(|n| content(owner, &n.to_string())).collect();
        insert_contents(&store, &contents).await;
        let (index, gone) = (Uuid::now_v7(), contents[2].id);
        store.follow_with_index(index, None, now()).await.unwrap();
        write(&store, move |tx| Box::pin(async move { tx.delete_content(gone, 2, now()).await })).await;
        let ids: Vec<_> = contents.iter().map(|content| content.id).chain([ContentId::generate()]).collect();
        let mut shown = store.list_shown_contents(&ids, None).await.unwrap();
        shown.contents.sort_by_key(|(content, _)| content.id);
        let expected: Vec<_> = contents[..2].iter().map(|content| (content.clone(), false)).collect();
        assert_eq!(shown.contents, expected);
        assert_eq!((shown.is_complete, shown.settled), (false, Some((index, 0))), "all wait to be indexed");

        let done: Vec<_> = ids.iter().map(|id| (*id, 2)).collect();
        write(&store, move |tx| {
            Box::pin(async move {
                tx.promise_index(index, 1).await?;
                tx.settle_index(index, 1).await?;
                tx.delete_index_marks(&done).await
            })
        })
        .await;
        let shown = store.list_shown_contents(&[], None).await.unwrap();
        assert_eq!((shown.is_complete, shown.settled), (true, Some((index, 1))));
    })
    .await;
}

#[tokio::test]
async fn what_the_index_refused_is_kept_until_it_takes_it() {
    for_each_engine(async |store| {
        let failure = |version| IndexFailure {
            content_id: ContentId::from(Uuid::from_u128(5)),
            version,
            reason: "mapper \"quoted\" ü\0".into(),
            failed_at: now(),
        };
        let other =
            IndexFailure { content_id: ContentId::generate(), failed_at: now() + Duration::from_secs(1), ..failure(1) };
        let (rows, again) = ([failure(1), other.clone()], [failure(2)]);
        write(&store, move |tx| Box::pin(async move { tx.upsert_index_failures(&rows).await })).await;
        write(&store, move |tx| Box::pin(async move { tx.upsert_index_failures(&again).await })).await;
        let kept = store.list_index_failures(10).await.unwrap();
        assert_eq!(store.count_index_failures().await.unwrap(), 2);
        assert_eq!(kept.iter().map(|kept| kept.version).collect::<Vec<_>>(), [1, 2], "the latest first");
        assert_eq!((kept[1].reason.as_str(), kept[1].failed_at), ("mapper \"quoted\" ü", now()));
        assert!(!store.list_shown_contents(&[], None).await.unwrap().is_complete);

        let before = now() + Duration::from_millis(500);
        write(&store, move |tx| Box::pin(async move { tx.delete_index_failures_before(before).await })).await;
        assert_eq!(store.list_index_failures(10).await.unwrap().len(), 1);
        write(&store, move |tx| Box::pin(async move { tx.delete_index_failures(&[other.content_id]).await })).await;
        assert_eq!(store.count_index_failures().await.unwrap(), 0);
        let rows = [failure(1)];
        write(&store, move |tx| Box::pin(async move { tx.upsert_index_failures(&rows).await })).await;
        store.follow_with_index(Uuid::now_v7(), None, now()).await.unwrap();
        assert_eq!(store.count_index_failures().await.unwrap(), 0, "another index says anew what it refuses");
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_is_joined_until_it_is_done() {
    for_each_engine(async |store| {
        assert_eq!(store.get_index_rebuild().await.unwrap(), None);
        let first = store.request_index_rebuild(now()).await.unwrap();
        assert_eq!((first.index_id, first.done, first.finished_at), (None, 0, None));
        assert_eq!(store.request_index_rebuild(now()).await.unwrap(), first, "the second one joins");
        let further = IndexRebuild {
            index_id: Some(Uuid::now_v7()),
            after: ContentId::generate(),
            done: 3,
            total: 7,
            finished_at: Some(now()),
            ..first
        };
        let noted = further.clone();
        write(&store, move |tx| Box::pin(async move { tx.update_index_rebuild(&noted).await })).await;
        assert_eq!(store.get_index_rebuild().await.unwrap(), Some(further.clone()));
        let late =
            store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.update_index_rebuild(&further).await }));
        assert_eq!(late.await.unwrap_err().reason(), Reason::WriteConflict, "it is done");
        let second = store.request_index_rebuild(now()).await.unwrap();
        assert_eq!((second.index_id, second.done), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn an_index_is_replaced_where_it_stands() {
    for_each_engine(async |store| {
        let (old, new) = (Uuid::now_v7(), Uuid::now_v7());
        store.follow_with_index(old, None, now()).await.unwrap();
        write(&store, move |tx| Box::pin(async move { tx.promise_index(old, 1).await })).await;
        write(&store, move |tx| Box::pin(async move { tx.replace_index(old, new).await })).await;
        let state = store.get_index_state().await.unwrap().unwrap();
        assert_eq!((state.index_id, state.promised, state.settled), (new, 1, Some(0)));
        let late =
            store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.replace_index(old, new).await })).await;
        assert_eq!(late.unwrap_err().reason(), Reason::WriteConflict);
    })
    .await;
}

#[tokio::test]
async fn an_index_takes_over_under_the_lease_only() {
    for_each_engine(async |store| {
        let ttl = Duration::from_secs(60);
        let epoch = store.acquire_lease("indexer", "one", ttl, now()).await.unwrap().unwrap();
        store.follow_with_index(Uuid::now_v7(), Some(("indexer", epoch)), now()).await.unwrap();
        let late = store.follow_with_index(Uuid::now_v7(), Some(("indexer", epoch + 1)), now()).await;
        assert_eq!(late.unwrap_err().reason(), Reason::WriteConflict);
    })
    .await;
}

#[tokio::test]
async fn contents_come_in_the_order_of_their_ids() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "alice").await;
        let contents: Vec<_> = (0..5).map(|n| content(owner, &n.to_string())).collect();
        insert_contents(&store, &contents).await;
        let (nil, gone) = (ContentId::from(Uuid::nil()), contents[1].id);
        write(&store, move |tx| Box::pin(async move { tx.delete_content(gone, 2, now()).await })).await;
        let titles = async |after, limit| {
            let listed = store.list_contents_after(after, limit).await.unwrap();
            listed.into_iter().map(|content| content.metadata.title).collect::<Vec<_>>()
        };
        assert_eq!(titles(nil, 2).await, ["0", "2"]);
        assert_eq!(titles(contents[2].id, 10).await, ["3", "4"]);
        assert!(titles(contents[4].id, 10).await.is_empty());
    })
    .await;
}

async fn titles(store: &Store, all: &[Content], query: &str, filter: &Filter) -> Vec<String> {
    let found = store.search_contents(&Query::parse(query).unwrap(), filter, 0, 100).await.unwrap();
    assert_eq!(found.total, found.hits.len() as u64, "{query}");
    let title = |id| all.iter().find(|content| content.id == id).unwrap().metadata.title.clone();
    found.hits.into_iter().map(|(id, _)| title(id)).collect()
}

#[tokio::test]
async fn the_store_searches_itself_where_it_has_full_text() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let make = |owner, title: &str, description: &str, tags: &[&str]| {
            let mut content = content(owner, title);
            content.metadata.description = description.into();
            content.metadata.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            content
        };
        let mut all = vec![
            make(alice, "Maps of cities", "drawn by hand", &["map"]),
            make(alice, "A book", "with maps of the night sky", &["book"]),
            make(bob, "Birds", "recorded at night", &["audio", "map"]),
            make(bob, "Secret maps", "", &["map"]),
            make(bob, "Gone maps", "", &["map"]),
        ];
        all[3].metadata.visibility = Visibility::Private;
        insert_contents(&store, &all).await;
        let gone = all[4].id;
        write(&store, move |tx| Box::pin(async move { tx.delete_content(gone, 2, now()).await })).await;
        let public = Filter { tags: Vec::new(), owner: None, viewer: Viewer::Public, circle: Circle::default() };
        let find = async |query: &str, filter: &Filter| titles(&store, &all, query, filter).await;
        if !store.has_full_text() {
            assert!(find("map", &public).await.is_empty());
            return;
        }
        // The title counts most, then the tags, then the description.
        assert_eq!(find("map", &public).await, ["Maps of cities", "Birds", "A book"]);
        assert_eq!(find("night -birds", &public).await, ["A book"]);
        assert_eq!(find("\"night sky\"", &public).await, ["A book"]);
        assert!(find("\"sky night\"", &public).await.is_empty());
        assert!(find("map' | 'x :* & ! ( <->", &public).await.is_empty(), "no operator of the engine is one here");
        let own = Filter { viewer: Viewer::User(bob), ..public.clone() };
        assert_eq!(find("secret", &own).await, ["Secret maps"]);
        assert_eq!(find("secret", &Filter { viewer: Viewer::Admin, ..public.clone() }).await, ["Secret maps"]);
        assert!(find("secret", &public).await.is_empty());
        let tagged = Filter { tags: vec!["map".into(), "audio".into()], ..public.clone() };
        assert_eq!(find("night", &tagged).await, ["Birds"]);
        assert_eq!(find("", &tagged).await, ["Birds"]);
        assert_eq!(find("", &Filter { owner: Some(alice), ..public.clone() }).await, ["A book", "Maps of cities"]);
        assert_eq!(find("-book", &Filter { owner: Some(alice), ..public.clone() }).await, ["Maps of cities"]);
        let page = store.search_contents(&Query::parse("map").unwrap(), &public, 1, 1).await.unwrap();
        assert_eq!((page.hits.len(), page.hits[0].0, page.total), (1, all[2].id, 3));
    })
    .await;
}
