//! Content: publish, get, list, delete.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    content::{Content, Draft, Outcome, RawDraft},
    id::{ContentId, UserId},
    page,
    permission::{Level, Resource},
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store, Tx,
    sql::{NewEvent, Priority},
};
use serde_json::json;
use tokio::sync::Notify;

use super::{
    access::{friend_to_be, is_shown, may_read, not_found, not_owner, publisher, target},
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

    /// Publishes content in the caller's name, or changes what they have write on alone, in its owner's. Needs write on content.
    ///
    /// # Errors
    /// A field's fault; `CONTENT_NOT_FOUND` or `NOT_OWNER` for an id to change, `CID_TAKEN`, `REQUEST_ID_REUSED`.
    pub async fn publish(&self, caller: &Caller, raw: RawDraft) -> Result<(Content, Outcome)> {
        let user = publisher(caller, &raw.id)?;
        let draft = raw.check()?;
        let (owner, draft) = self.in_whose_name(caller, user, draft).await?;
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
        let content = self.store.get_content(id).await?.ok_or_else(|| not_found(id))?;
        let is_of_friend = match friend_to_be(caller, &content) {
            Some(user) => self.store.are_friends(user, content.owner_id).await?,
            None => false,
        };
        if is_shown(caller, &content, is_of_friend) { Ok(content) } else { Err(not_found(id)) }
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
        let granted = caller.granted().objects(Resource::Content, Level::Read);
        let mut contents = self.store.list_contents(viewer, &granted, owner, before, size + 1).await?;
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
                    let content = tx.get_content(id).await?.ok_or_else(|| not_found(id))?;
                    let is_of_friend = match friend_to_be(&caller, &content) {
                        Some(user) => tx.are_friends(user, content.owner_id).await?,
                        None => false,
                    };
                    if !is_shown(&caller, &content, is_of_friend) {
                        return Err(not_found(id));
                    }
                    let target = target(&content);
                    if !caller.may(Resource::Content, Level::Admin, &target) {
                        if caller.subject().owner() != Some(content.owner_id) {
                            return Err(not_owner(id));
                        }
                        caller.require_on(Resource::Content, Level::Write, &target)?;
                    }
                    if caller.subject().owner() != Some(content.owner_id) {
                        tx.audit("content", &id, json!({ "owner_id": content.owner_id.to_string() }));
                    }
                    let version = content.version + 1;
                    tx.delete_content(id, version, now).await?;
                    removed(tx, &[(id, version)], now).await
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

    /// Deletes at most `limit` contents of users who were deleted; gives their number. Needs to be the daemon.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn delete_of_deleted_users(&self, caller: &Caller, limit: u32) -> Result<u64> {
        caller.require_system()?;
        let now = self.clock.now();
        let write = self.store.write(Priority::Bulk, move |tx| {
            Box::pin(async move {
                let gone = tx.list_contents_of_deleted_users(limit).await?;
                let gone: Vec<_> = gone.into_iter().map(|(id, version)| (id, version + 1)).collect();
                if gone.is_empty() {
                    return Ok(0);
                }
                for (id, version) in &gone {
                    tx.delete_content(*id, *version, now).await?;
                }
                removed(tx, &gone, now).await?;
                Ok(gone.len() as u64)
            })
        });
        let deleted = write.await?;
        self.changed.notify_one();
        Ok(deleted)
    }

    /// Finds out in whose name a draft changes content: in its owner's where the caller has write on it alone. Who sees it, and by what
    /// name a publish finds it again, stay the owner's to say.
    async fn in_whose_name(&self, caller: &Caller, user: UserId, draft: Draft) -> Result<(UserId, Draft)> {
        let Some(id) = draft.id.filter(|id| caller.is_granted(Resource::Content, Level::Write, id.uuid())) else {
            return Ok((user, draft));
        };
        let content = self.store.get_content(id).await?.ok_or_else(|| not_found(id))?;
        if content.owner_id == user {
            return Ok((user, draft));
        }
        let may_open = caller.may(Resource::Content, Level::Admin, &target(&content));
        let is_other = draft.visibility.is_some_and(|visibility| visibility != content.metadata.visibility);
        if is_other && !may_open {
            let text = "who may see it is for its owner to say, or for who has admin on it; leave it out";
            return Err(Error::field(Reason::NotOwner, "visibility", text));
        }
        if draft.request_id.is_some() {
            let text = "names what is one's own, and the content belongs to somebody else; leave it out";
            return Err(Error::field(Reason::FieldInvalid, "request_id", text));
        }
        let visibility = draft.visibility.filter(|_| is_other);
        Ok((content.owner_id, Draft { visibility, ..draft }))
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

/// Writes what goes with content that is deleted: its marks and events, and the end of the grants on it.
async fn removed(tx: &mut Tx, gone: &[(ContentId, u64)], now: Timestamp) -> Result<()> {
    tx.mark_contents(gone, now).await?;
    let ids: Vec<_> = gone.iter().map(|(id, _)| id.uuid()).collect();
    tx.delete_grants_on(Resource::Content, &ids).await?;
    let event = |(id, version): &(ContentId, u64)| NewEvent {
        kind: "content.deleted",
        subject_id: id.uuid(),
        payload: json!({ "version": version }),
    };
    tx.insert_events(&gone.iter().map(event).collect::<Vec<_>>(), now).await
}
