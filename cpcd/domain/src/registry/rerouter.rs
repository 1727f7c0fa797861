//! The rerouter: under a lease, places each second what waits for a node, takes off nodes that are drained what others have room for, and
//! ends what was not renewed.
//!
//! What waits is in the store, put there by whatever took its node away in the same transaction; so nothing is forgotten, whoever dies. A
//! look does a bounded amount of work, and the next one goes on: those who may be placed since the last look come first, the others
//! in turn. A part that found no room is tried again after a while that grows, and says why.

mod backoff;
mod look;

use std::time::Duration;

use cpcd_model::{
    Result,
    id::NodeId,
    time::{Clock, Tick, Timestamp},
};
use cpcd_store::{Store, sql::PartKey};
use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{moves::Moves, placement::Placements};
use crate::caller::Caller;
use backoff::Backoff;

const LEASE: &str = "rerouter";
const LEASE_TTL: Duration = Duration::from_secs(5);
/// Less than a third of the lease: two attempts may fail.
const RENEW_EVERY: Duration = Duration::from_millis(1_500);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Local changes that follow each other are looked at together.
const GATHER: Duration = Duration::from_millis(50);

/// Finds other nodes for what has lost its own.
pub struct Rerouter {
    store: Store,
    clock: Clock,
    placements: Placements,
    moves: Moves,
    holder: String,
    held: Option<Held>,
    backoff: Backoff,
    /// Parts that wait were seen up to here, of those that come anew.
    fresh: Option<(Timestamp, PartKey)>,
    /// Up to where those that wait for longer have had their turn.
    turn: Option<(Timestamp, PartKey)>,
    /// Up to where nodes that are being drained have had theirs.
    drained: Option<NodeId>,
    /// When the look began that is under way.
    began: Tick,
}

/// The lease as it was last taken or renewed.
#[derive(Clone, Copy)]
struct Held {
    epoch: u64,
    renewed: Tick,
}

impl Rerouter {
    pub(super) fn new(store: &Store, clock: &Clock, placements: Placements, moves: Moves) -> Self {
        Self {
            store: store.clone(),
            clock: clock.clone(),
            placements,
            moves,
            holder: Uuid::now_v7().to_string(),
            held: None,
            backoff: Backoff::default(),
            fresh: None,
            turn: None,
            drained: None,
            began: clock.tick(),
        }
    }

    /// Looks each second, and when something here has lost its node, until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let caller = Caller::system();
        let mut is_away = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = time::sleep(LOOK_EVERY) => {}
                () = self.moves.happened() => time::sleep(GATHER).await,
            }
            match self.look(&caller).await {
                Ok(()) => is_away = false,
                Err(error) => {
                    // Somebody else may have the lease by now, or have changed the same rows.
                    self.held = None;
                    if !is_away {
                        tracing::warn!(error = ?error, "nothing is placed on other nodes until the store answers");
                    }
                    is_away = true;
                }
            }
        }
        if self.held.take().is_some()
            && let Err(error) = self.store.release_lease(LEASE, &self.holder).await
        {
            tracing::debug!(%error, "the rerouter's lease was not given back; it ends by itself");
        }
    }

    pub(super) async fn look(&mut self, caller: &Caller) -> Result<()> {
        caller.require_system()?;
        let Some(epoch) = self.hold().await? else { return Ok(()) };
        self.began = self.clock.tick();
        self.expire(epoch).await?;
        self.place_waiting(epoch).await?;
        self.drain(epoch).await
    }

    /// Takes the lease or renews it; gives its epoch, or nothing while somebody else holds it.
    async fn hold(&mut self) -> Result<Option<u64>> {
        let tick = self.clock.tick();
        if let Some(held) = self.held.filter(|held| tick.since(held.renewed) < RENEW_EVERY) {
            return Ok(Some(held.epoch));
        }
        let epoch = self.store.acquire_lease(LEASE, &self.holder, LEASE_TTL, self.clock.now()).await?;
        if self.held.map(|held| held.epoch) != epoch {
            // What another one has tried is not known: everything is looked at anew.
            self.backoff = Backoff::default();
            (self.fresh, self.turn, self.drained) = (None, None, None);
        }
        self.held = epoch.map(|epoch| Held { epoch, renewed: tick });
        Ok(epoch)
    }
}
