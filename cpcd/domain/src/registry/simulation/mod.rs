//! Replicas, nodes and everything that goes wrong between them, in simulated time: the real table, chain, peers and rules, joined as
//! the sender, the receiver and the detector join them.
//!
//! What must hold: a node that lives is never made worse, whatever is lost, late, doubled, cut off, held up or killed; one that is
//! dead is found once things are calm.

mod troubles;

use std::collections::{BTreeMap, HashMap};

use cpcd_model::{
    id::NodeId,
    node::NodeStatus,
    time::{Tick, Timestamp},
};
use cpcd_store::sql::LivenessReplica;
use proptest::prelude::*;
use uuid::Uuid;

use self::troubles::{Fault, Trouble, somebody_hears, trouble};
use super::{
    batch::{Batch, Report},
    brake::Realm,
    chain::Chain,
    moment::Moment,
    peers::Peers,
    rules::{Grace, Rules, Silence},
    table::Table,
};

const RULES: Rules = Rules::USUAL;
const GRACE: std::time::Duration = std::time::Duration::from_secs(150);
/// When the replicas begin; ticks and shared times count the same seconds.
const BEGIN: u64 = 100_000;
const NODES: usize = 24;
/// How long faults come, and how long it is calm then.
const STORM: u64 = 900;
const CALM: u64 = 420;
/// Worlds that are tried.
const CASES: u32 = 300;
/// What a node waits for an answer before it asks another replica.
const PATIENCE: u64 = 2;
const LEASE: u64 = 15;

struct Replica {
    id: Uuid,
    started: u64,
    /// By how many milliseconds its idea of the shared clock is wrong.
    off_ms: i64,
    table: Table,
    chain: Chain,
    peers: Peers,
    grace: Grace,
    /// How much of the log it has read.
    read: usize,
    is_warm: bool,
    is_deaf: bool,
    are_others_deaf: bool,
}

struct Node {
    id: NodeId,
    next: u64,
    sequence: u64,
    /// Who is asked next.
    asks: usize,
    dies: Option<u64>,
}

struct World {
    second: u64,
    random: u64,
    replicas: Vec<Option<Replica>>,
    nodes: Vec<Node>,
    troubles: Vec<Trouble>,
    /// The log of the cache: when each entry shows.
    log: Vec<(u64, Vec<u8>)>,
    /// The store.
    rows: BTreeMap<Uuid, LivenessReplica>,
    batches: Vec<(u64, Batch)>,
    statuses: HashMap<NodeId, NodeStatus>,
    lease: (Uuid, u64),
    found: HashMap<NodeId, u64>,
}

fn tick(second: u64) -> Tick {
    Tick::from_millis(second * 1000)
}

impl Replica {
    fn start(second: u64, off_ms: i64, statuses: &HashMap<NodeId, NodeStatus>, log: usize) -> Self {
        let (id, table) = (Uuid::now_v7(), Table::default());
        for (id, status) in statuses {
            table.follow(*id, *status, Realm::default(), tick(second));
        }
        let started_ms = moment(second, off_ms).ms();
        Self {
            id,
            started: second,
            off_ms,
            table,
            chain: Chain::begin(id, started_ms),
            peers: Peers::since(started_ms),
            grace: Grace::begin(GRACE, tick(second)),
            read: log,
            is_warm: false,
            is_deaf: false,
            are_others_deaf: false,
        }
    }
}

fn moment(second: u64, off_ms: i64) -> Moment {
    let time = Timestamp::from_millisecond(i64::try_from(second * 1000).unwrap() + off_ms).unwrap();
    Moment { tick: tick(second), time }
}

