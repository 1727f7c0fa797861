//! The stream of gRPC.

use cpc_proto::v1::{self, event::Subject, watch_events_response::What};
use serde_json::json;
use uuid::Uuid;

use super::{next, next_event, record, recorded, watch};
use crate::harness::{Daemon, Engine, eventually, for_each_engine, reason, within};

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_viewers_are_told_what_each_may_know() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let owner = daemon.person("owner", &["content=read"]).await;
        let green = daemon.person("green", &["allocations=read@label:colour:green", "metrics=read"]).await;
        let stranger = daemon.person("stranger", &["content=read"]).await;
        let (provider, other) = (daemon.node().await, daemon.node().await);
        let mut told = Vec::new();
        for token in [&owner.token, &green.token, &stranger.token, &provider.token, &other.token] {
            let mut stream = watch(&daemon, token, &["allocation.", "registry."], "").await;
            assert!(next(&mut stream).await.what.is_none(), "the first says where now is");
            told.push(stream);
        }
        let allocation = |colour: &str, owner: &str, node: &str| {
            json!({
                "owner_id": owner, "requester_id": owner, "labels": { "colour": colour }, "epoch": 2,
                "nodes": [[node, 7]], "reason": "its node is offline",
            })
        };
        let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
        let somebody = Uuid::now_v7().to_string();
        // The last one is for all of them, so that whoever gets it first was told of nothing before.
        let events = [
            recorded("allocation.moved", first, allocation("red", &owner.id, &provider.id)),
            recorded("allocation.granted", second, allocation("green", &somebody, &other.id)),
            recorded("registry.brake", Uuid::nil(), json!({ "realm": "lab", "silent": 40, "reason": "too many" })),
        ];
        record(&daemon, &engine, &events).await;
        let expected: [&[&str]; 5] = [
            &["allocation.moved"],
            &["allocation.granted", "registry.brake"],
            &[],
            &["allocation.moved"],
            &["allocation.granted"],
        ];
        let last = Uuid::now_v7();
        for ((stream, kinds), end) in told.iter_mut().zip(expected).zip([&owner, &green, &stranger]) {
            record(&daemon, &engine, &[recorded("allocation.released", last, allocation("green", &end.id, &other.id))])
                .await;
            for kind in kinds {
                let (_, event) = next_event(stream).await;
                assert_eq!(event.kind, **kind, "{}", engine.name);
                if event.kind == "registry.brake" {
                    assert_eq!((event.reason.as_str(), event.details["silent"].as_str()), ("too many", "40"));
                    assert!(!event.details.contains_key("reason"));
                }
            }
            assert_eq!(next_event(stream).await.1.kind, "allocation.released", "and nothing else before");
        }
        for (stream, kinds) in told.iter_mut().zip(expected).skip(3) {
            for kind in kinds {
                assert_eq!(next_event(stream).await.1.kind, **kind);
            }
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_what_is_wrong_with_them() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let admin = daemon.person("admin", &["nodes=admin", "allocations=read"]).await;
        let mut told = watch(&daemon, &admin.token, &[], "").await;
        let start = next(&mut told).await.cursor;
        let (one, other) = (daemon.node().await, daemon.node().await);
        let delete = v1::DeleteNodeRequest { id: one.id.clone() };
        daemon.registry(Some(&admin.token)).await.delete_node(delete).await.unwrap();
        record(&daemon, &engine, &[recorded("allocation.renewed", id(&other.id), json!({}))]).await;
        let follow = async |kinds: &[&str], subjects: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let request =
                v1::WatchEventsRequest { cursor: start.clone(), kinds: owned(kinds), subject_ids: owned(subjects) };
            daemon.events(Some(&admin.token)).await.watch_events(request).await
        };
        let first = async |kinds: &[&str], subjects: &[&str]| {
            let mut told = follow(kinds, subjects).await.unwrap().into_inner();
            next_event(&mut told).await.1
        };
        let event = first(&["node.deleted"], &[]).await;
        assert_eq!(event.subject, Some(Subject::GoneId(one.id.clone())));
        let event = first(&["node."], &[&other.id]).await;
        assert!(matches!(event.subject, Some(Subject::Node(node)) if node.id == other.id), "{}", event.kind);
        assert!(event.time.is_some());
        assert_eq!(first(&["allocation."], &[]).await.kind, "allocation.renewed");
        // Without a filter: in the order in which it happened, and the first node is gone already.
        assert_eq!(first(&[], &[]).await.subject_id, other.id, "{}", engine.name);
        for (kinds, subjects, field) in
            [(&["node"][..], &[][..], "kinds"), (&["content."], &[], "kinds"), (&[], &["7"], "subject_ids")]
        {
            let refused = follow(kinds, subjects).await.unwrap_err();
            assert_eq!(reason(&refused), "FIELD_INVALID");
            assert!(refused.message().contains(field), "{refused}");
        }
        let refused = daemon.events(None).await.watch_events(v1::WatchEventsRequest::default()).await.unwrap_err();
        assert_eq!(reason(&refused), "TOKEN_MISSING");

        daemon.execute(&engine, "UPDATE event_horizon SET xid = 9000000000, id = 9000000000").await;
        let mut late = follow(&[], &[]).await.unwrap().into_inner();
        assert!(matches!(next(&mut late).await.what, Some(What::Gap(_))));
        daemon.stop().await;
    })
    .await;
}

