//! The audit: who did what, and who was refused it, in a chain that nobody can change unseen.
//!
//! A change's entry is written in the change's own transaction (`store/sql/audited.rs`): there is no change without it, and none of what
//! was not done. Refusals change nothing and may come by the thousand, so they are counted in memory and written by and by
//! (`refusals.rs`). Entries come without a place: in one chain for all, each would wait for the one before. A moment later one replica
//! at a time gives them their places, chains and signs them (`sealer.rs`). Whoever knows the server's key verifies that without it
//! (`cpc_signing::AuditChain`); `verifying.rs` does it here.

mod config;
mod exporting;
mod origin;
mod refusals;
mod sealer;
mod verifying;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use cpc_signing::{AuditChain, AuditRecord, SealKind};
use cpcd_model::{
    Error, Result,
    audit::{AuditEntry, Outcome},
    id::UserId,
    page,
    permission::{Level, Resource},
    time::{Clock, Timestamp, elapsed},
};
use cpcd_store::{
    Store,
    sql::{AuditFilter, Priority},
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use config::Config;
pub use exporting::{Export, Exported};
pub use origin::{Keeps, Origin};
pub use sealer::Sealer;
pub(crate) use sealer::signed;
pub use verifying::{Fault, Verified};

use crate::{
    Caller,
    identity::{ServerIdentity, cut_page},
};
use refusals::Refusals;

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;

/// The audit; clones share it.
#[derive(Clone)]
pub struct Audit {
    store: Store,
    clock: Clock,
    server: ServerIdentity,
    refusals: Arc<Refusals>,
    /// Entries written here.
    written: Arc<AtomicU64>,
    /// Attempts to seal that failed here.
    failures: Arc<AtomicU64>,
    /// The greatest number that was seen sealed here: the chain never ends before it.
    seen: Arc<AtomicU64>,
}

/// How it goes, for the daemon's own metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditState {
    /// Entries written here so far.
    pub written: u64,
    /// Refusals that are counted and not written yet.
    pub refusals: u64,
    /// Attempts to seal that failed here so far.
    pub failures: u64,
    /// Entries that have no place yet; nothing while the store is away.
    pub unsealed: Option<u64>,
    /// Age of the oldest of them.
    pub lag: Duration,
}