impl World {
    fn new(seed: u64, replicas: usize, deaths: &[(usize, u64)], troubles: Vec<Trouble>) -> Self {
        let mut world = Self {
            second: BEGIN,
            random: seed | 1,
            replicas: (0..replicas).map(|_| None).collect(),
            nodes: Vec::new(),
            troubles,
            log: Vec::new(),
            rows: BTreeMap::new(),
            batches: Vec::new(),
            statuses: HashMap::new(),
            lease: (Uuid::nil(), 0),
            found: HashMap::new(),
        };
        for number in 0..NODES {
            let dies = deaths.iter().find(|(node, _)| *node == number).map(|(_, at)| BEGIN + at);
            let (next, asks) = (BEGIN + 1 + world.roll(30), number);
            let id = NodeId::generate();
            world.nodes.push(Node { id, next, sequence: 0, asks, dies });
            world.statuses.insert(id, NodeStatus::Online);
        }
        for place in 0..replicas {
            world.start(place);
        }
        world
    }

    /// Gives a number below another.
    fn roll(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    fn has(&self, is_it: impl Fn(Fault) -> bool) -> bool {
        let is_now =
            |trouble: &Trouble| (BEGIN + trouble.from..BEGIN + trouble.from + trouble.length).contains(&self.second);
        self.troubles.iter().any(|trouble| is_now(trouble) && is_it(trouble.fault))
    }

    fn has_cache(&self, place: usize) -> bool {
        !self.has(|fault| {
            matches!(fault, Fault::CacheAway)
                || matches!(fault, Fault::CacheCutOff(cut) | Fault::CutOff(cut) if cut == place)
        })
    }

    fn has_store(&self, place: usize) -> bool {
        !self.has(|fault| {
            matches!(fault, Fault::StoreAway)
                || matches!(fault, Fault::StoreCutOff(cut) | Fault::CutOff(cut) if cut == place)
        })
    }

    fn runs(&self, place: usize) -> bool {
        self.replicas[place].is_some()
            && !self.has(|fault| matches!(fault, Fault::Stopped(stopped) if stopped == place))
    }

    /// Starts a replica, if the store answers.
    fn start(&mut self, place: usize) {
        if self.has_store(place) {
            let off_ms = i64::try_from(self.roll(400)).unwrap() - 200;
            let replica = Replica::start(self.second, off_ms, &self.statuses, self.log.len());
            self.hello(&replica);
            self.replicas[place] = Some(replica);
        }
    }

    fn hello(&mut self, replica: &Replica) {
        let at = |second| moment(second, replica.off_ms).time;
        let row = LivenessReplica {
            id: replica.id,
            started_at: at(replica.started),
            seen_at: at(self.second),
            is_warm: replica.is_warm,
            is_deaf: replica.is_deaf,
        };
        self.rows.insert(replica.id, row);
    }

    fn step(&mut self) {
        self.second += 1;
        self.come_and_go();
        self.beat();
        for place in 0..self.replicas.len() {
            let looks_first = self.roll(2) == 0;
            for looks in [looks_first, !looks_first] {
                if self.runs(place) {
                    let mut replica = self.replicas[place].take().unwrap();
                    if looks {
                        self.look(place, &mut replica)
                    } else {
                        self.tell(place, &mut replica)
                    }
                    self.replicas[place] = Some(replica);
                }
            }
        }
    }

    fn come_and_go(&mut self) {
        for place in 0..self.replicas.len() {
            let is_killed = self.has(|fault| matches!(fault, Fault::Killed(killed) if killed == place));
            let is_restarted = self.has(|fault| matches!(fault, Fault::Restarted(down) if down == place));
            if is_killed {
                self.replicas[place] = None;
            } else if is_restarted && self.runs(place) {
                let mut replica = self.replicas[place].take().unwrap();
                self.goodbye(place, &mut replica);
            } else if !is_restarted && self.replicas[place].is_none() {
                self.start(place);
            }
        }
        if self.has(|fault| matches!(fault, Fault::CacheAway)) {
            // What shows later is lost with it.
            let second = self.second;
            self.log.iter_mut().filter(|(shows, _)| *shows > second).for_each(|(shows, _)| *shows = u64::MAX);
        }
    }

    fn beat(&mut self) {
        for number in 0..self.nodes.len() {
            let Node { id, next, sequence, asks, dies } = self.nodes[number];
            if next > self.second || dies.is_some_and(|dies| dies <= self.second) {
                continue;
            }
            let place = asks % self.replicas.len();
            let answer = if self.runs(place) { self.replicas[place].as_ref() } else { None };
            let told = std::time::Duration::from_secs(28);
            let second = self.second;
            let has_beaten =
                answer.is_some_and(|replica| replica.table.beat(id, None, || tick(second), |_| told, &RULES).is_some());
            let wait = if has_beaten { 27 + self.roll(10) } else { 1 + self.roll(PATIENCE) };
            let node = &mut self.nodes[number];
            // Round and round: each heartbeat comes to another replica.
            (node.next, node.asks, node.sequence) = (second + wait, asks + 1, sequence + 1);
        }
    }

    fn tell(&mut self, place: usize, replica: &mut Replica) {
        let now = moment(self.second, replica.off_ms);
        let words = replica.table.take_fresh();
        let report = |word: &super::table::Word| Report {
            id: word.id,
            heard_ms: now.ms_of(word.heard),
            told_ms: 28_000,
            used: word.used,
        };
        let batch = replica.chain.next(Some(now.ms()), words.iter().map(report).collect());
        let by_cache = self.append(place, &batch);
        let has_store = self.has_store(place);
        let is_unsure = self.has(|fault| matches!(fault, Fault::StoreUnsure)) && self.roll(3) == 0;
        let by_store = (!by_cache || replica.are_others_deaf) && has_store;
        if has_store {
            self.hello(replica);
        }
        if by_store {
            // It may show later than it was written.
            let shows = self.second + self.roll(3);
            self.batches.push((shows, batch.clone()));
        }
        if by_cache || (by_store && !is_unsure) {
            replica.chain.passed(&batch);
        } else {
            replica.table.give_back_fresh(&words);
        }
    }

    /// Appends to the log of the cache; says whether it claims to have done so.
    fn append(&mut self, place: usize, batch: &Batch) -> bool {
        if !self.has_cache(place) {
            return false;
        }
        let is_unsure = self.has(|fault| matches!(fault, Fault::CacheUnsure));
        let (fate, later) = (if is_unsure { self.roll(8) } else { 9 }, self.roll(9));
        let (second, bytes) = (self.second, batch.encode());
        match fate {
            0 => {}
            1 => self.log.push((second + later, bytes)),
            2 => self.log.extend([(second, bytes.clone()), (second + later, bytes)]),
            3 => {
                self.log.push((second, bytes));
                return false;
            }
            4 => return false,
            _ => self.log.push((second, bytes)),
        }
        true
    }

    fn goodbye(&mut self, place: usize, replica: &mut Replica) {
        if !self.has_store(place) {
            return;
        }
        let now = moment(self.second, replica.off_ms);
        let words = replica.table.take_fresh();
        let report = |word: &super::table::Word| Report {
            id: word.id,
            heard_ms: now.ms_of(word.heard),
            told_ms: 28_000,
            used: word.used,
        };
        let batch = replica.chain.next(Some(now.ms()), words.iter().map(report).collect());
        self.batches.push((self.second, Batch { is_last: true, ..batch }));
        self.rows.remove(&replica.id);
        if self.lease.0 == replica.id {
            self.lease.1 = 0;
        }
    }

    fn look(&mut self, place: usize, replica: &mut Replica) {
        if !self.has_store(place) {
            return;
        }
        let now = moment(self.second, replica.off_ms);
        replica.peers.register(self.rows.values().filter(|row| row.id != replica.id).copied());
        replica.is_deaf = !self.has_cache(place);
        let mut came = Vec::new();
        if !replica.is_deaf {
            // Entries that come late hold those behind them up in one reader, and are overtaken in another.
            while let Some((shows, bytes)) =
                self.log.get(replica.read).filter(|(shows, _)| *shows <= self.second || *shows == u64::MAX)
            {
                if *shows != u64::MAX {
                    came.push(Batch::decode(bytes).unwrap());
                }
                replica.read += 1;
            }
        }
        let known: HashMap<_, _> = replica.peers.known().into_iter().collect();
        let floor = |batch: &Batch| known.get(&batch.replica).copied().unwrap_or_default();
        let rows = self.batches.iter().filter(|(shows, batch)| *shows <= self.second && batch.seq > floor(batch));
        came.extend(rows.map(|(_, batch)| batch.clone()));
        for batch in came {
            if batch.replica != replica.id && replica.peers.take(&batch) {
                for Report { id, heard_ms, told_ms, used } in batch.reports {
                    replica.table.merge(id, now.tick_of(heard_ms), told_ms, used);
                }
            }
        }
        let told = replica.peers.look(now.tick, now.ms());
        replica.are_others_deaf = told.is_deaf;
        if !replica.peers.take_doubts().is_empty() {
            replica.grace.renew(now.tick);
        }
        for (id, status) in &self.statuses {
            replica.table.change(*id, *status, None);
        }
        let as_of =
            told.through_ms.map_or(now.tick, |ms| now.tick_of(ms).before(std::time::Duration::from_millis(500)));
        let may_worsen = replica.grace.look(now.tick);
        replica.is_warm = may_worsen;
        if !self.hold(replica, may_worsen || !told.is_warm) {
            return;
        }
        let silence = may_worsen.then_some(Silence {
            as_of,
            since: replica.grace.until(),
            window: std::time::Duration::from_secs(120),
            born_before_ms: 0,
        });
        for judged in replica.table.survey(&RULES, now.tick, silence.as_ref(), 1000).pick(&|_| usize::MAX) {
            let node = self.nodes.iter().find(|node| node.id == judged.id).unwrap();
            if judged.to != NodeStatus::Online {
                assert!(
                    node.dies.is_some_and(|dies| dies < self.second),
                    "in second {} node {} lives and becomes {}",
                    self.second - BEGIN,
                    judged.id,
                    judged.to
                );
            }
            if judged.to == NodeStatus::Offline {
                self.found.insert(judged.id, self.second);
            }
            self.statuses.insert(judged.id, judged.to);
            replica.table.change(judged.id, judged.to, Some(now.tick));
        }
    }

    fn hold(&mut self, replica: &Replica, may_take: bool) -> bool {
        let (holder, until) = self.lease;
        if holder == replica.id && !may_take {
            self.lease.1 = 0;
        } else if may_take && (holder == replica.id || until <= self.second) {
            self.lease = (replica.id, self.second + LEASE);
            return true;
        }
        false
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_living_are_never_taken_for_dead_and_the_dead_are_found(
        seed in any::<u64>(),
        replicas in 1usize..5,
        deaths in proptest::collection::vec((0..NODES, 0..STORM), 0..6),
        troubles in proptest::collection::vec(trouble(), 0..8),
    ) {
        prop_assume!(somebody_hears(replicas, &troubles));
        let mut world = World::new(seed, replicas, &deaths, troubles);
        for _ in 0..STORM + CALM {
            world.step();
        }
        for node in &world.nodes {
            let expected = if node.dies.is_some() { NodeStatus::Offline } else { NodeStatus::Online };
            prop_assert_eq!(world.statuses[&node.id], expected);
        }
    }

    /// Where nothing goes wrong but replicas come and go as they should, whoever dies is found in time: nobody is blind for a restart.
    #[test]
    fn restarts_in_turn_hide_no_death(seed in any::<u64>(), node in 0..NODES, dies in 160u64..700) {
        let restart = |place, from| Trouble { fault: Fault::Restarted(place), from, length: 5 };
        let troubles = vec![restart(0, 200), restart(1, 400), restart(2, 600)];
        let mut world = World::new(seed, 3, &[(node, dies)], troubles);
        for _ in 0..STORM {
            world.step();
        }
        let found = world.found[&world.nodes[node].id] - BEGIN;
        prop_assert!((dies + 50..=dies + 95).contains(&found), "died in second {dies}, found in {found}");
        prop_assert_eq!(world.found.len(), 1);
    }
}
