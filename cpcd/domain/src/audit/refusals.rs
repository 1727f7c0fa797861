//! Refusals: counted in memory, by whom, what, why and minute, and written by and by.
//!
//! The first of each is written within seconds; how many more there were, when its minute is over. A daemon that dies without warning
//! takes these numbers along. Nobody makes the table grow: beyond so many kinds within a minute only calls and reasons are told apart.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};

use cpcd_model::{
    audit::{NewAuditEntry, Outcome},
    time::Timestamp,
};
use cpcd_store::sql::Priority;
use serde_json::json;
use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Audit;

/// How often what is due is written.
const WRITE_EVERY: Duration = Duration::from_secs(2);
/// Kinds that are told apart at a time; each leaves at most two entries a minute.
const MOST: usize = 1_024;
/// Of them those of nobody in particular: whoever makes up keys does not hide what somebody who is known was refused.
const MOST_UNKNOWN: usize = MOST / 2;

/// The kind of caller of those that are not told apart.
pub(super) const SEVERAL: &str = "several";

/// What is counted as one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Refusal {
    pub(super) actor_kind: &'static str,
    pub(super) actor_id: Option<Uuid>,
    pub(super) action: &'static str,
    pub(super) reason: &'static str,
    /// Of a login, the key.
    pub(super) key: Option<String>,
    pub(super) network: String,
}

/// How often, and when.
#[derive(Clone, Copy, Debug)]
struct Tally {
    first: Timestamp,
    last: Timestamp,
    /// The request of the first.
    request_id: Option<Uuid>,
    count: u64,
}

type Kept = (Refusal, i64);

/// What was refused and is not written yet.
#[derive(Default)]
pub(super) struct Refusals(Mutex<Table>);

#[derive(Default)]
struct Table {
    /// By what and minute.
    tallies: HashMap<Kept, Counted>,
    /// How many of them are of nobody in particular.
    unknown: usize,
}

#[derive(Default)]
struct Counted {
    /// What waits to be written.
    tally: Option<Tally>,
    /// Whether there is an entry of this minute already.
    is_known: bool,
}

impl Refusals {
    /// Counts one.
    pub(super) fn count(&self, refusal: Refusal, request_id: Option<Uuid>, now: Timestamp) {
        let minute = minute(now);
        let mut table = self.table();
        let mut kept = (refusal, minute);
        let is_unknown = kept.0.actor_id.is_none();
        let is_new = !table.tallies.contains_key(&kept);
        if is_new && (table.tallies.len() >= MOST || (is_unknown && table.unknown >= MOST_UNKNOWN)) {
            // Whoever they are: they are many.
            kept.0 =
                Refusal { actor_kind: SEVERAL, action: kept.0.action, reason: kept.0.reason, ..Refusal::default() };
        }
        table.unknown += usize::from(is_new && is_unknown);
        let counted = table.tallies.entry(kept).or_default();
        let tally = counted.tally.get_or_insert(Tally { first: now, last: now, request_id, count: 0 });
        tally.count += 1;
        tally.last = tally.last.max(now);
    }

    /// Gives how many refusals wait.
    pub(super) fn waiting(&self) -> u64 {
        self.table().tallies.values().filter_map(|counted| counted.tally).map(|tally| tally.count).sum()
    }

    /// Takes what is to be written: what is new, and what is left of minutes that are over; or all.
    fn take(&self, now: Timestamp, all: bool) -> Vec<(Kept, Tally)> {
        let this = minute(now);
        let mut taken = Vec::new();
        let mut table = self.table();
        table.tallies.retain(|kept, counted| {
            let is_over = all || kept.1 < this;
            if (is_over || !counted.is_known)
                && let Some(tally) = counted.tally.take()
            {
                taken.push((kept.clone(), tally));
            }
            counted.is_known = true;
            !is_over
        });
        table.unknown = table.tallies.keys().filter(|(refusal, _)| refusal.actor_id.is_none()).count();
        taken
    }

