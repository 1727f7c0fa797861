//! Table `webhooks`: where events are sent, and how far that is.

use cpcd_model::{
    Result,
    id::{UserId, WebhookId},
    time::Timestamp,
    webhook::{Webhook, WebhookState},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    EventCursor, Store, Tx,
    arg::{Arg, json_text},
};

/// A webhook with what nobody is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// What signs, sealed before it comes here.
    pub sealed_secret: Vec<u8>,
    /// The last event that was taken, or that there was when it began.
    pub cursor: EventCursor,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    owner_id: Uuid,
    url: String,
    sealed_secret: Vec<u8>,
    kinds: Json<Vec<String>>,
    created_at: jiff_sqlx::Timestamp,
    cursor_xid: i64,
    cursor_id: i64,
    delivered_at: Option<jiff_sqlx::Timestamp>,
    failures: i64,
    failing_since: Option<jiff_sqlx::Timestamp>,
    next_attempt_at: Option<jiff_sqlx::Timestamp>,
    disabled_at: Option<jiff_sqlx::Timestamp>,
    last_error: String,
}

impl Row {
    fn read(self) -> StoredWebhook {
        let time = |time: Option<jiff_sqlx::Timestamp>| time.map(jiff_sqlx::Timestamp::to_jiff);
        let state = WebhookState {
            delivered_at: time(self.delivered_at),
            failures: u32::try_from(self.failures).unwrap_or(u32::MAX),
            failing_since: time(self.failing_since),
            next_attempt_at: time(self.next_attempt_at),
            disabled_at: time(self.disabled_at),
            last_error: self.last_error,
        };
        let webhook = Webhook {
            id: self.id.into(),
            owner_id: self.owner_id.into(),
            url: self.url,
            kinds: self.kinds.0,
            created_at: self.created_at.to_jiff(),
            state,
        };
        let cursor = EventCursor { xid: self.cursor_xid, id: self.cursor_id };
        StoredWebhook { webhook, sealed_secret: self.sealed_secret, cursor }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner_id, url, sealed_secret, kinds, created_at, cursor_xid, cursor_id, delivered_at, failures,
             failing_since, next_attempt_at, disabled_at, last_error FROM webhooks ",
            $rest
        )
    };
}

impl Tx {
    /// Adds a webhook; false if its owner has as many as they may.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn insert_webhook(&mut self, new: &StoredWebhook, most: u32) -> Result<bool> {
        let webhook = &new.webhook;
        if self.is_postgres() {
            // Of two at once the second counts the first. SQLite has one writer.
            let lock = "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE";
            self.fetch_optional::<(i32,)>(lock, &[webhook.owner_id.uuid().into()]).await?;
        }
        let counted: Option<(i64,)> = self
            .fetch_optional("SELECT count(*) FROM webhooks WHERE owner_id = $1", &[webhook.owner_id.uuid().into()])
            .await?;
        if counted.is_none_or(|(count,)| count >= i64::from(most)) {
            return Ok(false);
        }
        self.execute(
            "INSERT INTO webhooks (id, owner_id, url, sealed_secret, kinds, created_at, cursor_xid, cursor_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                webhook.id.uuid().into(),
                webhook.owner_id.uuid().into(),
                webhook.url.as_str().into(),
                new.sealed_secret.as_slice().into(),
                Arg::Json(json_text(&webhook.kinds)?),
                webhook.created_at.into(),
                new.cursor.xid.into(),
                new.cursor.id.into(),
            ],
        )
        .await
        .map(|_| true)
    }

    /// Sets how far a webhook is, and how it goes; false if it is gone.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_webhook(&mut self, id: WebhookId, cursor: EventCursor, state: &WebhookState) -> Result<bool> {
        let updated = self
            .execute(
                "UPDATE webhooks SET cursor_xid = $2, cursor_id = $3, delivered_at = $4, failures = $5, failing_since = $6,
                     next_attempt_at = $7, disabled_at = $8, last_error = $9
                 WHERE id = $1",
                &[
                    id.uuid().into(),
                    cursor.xid.into(),
                    cursor.id.into(),
                    state.delivered_at.into(),
                    i64::from(state.failures).into(),
                    state.failing_since.into(),
                    state.next_attempt_at.into(),
                    state.disabled_at.into(),
                    state.last_error.as_str().into(),
                ],
            )
            .await?;
        Ok(updated == 1)
    }

    /// Has a webhook that failed or was given up go on at once; false if it is gone.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn revive_webhook(&mut self, id: WebhookId, now: Timestamp) -> Result<bool> {
        let updated = self
            .execute(
                "UPDATE webhooks SET delivered_at = $2, failures = 0, failing_since = NULL, next_attempt_at = NULL,
                     disabled_at = NULL, last_error = ''
                 WHERE id = $1",
                &[id.uuid().into(), now.into()],
            )
            .await?;
        Ok(updated == 1)
    }

    /// Deletes a webhook; false if it is gone already.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_webhook(&mut self, id: WebhookId) -> Result<bool> {
        Ok(self.execute("DELETE FROM webhooks WHERE id = $1", &[id.uuid().into()]).await? == 1)
    }
}

impl Store {
    /// Gives a webhook.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_webhook(&self, id: WebhookId) -> Result<Option<StoredWebhook>> {
        let row: Option<Row> = self.db.fetch_optional(select!("WHERE id = $1"), &[id.uuid().into()]).await?;
        Ok(row.map(Row::read))
    }

    /// Gives at most `limit` webhooks of a user, the oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_webhooks(
        &self,
        owner: UserId,
        after: Option<WebhookId>,
        limit: u32,
    ) -> Result<Vec<StoredWebhook>> {
        let after = after.map_or(Uuid::nil(), WebhookId::uuid);
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                select!("WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
                &[owner.uuid().into(), after.into(), i64::from(limit).into()],
            )
            .await?;
        Ok(rows.into_iter().map(Row::read).collect())
    }

    /// Gives all webhooks that were not given up.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_live_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        let rows: Vec<Row> = self.db.fetch_all(select!("WHERE disabled_at IS NULL ORDER BY id"), &[]).await?;
        Ok(rows.into_iter().map(Row::read).collect())
    }
}