/// However often a stream is cut and wherever it goes on, what was told is the log: nothing missing, nothing twice, in its order.
#[tokio::test(flavor = "multi_thread")]
async fn cuts_lose_nothing_and_double_nothing() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let reader = daemon.person("reader", &["allocations=read"]).await;
        let mut told = watch(&daemon, &reader.token, &["allocation."], "").await;
        let mut cursor = next(&mut told).await.cursor;
        let subjects: Vec<_> = (0..5).map(|_| Uuid::now_v7()).collect();
        let log: Vec<(Uuid, String)> = (0..700).map(|n| (subjects[n * 7 % 5], format!("number {n}"))).collect();
        for (index, part) in log.chunks(100).enumerate() {
            let events: Vec<_> = part
                .iter()
                .flat_map(|(subject, text)| {
                    // What is not asked for lies in between.
                    let other = recorded("content.created", Uuid::now_v7(), json!({}));
                    [recorded("allocation.renewed", *subject, json!({ "reason": text })), other]
                })
                .collect();
            record(&daemon, &engine, &events).await;
            // Some of it is taken as it comes, most of it later.
            if index % 3 == 0 {
                next_event(&mut told).await;
            }
        }
        drop(told);
        let mut seen = Vec::new();
        while seen.len() < log.len() {
            let mut told = watch(&daemon, &reader.token, &["allocation."], &cursor).await;
            for _ in 0..(seen.len() % 50 + 37) {
                if seen.len() == log.len() {
                    break;
                }
                let (at, event) = next_event(&mut told).await;
                cursor = at;
                seen.push((id(&event.subject_id), event.reason));
            }
        }
        assert_eq!(seen, log, "{}", engine.name);
        let mut told = watch(&daemon, &reader.token, &["allocation."], &cursor).await;
        record(&daemon, &engine, &[recorded("allocation.expired", subjects[0], json!({}))]).await;
        assert_eq!(next_event(&mut told).await.1.kind, "allocation.expired", "nothing came a second time");
        daemon.stop().await;
    })
    .await;
}

/// Who takes nothing is cut off, and nothing was kept for them; from their cursor on they find all of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_does_not_read_is_cut_off() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &[("limits.stream_idle_seconds", "1")]).await;
        let reader = daemon.person("reader", &["metrics=read"]).await;
        let mut told = watch(&daemon, &reader.token, &["registry."], "").await;
        let mut cursor = next(&mut told).await.cursor;
        let large = "x".repeat(20_000);
        const ALL: usize = 1_000;
        for start in (0..ALL).step_by(100) {
            let brake = |n: usize| recorded("registry.brake", Uuid::nil(), json!({ "number": n, "text": large }));
            let events: Vec<_> = (start..start + 100).map(brake).collect();
            record(&daemon, &engine, &events).await;
        }
        let mut taken = 0;
        let end = within("the cut", async {
            loop {
                // What was on its way is taken only after a time that a reader does not have.
                tokio::time::sleep(std::time::Duration::from_millis(if taken == 0 { 4_000 } else { 0 })).await;
                match told.message().await {
                    Ok(Some(response)) => {
                        cursor = response.cursor;
                        taken += usize::from(response.what.is_some());
                    }
                    Ok(None) => return "the end".to_owned(),
                    Err(status) => return status.to_string(),
                }
            }
        })
        .await;
        assert!(taken < ALL, "{taken} were on their way, then {end}");
        let mut told = watch(&daemon, &reader.token, &["registry."], &cursor).await;
        for number in taken..ALL {
            let (_, event) = next_event(&mut told).await;
            assert_eq!(event.details["number"], number.to_string(), "{}", engine.name);
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allocation_is_shown_as_it_is_now_and_without_its_tickets() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let owner = daemon.person("owner", &["allocations=write"]).await;
        let stranger = daemon.person("stranger", &["content=read"]).await;
        let node = daemon.node().await;
        let mut told = Vec::new();
        for token in [&owner.token, &node.token, &stranger.token] {
            let mut stream = watch(&daemon, token, &["allocation."], "").await;
            next(&mut stream).await;
            told.push(stream);
        }
        let resources = Some(v1::NodeResources { cpu_millicores: 100, ..Default::default() });
        let request = v1::ResourceRequest { resources, ..Default::default() };
        let mut granted = None;
        eventually("it is granted", async || {
            let answer = daemon.registry(Some(&owner.token)).await.request_resources(request.clone()).await;
            granted = answer.ok().map(tonic::Response::into_inner);
            granted.is_some()
        })
        .await;
        let granted = granted.unwrap();
        for stream in &mut told[..2] {
            let (_, event) = next_event(stream).await;
            assert_eq!(event.kind, "allocation.granted");
            let Some(Subject::Allocation(shown)) = event.subject else { panic!("{:?}", event.subject) };
            assert_eq!((&shown.id, shown.state()), (&granted.id, v1::AllocationState::Active), "{}", engine.name);
            assert_eq!(shown.parts[0].node_id, node.id);
            assert!(shown.parts.iter().all(|part| part.ticket.is_empty()));
        }
        let release = v1::ReleaseAllocationRequest { id: granted.id.clone(), epoch: 0 };
        daemon.registry(Some(&owner.token)).await.release_allocation(release).await.unwrap();
        let (_, event) = next_event(&mut told[0]).await;
        assert!(
            matches!(event.subject, Some(Subject::Allocation(shown)) if shown.state() == v1::AllocationState::Released)
        );
        // It is nothing to its node any more.
        let (_, event) = next_event(&mut told[1]).await;
        assert_eq!(event.subject, Some(Subject::GoneId(granted.id)));
        record(&daemon, &engine, &[recorded("allocation.moved", Uuid::now_v7(), json!({ "owner_id": stranger.id }))])
            .await;
        assert_eq!(next_event(&mut told[2]).await.1.kind, "allocation.moved", "and nothing before");
        daemon.stop().await;
    })
    .await;
}
