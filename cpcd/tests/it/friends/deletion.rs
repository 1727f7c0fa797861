//! Users are deleted, and nothing of them is left where it must not be.

use cpc_proto::v1::{self, FriendList};

use super::{Act, act, check_whole, list};
use crate::harness::{Daemon, Engine, TestNode, for_each_engine, reason};

async fn delete(daemon: &Daemon, token: Option<&str>, id: &str) -> Result<(), String> {
    let request = v1::DeleteUserRequest { id: id.into() };
    let answer = match token {
        Some(token) => daemon.identity(Some(token)).await.delete_user(request).await,
        None => daemon.local().await.delete_user(request).await,
    };
    answer.map(drop).map_err(|status| reason(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_deleted_is_nobodys_friend() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let (carol, dave) = (daemon.person("carol", &[]).await, daemon.person("dave", &[]).await);
        daemon.befriend(&alice, &bob).await;
        daemon.befriend(&bob, &carol).await;
        act(&daemon, &bob, Act::Request, &dave).await.unwrap();
        act(&daemon, &carol, Act::Block, &dave).await.unwrap();
        let node: TestNode = daemon.node().await;
        let owned = if engine.url.is_empty() {
            format!("UPDATE nodes SET owner_id = x'{}'", bob.id.replace('-', ""))
        } else {
            format!("UPDATE nodes SET owner_id = '{}'", bob.id)
        };
        daemon.execute(&engine, &owned).await;
        let metadata = v1::ContentMetadata { title: "a farewell".into(), ..Default::default() };
        daemon.discovery(Some(&bob.token)).await.publish_content(metadata).await.unwrap();

        delete(&daemon, None, &bob.id).await.unwrap();
        assert_eq!(delete(&daemon, None, &bob.id).await, Err("USER_NOT_FOUND".into()));
        check_whole(&daemon, &engine).await;
        for who in [&alice, &carol] {
            assert!(list(&daemon, who, FriendList::Friends).await.is_empty());
        }
        assert!(list(&daemon, &dave, FriendList::Incoming).await.is_empty());
        assert_eq!(list(&daemon, &carol, FriendList::Blocked).await, ["dave"], "others stay as they are");
        assert_eq!(act(&daemon, &alice, Act::Request, &bob).await, Err("USER_NOT_FOUND".into()));
        let own = daemon.identity(Some(&bob.token)).await.list_friends(v1::ListFriendsRequest::default()).await;
        assert_eq!(reason(&own.unwrap_err()), "TOKEN_REVOKED");
        assert_eq!(reason(&daemon.login(&bob.key).await.unwrap_err()), "LOGIN_REFUSED");
        let shown = daemon.local_registry().await.get_node(v1::GetNodeRequest { id: node.id.clone() }).await.unwrap();
        assert_eq!(shown.into_inner().node.unwrap().owner_id, "", "the node stays");
        let names = daemon.local().await.list_users(v1::ListUsersRequest::default()).await.unwrap().into_inner().users;
        assert_eq!(names.len(), 3);
        // Name and key are free.
        daemon.person("bob", &[]).await;
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_content_of_whoever_is_deleted_goes_and_then_the_row() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let bob = daemon.person("bob", &[]).await;
        let metadata = v1::ContentMetadata { title: "a farewell".into(), ..Default::default() };
        daemon.discovery(Some(&bob.token)).await.publish_content(metadata).await.unwrap();
        delete(&daemon, None, &bob.id).await.unwrap();
        // The cleaner begins when a daemon does.
        let daemon = daemon.restart(&engine).await;
        crate::harness::eventually("the content is gone", async || {
            daemon.count(&engine, "SELECT count(*) FROM content WHERE deleted_at IS NULL").await == 0
        })
        .await;
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM users").await, 1, "its tombstone still names the row");
        daemon.execute(&engine, "DELETE FROM content").await;
        let daemon = daemon.restart(&engine).await;
        crate::harness::eventually("the row is gone", async || {
            daemon.count(&engine, "SELECT count(*) FROM users").await == 0
        })
        .await;
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_deletes_whoever_holds_more_and_the_last_admin_stays() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let clerk = daemon.person("clerk", &["users=admin"]).await;
    let mighty = daemon.person("mighty", &["system=admin"]).await;
    let plain = daemon.person("plain", &["users=read"]).await;
    let token = Some(clerk.token.as_str());
    assert_eq!(delete(&daemon, token, &mighty.id).await, Err("PERMISSION_DENIED".into()));
    assert_eq!(delete(&daemon, token, &clerk.id).await, Err("LAST_ADMIN".into()));
    assert_eq!(delete(&daemon, Some(&plain.token), &plain.id).await, Err("PERMISSION_DENIED".into()));
    assert_eq!(delete(&daemon, token, &plain.id).await, Ok(()));
    delete(&daemon, None, &clerk.id).await.expect("the local administrator may");
    daemon.stop().await;
}
