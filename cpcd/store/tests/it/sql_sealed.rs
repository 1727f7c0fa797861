//! What is sealed under the root key, sealed anew.

use std::time::Duration;

use cpcd_model::{
    id::{InviteId, UserId, WebhookId},
    invite::{Invite, InviteKind},
    webhook::{Webhook, WebhookState},
};
use cpcd_store::{
    Store,
    sql::{EventCursor, NewInvite, SealedKey, ServerIdentity, StoredWebhook},
};
use uuid::Uuid;

use crate::harness::{for_each_engine, insert_user, now, write};

async fn webhook(store: &Store, owner_id: UserId, sealed: u8) -> WebhookId {
    let id = WebhookId::generate();
    let webhook = Webhook {
        id,
        owner_id,
        url: "https://hooks.example.org/x".into(),
        kinds: Vec::new(),
        created_at: now(),
        state: WebhookState::default(),
    };
    let new = StoredWebhook { webhook, sealed_secret: vec![sealed], cursor: EventCursor { xid: 1, id: 1 } };
    assert!(write(store, move |tx| Box::pin(async move { tx.insert_webhook(&new, 9).await })).await);
    id
}

#[tokio::test]
async fn all_that_is_sealed_is_read_and_written_anew() {
    for_each_engine(async |store| {
        let alice = insert_user(&store, "alice").await;
        let ids = [webhook(&store, alice, 1).await, webhook(&store, alice, 2).await, webhook(&store, alice, 3).await];
        let key = SealedKey {
            kid: "k".into(),
            sealed_secret: vec![1],
            created_at: now(),
            activated_at: Some(now()),
            retired_at: None,
        };
        let identity = ServerIdentity {
            store_id: Uuid::now_v7(),
            sealed_key: vec![1],
            root_key_fingerprint: vec![2],
            created_at: now(),
            sealed_derivation: None,
        };
        let (new_key, new_identity) = (key.clone(), identity.clone());
        write(&store, move |tx| {
            Box::pin(async move {
                assert_eq!(tx.lock_server_identity().await?, None);
                tx.insert_server_identity(&new_identity).await?;
                tx.insert_signing_key(&new_key).await
            })
        })
        .await;

        let changed = ServerIdentity {
            sealed_key: vec![9, 9],
            root_key_fingerprint: vec![8],
            created_at: now() + Duration::from_secs(1),
            sealed_derivation: Some(vec![7, 0, 255]),
            ..identity.clone()
        };
        let (expected, resealed) = (changed.clone(), SealedKey { sealed_secret: vec![9], ..key.clone() });
        let expected_key = resealed.clone();
        write(&store, move |tx| {
            Box::pin(async move {
                assert_eq!(tx.lock_server_identity().await?.as_ref(), Some(&identity));
                tx.update_server_identity(&changed).await?;
                assert_eq!(tx.get_signing_keys().await?, [key]);
                tx.update_sealed_signing_key(&resealed).await?;
                let page = tx.get_sealed_webhooks(None, 2).await?;
                assert_eq!(page, [(ids[0], vec![1]), (ids[1], vec![2])]);
                assert_eq!(tx.get_sealed_webhooks(Some(ids[1]), 2).await?, [(ids[2], vec![3])]);
                tx.update_sealed_webhook(ids[1], &[5, 5]).await
            })
        })
        .await;
        assert_eq!(store.get_server_identity().await.unwrap(), Some(expected));
        assert_eq!(store.list_signing_keys().await.unwrap(), [expected_key]);
        assert_eq!(store.get_webhook(ids[1]).await.unwrap().unwrap().sealed_secret, [5, 5]);
        assert_eq!(store.get_webhook(ids[2]).await.unwrap().unwrap().sealed_secret, [3]);
    })
    .await;
}

#[tokio::test]
async fn what_is_lost_with_the_root_key_is_given_up() {
    for_each_engine(async |store| {
        let alice = insert_user(&store, "alice").await;
        let id = webhook(&store, alice, 1).await;
        let invite = |seconds: u64| Invite {
            id: InviteId::generate(),
            kind: InviteKind::User,
            uses: 1,
            uses_left: 1,
            permissions: None,
            labels: Default::default(),
            realm: None,
            node_ttl_seconds: None,
            is_ephemeral: false,
            namespaces: Vec::new(),
            is_uncounted: false,
            made_by: None,
            created_at: now(),
            expires_at: now() + Duration::from_secs(seconds),
            revoked_at: None,
        };
        let (open, ended) = (invite(10), invite(0));
        for invite in [open.clone(), ended.clone()] {
            let new = NewInvite { invite, code_hash: [1; 32] };
            write(&store, move |tx| Box::pin(async move { tx.insert_invite(&new).await })).await;
        }
        let (webhooks, invites) = write(&store, |tx| {
            Box::pin(
                async move { Ok((tx.disable_webhooks("lost", now()).await?, tx.revoke_all_invites(now()).await?)) },
            )
        })
        .await;
        assert_eq!((webhooks, invites), (1, 1));
        let state = store.get_webhook(id).await.unwrap().unwrap().webhook.state;
        assert_eq!((state.disabled_at, state.last_error.as_str()), (Some(now()), "lost"));
        assert_eq!(store.get_invite(open.id).await.unwrap().unwrap().revoked_at, Some(now()));
        assert_eq!(store.get_invite(ended.id).await.unwrap().unwrap().revoked_at, None);
        assert_eq!(store.count_daemons().await.unwrap(), 0);
    })
    .await;
}
