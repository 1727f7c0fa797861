//! Tells the other replicas whom this one heard: by the cache, or by the store while the cache is away.
//!
//! Each second a batch, an empty one too: it also says that until then nobody else was heard. What neither can bring stays fresh in
//! the table and goes with the next batch, which says after which one it holds everything.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use cpcd_model::{
    Result,
    time::{Clock, Tick},
};
use cpcd_store::sql::{LivenessReplica, Priority};

use tokio::time::timeout;

use super::{
    batch::{Batch, Report},
    chain::Chain,
    moment::Moment,
    signals::{LOG, Signals, last_word_key},
    table::{Table, Word},
};

/// Nodes of a batch: some 700 kB.
const MOST: usize = 20_000;
/// Batches that the log keeps for each replica: a minute of them.
const KEEP: usize = 64;
/// How long a word to the store may take while the cache brings the batches.
const HELLO: Duration = Duration::from_secs(2);
/// After so long without a way to the others a node does better to ask one of them: they take us for gone after a while, and doubt
/// everybody's silence for longer than this.
const CUT_OFF: Duration = Duration::from_secs(45);
/// What is written to the store is kept so long.
const KEEP_ROWS: Duration = Duration::from_secs(60);
/// What a node said last is in the cache so long.
const KEEP_WORDS: Duration = Duration::from_secs(300);

/// Tells the others whom we heard.
pub(super) struct Sender {
    signals: Arc<Signals>,
    clock: Clock,
    table: Arc<Table>,
    chain: Chain,
    /// When the others were last told.
    told: Tick,
    is_cache_away: bool,
}

impl Sender {
    pub(super) fn new(signals: Arc<Signals>, clock: &Clock, table: Arc<Table>) -> Self {
        let chain = Chain::begin(signals.id, signals.started_at.as_millisecond());
        Self { signals, clock: clock.clone(), table, chain, told: clock.tick(), is_cache_away: false }
    }

    /// Says that we live.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn say_hello(&self) -> Result<()> {
        let row = self.row(Moment::now(&self.clock));
        self.signals
            .store
            .write(Priority::Registry, move |tx| Box::pin(async move { tx.upsert_liveness_replica(&row).await }))
            .await
    }

    /// Tells whom we heard since the last time. While that does not arrive for long and there are others, no heartbeat is taken: the
    /// node is to ask one of them, before they take it for dead.
    ///
    /// # Errors
    /// `ENGINE_AWAY` if it could not be passed on; it goes with the next.
    pub(super) async fn pass_on(&mut self) -> Result<()> {
        let told = self.tell().await;
        let now = self.clock.tick();
        if told.is_ok() {
            self.told = now;
        }
        let is_cut_off = now.since(self.told) >= CUT_OFF && self.signals.others.load(Ordering::Relaxed) > 0;
        self.table.set_cut_off(is_cut_off);
        told
    }

    async fn tell(&mut self) -> Result<()> {
        // Before anything is taken: whoever is heard of from here on may not be in it.
        let now = Moment::now(&self.clock);
        let words = self.table.take_fresh();
        let mut rest = words.as_slice();
        loop {
            let (first, others) = rest.split_at(rest.len().min(MOST));
            let is_whole = others.is_empty();
            let batch = self.chain.next(is_whole.then(|| now.ms()), reports(now, first));
            if let Err(error) = self.send(&batch, now, is_whole).await {
                self.table.give_back_fresh(rest);
                return Err(error);
            }
            self.chain.passed(&batch);
            self.keep_words(now, first).await;
            if is_whole {
                return Ok(());
            }
            rest = others;
        }
    }

    /// Says goodbye with all that is left to tell: nobody waits for us or wonders whom we heard. No node may be heard any more.
    ///
    /// # Errors
    /// What the store says; the others notice after a while that we are gone.
    pub(super) async fn say_goodbye(&mut self) -> Result<()> {
        self.pass_on().await?;
        let now = Moment::now(&self.clock);
        let words = self.table.take_fresh();
        let batch = Batch { is_last: true, ..self.chain.next(Some(now.ms()), reports(now, &words)) };
        let (id, seq, bytes, time) = (batch.replica, batch.seq, batch.encode(), now.time);
        self.signals
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move { tx.delete_liveness_replica(id, seq, &bytes, time).await })
            })
            .await
    }

    /// Brings a batch to the others, by one way at least.
    async fn send(&mut self, batch: &Batch, now: Moment, is_whole: bool) -> Result<()> {
        let bytes = batch.encode();
        let is_passed = self.append(&bytes).await;
        let (row, seq, keep_from) = (self.row(now), batch.seq, now.time - KEEP_ROWS);
        let written = if is_passed && !self.signals.are_others_deaf.load(Ordering::Relaxed) {
            if !is_whole {
                return Ok(());
            }
            // The batch is where it should be, and the next is not to wait for a store that hangs.
            timeout(HELLO, self.say_hello()).await.unwrap_or(Ok(()))
        } else {
            let write = self.signals.store.write(Priority::Registry, move |tx| {
                Box::pin(async move { tx.insert_liveness_batch(&row, seq, &bytes, keep_from).await })
            });
            write.await
        };
        match written {
            Err(error) if !is_passed => Err(error),
            Err(error) => {
                tracing::debug!(%error, "whom this replica heard is told by the cache alone");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Appends a batch to the log in the cache; says whether it did.
    async fn append(&mut self, bytes: &[u8]) -> bool {
        let Some(cache) = &self.signals.cache else { return false };
        let keep = KEEP * (1 + self.signals.others.load(Ordering::Relaxed));
        let appended = cache.append(LOG, bytes.to_vec(), keep).await;
        self.note(appended)
    }

    fn note(&mut self, done: Result<()>) -> bool {
        let is_away = done.is_err();
        match done {
            Err(error) if !self.is_cache_away => {
                tracing::warn!(error = ?error, "replicas tell each other by the store whom they hear until the cache answers");
            }
            Ok(()) if self.is_cache_away => tracing::info!("the cache answers again"),
            Ok(()) | Err(_) => {}
        }
        self.is_cache_away = is_away;
        !is_away
    }

    /// Keeps in the cache what nodes said last, for whoever starts. It is a help and no more.
    async fn keep_words(&self, now: Moment, words: &[Word]) {
        let Some(cache) = self.signals.cache.as_ref().filter(|_| !self.is_cache_away && !words.is_empty()) else {
            return;
        };
        let values = words.iter().map(|word| (last_word_key(word.id), report(now, word).encode(word.status))).collect();
        if let Err(error) = cache.set_many(values, KEEP_WORDS).await {
            tracing::debug!(%error, "what nodes said last is not in the cache");
        }
    }

    fn row(&self, now: Moment) -> LivenessReplica {
        LivenessReplica {
            id: self.signals.id,
            started_at: self.signals.started_at,
            seen_at: now.time,
            is_warm: self.signals.is_warm.load(Ordering::Relaxed),
            is_deaf: self.signals.is_deaf.load(Ordering::Relaxed),
        }
    }
}

fn reports(now: Moment, words: &[Word]) -> Vec<Report> {
    words.iter().map(|word| report(now, word)).collect()
}

fn report(now: Moment, word: &Word) -> Report {
    Report { id: word.id, heard_ms: now.ms_of(word.heard), told_ms: word.told_ms, used: word.used }
}
