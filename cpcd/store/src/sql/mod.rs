//! The SQL store: what was acknowledged is here, in SQLite or PostgreSQL.
//!
//! A query is a method in the file of its table, with its text and its row; `db.rs` and `tx.rs` bring it to the engine at hand.
//! Reads are methods of [`Store`], writes of [`Tx`], inside [`Store::write`].

mod allocation_moves;
mod allocation_owners;
mod allocations;
mod allocations_write;
mod arg;
mod audit;
mod audit_seals;
mod audited;
mod cause;
mod challenges;
mod config;
mod contents;
mod contents_bulk;
mod copy;
mod db;
mod enrolments;
mod events;
mod fault;
mod friends;
mod grants;
mod health;
mod index_failures;
mod index_rebuilds;
mod index_state;
mod invite_uses;
mod invites;
mod job;
mod keyring;
mod leases;
mod listings;
mod liveness;
mod marks;
mod migrate;
mod node_counts;
mod node_grants;
mod node_terms;
mod nodes;
mod nodes_bulk;
mod object_grants;
mod postgres;
mod queue;
mod recovery_codes;
mod replicas;
mod revocations;
mod row;
mod rows;
mod sealed;
mod search;
mod server_identity;
mod service_tokens;
mod sessions;
mod turns;
mod tx;
mod user_keys;
mod user_states;
mod users;
mod webhooks;
mod writer;

use std::{future::Future, sync::Arc, time::Duration};

use cpcd_model::Result;
use futures_util::future::BoxFuture;
use tokio::{sync::Semaphore, time::timeout};

use self::{cause::Causes, db::Db};

pub use self::{
    allocation_moves::{
        Directives, EXCLUSIVE_WAIT, Given, MOST_PARTS_OF_NODE, Moved, NewAnswer, Outcome, PartKey, Placing,
        SetScheduling, WaitingPart,
    },
    allocation_owners::Totals,
    allocations::AllocationFilter,
    audit::AuditFilter,
    audit_seals::AuditBounds,
    audited::{Asked, Keeps},
    config::Config,
    copy::{CopyStep, copy},
    events::{Event, EventCursor, NewEvent},
    friends::FriendList,
    index_failures::IndexFailure,
    index_rebuilds::IndexRebuild,
    index_state::IndexState,
    invites::{NewInvite, Presented},
    keyring::SealedKey,
    listings::Listing,
    liveness::{LivenessBatch, LivenessReplica},
    marks::IndexMark,
    migrate::{Direction, MigrationState, Migrations, Step},
    node_counts::NodeCount,
    node_grants::{GrantChange, Room},
    node_terms::Departure,
    nodes::{Followed, NodeFilter},
    nodes_bulk::{Seen, Transition},
    revocations::{Revocation, RevocationTarget},
    sealed::SEALED_COLUMNS,
    search::{Matches, Shown},
    server_identity::ServerIdentity,
    sessions::{Exchange, Family, Session, SubjectKind},
    tx::Tx,
    user_keys::KnownKey,
    webhooks::StoredWebhook,
};

/// How long [`Store::ping`] waits.
const PING: Duration = Duration::from_secs(2);
/// How long [`Store::close`] waits for what still runs.
const CLOSE: Duration = Duration::from_secs(10);

/// Who goes first when writes wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Logins and accounts.
    Identity,
    /// Nodes and what they hold.
    Registry,
    /// Content and everything that has time.
    Bulk,
}

/// The SQL store; clones share it.
///
/// It may be used from any runtime: what must not be torn runs on the one that opened it.
#[derive(Clone)]
pub struct Store {
    db: Db,
    causes: Arc<Causes>,
    /// Searches without the index, which are the costliest reads: they leave connections to everything else.
    searches: Arc<Semaphore>,
}

impl Store {
    /// Connects and brings the tables up to date, or says why not.
    ///
    /// An SQLite file is copied before it is changed. A PostgreSQL database is changed only if it is empty.
    ///
    /// # Errors
    /// `FIELD_INVALID` for a setting, `ENGINE_AWAY` if there is no connection, `STORE_FOREIGN` for a store that is too new or of
    /// something else, `MIGRATION_PENDING` for one that waits for migrations.
    pub async fn open(config: &Config) -> Result<Self> {
        config.validate()?;
        let db = Db::open(config).await?;
        let searches = Arc::new(Semaphore::new((db.connections() as usize / 4).max(1)));
        Ok(Self { db, causes: Arc::default(), searches })
    }

    /// Gives the engine's name.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self.db {
            Db::Postgres(_) => "postgres",
            Db::Sqlite(_) => "sqlite",
        }
    }

    /// Does work whose statements count as caused by `cause`.
    pub fn caused_by<F: Future>(&self, cause: &'static str, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.causes.count(cause, work)
    }

    /// Gives how many statements each cause has had; those that open and end transactions do not count.
    #[must_use]
    pub fn statement_counts(&self) -> Vec<(&'static str, u64)> {
        self.causes.counts()
    }

    /// Asks the engine whether it answers.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn ping(&self) -> Result<()> {
        let answer = timeout(PING, self.db.fetch_one::<(i32,)>("SELECT 1", &[])).await;
        answer.map_err(fault::engine_away)?.map(drop)
    }

    /// Does the writes that wait, takes no more, and closes all connections; gives up after ten seconds.
    pub async fn close(&self) {
        if timeout(CLOSE, self.db.close()).await.is_err() {
            tracing::warn!("the store was not closed in time; what was not acknowledged is rolled back");
        }
    }

    /// Does `job` in a transaction: all of it or, if it fails, nothing. Dropping the future tears nothing.
    ///
    /// On SQLite jobs share a transaction, each behind a savepoint of its own, until 500 rows have changed, 50 ms have passed
    /// or none waits; each is answered after the commit. Nothing is waited for.
    ///
    /// # Errors
    /// The job's; `WRITE_CONFLICT`, `ENGINE_AWAY`, `OUTCOME_UNKNOWN`, `STORE_FULL`, `OVERLOADED`, `SHUTTING_DOWN`.
    pub async fn write<T, F>(&self, priority: Priority, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        // The job may run in another task.
        let carried = cause::carry_job(audited::audit_job(job));
        self.db.write(priority, carried).await
    }
}
