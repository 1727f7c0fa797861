//! The world: nodes that beat, replicas that hear them, what is stored, and what goes wrong.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::Arc,
};

use cpcd_model::{id::NodeId, node::NodeStatus, time::Tick};
use cpcd_store::sql::LivenessReplica;
use uuid::Uuid;

use super::{
    Outcome, Plan, Planted,
    churn::{Fault, Kind, Trouble, stay},
    random::Random,
    replica::{Replica, moment, tick},
    truth::{By, Truth},
};
use crate::registry::{Config, batch::Batch, table::Word};

/// When the world begins; ticks and shared times count the same seconds.
const BEGIN: u64 = 100_000;
const REPLICAS: usize = 2;
const LEASE: u64 = 15;
/// A replica that cannot tell the others whom it hears takes no heartbeats after so long.
const BLIND: u64 = 45;
/// Realms without the flood's, which is the last.
const REALMS: usize = 7;
/// Words of a node that are known: more than it says before all know of the first.
pub(super) const WORDS: usize = 4;
const SLOTS: usize = 512;
/// A wave of the flood comes so often.
const WAVE: u64 = 1200;

/// A node, as it is and as it is stored.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: NodeId,
    pub(super) realm: usize,
    pub(super) status: NodeStatus,
    pub(super) is_deleted: bool,
    kind: Kind,
    /// When it was registered, by the shared clock then.
    pub(super) born_ms: i64,
    is_up: bool,
    cut_until: u64,
    /// Since when it is up and reaches us, or not.
    pub(super) well_since: u64,
    pub(super) silent_since: u64,
    pub(super) clear_at_silence: u64,
    /// When heartbeats of it were taken, by whomever, the last one first.
    pub(super) heard: [Heard; WORDS],
    /// The last one of which the replica that took it has told.
    pub(super) told_others: Heard,
    due: u64,
    asks: usize,
    failures: u64,
    sequence: u64,
    pub(super) hour: u64,
    pub(super) changes: u32,
    pub(super) overdue: Option<(u64, u64, bool)>,
}

/// That a heartbeat was taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    pub(super) second: u64,
    /// After how long the node was told to come again.
    pub(super) told_ms: u64,
}

impl Node {
    pub(super) fn is_well(&self, second: u64) -> bool {
        self.is_up && self.cut_until <= second
    }
}

/// What is stored.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub(super) nodes: Vec<Node>,
    pub(super) numbers: HashMap<NodeId, u32>,
    /// Whose row changed, and since when if it is called something else.
    pub(super) log: Vec<(u32, NodeId, Option<u64>)>,
}

/// The world.
pub(super) struct World {
    plan: Plan,
    planted: Option<Planted>,
    config: Config,
    second: u64,
    /// By how much the shared clock has jumped.
    clock_ms: i64,
    random: Random,
    stored: Stored,
    replicas: Vec<Option<Replica>>,
    rows: HashMap<Uuid, LivenessReplica>,
    lease: (Uuid, u64),
    troubles: Vec<Trouble>,
    next_trouble: u64,
    next_cut: u64,
    has_jumped: [bool; REPLICAS],
    /// Whose next heartbeat is due in a second.
    wheel: Vec<Vec<u32>>,
    /// Who goes up or down, and when.
    turns: BinaryHeap<Reverse<(u64, u32)>>,
    free: Vec<u32>,
    truth: Truth,
}

pub(super) fn realm_name(realm: usize) -> String {
    if realm == 0 { String::new() } else { format!("realm-{realm}") }
}

impl World {
    pub(super) fn new(plan: Plan, config: Config, planted: Option<Planted>) -> Self {
        let mut world = Self {
            plan,
            planted,
            config: Config {
                // So that waves of the flood stretch the interval.
                heartbeats_per_second: (plan.nodes / 28).max(1),
                max_addresses: 0,
                ..config
            },
            second: BEGIN,
            clock_ms: 0,
            random: Random::new(plan.seed),
            stored: Stored::default(),
            replicas: (0..REPLICAS).map(|_| None).collect(),
            rows: HashMap::new(),
            lease: (Uuid::nil(), 0),
            troubles: Vec::new(),
            next_trouble: BEGIN + 900,
            next_cut: BEGIN + 1800,
            has_jumped: [false; REPLICAS],
            wheel: vec![Vec::new(); SLOTS],
            turns: BinaryHeap::new(),
            free: Vec::new(),
            truth: Truth::new(REALMS + 1),
        };
        for number in 0..u64::from(plan.nodes) {
            let kind = if number % 200 == 7 { Kind::Flipper } else { Kind::Steady };
            // Half of them are in the realm without a name.
            let realm = if number % 2 == 0 { 0 } else { usize::try_from(number).unwrap_or_default() / 2 % REALMS };
            let born = BEGIN - world.random.between(2 * 3600, 20 * 3600);
            world.register(kind, realm, born);
        }
        world
    }

