//! The choice: samples of the nodes that could do, of which one of the best is taken at random.
//!
//! What is looked at does not grow with the fleet: some nodes of each level of use, the best level first, or some of those with the
//! rarest of the labels that are asked for. Only when these have too little room are all looked at.

use std::collections::HashSet;

use cpcd_model::{allocation::Strategy, id::NodeId, node::Resources};

use super::{
    Ask, Avoid, Lack,
    classes::Wanted,
    index::{Index, LEVELS, Slot, amounts, share},
};

/// Whoever is taken is random among so many of the best, so that several who choose at once do not all choose the same.
pub(super) const TOP: usize = 32;
/// Nodes of a level that are looked at before the next one.
const OF_LEVEL: usize = 2 * TOP;
/// Nodes with a label that are looked at before all are.
const OF_LABEL: usize = 8 * TOP;
/// Amounts are known to 24 bits: what is so close fits.
const CLOSE: f64 = 1.0 + 1.0 / (1 << 22) as f64;
/// Worse than any use: whoever is not sure to live comes last.
const DEGRADED: f32 = 1e3;

const NAMES: [&str; 3] = ["cpu_millicores", "memory_bytes", "bandwidth_bits_per_second"];

/// What is known of a node besides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) is_online: bool,
    pub(super) used: Resources,
}

/// Random numbers, good enough to spread load (`SplitMix64`).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new() -> Self {
        let random = NodeId::generate().uuid().as_u128();
        Self(random as u64)
    }

    #[cfg(test)]
    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Gives a number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

/// Says whether there are enough to choose from. Those that are not sure to live do not count: others are better, however full.
fn are_enough(found: &[(f32, u32)]) -> bool {
    found.len() >= TOP && found.iter().filter(|(score, _)| *score < DEGRADED / 2.0).count() >= TOP
}

/// One search.
pub(super) struct Choice<'a> {
    index: &'a Index,
    ask: &'a Ask,
    avoid: &'a Avoid,
    known: &'a dyn Fn(NodeId) -> Known,
    wanted: Option<Wanted>,
    amounts: [f32; 3],
    dice: Dice,
    chosen: HashSet<u32>,
}

impl<'a> Choice<'a> {
    pub(super) fn new(
        index: &'a Index,
        ask: &'a Ask,
        avoid: &'a Avoid,
        known: &'a dyn Fn(NodeId) -> Known,
        dice: Dice,
    ) -> Self {
        let wanted = Wanted::of(&index.classes, ask);
        Self { index, ask, avoid, known, wanted, amounts: amounts(&ask.amounts), dice, chosen: HashSet::new() }
    }

    /// Gives up to `count` nodes that differ.
    pub(super) fn nodes(mut self, count: usize) -> Vec<NodeId> {
        if self.wanted.is_none() {
            return Vec::new();
        }
        let slots = if self.ask.spread_over.is_empty() {
            let found = self.candidates(None, count);
            self.take(found, count)
        } else {
            self.spread(count)
        };
        slots.into_iter().map(|at| self.index.slots[at as usize].id).collect()
    }

    /// Gives all that is looked at, with how good it is.
    #[cfg(test)]
    pub(super) fn scores(mut self) -> Vec<(f32, NodeId)> {
        let found = self.candidates(None, 1);
        found.into_iter().map(|(score, at)| (score, self.index.slots[at as usize].id)).collect()
    }

    /// Says what there is too little of for `count` nodes.
    pub(super) fn lack(&self, count: usize) -> Lack {
        let mut allowed = 0;
        let mut with = [0; 3];
        for at in 0..self.index.slots.len() {
            let slot = &self.index.slots[at];
            if self.is_allowed(slot) {
                allowed += 1;
                (0..3).filter(|what| self.has(slot, *what)).for_each(|what| with[what] += 1);
            }
        }
        let lacking = (0..3).find(|what| with[*what] < count).map(|what| NAMES[what]);
        Lack { what: if allowed < count { "placement" } else { lacking.unwrap_or("room") } }
    }

    /// Takes nodes with as many values of a label as there are.
    fn spread(&mut self, count: usize) -> Vec<u32> {
        let name = &self.ask.spread_over;
        let classes = &self.index.classes;
        let beside = self.avoid.beside.iter().filter_map(|id| self.index.find(*id));
        let mut used: HashSet<u32> =
            beside.filter_map(|at| classes.value_of(self.index.slots[at as usize].class, name)).collect();
        let mut values = classes.values(name);
        for at in (1..values.len()).rev() {
            values.swap(at, self.dice.below(at + 1));
        }
        let mut slots = Vec::new();
        // Each time around, one node of each value; the first time only of values that no part has.
        loop {
            let before = slots.len();
            for value in &values {
                if slots.len() == count {
                    return slots;
                }
                if used.contains(value) {
                    continue;
                }
                let found = self.candidates(Some(*value), 1);
                slots.extend(self.take(found, 1));
            }
            if slots.len() == before && used.is_empty() {
                break;
            }
            used.clear();
        }
        // Nodes without the label, when there is no other.
        let found = self.candidates(None, count - slots.len());
        slots.extend(self.take(found, count - slots.len()));
        slots
    }

    /// Takes nodes at random among the best.
    fn take(&mut self, mut found: Vec<(f32, u32)>, count: usize) -> Vec<u32> {
        let top = found.len().min(TOP + count);
        if found.len() > top {
            found.select_nth_unstable_by(top - 1, |a, b| a.0.total_cmp(&b.0));
            found.truncate(top);
        }
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count && !found.is_empty() {
            let at = self.dice.below(found.len().min(TOP));
            taken.push(found.remove(at).1);
        }
        self.chosen.extend(&taken);
        taken
    }

