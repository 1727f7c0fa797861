//! Content: publish, get, list, delete.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    content::{Content, Draft, Outcome, RawDraft},
    id::{ContentId, UserId},
    page,
    permission::{Level, Resource},
    time::Clock,
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority},
};
use serde_json::json;
use tokio::sync::Notify;

use super::{
    access::{is_shown, may_read, not_found, not_owner, publisher, target},
    publish::{self, BatchReport, Entry},
};
use crate::{Caller, identity::cut_page};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;

/// Published content.
#[derive(Clone)]
pub struct Contents {
    store: Store,
    clock: Clock,
    changed: Arc<Notify>,
}

impl Contents {
    pub(super) fn new(store: &Store, clock: &Clock, changed: Arc<Notify>) -> Self {
        Self { store: store.clone(), clock: clock.clone(), changed }
    }

    /// Publishes content in the caller's name. Needs write on content.
    ///
    /// # Errors
    /// A field's fault; `CONTENT_NOT_FOUND` or `NOT_OWNER` for an id to change, `CID_TAKEN`, `REQUEST_ID_REUSED`.
    pub async fn publish(&self, caller: &Caller, raw: RawDraft) -> Result<(Content, Outcome)> {
        let owner = publisher(caller, &raw.id)?;
        let draft = raw.check()?;
        let mut done = self.write(owner, vec![draft]).await?;
        done.pop().ok_or_else(|| Error::internal("a publish gave no outcome"))?
    }

    /// Publishes a batch in the caller's name, in one transaction; what cannot be taken is refused entry by entry. Needs write on content.
    ///
    /// # Errors
    /// Only what concerns the batch as a whole; then none of it is stored.
    pub async fn publish_batch(&self, caller: &Caller, entries: Vec<Entry>) -> Result<BatchReport> {
        let owner = publisher(caller, "")?;
        let mut report = BatchReport::default();
        let mut sequences = Vec::with_capacity(entries.len());
        let mut drafts = Vec::with_capacity(entries.len());
        for Entry { sequence, content } in entries {
            report.durable_through = sequence;
            match content.and_then(RawDraft::check) {
                Ok(draft) => {
                    sequences.push(sequence);
                    drafts.push(draft);
                }
                Err(error) => report.refuse(sequence, &error),
            }
        }
        if !drafts.is_empty() {
            for (sequence, outcome) in sequences.into_iter().zip(self.write(owner, drafts).await?) {
                report.add(sequence, outcome.map(|(_, outcome)| outcome));
            }
        }
        Ok(report)
    }

    /// Gets content. Needs read on content, and to be allowed to see it.
    ///
    /// # Errors
    /// `CONTENT_NOT_FOUND`.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Content> {
        caller.require_some(Resource::Content, Level::Read)?;
        let id = ContentId::parse("id", id)?;
        let found = self.store.get_content(id).await?;
        found.filter(|content| is_shown(caller, content)).ok_or_else(|| not_found(id))
    }

    /// Lists what the caller may see, newest first; gives the token of the next page. Needs read on content.
    ///
    /// # Errors
    /// `PAGE_TOKEN_INVALID`, `FIELD_INVALID` for the owner's id or a negative page size.
    pub async fn list(
        &self,
        caller: &Caller,
        owner: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<Content>, String)> {
        caller.require_some(Resource::Content, Level::Read)?;
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("content:{owner}");
        let owner = if owner.is_empty() { None } else { Some(UserId::parse("owner_id", owner)?) };
        let viewer = may_read(caller, owner)?;
        let before = page::decode(&binding, page_token)?
            .map(|id| ContentId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut contents = self.store.list_contents(viewer, owner, before, size + 1).await?;
        let next = cut_page(&mut contents, size, &binding, |content| content.id.to_string());
        Ok((contents, next))
    }

    /// Deletes content. Needs write on content and to own it, or admin on content.
    ///
    /// # Errors
    /// `CONTENT_NOT_FOUND`, `NOT_OWNER`.
    pub async fn delete(&self, caller: &Caller, id: &str) -> Result<()> {
        caller.require_some(Resource::Content, Level::Write)?;
        let id = ContentId::parse("id", id)?;
        let (caller, now) = (caller.clone(), self.clock.now());
        self.store
            .write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    let content = tx.get_content(id).await?.filter(|content| is_shown(&caller, content));
                    let content = content.ok_or_else(|| not_found(id))?;
                    let target = target(&content);
                    if !caller.may(Resource::Content, Level::Admin, &target) {
                        if caller.subject().owner() != Some(content.owner_id) {
                            return Err(not_owner(id));
                        }
                        caller.require_on(Resource::Content, Level::Write, &target)?;
                    }
                    let version = content.version + 1;
                    tx.delete_content(id, version, now).await?;
                    tx.mark_contents(&[(id, version)], now).await?;
                    let payload = json!({ "version": version });
                    tx.insert_events(&[NewEvent { kind: "content.deleted", subject_id: id.uuid(), payload }], now).await
                })
            })
            .await?;
        self.changed.notify_one();
        Ok(())
    }

    /// Gives how many changes wait for the index and how old the oldest is. Needs nothing: it is for the daemon's own metrics.
    ///
    /// # Errors
    /// What the store says.
    pub async fn backlog(&self) -> Result<(u64, Duration)> {
        let (count, oldest) = self.store.index_backlog().await?;
        let now = self.clock.now();
        Ok((count, oldest.map(|oldest| cpcd_model::time::elapsed(oldest, now)).unwrap_or_default()))
    }

    async fn write(&self, owner: UserId, drafts: Vec<Draft>) -> Result<Vec<Result<(Content, Outcome)>>> {
        let drafts = Arc::new(drafts);
        let mut tries = 0;
        let done = loop {
            let (drafts, now) = (drafts.clone(), self.clock.now());
            let done =
                self.store.write(Priority::Bulk, move |tx| Box::pin(publish::publish(tx, owner, drafts, now))).await;
            match done {
                // Somebody published the same under another transaction; the second look finds it.
                Err(error) if error.reason() == Reason::WriteConflict && tries < 2 => tries += 1,
                done => break done?,
            }
        };
        self.changed.notify_one();
        Ok(done)
    }
}
