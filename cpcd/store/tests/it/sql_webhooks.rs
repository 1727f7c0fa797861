//! Webhooks.

use std::time::Duration;

use cpcd_model::{
    id::{UserId, WebhookId},
    webhook::{Webhook, WebhookState},
};
use cpcd_store::{
    Store,
    sql::{EventCursor, Priority, StoredWebhook},
};
use futures_util::future::join_all;

use crate::harness::{for_each_engine, insert_user, now, write};

fn webhook(owner_id: UserId) -> StoredWebhook {
    let webhook = Webhook {
        id: WebhookId::generate(),
        owner_id,
        url: "https://hooks.example.org/\u{fc}?a='b'".into(),
        kinds: vec!["node.".into(), "allocation.moved".into()],
        created_at: now(),
        state: WebhookState::default(),
    };
    StoredWebhook { webhook, sealed_secret: vec![0, 255, 7], cursor: EventCursor { xid: 7, id: 1 << 40 } }
}

async fn insert(store: &Store, new: &StoredWebhook, most: u32) -> bool {
    let new = new.clone();
    let inserted =
        store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.insert_webhook(&new, most).await })).await;
    inserted.unwrap()
}

#[tokio::test]
async fn a_webhook_comes_back_as_it_was_made_and_changed() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let mut hooks = vec![webhook(alice), webhook(alice), webhook(bob)];
        for hook in &hooks {
            assert!(insert(&store, hook, 5).await);
            assert_eq!(store.get_webhook(hook.webhook.id).await.unwrap().as_ref(), Some(hook));
        }
        assert_eq!(store.list_live_webhooks().await.unwrap(), hooks);
        assert_eq!(store.list_webhooks(alice, None, 9).await.unwrap(), hooks[..2]);
        assert_eq!(store.list_webhooks(alice, None, 1).await.unwrap(), hooks[..1]);
        assert_eq!(store.list_webhooks(alice, Some(hooks[0].webhook.id), 9).await.unwrap(), hooks[1..2]);

        let second = Duration::from_secs(1);
        let state = WebhookState {
            delivered_at: Some(now()),
            failures: u32::MAX,
            failing_since: Some(now() + second),
            next_attempt_at: Some(now() + 2 * second),
            disabled_at: Some(now() + 3 * second),
            last_error: "answered 500".into(),
        };
        let (id, cursor) = (hooks[0].webhook.id, EventCursor { xid: 9, id: 3 });
        let written = state.clone();
        let was_there =
            write(&store, move |tx| Box::pin(async move { tx.update_webhook(id, cursor, &written).await })).await;
        assert!(was_there);
        (hooks[0].cursor, hooks[0].webhook.state) = (cursor, state);
        assert_eq!(store.get_webhook(id).await.unwrap().as_ref(), Some(&hooks[0]));
        assert_eq!(store.list_live_webhooks().await.unwrap(), hooks[1..], "one was given up");

        assert!(write(&store, move |tx| Box::pin(async move { tx.revive_webhook(id, now()).await })).await);
        hooks[0].webhook.state = WebhookState { delivered_at: Some(now()), ..WebhookState::default() };
        assert_eq!(store.list_live_webhooks().await.unwrap(), hooks, "and goes on where it was");

        assert!(write(&store, move |tx| Box::pin(async move { tx.delete_webhook(id).await })).await);
        assert!(!write(&store, move |tx| Box::pin(async move { tx.delete_webhook(id).await })).await);
        assert!(!write(&store, move |tx| Box::pin(async move { tx.revive_webhook(id, now()).await })).await);
        let gone = WebhookState::default();
        assert!(!write(&store, move |tx| Box::pin(async move { tx.update_webhook(id, cursor, &gone).await })).await);
        assert_eq!(store.get_webhook(id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_a_user_gets_as_many_as_they_may() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let hooks: Vec<_> = (0..12).map(|_| webhook(alice)).collect();
        let made = join_all(hooks.iter().map(|hook| insert(&store, hook, 3))).await;
        assert_eq!(made.into_iter().filter(|made| *made).count(), 3);
        assert!(insert(&store, &webhook(bob), 3).await, "others have their own");
    })
    .await;
}
