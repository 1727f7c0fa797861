//! One replica: the parts of a daemon that hear, tell and judge.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use cpcd_model::{
    node::NodeStatus,
    time::{Tick, Timestamp},
};
use cpcd_store::sql::LivenessReplica;
use uuid::Uuid;

use super::{
    random::Random,
    world::{Node, Stored, realm_name},
};
use crate::registry::{
    Config,
    batch::{Batch, Report},
    chain::Chain,
    judge::Judge,
    moment::Moment,
    pace::Pace,
    peers::Peers,
    table::{Table, Word},
};

/// The shared clock in the first second.
const EPOCH_MS: i64 = 1_800_000_000_000;
/// The clocks of two replicas differ by less than that.
const CLOCKS: Duration = Duration::from_millis(500);

pub(super) fn tick(second: u64) -> Tick {
    Tick::from_millis(second * 1000)
}

/// Gives a second on a shared clock that is off by so much.
pub(super) fn moment(second: u64, off_ms: i64) -> Moment {
    let ms = EPOCH_MS + i64::try_from(second * 1000).unwrap_or_default() + off_ms;
    Moment { tick: tick(second), time: Timestamp::from_millisecond(ms).unwrap_or_default() }
}

/// A replica that runs.
pub(super) struct Replica {
    pub(super) id: Uuid,
    /// Since which second it runs.
    pub(super) began: u64,
    started_ms: i64,
    /// By how much its idea of the shared clock is wrong.
    off_ms: i64,
    pub(super) table: Table,
    pub(super) pace: Pace,
    judge: Judge,
    chain: Chain,
    peers: Peers,
    /// What the others have told, each from a second on.
    pub(super) inbox: VecDeque<(u64, Arc<Batch>)>,
    /// How much of what is stored it has read.
    read: usize,
    pub(super) is_warm: bool,
}

/// What a look came to.
pub(super) struct Look {
    /// Whether silence counts, and until when all is known.
    pub(super) as_of: Option<Tick>,
    pub(super) is_other_warm: bool,
}

impl Replica {
    pub(super) fn start(config: &Config, second: u64, clock_ms: i64, random: &mut Random, stored: &Stored) -> Self {
        let id = Uuid::from_u128(u128::from(random.next()) << 64 | u128::from(random.next()));
        let off_ms = i64::try_from(random.below(400)).unwrap_or_default() - 200;
        let started_ms = moment(second, clock_ms + off_ms).ms();
        let replica = Self {
            id,
            began: second,
            started_ms,
            off_ms,
            table: Table::default(),
            pace: Pace::new(config),
            judge: Judge::begin(config, tick(second)),
            chain: Chain::begin(id, started_ms),
            peers: Peers::since(started_ms),
            inbox: VecDeque::new(),
            read: stored.log.len(),
            is_warm: false,
        };
        for node in stored.nodes.iter().filter(|node| !node.is_deleted) {
            replica.follow(node, second);
        }
        replica
    }

    fn follow(&self, node: &Node, second: u64) {
        let realm = self.table.realms.number(&realm_name(node.realm));
        self.table.follow(node.id, node.status, realm, tick(second));
    }

    pub(super) fn row(&self, second: u64, clock_ms: i64) -> LivenessReplica {
        LivenessReplica {
            id: self.id,
            started_at: Timestamp::from_millisecond(self.started_ms).unwrap_or_default(),
            seen_at: moment(second, clock_ms + self.off_ms).time,
            is_warm: self.is_warm,
            is_deaf: false,
        }
    }

