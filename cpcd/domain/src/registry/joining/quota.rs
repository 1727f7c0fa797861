//! How many nodes there may be: of one network, that wait for approval, and together.
//!
//! The counts are rows that change in the transaction that adds or removes a node, so they are exact whatever happens at the same time.
//! Whoever is refused is remembered for some seconds, so that a flood costs next to nothing.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use cpcd_model::{Error, Reason, Result, node::Node, time::Timestamp};
use cpcd_store::{Store, Tx, sql::NodeCount};

use super::super::Config;

/// What all nodes count under that count for a network.
pub(in crate::registry) const ALL: &str = "all";
/// What nodes count under that wait for approval.
pub(in crate::registry) const PENDING: &str = "pending";
const HOUR: Duration = Duration::from_secs(3600);
/// How long a refusal holds without a look at the store.
const REMEMBERED: Duration = Duration::from_secs(3);
/// Refusals that are kept in mind; when there are more, all are forgotten.
const MOST_REMEMBERED: usize = 4096;
/// When to try again where only a removal makes room.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// The limits, each by the name of its setting.
pub const LIMITS: [&str; 4] = ["nodes_per_network", "new_nodes_per_network_per_hour", "pending_nodes", "max_nodes"];

/// How far a limit is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Which of the [`LIMITS`].
    pub limit: &'static str,
    /// How many there may be; nothing for any number.
    pub most: Option<u64>,
    /// How many there are.
    pub used: u64,
    /// The network that has the most, where the limit is one of each network.
    pub network: String,
    /// How often it has kept a node out here.
    pub refused: u64,
}

/// What keeps a node out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::registry) struct Full {
    /// What is full: a network, `pending` or `all`.
    name: String,
    /// Which of the limits.
    limit: usize,
    used: u64,
    most: u64,
    wait: Duration,
}

impl Full {
    pub(in crate::registry) fn error(&self) -> Error {
        let Self { name, limit, used, most, wait } = self;
        let text = match limit {
            0 => format!(
                "the network {name} has {used} nodes, and {most} may be; an invite that does not count lets more in"
            ),
            1 => format!(
                "{used} nodes have come from the network {name} within the hour, and {most} may; try again later"
            ),
            2 => format!("{used} nodes wait for approval, and {most} may; an invite lets a node in without"),
            _ => format!("there are {used} nodes, and {most} may be"),
        };
        let error = Error::new(Reason::QuotaExceeded, text)
            .with_metadata("limit", LIMITS[*limit])
            .with_metadata("used", used.to_string())
            .with_metadata("most", most.to_string())
            .with_retry_after(*wait);
        if *limit < 2 { error.with_metadata("network", name.clone()) } else { error }
    }
}

/// How many there may be; the greatest number where there is no limit.
#[derive(Clone, Copy, Debug)]
struct Limits([u64; 4]);

impl Default for Limits {
    fn default() -> Self {
        Self([u64::MAX; 4])
    }
}

impl Limits {
    /// Finds what keeps out one more under a name.
    fn full(self, count: &NodeCount, now: Timestamp) -> Option<Full> {
        let (nodes, hourly) = match count.name.as_str() {
            PENDING => (2, None),
            ALL => (3, None),
            _ => (0, Some(1)),
        };
        let full = |limit: usize, used: u64, wait: Duration| {
            let most = self.0[limit];
            (used >= most).then(|| Full { name: count.name.clone(), limit, used, most, wait })
        };
        let until = Duration::try_from((count.hour + HOUR).duration_since(now)).unwrap_or_default();
        full(nodes, count.nodes, TRY_AGAIN)
            .or_else(|| full(hourly?, count.new_nodes, until.max(Duration::from_secs(1))))
    }
}

/// Keeps the quotas; by default there are none.
#[derive(Default)]
pub(in crate::registry) struct Quotas {
    limits: Limits,
    remembered: Mutex<HashMap<String, (Full, Timestamp)>>,
    refused: [AtomicU64; 4],
}

impl Quotas {
    pub(in crate::registry) fn new(config: &Config) -> Self {
        let limit = |most: u64| if most == 0 { u64::MAX } else { most };
        let limits = Limits([
            limit(config.nodes_per_network.into()),
            limit(config.new_nodes_per_network_per_hour.into()),
            limit(config.pending_nodes.into()),
            limit(config.max_nodes),
        ]);
        Self { limits, remembered: Mutex::default(), refused: Default::default() }
    }

    /// Gives how often each of the [`LIMITS`] has kept a node out here.
    pub(in crate::registry) fn refused(&self) -> [u64; 4] {
        [0, 1, 2, 3].map(|limit| self.refused[limit].load(Ordering::Relaxed))
    }

    /// Gives how far each of the [`LIMITS`] is used; of networks, in the fullest.
    ///
    /// # Errors
    /// What the store says.
    pub(in crate::registry) async fn used(&self, store: &Store) -> Result<Vec<Quota>> {
        let (fullest, pending, all) =
            tokio::join!(store.get_fullest_network(), store.get_node_count(PENDING), store.get_node_count(ALL));
        let (network, in_network) = fullest?.unwrap_or_default();
        let new = if network.is_empty() { None } else { store.get_node_count(&network).await? };
        let nodes = |count: Option<NodeCount>| count.map_or(0, |count| count.nodes);
        let used = [in_network, new.map_or(0, |count| count.new_nodes), nodes(pending?), nodes(all?)];
        let quotas = LIMITS.into_iter().enumerate().map(|(number, limit)| Quota {
            limit,
            most: Some(self.limits.0[number]).filter(|most| *most != u64::MAX),
            used: used[number],
            network: if number < 2 { network.clone() } else { String::new() },
            refused: self.refused[number].load(Ordering::Relaxed),
        });
        Ok(quotas.collect())
    }