    /// Gives what came of it.
    pub(super) fn end(self) -> Outcome {
        let mut outcome = self.truth.outcome;
        outcome.calm.sort_unstable();
        outcome.always.sort_unstable();
        outcome
    }

    pub(super) fn step(&mut self) {
        self.second += 1;
        self.draw_troubles();
        self.come_and_go();
        self.churn();
        self.beat();
        for place in 0..REPLICAS {
            let looks_first = self.random.percent(50);
            for looks in [looks_first, !looks_first] {
                self.run(place, looks);
            }
        }
        if self.second.is_multiple_of(10) {
            self.truth.scan(self.second, moment(self.second, self.clock_ms).ms(), &mut self.stored.nodes);
        }
    }

    fn has(&self, fault: Fault, place: usize) -> bool {
        self.troubles.iter().any(|trouble| trouble.fault == fault && trouble.is_at(self.second, place))
    }

    /// Whether a replica has reached neither store nor cache for so long.
    fn is_blind(&self, place: usize, length: u64) -> bool {
        self.has_lasted(Fault::CutOff, place, length)
    }

    fn has_lasted(&self, fault: Fault, place: usize, length: u64) -> bool {
        let is_it = |trouble: &Trouble| trouble.fault == fault && trouble.is_at(self.second, place);
        self.troubles.iter().any(|trouble| is_it(trouble) && self.second - trouble.from >= length)
    }

    fn draw_troubles(&mut self) {
        let second = self.second;
        if second >= self.next_trouble {
            self.troubles.retain(|trouble| trouble.until > second);
            self.troubles.extend(Trouble::draw(&mut self.random, REPLICAS, second));
            self.next_trouble = second + self.random.between(900, 3 * 3600);
            self.truth.outcome.troubles += 1;
        }
        if self.has(Fault::Jump, 0) {
            self.clock_ms += i64::try_from(self.random.below(7_200_000)).unwrap_or_default() - 3_600_000;
            self.has_jumped = [true; REPLICAS];
        }
        if second >= self.next_cut {
            self.cut_some_off();
            self.next_cut = second + self.random.between(3600, 6 * 3600);
            self.truth.outcome.troubles += 1;
        }
        let (hours, after) = (self.plan.hours * 3600, second - BEGIN);
        if after.is_multiple_of(WAVE) && (hours / 8..hours * 3 / 4).contains(&after) {
            let born_later = self.random.percent(15);
            for _ in 0..self.plan.nodes / 10 {
                let number = self.register(Kind::Sybil, REALMS, second);
                // Some waves stay until they count for their realm's brake, and then all go at once.
                let stays = if born_later { 4500 } else { stay(&mut self.random, Kind::Sybil, true) };
                self.turns.push(Reverse((second + stays, number)));
            }
        }
    }

    /// Cuts nodes off from all replicas, most often those of one realm.
    fn cut_some_off(&mut self) {
        let is_everywhere = self.random.percent(20);
        let (realm, share) = (self.random.below(REALMS as u64), self.random.between(5, 100));
        let until = self.second + self.random.between(20, 1800);
        for number in 0..self.stored.nodes.len() {
            let is_there = is_everywhere || self.stored.nodes[number].realm as u64 == realm;
            if is_there && self.random.percent(share) {
                self.falls_silent(number);
                let node = &mut self.stored.nodes[number];
                node.cut_until = until;
                node.well_since = node.well_since.max(until);
            }
        }
    }

    fn falls_silent(&mut self, number: usize) {
        let (second, node) = (self.second, &mut self.stored.nodes[number]);
        if node.is_well(second) {
            (node.silent_since, node.clear_at_silence) = (second, self.truth.clear(node.realm));
        }
    }