    /// Gives what it has heard, for the others; with nothing else to come, if it is the last.
    pub(super) fn tell(&mut self, second: u64, clock_ms: i64, is_last: bool) -> (Batch, Vec<Word>) {
        let now = moment(second, clock_ms + self.off_ms);
        self.pace.measure(Duration::from_secs(1));
        let words = self.table.take_fresh();
        self.table.take_due(now.tick, usize::MAX);
        let report = |word: &Word| Report {
            id: word.id,
            heard_ms: now.ms_of(word.heard),
            told_ms: word.told_ms,
            used: word.used,
        };
        let batch = self.chain.next(Some(now.ms()), words.iter().map(report).collect());
        (Batch { is_last, ..batch }, words)
    }

    /// Notes whether that was passed on.
    pub(super) fn told(&mut self, batch: &Batch, words: &[Word], is_passed: bool) {
        if is_passed {
            self.chain.passed(batch);
        } else {
            self.table.give_back_fresh(words);
        }
    }

    /// Reads what the others have told and what is stored; as it should, it waits for what has not arrived.
    pub(super) fn read(
        &mut self,
        second: u64,
        clock_ms: i64,
        has_jumped: bool,
        others: &[LivenessReplica],
        stored: &Stored,
        waits: bool,
    ) -> Look {
        let now = moment(second, clock_ms + self.off_ms);
        if has_jumped {
            self.peers = Peers::since(now.ms());
            self.judge.doubt(now.tick);
        }
        self.peers.register(others.iter().copied());
        // What comes late is overtaken.
        let inbox = std::mem::take(&mut self.inbox);
        for (shows, batch) in inbox {
            if shows > second {
                self.inbox.push_back((shows, batch));
            } else if self.peers.take(&batch) {
                for Report { id, heard_ms, told_ms, used } in &batch.reports {
                    self.table.merge(*id, now.tick_of(*heard_ms), *told_ms, *used);
                }
            }
        }
        let told = self.peers.look(now.tick, now.ms());
        if !self.peers.take_doubts().is_empty() {
            self.judge.doubt(now.tick);
        }
        for (number, id, since) in &stored.log[self.read..] {
            let node = &stored.nodes[*number as usize];
            // Its place may have been taken by another since.
            if node.is_deleted || node.id != *id {
                self.table.forget(*id);
            } else {
                self.follow(node, second);
                self.table.change(node.id, node.status, since.map(tick));
            }
        }
        self.read = stored.log.len();
        let as_of = told.through_ms.filter(|_| waits).map_or(now.tick, |ms| now.tick_of(ms).before(CLOCKS));
        self.is_warm = self.judge.is_sure(now.tick, as_of);
        Look { as_of: self.is_warm.then_some(as_of), is_other_warm: told.is_warm }
    }

    /// Judges; gives who becomes what, by the realm's number and id, and the brakes that went on.
    pub(super) fn judge(
        &mut self,
        second: u64,
        clock_ms: i64,
        look: &Look,
        is_held: bool,
        stored: &mut Stored,
    ) -> Judged {
        let now = moment(second, clock_ms + self.off_ms);
        let judgement = self.judge.look(&self.table, now, look.as_of, is_held);
        let mut said = Judged { changes: Vec::new(), brakes: Vec::new(), braked: Vec::new() };
        let mut changed = std::collections::HashMap::new();
        for change in &judgement.changes {
            let Some(number) = stored.numbers.get(&change.id).copied() else { continue };
            let node = &mut stored.nodes[number as usize];
            if node.status == change.to {
                continue;
            }
            node.status = change.to;
            stored.log.push((number, change.id, Some(second)));
            changed.insert(change.id, change.to);
            said.changes.push((number, change.to));
        }
        self.judge.written(&self.table, &judgement, &changed, now.tick);
        said.braked.extend(self.judge.braked().map(|realm| self.table.realms.name(realm)));
        said.brakes.extend(judgement.news.iter().map(|news| (self.table.realms.name(news.realm), news.is_on)));
        said
    }
}

/// What a replica says.
pub(super) struct Judged {
    pub(super) changes: Vec<(u32, NodeStatus)>,
    pub(super) brakes: Vec<(String, bool)>,
    pub(super) braked: Vec<String>,
}