/// Which entries, as it came.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Whose: an id, or a kind of caller; empty means one's own, or everybody's for who may see that.
    pub actor: String,
    /// About which thing; empty means any.
    pub target: String,
    /// What calls begin with; empty means all.
    pub action: String,
    /// Which outcome.
    pub outcome: Option<Outcome>,
    /// From here on.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl Audit {
    /// Opens the audit of a store, and what seals it. On a store without any entry the chain begins, with a seal of number 0: from then
    /// on one that has no seal is one whose seal was taken away.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(
        store: &Store,
        clock: &Clock,
        server: &ServerIdentity,
        config: &Config,
    ) -> Result<(Self, Sealer)> {
        let audit = Self {
            store: store.clone(),
            clock: clock.clone(),
            server: server.clone(),
            refusals: Arc::default(),
            written: Arc::default(),
            failures: Arc::default(),
            seen: Arc::default(),
        };
        let begin = sealer::signed(server, SealKind::Head, AuditChain::default(), clock.now());
        store.write(Priority::Identity, move |tx| Box::pin(async move { tx.begin_audit(&begin).await })).await?;
        let sealer = Sealer::new(audit.clone(), Duration::from_secs(u64::from(config.keep_days) * 86_400));
        Ok((audit, sealer))
    }

    /// Does what somebody asks, with an entry for each of its changes. Needs nothing: it does no more than the work itself.
    pub async fn asked<T>(&self, origin: &Origin, caller: &Caller, work: impl Future<Output = T>) -> T {
        match origin.asked(caller, &self.clock, &self.written) {
            Some(asked) => Arc::new(asked).during(work).await,
            None => work.await,
        }
    }

    /// Writes down what was done where no transaction of the store could say it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn note(
        &self,
        origin: &Origin,
        caller: &Caller,
        target_kind: &'static str,
        details: Value,
    ) -> Result<()> {
        let noting = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                tx.audit(target_kind, "", details);
                Ok(())
            })
        });
        // Begun within the scope: a write takes along in whose name it is done when it is made.
        self.asked(origin, caller, noting).await
    }

    /// Counts a refusal, if an error is one: of somebody who is not who they say, or may not what they ask.
    pub fn refused(&self, origin: &Origin, caller: Option<&Caller>, error: &Error) {
        if let Some(refusal) = origin.refusal(caller, error) {
            self.refusals.count(refusal, origin.request_id, self.clock.now());
        }
    }

    /// Writes refusals down until `stop`, and then what is left.
    pub async fn write_refusals(self, stop: CancellationToken) {
        refusals::run(&self, &stop).await;
    }

    /// Lists entries, the newest first; gives the token of the next page. Needs a login for one's own, read on system for others'.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, or a field's fault.
    pub async fn list(
        &self,
        caller: &Caller,
        query: Query,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<AuditEntry>, String)> {
        let mut filter = AuditFilter {
            target_id: query.target,
            action: query.action,
            outcome: query.outcome,
            since: query.since,
            until: query.until,
            ..AuditFilter::default()
        };
        let own = caller.subject().uuid();
        let may_see_all = caller.require(Resource::System, Level::Read);
        match (query.actor.as_str(), own) {
            ("", _) if may_see_all.is_ok() => {}
            ("", Some(own)) => filter.actor_id = Some(own),
            ("", None) => may_see_all?,
            (actor, own) => {
                if own.is_none_or(|own| own.to_string() != actor) {
                    may_see_all?;
                }
                if origin::KINDS.contains(&actor) {
                    filter.actor_kind = actor.to_owned();
                } else {
                    filter.actor_id = Some(UserId::parse("actor", actor)?.uuid());
                }
            }
        }
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("audit:{filter:?}");
        let before = page::decode(&binding, page_token)?.map(|place| read_place(&place)).transpose()?;
        let mut entries = self.store.list_audit(&filter, before, size + 1).await?;
        let place = |entry: &AuditEntry| format!("{}:{}", entry.entry.time.as_microsecond(), entry.id);
        let next = cut_page(&mut entries, size, &binding, place);
        Ok((entries, next))
    }

    /// Gives how it goes. Needs nothing: the edge asks for read on metrics.
    pub async fn state(&self) -> AuditState {
        let backlog = self.store.audit_backlog().await.ok();
        let now = self.clock.now();
        AuditState {
            written: self.written.load(Ordering::Relaxed),
            refusals: self.refusals.waiting(),
            failures: self.failures.load(Ordering::Relaxed),
            unsealed: backlog.map(|(count, _)| count),
            lag: backlog.and_then(|(_, oldest)| oldest).map(|oldest| elapsed(oldest, now)).unwrap_or_default(),
        }
    }
}

fn read_place(place: &str) -> Result<(Timestamp, u64)> {
    let read = || {
        let (time, id) = place.split_once(':')?;
        Some((Timestamp::from_microsecond(time.parse().ok()?).ok()?, id.parse().ok()?))
    };
    read().ok_or_else(page::invalid)
}

/// Does something with an entry as its hash is over it.
fn with_record<T>(number: u64, row: &AuditEntry, then: impl FnOnce(&AuditRecord<'_>) -> T) -> T {
    let entry = &row.entry;
    let text = |id: Option<Uuid>| id.map(|id| id.hyphenated().to_string()).unwrap_or_default();
    let (actor_id, session_id, token_id) = (text(entry.actor_id), text(entry.session_id), text(entry.token_id));
    let request_id = text(entry.request_id);
    then(&AuditRecord {
        number,
        id: row.id,
        time_us: entry.time.as_microsecond(),
        actor_kind: &entry.actor_kind,
        actor_id: &actor_id,
        session_id: &session_id,
        token_id: &token_id,
        action: &entry.action,
        target_kind: &entry.target_kind,
        target_id: &entry.target_id,
        outcome: entry.outcome.as_str(),
        reason: &entry.reason,
        request_id: &request_id,
        network: &entry.network,
        details: &entry.details,
        count: entry.count,
    })
}

#[cfg(test)]
mod tests;