    /// Gives what kept others like this node out a moment ago.
    pub(in crate::registry) fn known_full(&self, node: &Node, now: Timestamp) -> Option<Full> {
        let remembered = self.remembered();
        let full = names(node)
            .into_iter()
            .find_map(|name| remembered.get(&name).filter(|(_, until)| now < *until).map(|(full, _)| full.clone()))?;
        self.refused[full.limit].fetch_add(1, Ordering::Relaxed);
        Some(full)
    }

    /// Counts nodes that the transaction at hand has added; gives for each what keeps it out, if anything does: then it is not counted,
    /// and to be removed again.
    pub(in crate::registry) async fn take(
        &self,
        tx: &mut Tx,
        nodes: &[Node],
        now: Timestamp,
    ) -> Result<Vec<Option<Full>>> {
        let names: Vec<_> = nodes.iter().map(names).collect();
        if names.iter().all(Vec::is_empty) {
            return Ok(vec![None; nodes.len()]);
        }
        let mut counts = tx.lock_node_counts(&names.concat(), now).await?;
        let verdicts = settle(&mut counts, &names, self.limits, now);
        tx.update_node_counts(&counts).await?;
        for full in verdicts.iter().flatten() {
            self.refused[full.limit].fetch_add(1, Ordering::Relaxed);
            let mut remembered = self.remembered();
            if remembered.len() >= MOST_REMEMBERED {
                remembered.clear();
            }
            remembered.insert(full.name.clone(), (full.clone(), now + full.wait.min(REMEMBERED)));
        }
        Ok(verdicts)
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<String, (Full, Timestamp)>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts nodes no longer that the transaction at hand removes, or under one name only: the last that it locks.
pub(in crate::registry) async fn give_back(tx: &mut Tx, names: &[String], now: Timestamp) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let mut counts = tx.lock_node_counts(names, now).await?;
    for count in &mut counts {
        let gone = names.iter().filter(|name| **name == count.name).count();
        count.nodes = count.nodes.saturating_sub(gone as u64);
    }
    tx.update_node_counts(&counts).await
}

/// Gives the names that a node counts under.
pub(in crate::registry) fn names(node: &Node) -> Vec<String> {
    let mut names = Vec::new();
    if !node.joined.network.is_empty() {
        names.extend([node.joined.network.clone(), ALL.to_owned()]);
    }
    if node.is_pending {
        names.push(PENDING.to_owned());
    }
    names
}

/// Counts each that may come; gives for each what keeps it out.
fn settle(counts: &mut [NodeCount], wanted: &[Vec<String>], limits: Limits, now: Timestamp) -> Vec<Option<Full>> {
    for count in counts.iter_mut().filter(|count| count.hour + HOUR <= now) {
        (count.hour, count.new_nodes) = (now, 0);
    }
    let mut places: HashMap<String, &mut NodeCount> =
        counts.iter_mut().map(|count| (count.name.clone(), count)).collect();
    let settled = wanted.iter().map(|names| {
        let full = names.iter().find_map(|name| limits.full(places.get(name)?, now));
        if full.is_none() {
            for name in names {
                if let Some(count) = places.get_mut(name) {
                    count.nodes += 1;
                    count.new_nodes += 1;
                }
            }
        }
        full
    });
    settled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: &str = "203.0.113.0/24";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn count(name: &str, nodes: u64, new_nodes: u64) -> NodeCount {
        NodeCount { name: name.into(), nodes, hour: at(0), new_nodes }
    }

    fn words(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn as_many_come_as_there_are_places() {
        let limits = Limits([5, 100, 2, u64::MAX]);
        let mut counts = [count(NETWORK, 3, 3), count(ALL, 9, 9), count(PENDING, 0, 0)];
        let wanted = vec![words(&[NETWORK, ALL, PENDING]); 3];
        let verdicts = settle(&mut counts, &wanted, limits, at(10));
        assert_eq!(verdicts.iter().filter(|full| full.is_none()).count(), 2);
        let full = verdicts[2].as_ref().unwrap();
        assert_eq!((full.limit, full.used, full.most), (0, 5, 5), "the first of its names that is full");
        assert_eq!(counts.each_ref().map(|count| count.nodes), [5, 11, 2], "who is refused counts nowhere");
        let error = full.error();
        assert_eq!(error.metadata()["limit"], "nodes_per_network");
        assert_eq!(error.metadata()["network"], NETWORK);
        let verdicts = settle(&mut counts, &[words(&[ALL, PENDING]), words(&[])], limits, at(10));
        assert_eq!(verdicts[0].as_ref().unwrap().limit, 2);
        assert_eq!(verdicts[1], None, "whoever counts for nothing is let in");
    }

    #[test]
    fn an_hour_later_new_ones_may_come() {
        let limits = Limits([100, 4, 100, 100]);
        let mut counts = [count(NETWORK, 4, 4)];
        let full = settle(&mut counts, &[words(&[NETWORK])], limits, at(600)).remove(0).unwrap();
        assert_eq!((full.limit, full.wait), (1, Duration::from_secs(3000)));
        assert!(settle(&mut counts, &[words(&[NETWORK])], limits, at(3600))[0].is_none());
        assert_eq!((counts[0].nodes, counts[0].new_nodes, counts[0].hour), (5, 1, at(3600)));
    }
}
