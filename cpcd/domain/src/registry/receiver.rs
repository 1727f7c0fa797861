//! Reads what the other replicas tell, by the cache and by the store, into the table; and how far all is known.
//!
//! The order is what makes it safe. First the time is read, then the register of replicas, then what they said. So whoever is not in
//! the register heard nobody before that time, or has said goodbye with all that it heard; and of the others it is known how far they
//! have told. Up to the lowest of these moments everything that anyone heard is in the table.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use cpcd_model::{
    Result,
    time::{Clock, Tick},
};
use cpcd_store::{Cache, cache::LogPosition};

use super::{
    batch::Batch,
    moment::Moment,
    peers::{Doubt, Peers},
    signals::{LOG, Signals},
    table::Table,
};

/// Entries of the log that are read at once, and how often at most: more are read in the next second.
const ENTRIES: usize = 64;
const READS: usize = 16;
/// Rows that are read at once.
const ROWS: u32 = 512;
/// Batches of the store that are older are of nobody who lives.
const ROWS_SINCE: Duration = Duration::from_secs(120);
/// The clocks of two replicas may differ by so much, since each only knows between what two moments it was told the time.
const CLOCKS: Duration = Duration::from_millis(500);
/// Somebody says something each second, we do too: a log that is silent so long may be another.
const SILENT_LOG: Duration = Duration::from_secs(5);
/// So long others are asked to tell by the store once what they told did not arrive.
const MUTE: Duration = Duration::from_secs(600);

/// Reads what others tell.
pub(super) struct Receiver {
    signals: Arc<Signals>,
    clock: Clock,
    table: Arc<Table>,
    peers: Peers,
    jumps: u64,
    has_jumped: bool,
    /// Until when others are asked to tell by the store, since what they tell by the cache does not arrive.
    mute_until: Tick,
    /// To where the log is read; nothing before the cache has answered once.
    position: Option<LogPosition>,
    /// When something was read in the log.
    read_at: Tick,
}

/// What is known after reading.
pub(super) struct Known {
    /// When the time was read.
    pub(super) now: Moment,
    /// Until when all is known that anyone heard.
    pub(super) as_of: Tick,
    /// Whether something came up that makes silence prove nothing for a while.
    pub(super) is_doubtful: bool,
    /// Whether another that lives could judge.
    pub(super) is_other_warm: bool,
}

impl Receiver {
    /// Reads from now on.
    pub(super) async fn open(signals: Arc<Signals>, clock: &Clock, table: Arc<Table>) -> Self {
        let mut receiver = Self {
            signals,
            clock: clock.clone(),
            table,
            peers: Peers::default(),
            jumps: clock.jumps(),
            has_jumped: false,
            mute_until: Tick::default(),
            position: None,
            read_at: clock.tick(),
        };
        receiver.read_cache().await;
        receiver.peers = Peers::since(Moment::now(clock).ms());
        receiver
    }

    /// Reads all that there is.
    ///
    /// # Errors
    /// What the store says: nothing is known then.
    pub(super) async fn read(&mut self) -> Result<Known> {
        let jumps = self.clock.jumps();
        let now = Moment::now(&self.clock);
        if jumps != self.jumps {
            // Kept until a read succeeds: a failover is what makes a clock jump, and what makes a read fail.
            self.has_jumped = true;
            tracing::warn!("the clock that all replicas share has jumped, so nobody's silence counts for a while");
            self.jumps = jumps;
            self.peers = Peers::since(now.ms());
        }
        let rows = self.signals.store.list_liveness_replicas().await?;
        let own = self.signals.id;
        self.peers.register(rows.into_iter().filter(|row| row.id != own));
        let is_deaf = !self.read_cache().await;
        self.read_store(now).await?;
        let told = self.peers.look(now.tick, now.ms());
        if told.is_mute && now.tick >= self.mute_until {
            tracing::warn!(
                "a replica lives and nothing of what it tells arrives: do all have the same cache.url and cache.prefix? \
                 they are asked to tell it by the store"
            );
        }
        if told.is_mute {
            self.mute_until = now.tick.after(MUTE);
        }
        self.signals.is_deaf.store(is_deaf || now.tick < self.mute_until, Ordering::Relaxed);
        self.signals.others.store(told.live, Ordering::Relaxed);
        self.signals.are_others_deaf.store(told.is_deaf, Ordering::Relaxed);
        let doubts = self.peers.take_doubts();
        for doubt in &doubts {
            match doubt {
                Doubt::Vanished(id) => {
                    tracing::warn!(replica.id = %id, "a replica is gone without a goodbye, so nobody's silence counts for a while");
                }
                Doubt::Lost(id) => {
                    tracing::warn!(replica.id = %id, "what a replica told was lost, so nobody's silence counts for a while");
                }
            }
        }
        let as_of = told.through_ms.map_or(now.tick, |ms| now.tick_of(ms).before(CLOCKS));
        let is_doubtful = std::mem::take(&mut self.has_jumped) || !doubts.is_empty();
        Ok(Known { now, as_of, is_doubtful, is_other_warm: told.is_warm })
    }

    /// Reads the log in the cache; says whether it could.
    async fn read_cache(&mut self) -> bool {
        // Others may have one all the same.
        let Some(cache) = self.signals.cache.clone() else { return false };
        match self.read_log(&cache).await {
            Ok(()) => true,
            Err(error) => {
                tracing::debug!(%error, "what others tell by the cache is not known until it answers");
                false
            }
        }
    }

    async fn read_log(&mut self, cache: &Cache) -> Result<()> {
        let Some(mut position) = self.position else {
            self.position = Some(cache.newest_of_log(LOG).await?);
            self.read_at = self.clock.tick();
            return Ok(());
        };
        for _ in 0..READS {
            let entries = cache.read_log(LOG, Some(&position), ENTRIES).await?;
            let count = entries.len();
            for (place, bytes) in entries {
                position = place;
                self.take(&bytes);
            }
            self.position = Some(position);
            if count > 0 {
                self.read_at = self.clock.tick();
            }
            if count < ENTRIES {
                break;
            }
        }
        // A server that lost its data and its clock counts from an earlier place: then all of the log is new.
        if self.clock.tick().since(self.read_at) >= SILENT_LOG {
            self.read_at = self.clock.tick();
            if cache.newest_of_log(LOG).await? < position {
                self.position = Some(LogPosition::default());
            }
        }
        Ok(())
    }

    async fn read_store(&mut self, now: Moment) -> Result<()> {
        let since = now.time - ROWS_SINCE;
        let rows = self.signals.store.list_liveness_batches(self.signals.id, &self.peers.known(), since, ROWS).await?;
        for row in rows {
            self.take(&row.batch);
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) {
        let Some(batch) = Batch::decode(bytes) else {
            tracing::warn!(bytes = bytes.len(), "what a replica told is of a version that is not known here");
            return;
        };
        if batch.replica == self.signals.id || !self.peers.take(&batch) {
            return;
        }
        let now = Moment::now(&self.clock);
        for report in &batch.reports {
            self.table.merge(report.id, now.tick_of(report.heard_ms), report.told_ms, report.used);
        }
    }
}
