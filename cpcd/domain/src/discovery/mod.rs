//! Discovery: content, its search and the indexer that follows its changes.

mod access;
mod candidates;
mod config;
mod content;
mod finding;
mod indexer;
mod indexing;
mod publish;
mod rebuild;
mod search;
mod settled;

use std::{net::IpAddr, sync::Arc};

use cpcd_model::{
    Result,
    opening::Opening,
    permission::{Level, Permissions, Resource, Rule},
    time::Clock,
};
use cpcd_store::{Cache, Index, Store};
use tokio::sync::Notify;

use self::{candidates::Candidates, settled::Settled};
use crate::{Caller, identity::RootKey};

pub(crate) use access::is_shown;
pub use config::Config;
pub use content::Contents;
pub use cpcd_store::sql::IndexRebuild;
pub use indexer::Indexer;
pub use indexing::{IndexStatus, Indexing};
pub use publish::{BatchReport, Entry, Refusal};
pub use search::{Request as SearchRequest, Results as SearchResults, Search};

/// Discovery, assembled.
#[derive(Clone)]
pub struct Discovery {
    /// Content.
    pub contents: Contents,
    /// Search over it.
    pub search: Search,
    /// The index itself.
    pub indexing: Indexing,
    anonymous_read: Opening,
    reader: Arc<Permissions>,
    nothing: Arc<Permissions>,
}

impl Discovery {
    /// Assembles discovery; gives the indexer, which is to be run, beside it.
    ///
    /// # Errors
    /// None of its own; what the settings say has been validated.
    pub fn new(
        store: &Store,
        index: &Index,
        cache: &Cache,
        clock: &Clock,
        config: &Config,
        root: &RootKey,
    ) -> Result<(Self, Indexer)> {
        let changed = Arc::new(Notify::new());
        let settled = Arc::new(Settled::default());
        let read = Rule::on(Resource::Content, Level::Read);
        let discovery = Self {
            contents: Contents::new(store, clock, changed.clone()),
            search: Search::new(store, index, settled.clone(), Candidates::new(cache, root)),
            indexing: Indexing::new(store, index, clock, changed.clone()),
            anonymous_read: config.anonymous_read,
            reader: Arc::new(Permissions::new(vec![read])?),
            nothing: Arc::default(),
        };
        Ok((discovery, Indexer::new(store, index, clock, changed, settled)))
    }

    /// Makes the caller of a request without a token on a listener: it may read public content where the settings say so.
    #[must_use]
    pub fn anonymous(&self, listener: IpAddr) -> Caller {
        Caller::anonymous(self.open(listener).clone())
    }

    /// Gives a caller with a token what anybody may do on a listener.
    #[must_use]
    pub fn known(&self, caller: Caller, listener: IpAddr) -> Caller {
        caller.at_least(self.open(listener).clone())
    }

    fn open(&self, listener: IpAddr) -> &Arc<Permissions> {
        if self.anonymous_read.allows(listener) { &self.reader } else { &self.nothing }
    }
}
