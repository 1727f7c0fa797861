//! Content and its search, end to end.

use cpc_proto::v1;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::harness::{Daemon, Engine, Person, for_each_engine, reason, within};

fn metadata(title: &str) -> v1::ContentMetadata {
    v1::ContentMetadata { title: title.into(), ..Default::default() }
}

async fn publish(daemon: &Daemon, person: &Person, metadata: v1::ContentMetadata) -> v1::PublishResponse {
    daemon.discovery(Some(&person.token)).await.publish_content(metadata).await.unwrap().into_inner()
}

async fn search(daemon: &Daemon, token: Option<&str>, query: v1::SearchQuery) -> (Vec<String>, u64) {
    let found = daemon.discovery(token).await.search_content(query).await.unwrap().into_inner();
    (found.hits.into_iter().map(|hit| hit.content.unwrap().metadata.unwrap().title).collect(), found.total)
}

fn words(q: &str) -> v1::SearchQuery {
    v1::SearchQuery { q: q.into(), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_found_changed_and_gone_when_deleted() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let first = v1::ContentMetadata { request_id: "r".into(), ..metadata("Recordings of the harbour") };
        let created = publish(&daemon, &alice, first.clone()).await;
        assert_eq!(created.outcome(), v1::PublishOutcome::Created);
        assert_eq!(publish(&daemon, &alice, first).await.outcome(), v1::PublishOutcome::Unchanged);
        daemon.indexed(&alice.token).await;
        assert_eq!(search(&daemon, None, words("recording")).await.0, ["Recordings of the harbour"], "stemming");

        let changed = v1::ContentMetadata { request_id: "r".into(), ..metadata("Recordings of the river") };
        let changed = publish(&daemon, &alice, changed).await;
        assert_eq!(changed.outcome(), v1::PublishOutcome::Updated);
        let content = changed.content.unwrap();
        assert_eq!((content.version, &content.id), (2, &created.content.unwrap().id));
        daemon.indexed(&alice.token).await;
        assert!(search(&daemon, None, words("harbour")).await.0.is_empty());
        assert_eq!(search(&daemon, None, words("river")).await.0.len(), 1);

        let mut discovery = daemon.discovery(Some(&alice.token)).await;
        discovery.delete_content(v1::DeleteContentRequest { id: content.id.clone() }).await.unwrap();
        // Before the index has heard of it, the row is gone already.
        assert!(search(&daemon, None, words("river")).await.0.is_empty());
        let gone = discovery.get_content(v1::GetContentRequest { id: content.id }).await.unwrap_err();
        assert_eq!(reason(&gone), "CONTENT_NOT_FOUND");
        // Its name is free again.
        let again = v1::ContentMetadata { request_id: "r".into(), ..metadata("Another") };
        assert_eq!(publish(&daemon, &alice, again).await.outcome(), v1::PublishOutcome::Created);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn private_content_is_its_owners_alone() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let admin = daemon.person("admin", &["content=admin"]).await;
        let hidden = v1::ContentMetadata {
            visibility: v1::Visibility::Private.into(),
            tags: vec!["secret".into()],
            ..metadata("a diary")
        };
        publish(&daemon, &alice, hidden).await;
        publish(&daemon, &bob, metadata("a diary for all")).await;
        daemon.indexed(&alice.token).await;
        for (who, token, count) in [
            ("its owner", Some(&alice.token), 2),
            ("somebody else", Some(&bob.token), 1),
            ("nobody", None, 1),
            ("an administrator", Some(&admin.token), 2),
        ] {
            let token = token.map(String::as_str);
            let (titles, total) = search(&daemon, token, words("diary")).await;
            assert_eq!((titles.len(), total), (count, count as u64), "search by {who}");
            let list = daemon.discovery(token).await.list_content(v1::ListContentRequest::default()).await.unwrap();
            assert_eq!(list.into_inner().contents.len(), count, "list by {who}");
            let tagged = v1::SearchQuery { tags: vec!["secret".into()], ..Default::default() };
            let (_, total) = search(&daemon, token, tagged).await;
            assert_eq!(total, count as u64 - 1, "tag search by {who}");
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_neither_overlap_nor_leave_gaps() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        bulk(&daemon, &alice, (0..57).map(|number| metadata(&format!("a page {number}"))).collect()).await;
        daemon.indexed(&alice.token).await;
        let mut seen = std::collections::HashSet::new();
        let mut query = v1::SearchQuery { page_size: 10, ..words("page") };
        loop {
            let mut discovery = daemon.discovery(None).await;
            let page = discovery.search_content(query.clone()).await.unwrap().into_inner();
            assert_eq!(page.total, 57);
            for hit in page.hits {
                assert!(seen.insert(hit.content.unwrap().id), "twice");
            }
            if page.next_page_token.is_empty() {
                break;
            }
            query.page_token = page.next_page_token;
        }
        assert_eq!(seen.len(), 57);
        let mut listed = Vec::new();
        let mut request = v1::ListContentRequest { page_size: 10, ..Default::default() };
        loop {
            let page = daemon.discovery(None).await.list_content(request.clone()).await.unwrap().into_inner();
            listed.extend(page.contents.into_iter().map(|content| content.id));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(listed.len(), 57);
        assert!(listed.is_sorted_by(|a, b| a > b), "newest first");
        daemon.stop().await;
    })
    .await;
}

/// Publishes in bulk; gives the answers.
async fn bulk(
    daemon: &Daemon,
    person: &Person,
    contents: Vec<v1::ContentMetadata>,
) -> Vec<v1::PublishContentStreamResponse> {
    let entries: Vec<_> =
        contents.into_iter().enumerate().map(|(index, content)| entry(index as u64 + 1, content)).collect();
    let mut discovery = daemon.discovery(Some(&person.token)).await;
    let mut stream = discovery.publish_content_stream(tokio_stream::iter(entries)).await.unwrap().into_inner();
    let mut answers = Vec::new();
    while let Some(answer) = within("an answer", stream.message()).await.unwrap() {
        answers.push(answer);
    }
    answers
}

fn entry(sequence: u64, content: v1::ContentMetadata) -> v1::PublishContentStreamRequest {
    v1::PublishContentStreamRequest { sequence, content: Some(content) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_publish_says_what_is_durable_and_what_is_refused() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let contents: Vec<_> = (1..=1200)
            .map(|number| match number {
                7 => metadata(""),
                8 => v1::ContentMetadata { cid: "nonsense".into(), ..metadata("8") },
                _ => v1::ContentMetadata { request_id: number.to_string(), ..metadata(&format!("entry {number}")) },
            })
            .collect();
        let answers = bulk(&daemon, &alice, contents.clone()).await;
        assert!(answers.is_sorted_by_key(|answer| answer.durable_through));
        assert_eq!(answers.last().unwrap().durable_through, 1200);
        assert_eq!(answers.iter().map(|answer| answer.created).sum::<u32>(), 1198);
        let refusals: Vec<_> = answers.iter().flat_map(|answer| &answer.refusals).collect();
        let refused: Vec<_> = refusals.iter().map(|r| (r.sequence, r.reason.as_str(), r.field.as_str())).collect();
        assert_eq!(refused, [(7, "FIELD_REQUIRED", "title"), (8, "FIELD_INVALID", "cid")]);
        let again = bulk(&daemon, &alice, contents).await;
        assert_eq!(again.iter().map(|answer| answer.unchanged).sum::<u32>(), 1198, "nothing is doubled");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_stream_keeps_what_came_before_the_fault() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &[]).await;
    let (sender, receiver) = mpsc::channel(8);
    let mut discovery = daemon.discovery(Some(&alice.token)).await;
    sender.send(entry(1, metadata("one"))).await.unwrap();
    let stream = discovery.publish_content_stream(ReceiverStream::new(receiver));
    let mut stream = within("the stream opens", stream).await.unwrap().into_inner();
    let answer = within("the first answer", stream.message()).await.unwrap().unwrap();
    assert_eq!((answer.durable_through, answer.created), (1, 1));
    sender.send(entry(1, metadata("one again"))).await.unwrap();
    let status = within("the refusal", stream.message()).await.unwrap_err();
    assert_eq!(reason(&status), "FIELD_INVALID");
    let list = discovery.list_content(v1::ListContentRequest::default()).await.unwrap().into_inner();
    assert_eq!(list.contents.len(), 1);

    let none = v1::PublishContentStreamRequest { sequence: 1, content: None };
    let mut stream = discovery.publish_content_stream(tokio_stream::iter([none])).await.unwrap().into_inner();
    let answer = within("an answer", stream.message()).await.unwrap().unwrap();
    assert_eq!(answer.refusals[0].reason, "FIELD_REQUIRED");

    let reader = daemon.person("reader", &["content=read"]).await;
    let mut discovery = daemon.discovery(Some(&reader.token)).await;
    let mut stream =
        discovery.publish_content_stream(tokio_stream::iter([entry(1, metadata("x"))])).await.unwrap().into_inner();
    let status = within("the refusal", stream.message()).await.unwrap_err();
    assert_eq!(reason(&status), "PERMISSION_DENIED");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_speaks_proto_json() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &[]).await;
    let me = Some(alice.token.as_str());
    let body = json!({ "title": "A map", "sizeBytes": "9007199254740993", "visibility": "VISIBILITY_PUBLIC", "tags": ["maps"] });
    let answer = daemon.rest(http::Method::POST, "/v1/content", me, Some(&body.to_string())).await.json();
    assert_eq!(answer["outcome"], "PUBLISH_OUTCOME_CREATED");
    assert_eq!(answer["content"]["metadata"]["sizeBytes"], "9007199254740993");
    let id = answer["content"]["id"].as_str().unwrap().to_owned();
    daemon.indexed(&alice.token).await;
    let found = daemon.get("/search?q=map&tags=maps").await.json();
    assert_eq!(found["hits"][0]["content"]["id"], id.as_str());
    let got = daemon.get(&format!("/v1/content/{id}")).await.json();
    assert_eq!(got["content"]["metadata"]["title"], "A map");
    assert_eq!(daemon.get("/v1/content").await.json()["contents"][0]["id"], id.as_str());
    let deleted = daemon.rest(http::Method::DELETE, &format!("/v1/content/{id}"), me, None).await;
    assert_eq!((deleted.status, deleted.text().as_str()), (200, "{}\n"));
    assert_eq!(daemon.get(&format!("/v1/content/{id}")).await.status, 404);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_index_is_made_again() {
    for_each_engine(async |engine: Engine| {
        let folder = tempfile::tempdir().unwrap();
        let index = format!("tantivy:{}", folder.path().join("index").display());
        let settings = [("search.url", index.as_str())];
        let data = tempfile::tempdir().unwrap();
        let server = Daemon::bind(&engine, data.path(), &settings).await.unwrap();
        let daemon = Daemon::adopt(server);
        let alice = daemon.person("alice", &[]).await;
        bulk(&daemon, &alice, (0..300).map(|number| metadata(&format!("a page {number}"))).collect()).await;
        daemon.indexed(&alice.token).await;
        daemon.stop().await;
        std::fs::remove_dir_all(folder.path().join("index")).unwrap();
        let daemon = Daemon::adopt(Daemon::bind(&engine, data.path(), &settings).await.unwrap());
        daemon.indexed(&alice.token).await;
        assert_eq!(search(&daemon, None, words("page")).await.1, 300, "on {}", engine.name);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_does_not_say_who_may_see_it_leaves_that_as_it_is() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let secret = v1::ContentMetadata { visibility: v1::Visibility::Private.into(), ..metadata("a diary") };
        let id = publish(&daemon, &alice, secret).await.content.unwrap().id;
        let changed = publish(&daemon, &alice, v1::ContentMetadata { id, ..metadata("my diary") }).await;
        let content = changed.content.unwrap();
        assert_eq!(content.metadata.unwrap().visibility(), v1::Visibility::Private, "on {}", engine.name);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_can_change_hands_within_a_batch() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let named = |id: &str, request_id: &str| v1::ContentMetadata {
            id: id.into(),
            request_id: request_id.into(),
            ..metadata(&format!("named {request_id}"))
        };
        let id = async |name: &str| publish(&daemon, &alice, named("", name)).await.content.unwrap().id;
        let (first, second) = (id("x").await, id("y").await);
        // In one frame: the first gives x up, the second takes it, and new content takes the second's.
        let batch = vec![named(&first, "z"), named(&second, "x"), named("", "y")];
        let answers = bulk(&daemon, &alice, batch).await;
        let sum = |count: fn(&v1::PublishContentStreamResponse) -> u32| answers.iter().map(count).sum::<u32>();
        let counts = (sum(|answer| answer.updated), sum(|answer| answer.created));
        assert_eq!(counts, (2, 1), "on {}: {answers:?}", engine.name);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_publish_ends_with_its_token() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("identity.access_token_seconds", "1")]).await;
    let alice = daemon.person("alice", &[]).await;
    let (_sender, receiver) = mpsc::channel(1);
    let mut discovery = daemon.discovery(Some(&alice.token)).await;
    let stream = discovery.publish_content_stream(ReceiverStream::new(receiver));
    let mut stream = within("the stream opens", stream).await.unwrap().into_inner();
    let status = within("the stream ends", stream.message()).await.unwrap_err();
    assert_eq!(reason(&status), "TOKEN_EXPIRED");
    daemon.stop().await;
}
