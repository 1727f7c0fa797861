//! Accounts that wait or are suspended, and who came by which invite.

use std::time::Duration;

use cpcd_model::{
    id::{InviteId, NodeId, UserId},
    invite::InviteKind,
    node::{Joined, Node},
    permission::{Permissions, Rule},
    user::{User, UserState},
};
use cpcd_store::Store;

use crate::harness::{for_each_engine, insert_user, now, user, write};

async fn insert(store: &Store, name: &str, state: UserState, seconds: u64) -> UserId {
    let permissions = Permissions::new(vec!["users=admin".parse::<Rule>().unwrap()]).unwrap();
    let new = User { state, permissions, created_at: now() + Duration::from_secs(seconds), ..user(name) };
    let id = new.id;
    write(store, move |tx| Box::pin(async move { tx.insert_user(&new).await })).await;
    id
}

#[tokio::test]
async fn an_account_waits_is_let_in_suspended_and_resumed() {
    for_each_engine(async |store| {
        let (alice, bob) =
            (insert(&store, "alice", UserState::Active, 0).await, insert(&store, "bob", UserState::Pending, 0).await);
        let state = async |id| store.get_user(id).await.unwrap().unwrap().state;
        let listed = async |state| -> Vec<UserId> {
            store.list_users_in(state, None, 9).await.unwrap().into_iter().map(|user| user.id).collect()
        };
        assert_eq!((state(alice).await, state(bob).await), (UserState::Active, UserState::Pending));
        assert_eq!((listed(UserState::Active).await, listed(UserState::Pending).await), (vec![alice], vec![bob]));
        let admins = async || write(&store, |tx| Box::pin(tx.lock_user_admins())).await;
        assert_eq!(admins().await, [alice], "who waits administers nothing");
        assert_eq!(write(&store, |tx| Box::pin(tx.count_pending_users())).await, 1);

        let approve = async |id| write(&store, move |tx| Box::pin(tx.approve_user(id))).await;
        assert!(approve(bob).await && !approve(bob).await);
        assert_eq!(write(&store, |tx| Box::pin(tx.count_pending_users())).await, 0);
        let suspend = async |id| write(&store, move |tx| Box::pin(tx.suspend_user(id, now()))).await;
        let epoch = async || store.get_user(bob).await.unwrap().unwrap().permission_epoch;
        let before = epoch().await;
        assert!(suspend(bob).await && !suspend(bob).await);
        assert_eq!((state(bob).await, epoch().await), (UserState::Suspended, before + 1));
        assert_eq!(listed(UserState::Suspended).await, [bob]);
        assert_eq!(admins().await, [alice], "nor does who is suspended");
        let resume = async |id| write(&store, move |tx| Box::pin(tx.resume_user(id))).await;
        assert!(resume(bob).await && !resume(bob).await);
        assert_eq!((state(bob).await, epoch().await), (UserState::Active, before + 1));
        let mut both = vec![alice, bob];
        both.sort_unstable();
        assert_eq!(admins().await, both);
        let first = store.list_users_in(UserState::Active, None, 1).await.unwrap()[0].id;
        assert_eq!(store.list_users_in(UserState::Active, Some(first), 9).await.unwrap()[0].id, both[1]);
    })
    .await;
}

#[tokio::test]
async fn who_waits_too_long_goes() {
    for_each_engine(async |store| {
        insert(&store, "active", UserState::Active, 0).await;
        let rejected = insert(&store, "rejected", UserState::Pending, 0).await;
        for (name, seconds) in [("a", 1), ("b", 2), ("c", 3), ("d", 9)] {
            insert(&store, name, UserState::Pending, seconds).await;
        }
        write(&store, move |tx| Box::pin(tx.suspend_user(rejected, now()))).await;
        let before = now() + Duration::from_secs(5);
        let delete = async || write(&store, move |tx| Box::pin(tx.delete_users_pending_before(before, 2))).await;
        assert_eq!((delete().await, delete().await, delete().await), (2, 1, 0));
        let left: Vec<_> = store.list_users(None, 9).await.unwrap().into_iter().map(|user| user.username).collect();
        let left: Vec<_> = left.iter().map(|name| name.as_str()).collect();
        assert_eq!(left, ["active", "rejected", "d"]);
    })
    .await;
}

#[tokio::test]
async fn who_came_by_an_invite_is_told() {
    for_each_engine(async |store| {
        let (invite, other) = (InviteId::generate(), InviteId::generate());
        let (mut users, mut nodes) = (Vec::new(), Vec::new());
        for (number, by) in [invite, invite, other].into_iter().enumerate() {
            let id = insert_user(&store, &format!("u{number}")).await;
            write(&store, move |tx| Box::pin(tx.set_user_invite(id, by))).await;
            users.push(id);
            let joined = Joined { invite_id: Some(by.uuid()), ..Joined::default() };
            let key = [u8::try_from(number).unwrap() + 1; 32];
            let node = Node { joined, ..Node::new(NodeId::generate(), key, now()) };
            nodes.push(node.id);
            write(&store, move |tx| Box::pin(async move { tx.insert_node(&node).await })).await;
        }
        insert_user(&store, "nobody").await;
        let (user, node) = (InviteKind::User, InviteKind::Node);
        let uses = store.list_invite_uses(user, invite, None, 9).await.unwrap();
        let told: Vec<_> = uses.iter().map(|used| (used.subject, used.name.as_str(), used.is_suspended)).collect();
        assert_eq!(told, [(users[0].uuid(), "u0", false), (users[1].uuid(), "u1", false)]);
        assert_eq!(uses[0].joined_at, now());
        let page = store.list_invite_uses(user, invite, Some(users[0].uuid()), 1).await.unwrap();
        assert_eq!(page, uses[1..]);
        let uses = store.list_invite_uses(node, invite, None, 9).await.unwrap();
        let told: Vec<_> = uses.iter().map(|used| (used.subject, used.name.as_str(), used.public_key[0])).collect();
        assert_eq!(told, [(nodes[0].uuid(), "", 1), (nodes[1].uuid(), "", 2)]);
        assert_eq!(store.list_nodes_of_invite(invite, 1).await.unwrap(), nodes[..1]);
        assert_eq!(store.list_users_of_invite(invite, None, 9).await.unwrap(), users[..2]);
        assert_eq!(store.list_users_of_invite(invite, Some(users[0]), 9).await.unwrap(), users[1..2]);
        assert_eq!(store.count_invite_uses(user, invite, None).await.unwrap(), 2);
        assert_eq!(store.count_invite_uses(user, invite, Some(users[1])).await.unwrap(), 1);
        assert_eq!(store.count_invite_uses(node, invite, None).await.unwrap(), 2);

        let id = users[0];
        write(&store, move |tx| Box::pin(tx.suspend_user(id, now()))).await;
        assert!(store.list_invite_uses(user, invite, None, 1).await.unwrap()[0].is_suspended);
        assert_eq!(store.list_users_of_invite(invite, None, 9).await.unwrap(), users[1..2]);
        assert_eq!(store.count_invite_uses(user, invite, None).await.unwrap(), 1);
    })
    .await;
}
