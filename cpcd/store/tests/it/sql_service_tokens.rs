//! Service tokens.

use std::time::Duration;

use cpcd_model::{
    id::{ServiceTokenId, UserId},
    permission::Permissions,
    service_token::ServiceToken,
};
use cpcd_store::Store;
use futures_util::future::join_all;

use crate::harness::{for_each_engine, insert_user, now, time, write};

fn token(owner_id: UserId) -> ServiceToken {
    ServiceToken {
        id: ServiceTokenId::made_at(now()),
        owner_id,
        name: "d\u{e9}ploy 'x'".into(),
        permissions: Permissions::new(vec!["content=write".parse().unwrap()]).unwrap(),
        created_at: now(),
        expires_at: time("2026-06-04T05:06:07.080911Z"),
        last_used_at: None,
        revoked_at: None,
    }
}

async fn insert(store: &Store, token: &ServiceToken, hash: u8, most: u32) -> bool {
    let token = token.clone();
    write(store, move |tx| Box::pin(async move { tx.insert_service_token(&token, None, &[hash; 32], most).await }))
        .await
}

#[tokio::test]
async fn a_service_token_comes_back_by_its_hash_alone() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let mut tokens = vec![token(alice), token(alice), token(bob)];
        tokens.sort_by_key(|token| token.id);
        tokens.sort_by_key(|token| token.owner_id);
        for token in &tokens {
            assert!(insert(&store, token, 7, 5).await);
            assert_eq!(store.get_service_token(token.id).await.unwrap().as_ref(), Some(token));
            assert_eq!(store.get_service_token_by_hash(token.id, &[7; 32]).await.unwrap().as_ref(), Some(token));
            assert_eq!(store.get_service_token_by_hash(token.id, &[8; 32]).await.unwrap(), None);
        }
        let of = |owner: UserId| tokens.iter().filter(|token| token.owner_id == owner).cloned().collect::<Vec<_>>();
        let own = of(alice);
        assert_eq!(store.list_service_tokens(alice, None, 9).await.unwrap(), own);
        assert_eq!(store.list_service_tokens(alice, None, 1).await.unwrap(), own[..1]);
        assert_eq!(store.list_service_tokens(alice, Some(own[0].id), 9).await.unwrap(), own[1..]);
        assert_eq!(store.list_service_tokens(bob, None, 9).await.unwrap(), of(bob));

        // A use is noted, and not again within a minute.
        let (id, minute) = (own[0].id, Duration::from_secs(60));
        let note = async |at| write(&store, move |tx| Box::pin(tx.note_service_token_use(id, at, minute))).await;
        assert!(note(now()).await && !note(now() + Duration::from_secs(59)).await);
        assert!(note(now() + Duration::from_secs(61)).await);
        let used = store.get_service_token(id).await.unwrap().unwrap();
        assert_eq!(used.last_used_at, Some(now() + Duration::from_secs(61)));

        let revoke = async || write(&store, move |tx| Box::pin(tx.revoke_service_token(id, now()))).await;
        assert!(revoke().await && !revoke().await);
        assert_eq!(store.get_service_token(id).await.unwrap().unwrap().revoked_at, Some(now()));
        let (owner, later) = (Some(alice.uuid()), now() + Duration::from_millis(1));
        let before = async |owner, time| {
            write(&store, move |tx| Box::pin(tx.revoke_service_tokens_made_before(owner, time, now()))).await
        };
        assert_eq!(before(owner, now()).await, 0, "none was made before");
        assert_eq!(before(owner, later).await, 1, "one was revoked already");
        assert_eq!(before(None, later).await, 1, "everybody's");

        let delete =
            async |time| write(&store, move |tx| Box::pin(tx.delete_service_tokens_expired_before(time, 2))).await;
        assert_eq!(delete(time("2026-06-04T05:06:07.080911Z")).await, 0);
        assert_eq!(delete(time("2026-06-04T05:06:07.080912Z")).await, 2, "so many at a time");
        assert_eq!(delete(time("2026-06-04T05:06:07.080912Z")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_a_user_gets_as_many_as_they_may() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let tokens: Vec<_> = (0..12).map(|_| token(alice)).collect();
        let made = join_all(tokens.iter().map(|token| insert(&store, token, 1, 3))).await;
        assert_eq!(made.into_iter().filter(|made| *made).count(), 3);
        assert!(insert(&store, &token(bob), 1, 3).await, "others have their own");
        let id = store.list_service_tokens(alice, None, 1).await.unwrap()[0].id;
        assert!(write(&store, move |tx| Box::pin(tx.revoke_service_token(id, now()))).await);
        assert!(insert(&store, &token(alice), 1, 3).await, "one that was revoked counts no longer");
        let ended = ServiceToken { expires_at: now(), ..token(bob) };
        assert!(insert(&store, &ended, 1, 3).await && insert(&store, &ended_again(bob), 1, 3).await);
        assert!(insert(&store, &token(bob), 1, 2).await, "nor does one that has ended");
    })
    .await;
}

fn ended_again(owner: UserId) -> ServiceToken {
    ServiceToken { expires_at: now(), ..token(owner) }
}