    fn register(&mut self, kind: Kind, realm: usize, born: u64) -> u32 {
        let ms = moment(born, self.clock_ms).ms();
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.random.next().to_le_bytes());
        bytes[8..].copy_from_slice(&self.random.next().to_le_bytes()[..2]);
        let id: NodeId = uuid::Builder::from_unix_timestamp_millis(ms.unsigned_abs(), &bytes).into_uuid().into();
        let due = self.second + 1 + self.random.below(30);
        let heard = Heard { second: self.second, told_ms: 30_000 };
        let node = Node {
            id,
            realm,
            status: NodeStatus::Online,
            is_deleted: false,
            kind,
            born_ms: ms,
            is_up: true,
            cut_until: 0,
            well_since: self.second,
            silent_since: self.second,
            clear_at_silence: self.truth.clear(realm),
            heard: [heard; WORDS],
            told_others: heard,
            due,
            asks: usize::try_from(self.random.below(REPLICAS as u64)).unwrap_or_default(),
            failures: 0,
            sequence: 0,
            hour: 0,
            changes: 0,
            overdue: None,
        };
        let number = match self.free.pop() {
            Some(number) => {
                self.stored.nodes[number as usize] = node;
                number
            }
            None => {
                self.stored.nodes.push(node);
                u32::try_from(self.stored.nodes.len() - 1).expect("fewer nodes than that")
            }
        };
        self.stored.numbers.insert(id, number);
        self.stored.log.push((number, id, None));
        self.expect(number, due);
        if kind != Kind::Sybil {
            let first = self.random.between(1, 84 * 3600);
            let turn = self.second + if kind == Kind::Flipper { first / 84 } else { first };
            self.turns.push(Reverse((turn, number)));
        }
        number
    }

    fn expect(&mut self, number: u32, due: u64) {
        self.stored.nodes[number as usize].due = due;
        self.wheel[usize::try_from(due).unwrap_or_default() % SLOTS].push(number);
    }

    /// Has nodes go down, come up, and be deleted.
    fn churn(&mut self) {
        while let Some(Reverse((at, number))) = self.turns.peek().copied().filter(|Reverse((at, _))| *at <= self.second)
        {
            self.turns.pop();
            let index = number as usize;
            let Node { kind, is_up, id, .. } = self.stored.nodes[index];
            if kind == Kind::Sybil && !is_up {
                self.stored.nodes[index].is_deleted = true;
                self.stored.numbers.remove(&id);
                self.stored.log.push((number, id, None));
                self.free.push(number);
                continue;
            }
            self.falls_silent(index);
            let (second, node) = (self.second, &mut self.stored.nodes[index]);
            node.is_up = !is_up;
            if node.is_up {
                node.well_since = second.max(node.cut_until);
                node.failures = 0;
                let due = second + 1 + self.random.below(3);
                self.expect(number, due);
            }
            self.turns.push(Reverse((at + stay(&mut self.random, kind, !is_up), number)));
        }
    }

    fn beat(&mut self) {
        let slot = usize::try_from(self.second).unwrap_or_default() % SLOTS;
        let takes: [bool; REPLICAS] = std::array::from_fn(|place| {
            self.replicas[place].is_some()
                && !self.has(Fault::HeldUp, place)
                && !self.is_blind(place, BLIND)
                && !self.has_lasted(Fault::Mute, place, BLIND)
        });
        let second = self.second;
        for number in std::mem::take(&mut self.wheel[slot]) {
            let node = &mut self.stored.nodes[number as usize];
            if node.due != second || !node.is_up || node.is_deleted {
                continue;
            }
            let place = node.asks % REPLICAS;
            let heard = match &self.replicas[place] {
                Some(replica) if takes[place] && node.cut_until <= second => {
                    node.sequence += 1;
                    let told = |arrival| replica.pace.next(node.id, node.sequence, arrival);
                    replica.table.beat(node.id, None, || tick(second), told, &self.config.rules())
                }
                Some(_) | None => None,
            };
            let wait = if let Some((_, told)) = heard {
                let told_ms = u64::try_from(told.as_millis()).unwrap_or_default();
                node.heard.rotate_right(1);
                node.heard[0] = Heard { second, told_ms };
                node.failures = 0;
                self.truth.outcome.heartbeats += 1;
                // Some go from one to the other all the time.
                node.asks += usize::from(number % 10 == 0);
                told_ms.div_ceil(1000)
            } else {
                node.asks += 1;
                node.failures += 1;
                if node.failures < 4 { 1 + self.random.below(2) } else { self.random.between(5, 15) }
            };
            self.expect(number, second + wait);
        }
    }

    /// Starts, stops and kills replicas.
    fn come_and_go(&mut self) {
        for place in 0..REPLICAS {
            let (is_stopped, is_killed) = (self.has(Fault::Restarted, place), self.has(Fault::Killed, place));
            let can_speak = !self.is_blind(place, 0) && !self.has(Fault::HeldUp, place);
            if is_killed {
                self.replicas[place] = None;
            } else if is_stopped && let Some(mut replica) = self.replicas[place].take() {
                if can_speak {
                    let (batch, words) = replica.tell(self.second, self.clock_ms, true);
                    self.deliver(place, &Arc::new(batch), &words, 0);
                    self.rows.remove(&replica.id);
                    self.lease.1 = if self.lease.0 == replica.id { 0 } else { self.lease.1 };
                }
            } else if !is_stopped && self.replicas[place].is_none() && can_speak {
                let replica = Replica::start(&self.config, self.second, self.clock_ms, &mut self.random, &self.stored);
                self.rows.insert(replica.id, replica.row(self.second, self.clock_ms));
                self.replicas[place] = Some(replica);
                self.has_jumped[place] = false;
            }
        }
    }

    fn deliver(&mut self, from: usize, batch: &Arc<Batch>, words: &[Word], delay: u64) {
        for word in words {
            if let Some(number) = self.stored.numbers.get(&word.id) {
                // What one was told by the other is rounded.
                let second = (word.heard.since(Tick::default()).as_millis() + 500) / 1000;
                let told = Heard { second: u64::try_from(second).unwrap_or_default(), told_ms: word.told_ms.into() };
                let node = &mut self.stored.nodes[*number as usize];
                node.told_others = if told.second > node.told_others.second { told } else { node.told_others };
            }
        }
        let shows = self.second + delay;
        for (place, replica) in self.replicas.iter_mut().enumerate() {
            if let Some(replica) = replica.as_mut().filter(|_| place != from) {
                replica.inbox.push_back((shows, batch.clone()));
            }
        }
    }

    /// Has a replica look, or tell.
    fn run(&mut self, place: usize, looks: bool) {
        if self.has(Fault::HeldUp, place) || self.is_blind(place, 0) {
            return;
        }
        let Some(mut replica) = self.replicas[place].take() else { return };
        if looks {
            self.look(place, &mut replica);
        } else {
            let (batch, words) = replica.tell(self.second, self.clock_ms, false);
            self.rows.insert(replica.id, replica.row(self.second, self.clock_ms));
            let is_mute = self.has(Fault::Mute, place);
            let fate = if self.has(Fault::Lossy, place) { self.random.below(10) } else { u64::from(!is_mute) * 9 };
            // Lost and known to be, lost without a word, late, or as it should be.
            replica.told(&batch, &words, fate != 0);
            if fate > 1 {
                let delay = if fate == 2 { self.random.below(9) } else { 0 };
                self.deliver(place, &Arc::new(batch), &words, delay);
            }
        }
        self.replicas[place] = Some(replica);
    }

    fn look(&mut self, place: usize, replica: &mut Replica) {
        let others: Vec<_> = self.rows.values().filter(|row| row.id != replica.id).copied().collect();
        let has_jumped = std::mem::take(&mut self.has_jumped[place]);
        let waits = self.planted != Some(Planted::Impatience);
        let look = replica.read(self.second, self.clock_ms, has_jumped, &others, &self.stored, waits);
        let is_held = self.hold(replica, look.as_of.is_some() || !look.is_other_warm);
        let said = replica.judge(self.second, self.clock_ms, &look, is_held, &mut self.stored);
        if !is_held {
            return;
        }
        let now_ms = moment(self.second, self.clock_ms).ms();
        let lag = look.as_of.map_or(0, |as_of| tick(self.second).since(as_of).as_secs());
        let by = By { began: replica.began, lag };
        for (number, to) in said.changes {
            self.truth.change(self.second, now_ms, &mut self.stored.nodes[number as usize], to, by);
        }
        for (name, is_on) in said.brakes {
            let realm = (0..=REALMS).find(|realm| realm_name(*realm) == name);
            if let Some(realm) = realm.filter(|_| is_on) {
                self.truth.brake(self.second, now_ms, realm, &self.stored);
            }
        }
        if look.as_of.is_some_and(|as_of| tick(self.second).since(as_of) <= std::time::Duration::from_secs(3)) {
            self.truth.second(|realm| said.braked.contains(&realm_name(realm)));
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
