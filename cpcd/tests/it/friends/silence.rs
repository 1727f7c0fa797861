//! Nobody finds out that they are blocked, whatever they try, and nobody gets round a block.

use cpc_proto::v1::{self, FriendList, FriendState, friend_address::By, watch_events_response::What};

use super::{Act, act, list};
use crate::harness::{Bearer, Client, Daemon, Engine, Person, for_each_engine, within};

/// Gives all that somebody is answered who tries everything about another, with what their lists say then.
async fn tries(daemon: &Daemon, who: &Person, about: &Person) -> Vec<String> {
    let mut told = Vec::new();
    // Each after each.
    for first in Act::ALL {
        for second in Act::ALL {
            for act in [first, second] {
                let message = act.message(By::Id(about.id.clone()));
                let answer = daemon.identity(Some(&who.token)).await.manage_friends(message).await;
                told.push(match answer {
                    Ok(answer) => {
                        let answer = answer.into_inner();
                        format!("{act:?}: {:?} {}", answer.state(), answer.has_changed)
                    }
                    Err(status) => format!("{act:?}: {:?} {}", status.code(), status.message().replace(&about.id, "X")),
                });
            }
            for of in [FriendList::Friends, FriendList::Incoming, FriendList::Outgoing, FriendList::Blocked] {
                told.push(format!("{of:?}: {}", list(daemon, who, of).await.len()));
            }
        }
    }
    told
}

