//! Invites.

use std::time::Duration;

use cpcd_model::{
    id::InviteId,
    invite::{Invite, InviteKind},
    permission::Permissions,
};
use cpcd_store::{
    Store,
    sql::{NewInvite, Presented, Priority},
};
use futures_util::future::join_all;

use crate::harness::{for_each_engine, insert_user, now, time, write};

const HASH: [u8; 32] = [7; 32];

fn invite(kind: InviteKind, uses: u64) -> Invite {
    Invite {
        id: InviteId::generate(),
        kind,
        uses,
        uses_left: uses,
        labels: [("region".to_owned(), "\"eu\" \u{fc}".to_owned())].into(),
        realm: Some("lab".into()),
        node_ttl_seconds: Some(3600),
        is_ephemeral: true,
        namespaces: vec!["chat".into(), "it's".into()],
        is_uncounted: true,
        permissions: Some(Permissions::new(vec!["content=read".parse().unwrap()]).unwrap()),
        made_by: None,
        created_at: now(),
        expires_at: now() + Duration::from_secs(60),
        revoked_at: None,
    }
}

async fn insert(store: &Store, invite: &Invite) {
    let new = NewInvite { invite: invite.clone(), code_hash: HASH };
    write(store, move |tx| Box::pin(async move { tx.insert_invite(&new).await })).await;
}

async fn use_at(store: &Store, presented: Presented, seconds: u64) -> bool {
    let then = now() + Duration::from_secs(seconds);
    store
        .write(Priority::Identity, move |tx| Box::pin(async move { tx.use_invite(&presented, then).await }))
        .await
        .unwrap()
}

#[tokio::test]
async fn an_invite_comes_back_as_it_was_made() {
    for_each_engine(async |store| {
        let alice = insert_user(&store, "alice").await;
        let invites = [
            invite(InviteKind::User, 3),
            Invite { made_by: Some(alice), ..invite(InviteKind::Node, 1_000_000) },
            Invite {
                permissions: None,
                realm: None,
                labels: [].into(),
                node_ttl_seconds: None,
                is_ephemeral: false,
                namespaces: Vec::new(),
                is_uncounted: false,
                ..invite(InviteKind::User, 1)
            },
        ];
        for invite in &invites {
            insert(&store, invite).await;
            assert_eq!(store.get_invite(invite.id).await.unwrap().as_ref(), Some(invite));
        }
        assert_eq!(store.get_invite(InviteId::generate()).await.unwrap(), None);
        assert_eq!(store.list_invites(None, None, 2).await.unwrap(), invites[..2]);
        assert_eq!(store.list_invites(None, Some(invites[1].id), 2).await.unwrap(), invites[2..]);
        assert_eq!(store.list_invites(Some(InviteKind::Node), None, 9).await.unwrap(), invites[1..2]);
    })
    .await;
}

#[tokio::test]
async fn an_invite_is_used_by_its_code_and_kind_in_its_time() {
    for_each_engine(async |store| {
        let invite = invite(InviteKind::User, 2);
        insert(&store, &invite).await;
        let good = Presented { id: invite.id, code_hash: HASH, kind: InviteKind::User };
        assert!(!use_at(&store, Presented { code_hash: [8; 32], ..good }, 0).await);
        assert!(!use_at(&store, Presented { kind: InviteKind::Node, ..good }, 0).await);
        assert!(!use_at(&store, Presented { id: InviteId::generate(), ..good }, 0).await);
        assert!(!use_at(&store, good, 60).await, "its time is over");
        assert!(use_at(&store, good, 59).await);
        let found = write(&store, move |tx| Box::pin(async move { tx.get_invite_by_code(&good).await })).await;
        assert_eq!(found, Some(Invite { uses_left: 1, ..invite.clone() }));
        let other = Presented { code_hash: [8; 32], ..good };
        let found = write(&store, move |tx| Box::pin(async move { tx.get_invite_by_code(&other).await })).await;
        assert_eq!(found, None);

        let (id, at) = (invite.id, time("2026-03-04T05:06:09Z"));
        let revoke = || write(&store, move |tx| Box::pin(async move { tx.revoke_invite(id, at).await }));
        assert!(revoke().await);
        assert!(!revoke().await, "it was taken back before");
        assert!(!use_at(&store, good, 0).await);
        assert_eq!(store.get_invite(id).await.unwrap().unwrap().revoked_at, Some(at));
    })
    .await;
}

#[tokio::test]
async fn of_a_hundred_at_once_as_many_join_as_an_invite_is_for() {
    for_each_engine(async |store| {
        let invite = invite(InviteKind::Node, 3);
        insert(&store, &invite).await;
        let good = Presented { id: invite.id, code_hash: HASH, kind: InviteKind::Node };
        let used = join_all((0..100).map(|_| use_at(&store, good, 0))).await;
        assert_eq!(used.into_iter().filter(|used| *used).count(), 3);
        assert_eq!(store.get_invite(invite.id).await.unwrap().unwrap().uses_left, 0);
    })
    .await;
}

#[tokio::test]
async fn old_invites_are_cleared_away_in_chunks_and_users_stay() {
    for_each_engine(async |store| {
        let alice = insert_user(&store, "alice").await;
        for _ in 0..3 {
            let invite = invite(InviteKind::User, 1);
            insert(&store, &invite).await;
            let id = invite.id;
            write(&store, move |tx| Box::pin(async move { tx.set_user_invite(alice, id).await })).await;
        }
        let clear = |seconds: u64, limit: u32| {
            let then = now() + Duration::from_secs(seconds);
            write(&store, move |tx| Box::pin(async move { tx.delete_invites_expired_before(then, limit).await }))
        };
        assert_eq!(clear(60, 9).await, 0);
        assert_eq!(clear(61, 2).await, 2);
        assert_eq!(clear(61, 2).await, 1);
        let found = write(&store, move |tx| Box::pin(async move { tx.get_user(alice).await })).await;
        assert_eq!(found.unwrap().id, alice);
    })
    .await;
}
