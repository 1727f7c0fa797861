//! Webhooks: made, listed, deleted, tested.

use cpcd_model::{
    Error, Reason, Result,
    id::{UserId, WebhookId},
    page,
    permission::{Level, Resource},
    time::Clock,
    webhook::{Webhook, WebhookState},
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority, StoredWebhook},
};
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Filter, cursor, sender::Sender};
use crate::{
    Caller,
    caller::Subject,
    identity::{check_current, cut_page},
};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;
/// Kind of the notice that a test sends.
const TEST: &str = "webhook.test";

/// What came of a test.
#[derive(Debug)]
pub struct Tested {
    /// What was answered; 0 if nothing was.
    pub status: u16,
    /// Why it was not taken; nothing if it was.
    pub refused: Option<String>,
    /// The webhook as it is now.
    pub shown: ShownWebhook,
}

/// A webhook as its owner sees it.
#[derive(Debug)]
pub struct ShownWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// How far it is.
    pub cursor: String,
}

/// The webhooks.
#[derive(Clone)]
pub struct Webhooks {
    store: Store,
    store_id: Uuid,
    clock: Clock,
    sender: Sender,
    most: u32,
}

impl Webhooks {
    pub(super) fn new(store: &Store, store_id: Uuid, clock: &Clock, sender: Sender, most: u32) -> Self {
        Self { store: store.clone(), store_id, clock: clock.clone(), sender, most }
    }

    /// Has events sent to a URL from now on; gives the secret that signs them, which nobody can give again. Needs a login as a user:
    /// what is sent is what they may see when it is sent.
    ///
    /// # Errors
    /// `TARGET_NOT_ALLOWED`, `QUOTA_EXCEEDED`, `PERMISSION_DENIED`, `TOKEN_MISSING`, or a field's fault.
    pub async fn create(
        &self,
        caller: &Caller,
        url: &str,
        kinds: &[String],
    ) -> Result<(ShownWebhook, Zeroizing<String>)> {
        let owner_id = caller.require_user()?;
        self.sender.require_allowed(url)?;
        let filter = Filter::read(kinds, &[])?;
        let id = WebhookId::generate();
        let (secret, sealed_secret) = self.sender.make_secret(id)?;
        let now = self.clock.now();
        let state = WebhookState::default();
        let kinds = if kinds.is_empty() { Vec::new() } else { filter.kinds };
        let webhook = Webhook { id, owner_id, url: url.to_owned(), kinds, created_at: now, state };
        let new = StoredWebhook { webhook, sealed_secret, cursor: self.store.newest_event().await? };
        let (inserted, most, caller) = (new.clone(), self.most, caller.clone());
        self.store
            .write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    check_current(tx, &caller).await?;
                    if !tx.insert_webhook(&inserted, most).await? {
                        let text = format!("a user may have {most} webhooks; delete one");
                        return Err(Error::new(Reason::QuotaExceeded, text));
                    }
                    let payload = json!({ "owner_id": owner_id.to_string(), "url": inserted.webhook.url });
                    let event = NewEvent { kind: "webhook.created", subject_id: id.uuid(), payload };
                    tx.insert_events(&[event], now).await
                })
            })
            .await?;
        Ok((self.show(new), secret))
    }

    /// Lists a user's webhooks, oldest first; gives the token of the next page. Without a user one's own; needs read on system for
    /// those of others.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `TOKEN_MISSING`, `PAGE_TOKEN_INVALID`, or a field's fault.
    pub async fn list(
        &self,
        caller: &Caller,
        owner: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<ShownWebhook>, String)> {
        // A program is not its owner, whose webhooks these are.
        let own = caller.subject().uuid().filter(|_| !matches!(caller.subject(), Subject::Service(_)));
        let owner = match (owner, own) {
            ("", Some(own)) => own,
            ("", None) => {
                caller.require(Resource::System, Level::Read)?;
                return Err(Error::required("owner_id"));
            }
            (owner, own) => {
                let asked = UserId::parse("owner_id", owner).map(UserId::uuid);
                if !asked.as_ref().is_ok_and(|asked| Some(*asked) == own) {
                    caller.require(Resource::System, Level::Read)?;
                }
                asked?
            }
        };
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("webhooks:{owner}");
        let after = page::decode(&binding, page_token)?
            .map(|id| WebhookId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut hooks = self.store.list_webhooks(owner.into(), after, size + 1).await?;
        let next = cut_page(&mut hooks, size, &binding, |hook| hook.webhook.id.to_string());
        Ok((hooks.into_iter().map(|hook| self.show(hook)).collect(), next))
    }

    /// Deletes a webhook. Needs to own it, or admin on system.
    ///
    /// # Errors
    /// `WEBHOOK_NOT_FOUND`, also for those who may not know of it; `PERMISSION_DENIED`, `TOKEN_MISSING`.
    pub async fn delete(&self, caller: &Caller, id: &str) -> Result<()> {
        let hook = self.find(caller, id).await?;
        let (id, now) = (hook.webhook.id, self.clock.now());
        self.store
            .write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    if !tx.delete_webhook(id).await? {
                        return Err(not_found(&id.to_string()));
                    }
                    let payload = json!({ "owner_id": hook.webhook.owner_id.to_string() });
                    let event = NewEvent { kind: "webhook.deleted", subject_id: id.uuid(), payload };
                    tx.insert_events(&[event], now).await
                })
            })
            .await
    }

    /// Sends a test and says what came of it; one that was given up goes on if it was taken. Needs what deleting needs.
    ///
    /// # Errors
    /// `WEBHOOK_NOT_FOUND`, `PERMISSION_DENIED`, `TOKEN_MISSING`.
    pub async fn test(&self, caller: &Caller, id: &str) -> Result<Tested> {
        let hook = self.find(caller, id).await?;
        let notice = self.sender.bare(format!("test_{}", Uuid::now_v7().simple()), TEST);
        let (status, refused) = match self.sender.send(&hook, &notice).await? {
            Ok(status) => (status, None),
            Err(refused) => (refused.status, Some(refused.why)),
        };
        let (id, now) = (hook.webhook.id, self.clock.now());
        if refused.is_none() {
            let revived = self.store.write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    tx.audit("webhook", &id, json!({ "was_taken": true }));
                    tx.revive_webhook(id, now).await
                })
            });
            revived.await?;
        }
        let hook = self.store.get_webhook(id).await?.ok_or_else(|| not_found(&id.to_string()))?;
        Ok(Tested { status, refused, shown: self.show(hook) })
    }

    /// Finds a webhook that the caller may change.
    async fn find(&self, caller: &Caller, id: &str) -> Result<StoredWebhook> {
        if caller.subject() == Subject::Anonymous {
            caller.require(Resource::System, Level::Admin)?;
        }
        let parsed = WebhookId::parse("id", id)?;
        let hook = self.store.get_webhook(parsed).await?;
        let is_own = |hook: &StoredWebhook| caller.subject() == Subject::User(hook.webhook.owner_id);
        match hook {
            Some(hook) if is_own(&hook) => Ok(hook),
            hook => {
                caller.require(Resource::System, Level::Read).map_err(|_| not_found(id))?;
                let hook = hook.ok_or_else(|| not_found(id))?;
                caller.require(Resource::System, Level::Admin).map(|()| hook)
            }
        }
    }

    fn show(&self, hook: StoredWebhook) -> ShownWebhook {
        ShownWebhook { cursor: cursor::write(self.store_id, hook.cursor), webhook: hook.webhook }
    }
}

fn not_found(id: &str) -> Error {
    Error::new(Reason::WebhookNotFound, format!("there is no webhook {id}"))
}
