//! Events: what happens to nodes and allocations, told to whoever may know it.
//!
//! A change of state is a row of `events`, written with it. Whoever follows reads the rows from the store from their own cursor on and
//! at the speed at which they take them (`reader`), so nothing is held for anybody and nothing is missed; one poller for all tells when
//! there is something new (`watch`). What an event means to whom is in one place (`sight`): what is not for them does not leave the
//! domain, and what has left what they may see is gone for them.
//!
//! The same events go to webhooks (`webhooks`): one replica reads them for each webhook as a follower would (`courier`), by the rights
//! that its owner has then, and sends them signed to where the operator lets them go (`sender`, `allowed`).

mod allowed;
mod config;
mod courier;
mod cursor;
mod filter;
mod follower;
mod places;
mod reader;
mod sender;
mod sight;
mod watch;
mod webhooks;

use std::{collections::BTreeMap, time::Duration};

use cpcd_model::{
    Result,
    time::{Clock, Timestamp},
};
use cpcd_store::Store;
use uuid::Uuid;

use crate::{
    Caller,
    identity::{RootKey, ServerIdentity},
    registry::{Registry, Seen, ShownAllocation},
};

pub use config::Config;
pub use courier::Courier;
pub use filter::Filter;
pub use follower::Follower;
pub use sender::Spell;
pub(crate) use sender::label as webhook_label;
pub use watch::Watch;
pub use webhooks::{ShownWebhook, Tested, Webhooks};

use reader::Reader;
use sender::Sender;

/// How often a quiet stream says where it stands.
const BEAT_EVERY: Duration = Duration::from_secs(30);

/// Something that happened, as a caller may see it.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What, such as `node.status`.
    pub kind: String,
    /// To what.
    pub subject_id: Uuid,
    /// When.
    pub time: Timestamp,
    /// Why; empty if there is no more to say than the kind.
    pub reason: String,
    /// What it happened to, as it is now.
    pub about: About,
    /// More about an event of the whole registry.
    pub details: BTreeMap<String, String>,
}

/// What an event happened to, as it is now.
#[derive(Clone, Debug)]
pub enum About {
    /// A node; its status is the one of the event.
    Node(Box<Seen>),
    /// An allocation, without tickets.
    Allocation(Box<ShownAllocation>),
    /// Something that is gone, or no longer among those that the caller may see.
    Gone(Uuid),
    /// Nothing that could be shown.
    Nothing,
}

/// What a follower is told.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Where to go on.
    pub cursor: String,
    /// What there is to tell.
    pub news: News,
}

/// What there is to tell.
#[derive(Clone, Debug)]
pub enum News {
    /// Only where the stream stands.
    Nothing,
    /// Something happened.
    Event(Box<Happened>),
    /// What happened after the cursor is no longer known: list again.
    Gap,
}

/// Events, assembled.
#[derive(Clone)]
pub struct Events {
    /// For those who follow.
    pub watch: Watch,
    /// For those who are sent to.
    pub webhooks: Webhooks,
}

impl Events {
    /// Opens the events of a store; gives what is to be run beside them. `spell` gives an event as the edges do.
    ///
    /// # Errors
    /// `FIELD_INVALID` for a setting.
    pub fn open(
        store: &Store,
        clock: &Clock,
        config: &Config,
        identity: (&ServerIdentity, &RootKey),
        registry: &Registry,
        spell: Spell,
    ) -> Result<(Self, Courier)> {
        let (server, root) = identity;
        let store_id = server.store_id();
        let reader = Reader::new(store, &registry.nodes, &registry.allocations);
        let sender = Sender::new(config, clock, root, spell)?;
        let watch = Watch::new(store, store_id, reader.clone(), registry.config.watches);
        let webhooks = Webhooks::new(store, store_id, clock, sender.clone(), config.webhooks_per_user);
        let courier = Courier::new(store, store_id, clock, reader, sender, config);
        Ok((Self { watch, webhooks }, courier))
    }

    /// Follows what happens to what the caller may see, from a cursor or, without one, from now on. Needs a login.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PAGE_TOKEN_INVALID` for a cursor of another store, `OVERLOADED` if too many follow already.
    pub async fn follow(&self, caller: &Caller, cursor: &str, filter: Filter) -> Result<Follower> {
        self.watch.follow(caller, cursor, filter, Some(BEAT_EVERY)).await
    }

    /// Follows the nodes that the caller may see, as [`Self::follow`] does, and says nothing while nothing happens.
    ///
    /// # Errors
    /// As there.
    pub async fn follow_nodes(&self, caller: &Caller, cursor: &str) -> Result<Follower> {
        self.watch.follow(caller, cursor, Filter::nodes(), None).await
    }
}