    /// Finds nodes that fit, with how good they are; with `value`, those that have that pair. At least `count` if there are so many.
    fn candidates(&mut self, value: Option<u32>, count: usize) -> Vec<(f32, u32)> {
        let index = self.index;
        if let Some(only) = &self.ask.only {
            let slots = only.iter().filter_map(|id| index.find(*id));
            return slots.filter_map(|at| self.judge(at, value)).collect();
        }
        let pairs = self.wanted.iter().flat_map(|wanted| &wanted.pairs).copied().chain(value);
        let rarest = pairs.min_by_key(|pair| index.classes.pairs[*pair as usize].nodes);
        let found = match rarest {
            Some(pair) => self.sample_of_label(pair, value),
            None => self.sample_of_levels(),
        };
        if found.len() >= count {
            return found;
        }
        match rarest {
            Some(pair) => self.members(pair).filter_map(|at| self.judge(at, value)).collect(),
            None => (0..index.slots.len()).filter_map(|at| self.judge(at as u32, value)).collect(),
        }
    }

    /// Gives all slots with a pair.
    fn members(&self, pair: u32) -> impl Iterator<Item = u32> {
        let classes = &self.index.classes;
        let all = classes.pairs[pair as usize].classes.iter();
        all.flat_map(|class| classes.all[*class as usize].members.iter().copied())
    }

    /// Looks at some nodes with a pair; at all if they are few.
    fn sample_of_label(&mut self, pair: u32, value: Option<u32>) -> Vec<(f32, u32)> {
        let (index, mut found) = (self.index, Vec::new());
        let pair = &index.classes.pairs[pair as usize];
        if pair.nodes <= OF_LABEL {
            // `candidates` looks at all.
            return found;
        }
        let mut seen = HashSet::new();
        let few = pair.classes.len() <= TOP;
        for _ in 0..OF_LABEL {
            // With few classes each node is as likely as the other; with many their nodes are few, and it hardly matters.
            let at = if few {
                let mut place = self.dice.below(pair.nodes);
                let mut members = pair.classes.iter().map(|class| &index.classes.all[*class as usize].members);
                members.find_map(|members| match members.get(place) {
                    Some(at) => Some(*at),
                    None => {
                        place -= members.len();
                        None
                    }
                })
            } else {
                let class = pair.classes[self.dice.below(pair.classes.len())];
                let members = &index.classes.all[class as usize].members;
                if members.is_empty() { None } else { Some(members[self.dice.below(members.len())]) }
            };
            if let Some(at) = at.filter(|at| seen.insert(*at)) {
                found.extend(self.judge(at, value));
            }
        }
        found
    }

    /// Looks at some nodes of each level, the best first, until there are enough to choose from.
    fn sample_of_levels(&mut self) -> Vec<(f32, u32)> {
        let (index, mut found) = (self.index, Vec::new());
        for step in 0..LEVELS {
            let level = match self.ask.strategy {
                Strategy::Spread => step,
                Strategy::Binpack => LEVELS - 1 - step,
            };
            let slots = index.levels.at(level);
            if slots.len() <= OF_LEVEL {
                found.extend(slots.iter().filter_map(|at| self.judge(*at, None)));
            } else {
                let mut seen = HashSet::with_capacity(OF_LEVEL);
                for _ in 0..OF_LEVEL {
                    let at = slots[self.dice.below(slots.len())];
                    if seen.insert(at) {
                        found.extend(self.judge(at, None));
                    }
                }
            }
            if are_enough(&found) {
                break;
            }
        }
        found
    }

    /// Gives how good a node is, the lower the better; nothing if it does not do.
    fn judge(&self, at: u32, value: Option<u32>) -> Option<(f32, u32)> {
        let slot = &self.index.slots[at as usize];
        let fits = (0..3).all(|what| self.has(slot, what))
            && value
                .is_none_or(|value| self.index.classes.all[slot.class as usize].pairs.binary_search(&value).is_ok())
            && !self.chosen.contains(&at)
            && self.is_allowed(slot);
        if !fits {
            return None;
        }
        let known = (self.known)(slot.id);
        let used = amounts(&known.used);
        let after: [f32; 3] = std::array::from_fn(|what| (slot.granted[what] + self.amounts[what]).max(used[what]));
        let share = share(&slot.capacity, &after);
        let score = match self.ask.strategy {
            Strategy::Spread => share,
            Strategy::Binpack => -share,
        };
        Some((if known.is_online { score } else { score + DEGRADED }, at))
    }

    fn has(&self, slot: &Slot, what: usize) -> bool {
        let wanted = f64::from(slot.granted[what]) + f64::from(self.amounts[what]);
        self.amounts[what] == 0.0 || wanted <= f64::from(slot.capacity[what]) * CLOSE
    }

    fn is_allowed(&self, slot: &Slot) -> bool {
        let Some(wanted) = &self.wanted else { return false };
        wanted.holds(&self.index.classes.all[slot.class as usize], slot.id)
            && self.ask.only.as_ref().is_none_or(|only| only.contains(&slot.id))
            && !self.ask.never.contains(&slot.id)
            && !self.avoid.nodes.contains(&slot.id)
            && !self.avoid.beside.contains(&slot.id)
    }
}
