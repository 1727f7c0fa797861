//! What comes of each action, on both edges.

use cpc_proto::v1::{self, FriendList, FriendState};
use http::Method;

use super::{Act, act, check_whole, list};
use crate::harness::{Daemon, Engine, Person, for_each_engine, reason};

#[tokio::test(flavor = "multi_thread")]
async fn friends_are_asked_answered_and_parted() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        assert_eq!(act(&daemon, &alice, Act::Request, &bob).await, Ok(FriendState::Outgoing));
        assert_eq!(act(&daemon, &alice, Act::Request, &bob).await, Ok(FriendState::Outgoing), "once more");
        assert_eq!(list(&daemon, &alice, FriendList::Outgoing).await, ["bob"]);
        assert_eq!(list(&daemon, &bob, FriendList::Incoming).await, ["alice"]);
        assert_eq!(act(&daemon, &alice, Act::Accept, &bob).await, Err("FRIEND_REQUEST_NOT_YOURS".into()));
        assert_eq!(act(&daemon, &bob, Act::Cancel, &alice).await, Err("FRIEND_REQUEST_NOT_YOURS".into()));
        assert_eq!(act(&daemon, &alice, Act::Cancel, &bob).await, Ok(FriendState::None));
        assert_eq!(act(&daemon, &bob, Act::Accept, &alice).await, Err("FRIEND_REQUEST_NOT_FOUND".into()));
        check_whole(&daemon, &engine).await;

        assert_eq!(act(&daemon, &alice, Act::Request, &bob).await, Ok(FriendState::Outgoing));
        assert_eq!(act(&daemon, &bob, Act::Decline, &alice).await, Ok(FriendState::None));
        assert!(list(&daemon, &alice, FriendList::Outgoing).await.is_empty());
        // Two who ask each other are friends.
        act(&daemon, &alice, Act::Request, &bob).await.unwrap();
        assert_eq!(act(&daemon, &bob, Act::Request, &alice).await, Ok(FriendState::Friends));
        assert_eq!(act(&daemon, &alice, Act::Accept, &bob).await, Ok(FriendState::Friends), "it holds already");
        for (who, other) in [(&alice, "bob"), (&bob, "alice")] {
            assert_eq!(list(&daemon, who, FriendList::Unspecified).await, [other]);
            assert!(list(&daemon, who, FriendList::Outgoing).await.is_empty());
        }
        check_whole(&daemon, &engine).await;
        assert_eq!(act(&daemon, &bob, Act::Remove, &alice).await, Ok(FriendState::None));
        assert_eq!(act(&daemon, &bob, Act::Remove, &alice).await, Ok(FriendState::None));
        assert!(list(&daemon, &alice, FriendList::Friends).await.is_empty());
        check_whole(&daemon, &engine).await;
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_both_sides_tell_the_same() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        for _ in 0..6 {
            let (one, other) =
                tokio::join!(act(&daemon, &alice, Act::Request, &bob), act(&daemon, &bob, Act::Request, &alice));
            assert!([one, other].contains(&Ok(FriendState::Friends)));
            act(&daemon, &alice, Act::Remove, &bob).await.unwrap();
            // Whoever comes second finds nothing to accept, or no request to take back.
            act(&daemon, &alice, Act::Request, &bob).await.unwrap();
            let (taken, back) =
                tokio::join!(act(&daemon, &bob, Act::Accept, &alice), act(&daemon, &alice, Act::Cancel, &bob));
            match (taken, back) {
                (Ok(FriendState::Friends), Ok(FriendState::Friends)) => {
                    act(&daemon, &alice, Act::Remove, &bob).await.unwrap();
                }
                (Err(error), Ok(FriendState::None)) => assert_eq!(error, "FRIEND_REQUEST_NOT_FOUND"),
                other => panic!("{other:?}"),
            }
            check_whole(&daemon, &engine).await;
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn friends_are_named_over_rest_and_listed_in_pages() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &[]).await;
    let mut people = Vec::new();
    for number in 0..5 {
        let person = daemon.person(&format!("p{number}"), &[]).await;
        daemon.befriend(&alice, &person).await;
        people.push(person);
    }
    let post =
        async |who: &Person, body: &str| daemon.rest(Method::POST, "/v1/friends", Some(&who.token), Some(body)).await;
    let answer = post(&people[0], r#"{"request":{"username":"p1"}}"#).await.json();
    assert_eq!((answer["state"].as_str(), answer["hasChanged"].as_bool()), (Some("FRIEND_STATE_OUTGOING"), Some(true)));
    assert_eq!(answer["userId"].as_str(), Some(people[1].id.as_str()));
    for (body, reason, field) in [
        (r#"{"request":{"username":"alice"}}"#, "FIELD_INVALID", "username"),
        (r#"{"request":{"username":"Alice"}}"#, "FIELD_INVALID", "username"),
        (r#"{"request":{}}"#, "FIELD_REQUIRED", "request.by"),
        ("{}", "FIELD_REQUIRED", "action"),
    ] {
        let answer = post(&alice, body).await;
        assert_eq!(
            (answer.reason().as_str(), answer.json()["errors"][0]["field"].as_str()),
            (reason, Some(field)),
            "{body}"
        );
    }
    assert_eq!(post(&alice, r#"{"request":{"username":"nobody"}}"#).await.reason(), "USER_NOT_FOUND");

    let get = async |who: &Person, query: &str| {
        daemon.rest(Method::GET, &format!("/v1/friends?{query}"), Some(&who.token), None).await
    };
    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let page = get(&alice, &format!("page_size=2&page_token={token}")).await.json();
        let friends = page["friends"].as_array().unwrap();
        assert!(friends.len() <= 2);
        names.extend(friends.iter().map(|friend| friend["username"].as_str().unwrap().to_owned()));
        token = page["nextPageToken"].as_str().unwrap_or_default().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["p0", "p1", "p2", "p3", "p4"], "in the order in which they were made");
    // Mutual friends are for friends, and for whoever was asked.
    let mutual = get(&people[2], "mutual_with_username=p3").await;
    assert_eq!(mutual.reason(), "PERMISSION_DENIED");
    let mutual = get(&people[1], "mutual_with_username=p0").await.json();
    assert_eq!(mutual["friends"][0]["username"], "alice", "p0 has asked p1");
    assert_eq!(get(&people[0], "mutual_with_username=p1").await.reason(), "PERMISSION_DENIED", "p1 has asked nobody");
    daemon.befriend(&people[2], &people[3]).await;
    let mutual = get(&people[2], &format!("mutual_with_id={}", people[3].id)).await.json();
    assert_eq!(mutual["friends"].as_array().unwrap().len(), 1);
    // Others' lists are an administrator's.
    let of_alice = format!("user={}", alice.id);
    assert_eq!(get(&people[0], &of_alice).await.reason(), "PERMISSION_DENIED");
    let root = daemon.person("root", &["users=admin"]).await;
    assert_eq!(get(&root, &of_alice).await.json()["friends"].as_array().unwrap().len(), 5);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_friends_have_an_end() {
    let settings = [("identity.friend_requests", "2"), ("identity.friend_requests_received", "2")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    let mut people = Vec::new();
    for number in 0..5 {
        people.push(daemon.person(&format!("p{number}"), &[]).await);
    }
    let request = async |who: usize, about: usize| act(&daemon, &people[who], Act::Request, &people[about]).await;
    request(0, 1).await.unwrap();
    request(0, 2).await.unwrap();
    assert_eq!(request(0, 3).await, Err("QUOTA_EXCEEDED".into()));
    act(&daemon, &people[0], Act::Cancel, &people[1]).await.unwrap();
    request(0, 3).await.unwrap();
    request(1, 3).await.unwrap();
    assert_eq!(request(2, 3).await, Err("QUOTA_EXCEEDED".into()), "two wait for p3 already");
    // A request that is not shown counts as one that is, so that the count tells nothing of a block.
    act(&daemon, &people[3], Act::Block, &people[1]).await.unwrap();
    request(1, 3).await.unwrap();
    assert_eq!(request(2, 3).await, Err("QUOTA_EXCEEDED".into()));
    act(&daemon, &people[3], Act::Accept, &people[0]).await.unwrap();
    request(2, 3).await.unwrap();
    let status = daemon
        .identity(Some(&people[4].token))
        .await
        .manage_friends(Act::Request.message(v1::friend_address::By::Id(people[3].id.clone())))
        .await
        .unwrap_err();
    assert_eq!(reason(&status), "QUOTA_EXCEEDED");
    let details = tonic_types::StatusExt::get_error_details(&status);
    assert_eq!(details.error_info().unwrap().metadata["quota"], "requests_of_other");
    daemon.stop().await;
}