/// Gives what the audit shows somebody of what they did about another.
async fn audited(daemon: &Daemon, who: &Person, about: &Person) -> Vec<String> {
    let request = v1::ListAuditEntriesRequest { target: about.id.clone(), page_size: 500, ..Default::default() };
    let listed = daemon.audit(Some(&who.token)).await.list_audit_entries(request).await.expect("a list").into_inner();
    listed.entries.into_iter().map(|entry| entry.details.replace(&about.id, "X")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_looks_like_silence_to_whoever_is_blocked() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let mallory = daemon.person("mallory", &[]).await;
        let (silent, blocking) = (daemon.person("silent", &[]).await, daemon.person("blocking", &[]).await);
        act(&daemon, &blocking, Act::Block, &mallory).await.unwrap();
        let rows = "SELECT count(*) FROM events WHERE kind LIKE 'friend.%'";
        let begin = daemon.count(&engine, rows).await;
        let one = tries(&daemon, &mallory, &silent).await;
        let middle = daemon.count(&engine, rows).await;
        let other = tries(&daemon, &mallory, &blocking).await;
        assert_eq!(one, other);
        // Nor do the numbers of what they are told tell it, nor what the audit shows them of themselves.
        assert_eq!(daemon.count(&engine, rows).await - middle, middle - begin);
        let entries = audited(&daemon, &mallory, &silent).await;
        assert_eq!(entries, audited(&daemon, &mallory, &blocking).await);
        assert!(entries.len() > 20 && entries.iter().all(|entry| !entry.contains("incoming")), "{entries:?}");
        assert_eq!(audited(&daemon, &blocking, &mallory).await.len(), 1, "whoever blocks a stranger leaves an entry");
        assert!(one.contains(&"Request: Outgoing true".to_owned()), "{one:?}");
        // And the one who blocks has heard nothing.
        act(&daemon, &mallory, Act::Request, &blocking).await.unwrap();
        assert!(list(&daemon, &blocking, FriendList::Incoming).await.is_empty());
        assert_eq!(act(&daemon, &blocking, Act::Accept, &mallory).await, Err("USER_BLOCKED".into()));
        assert_eq!(act(&daemon, &blocking, Act::Request, &mallory).await, Err("USER_BLOCKED".into()));
        assert_eq!(list(&daemon, &blocking, FriendList::Blocked).await, ["mallory"]);
        // What was asked meanwhile shows once the block is gone.
        assert_eq!(act(&daemon, &blocking, Act::Unblock, &mallory).await, Ok(FriendState::Incoming));
        assert_eq!(list(&daemon, &blocking, FriendList::Incoming).await, ["mallory"]);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_ends_what_there_was_as_anything_else_would() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    daemon.befriend(&alice, &bob).await;
    assert_eq!(act(&daemon, &alice, Act::Block, &bob).await, Ok(FriendState::Blocked));
    assert!(list(&daemon, &bob, FriendList::Friends).await.is_empty());
    // Both can block.
    assert_eq!(act(&daemon, &bob, Act::Block, &alice).await, Ok(FriendState::Blocked));
    assert_eq!(act(&daemon, &alice, Act::Unblock, &bob).await, Ok(FriendState::None));
    assert_eq!(act(&daemon, &alice, Act::Request, &bob).await, Ok(FriendState::Outgoing));
    assert!(list(&daemon, &bob, FriendList::Incoming).await.is_empty());
    assert_eq!(act(&daemon, &bob, Act::Request, &alice).await, Err("USER_BLOCKED".into()));
    daemon.stop().await;
}

async fn watch(daemon: &Daemon, who: &Person) -> tonic::Streaming<v1::WatchEventsResponse> {
    let bearer = Bearer(Some(who.token.clone()));
    let mut events: cpc_proto::clients::event_service_client::EventServiceClient<Client> =
        cpc_proto::clients::event_service_client::EventServiceClient::with_interceptor(daemon.channel().await, bearer);
    let request = v1::WatchEventsRequest { kinds: vec!["friend.".into()], ..Default::default() };
    let mut told = events.watch_events(request).await.expect("a watch").into_inner();
    // It says where it begins.
    within("a cursor", told.message()).await.expect("the watch goes on");
    told
}

/// Gives the next `count` events, as somebody who is told them sees them.
async fn told(watch: &mut tonic::Streaming<v1::WatchEventsResponse>, count: usize) -> Vec<(String, String, String)> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let response = within("an event", watch.message()).await.unwrap().expect("the watch goes on");
        if let Some(What::Event(event)) = response.what {
            let direction = event.details.get("direction").cloned().unwrap_or_default();
            seen.push((event.kind, event.subject_id, direction));
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_are_told_and_nobody_else_and_nothing_of_a_block() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let admin = daemon.person("admin", &["users=admin", "system=admin"]).await;
        let (mut of_alice, mut of_bob) = (watch(&daemon, &alice).await, watch(&daemon, &bob).await);
        let mut of_admin = watch(&daemon, &admin).await;
        for (who, what, about) in [
            (&alice, Act::Request, &bob),
            (&bob, Act::Accept, &alice),
            (&bob, Act::Block, &alice),
            (&alice, Act::Request, &bob),
            (&alice, Act::Cancel, &bob),
            (&alice, Act::Request, &bob),
            (&bob, Act::Unblock, &alice),
            (&bob, Act::Block, &alice),
        ] {
            act(&daemon, who, what, about).await.unwrap();
        }
        let event =
            |kind: &str, about: &Person, direction: &str| (kind.to_owned(), about.id.clone(), direction.to_owned());
        assert_eq!(
            told(&mut of_alice, 6).await,
            [
                event("friend.requested", &bob, "outgoing"),
                event("friend.accepted", &bob, ""),
                event("friend.removed", &bob, ""),
                event("friend.requested", &bob, "outgoing"),
                event("friend.withdrawn", &bob, "outgoing"),
                event("friend.requested", &bob, "outgoing"),
            ]
        );
        assert_eq!(
            told(&mut of_alice, 1).await,
            [event("friend.withdrawn", &bob, "outgoing")],
            "as if it were declined"
        );
        assert_eq!(
            told(&mut of_bob, 5).await,
            [
                event("friend.requested", &alice, "incoming"),
                event("friend.accepted", &alice, ""),
                event("friend.removed", &alice, ""),
                event("friend.requested", &alice, "incoming"),
                event("friend.withdrawn", &alice, "incoming"),
            ],
            "nothing while the block lasts"
        );
        // The administrator hears of their own friends only.
        daemon.befriend(&admin, &bob).await;
        assert_eq!(told(&mut of_admin, 1).await, [event("friend.requested", &bob, "outgoing")]);
        daemon.stop().await;
    })
    .await;
}
