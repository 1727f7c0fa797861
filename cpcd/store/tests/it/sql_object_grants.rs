//! Grants on single things.

use std::time::Duration;

use cpcd_model::{
    friend::{FriendAction, Pair, Stance},
    grant::{Grant, Grantee, MOST_OTHERS},
    id::{AllocationId, GrantId, UserId},
    permission::{Level, Resource},
};
use cpcd_store::Store;
use uuid::Uuid;

use crate::harness::{for_each_engine, insert_user, now, write};

fn grant(resource: Resource, object: Uuid, grantee: Grantee) -> Grant {
    Grant {
        id: GrantId::generate(),
        resource,
        object,
        grantee,
        username: None,
        level: Level::Read,
        granted_by: None,
        created_at: now(),
        expires_at: None,
    }
}

async fn put(store: &Store, new: &Grant) {
    let new = new.clone();
    write(store, move |tx| Box::pin(async move { tx.upsert_grant(&new).await })).await;
}

async fn befriend(store: &Store, one: UserId, other: UserId) {
    let friends = Pair { mine: Some(Stance::Friend), theirs: Some(Stance::Friend) };
    write(store, move |tx| Box::pin(async move { tx.set_pair((one, other), Pair::default(), friends, now()).await }))
        .await;
}

#[tokio::test]
async fn a_grant_comes_back_as_it_was_made_and_changed() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let object = Uuid::now_v7();
        let to_bob = Grant {
            granted_by: Some(alice),
            expires_at: Some(now() + Duration::from_secs(60)),
            level: Level::Admin,
            username: store.get_user(bob).await.unwrap().map(|user| user.username),
            ..grant(Resource::Content, object, Grantee::User(bob))
        };
        let to_friends = grant(Resource::Content, object, Grantee::FriendsOf(alice));
        let other = grant(Resource::Nodes, object, Grantee::User(alice));
        for new in [&to_bob, &to_friends, &other] {
            put(&store, new).await;
        }
        assert_eq!(store.get_grant(to_bob.id).await.unwrap().as_ref(), Some(&to_bob));
        let on = (Resource::Content, object);
        assert_eq!(store.list_grants_on(on, None, None, 9).await.unwrap(), [to_bob.clone(), to_friends.clone()]);
        assert_eq!(
            store.list_grants_on(on, None, Some(to_bob.id), 9).await.unwrap(),
            std::slice::from_ref(&to_friends)
        );
        assert_eq!(store.list_grants_on(on, Some(bob), None, 9).await.unwrap(), std::slice::from_ref(&to_bob));
        assert_eq!(store.list_grants_to(bob, None, 9).await.unwrap(), std::slice::from_ref(&to_bob));
        assert_eq!(store.list_grants_to(alice, Some(other.id), 9).await.unwrap(), []);

        let changed = Grant { level: Level::Write, expires_at: None, ..to_bob.clone() };
        put(&store, &changed).await;
        let (grantee, owner) = (changed.grantee, to_friends.grantee);
        let read = write(&store, move |tx| {
            Box::pin(async move {
                assert_eq!(tx.lock_users(&[bob, alice, UserId::generate()]).await?, [alice, bob]);
                Ok((
                    tx.get_grant_of(Resource::Content, object, grantee).await?,
                    tx.get_grant_of(Resource::Content, object, owner).await?,
                    tx.get_grant_of(Resource::Nodes, object, owner).await?,
                    tx.count_grants_on(Resource::Content, object).await?,
                    tx.count_grants_of(grantee, Resource::Content).await?,
                    tx.count_grants_of(owner, Resource::Content).await?,
                    tx.list_granting_friends([alice, bob]).await?,
                ))
            })
        });
        assert_eq!(read.await, (Some(changed), Some(to_friends.clone()), None, 2, 1, 1, vec![alice]));
        let id = to_bob.id;
        assert!(write(&store, move |tx| Box::pin(async move { tx.delete_grant(id).await })).await);
        assert!(!write(&store, move |tx| Box::pin(async move { tx.delete_grant(id).await })).await);
        write(&store, move |tx| Box::pin(async move { tx.delete_grants_on(Resource::Content, &[object]).await })).await;
        assert_eq!(store.list_grants_on(on, None, None, 9).await.unwrap(), []);
        write(&store, move |tx| Box::pin(async move { tx.delete_grants_of(alice).await })).await;
        assert_eq!(store.get_grant(other.id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn one_holds_what_is_granted_to_them_and_to_friends_until_it_ends() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let (later, soon) = (now() + Duration::from_secs(60), now() + Duration::from_secs(1));
        let direct = Grant { expires_at: Some(later), ..grant(Resource::Content, Uuid::now_v7(), Grantee::User(bob)) };
        let short = Grant { expires_at: Some(soon), ..grant(Resource::Content, Uuid::now_v7(), Grantee::User(bob)) };
        let of_alice = grant(Resource::Content, Uuid::now_v7(), Grantee::FriendsOf(alice));
        for new in [&direct, &short, &of_alice] {
            put(&store, new).await;
        }
        let held = async |at| {
            let mut held = store.list_grants_held(bob, at).await.unwrap();
            held.sort_by_key(|held| held.id);
            held.into_iter().map(|held| (held.object, held.is_by_friend, held.expires_at)).collect::<Vec<_>>()
        };
        let own = [(direct.object, false, Some(later)), (short.object, false, Some(soon))];
        assert_eq!(held(now()).await, own);
        befriend(&store, alice, bob).await;
        assert_eq!(held(now()).await, [&own[..], &[(of_alice.object, true, None)]].concat());
        assert_eq!(held(soon).await, [own[0], (of_alice.object, true, None)]);
        let pair = store.get_pair(alice, bob).await.unwrap();
        let after = pair.after(FriendAction::Block).unwrap();
        write(&store, move |tx| Box::pin(async move { tx.set_pair((alice, bob), pair, after, now()).await })).await;
        assert_eq!(held(now()).await, own);

        // Of nodes only so many count, the newest.
        let mut nodes = Vec::new();
        for _ in 0..MOST_OTHERS + 3 {
            nodes.push(grant(Resource::Nodes, Uuid::now_v7(), Grantee::User(bob)));
        }
        let many = nodes.clone();
        write(&store, move |tx| {
            Box::pin(async move {
                for new in &many {
                    tx.upsert_grant(new).await?;
                }
                Ok(())
            })
        })
        .await;
        let of_nodes = store.list_grants_held(bob, now()).await.unwrap().into_iter();
        let mut of_nodes: Vec<_> =
            of_nodes.filter(|held| held.resource == Resource::Nodes).map(|held| held.id).collect();
        of_nodes.sort();
        assert_eq!(of_nodes, nodes[3..].iter().map(|grant| grant.id).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn what_has_ended_is_cleared_away() {
    for_each_engine(async |store| {
        let bob = insert_user(&store, "bob").await;
        let ended = Grant { expires_at: Some(now()), ..grant(Resource::Content, Uuid::now_v7(), Grantee::User(bob)) };
        let gone = grant(Resource::Allocations, AllocationId::generate().uuid(), Grantee::User(bob));
        let kept = grant(Resource::Nodes, Uuid::now_v7(), Grantee::User(bob));
        for new in [&ended, &gone, &kept] {
            put(&store, new).await;
        }
        let at = now() + Duration::from_secs(1);
        assert_eq!(
            write(&store, move |tx| Box::pin(async move { tx.delete_grants_ended_before(at, 9).await })).await,
            1
        );
        let left = store.list_grants_to(bob, None, 9).await.unwrap();
        assert_eq!(left.iter().map(|grant| grant.id).collect::<Vec<_>>(), [kept.id]);
    })
    .await;
}