    /// Puts back what could not be written.
    fn give_back(&self, taken: Vec<(Kept, Tally)>) {
        let mut table = self.table();
        for (kept, tally) in taken {
            let counted = table.tallies.entry(kept).or_default();
            let more = counted.tally.map_or(0, |more| more.count);
            let last = counted.tally.map_or(tally.last, |more| more.last.max(tally.last));
            *counted = Counted { tally: Some(Tally { count: tally.count + more, last, ..tally }), is_known: false };
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what is due until `stop`, and then the rest.
pub(super) async fn run(audit: &Audit, stop: &CancellationToken) {
    let mut is_away = false;
    loop {
        let is_over = tokio::select! {
            () = stop.cancelled() => true,
            () = time::sleep(WRITE_EVERY) => false,
        };
        let written = write(audit, is_over).await;
        if let Err(error) = &written
            && !is_away
        {
            tracing::warn!(error = ?error, "refusals are not written to the audit until the store answers");
        }
        is_away = written.is_err();
        if is_over {
            return;
        }
    }
}

async fn write(audit: &Audit, all: bool) -> cpcd_model::Result<()> {
    let taken = audit.refusals.take(audit.clock.now(), all);
    if taken.is_empty() {
        return Ok(());
    }
    let entries: Vec<_> = taken.iter().map(|(kept, tally)| entry(&kept.0, *tally)).collect();
    let count = entries.len() as u64;
    let write = audit.store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.insert_audit(&entries).await }));
    match write.await {
        Ok(()) => {
            audit.written.fetch_add(count, Ordering::Relaxed);
            Ok(())
        }
        Err(error) => {
            audit.refusals.give_back(taken);
            Err(error)
        }
    }
}

fn entry(refusal: &Refusal, tally: Tally) -> NewAuditEntry {
    NewAuditEntry {
        time: tally.first,
        actor_kind: refusal.actor_kind.to_owned(),
        actor_id: refusal.actor_id,
        session_id: None,
        token_id: None,
        action: refusal.action.to_owned(),
        target_kind: if refusal.key.is_some() { "key".to_owned() } else { String::new() },
        target_id: refusal.key.clone().unwrap_or_default(),
        outcome: Outcome::Refused,
        reason: refusal.reason.to_owned(),
        request_id: tally.request_id,
        network: refusal.network.clone(),
        details: json!({ "last": tally.last.to_string() }).to_string(),
        count: tally.count,
    }
}

fn minute(time: Timestamp) -> i64 {
    time.as_second().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn refusal(network: u32) -> Refusal {
        let network = network.to_string();
        Refusal { actor_kind: "anonymous", action: "S/Call", reason: "WHY", network, ..Refusal::default() }
    }

    fn counts(taken: &[(Kept, Tally)]) -> Vec<u64> {
        let mut counts: Vec<_> = taken.iter().map(|(_, tally)| tally.count).collect();
        counts.sort_unstable();
        counts
    }

    #[test]
    fn the_first_shows_at_once_and_the_number_with_the_minute() {
        let refusals = Refusals::default();
        refusals.count(refusal(1), None, at(0));
        assert_eq!(counts(&refusals.take(at(1), false)), [1]);
        for second in 2..50 {
            refusals.count(refusal(1), None, at(second));
        }
        assert!(refusals.take(at(51), false).is_empty(), "it is known that there are some");
        assert_eq!(refusals.waiting(), 48);
        refusals.count(refusal(1), None, at(61));
        let taken = refusals.take(at(62), false);
        assert_eq!(counts(&taken), [1, 48]);
        refusals.give_back(taken);
        assert_eq!(counts(&refusals.take(at(63), false)), [1, 48], "what could not be written is kept");
        assert!(refusals.take(at(200), true).is_empty());
        assert!(refusals.table().tallies.is_empty());
    }

    #[test]
    fn a_million_networks_take_no_more_room() {
        let refusals = Refusals::default();
        for network in 0..1_000_000 {
            refusals.count(refusal(network), None, at(1));
        }
        assert!(refusals.table().tallies.len() <= MOST + 1, "{}", refusals.table().tallies.len());
        let taken = refusals.take(at(2), true);
        assert_eq!(counts(&taken).iter().sum::<u64>(), 1_000_000, "each is counted");
    }

    #[test]
    fn whoever_is_known_is_told_apart_beside_a_flood() {
        let refusals = Refusals::default();
        for network in 0..10_000 {
            refusals.count(refusal(network), None, at(1));
        }
        let somebody = Refusal { actor_kind: "user", actor_id: Some(Uuid::max()), ..refusal(1) };
        refusals.count(somebody.clone(), None, at(2));
        assert!(refusals.take(at(3), false).iter().any(|(kept, tally)| kept.0 == somebody && tally.count == 1));
    }
}
