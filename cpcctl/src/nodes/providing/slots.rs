//! What a node provides, what it is to provide, and what follows: functions of state and time.
//!
//! The server names all that a node is to provide; each part goes its own way from what the hook program was told last to what is
//! wanted now. Of two epochs of a part the higher one counts, whatever order they come in.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use cpc_proto::v1::{GivenPart, PartAnswer};
use jiff::Timestamp;

use super::{
    hook::{End, Outcome, REFUSED, Word},
    part::{Key, Part},
};

/// Programs that run at once.
const AT_ONCE: usize = 8;
/// How long after its end an older epoch of a part is still told from a newer one.
const REMEMBERED: Duration = Duration::from_secs(600);

/// A part's way.
#[derive(Debug)]
struct Slot {
    /// What is wanted now.
    wanted: Option<Part>,
    /// What the program was told last, unless it has ended that since.
    told: Option<Part>,
    /// When its lease ends unless it is put off.
    until: Instant,
    /// The highest epoch that was seen.
    epoch: u64,
    /// The epoch that the server was told to be provided for.
    answered: Option<u64>,
    /// The epoch that was refused, and why.
    refused: Option<(u64, String)>,
    /// Why it is wanted no longer.
    reason: &'static str,
    is_running: bool,
}

impl Slot {
    fn new(until: Instant) -> Self {
        let (wanted, told, answered, refused) = (None, None, None, None);
        Self { wanted, told, until, epoch: 0, answered, refused, reason: "", is_running: false }
    }

    /// Gives what the program is to be told next.
    fn next(&self) -> Option<(Word, &Part)> {
        match (&self.told, &self.wanted) {
            _ if self.is_running => None,
            (Some(told), None) => Some((Word::Dropped, told)),
            (None, Some(wanted)) => Some((Word::Given, wanted)),
            (Some(told), Some(wanted)) if !told.is_taken => Some((Word::Given, wanted)),
            (Some(told), Some(wanted)) if !told.says_the_same_as(wanted) => Some((Word::Changed, wanted)),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }

    fn unwant(&mut self, reason: &'static str) {
        if self.wanted.take().is_some() {
            self.reason = reason;
        }
    }

    fn refuse(&mut self, part: &Part, why: String) -> PartAnswer {
        if self.wanted.as_ref().is_some_and(|wanted| wanted.epoch == part.epoch) {
            self.unwant("refused");
        }
        self.refused = Some((part.epoch, why.clone()));
        answer(part, true, why)
    }

    fn accept(&mut self, part: Part) -> Option<PartAnswer> {
        let is_news = self.answered.replace(part.epoch) != Some(part.epoch);
        let said = is_news.then(|| answer(&part, false, String::new()));
        self.told = Some(Part { is_taken: true, ..part });
        said
    }
}

fn answer(part: &Part, refused: bool, reason: String) -> PartAnswer {
    PartAnswer { allocation_id: part.allocation_id.clone(), number: part.number, epoch: part.epoch, refused, reason }
}

/// All parts that a node provides or is to provide.
#[derive(Debug, Default)]
pub(super) struct Slots(BTreeMap<Key, Slot>);

impl Slots {
    /// Takes up what the last agent left: it is wanted until its end, or until the server says otherwise.
    pub(super) fn restore(parts: Vec<Part>, now: Instant, clock: Timestamp) -> Self {
        let slots = parts.into_iter().map(|part| {
            let left = Duration::try_from(part.ends.duration_since(clock)).unwrap_or_default();
            let mut slot = Slot::new(now + left.min(Duration::from_secs(366 * 86_400)));
            slot.epoch = part.epoch;
            slot.wanted = part.is_taken.then(|| part.clone());
            let key = part.key();
            slot.told = Some(part);
            (key, slot)
        });
        Self(slots.collect())
    }

    /// Heeds what the server wants, said in answer to what was asked at `sent`; gives what it has to hear again.
    pub(super) fn heed(&mut self, given: &[GivenPart], sent: Instant, asked: Timestamp) -> Vec<PartAnswer> {
        let mut said = Vec::new();
        let mut named = std::collections::BTreeSet::new();
        for given in given.iter().filter(|given| given.expires_in_ms > 0) {
            let part = Part::new(given, asked);
            let slot = self.0.entry(part.key()).or_insert_with(|| Slot::new(sent));
            named.insert(part.key());
            if part.epoch < slot.epoch {
                continue;
            }
            slot.epoch = part.epoch;
            if let Some((_, why)) = slot.refused.as_ref().filter(|(epoch, _)| *epoch == part.epoch) {
                // The refusal was not heard.
                said.push(answer(&part, true, why.clone()));
                continue;
            }
            slot.until = sent + Duration::from_millis(given.expires_in_ms);
            let is_provided = slot.told.as_ref().is_some_and(|told| told.is_taken && told.epoch == part.epoch);
            if is_provided && slot.answered.replace(part.epoch) != Some(part.epoch) {
                said.push(answer(&part, false, String::new()));
            }
            slot.wanted = Some(part);
        }
        for (_, slot) in self.0.iter_mut().filter(|(key, _)| !named.contains(key)) {
            slot.unwant("taken away");
            slot.refused = None;
        }
        said
    }

    /// Wants no longer what has run out, and forgets what is long over.
    pub(super) fn expire(&mut self, now: Instant) {
        self.0.values_mut().filter(|slot| slot.until <= now).for_each(|slot| slot.unwant("expired"));
        self.0.retain(|_, slot| slot.is_running || slot.told.is_some() || slot.until + REMEMBERED > now);
    }

    /// Wants nothing any more.
    pub(super) fn drop_all(&mut self, reason: &'static str) {
        self.0.values_mut().for_each(|slot| slot.unwant(reason));
    }

    /// Tells whether nothing is provided and nothing is under way.
    pub(super) fn is_empty(&self) -> bool {
        self.0.values().all(|slot| slot.told.is_none() && !slot.is_running)
    }

    /// Gives when the next lease ends.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.0.values().filter(|slot| slot.wanted.is_some()).map(|slot| slot.until).min()
    }

    /// Gives what a program is to be told next, and why; until it is done the part waits.
    ///
    /// What is over ends before anything new begins: the machine has room for no more than was given.
    pub(super) fn next_step(&mut self) -> Option<(Word, Part, &'static str)> {
        let is_ending = |slot: &Slot| slot.told.is_some() && slot.wanted.is_none();
        let any_ends = self.0.values().any(is_ending);
        if self.0.values().filter(|slot| slot.is_running).count() >= AT_ONCE {
            return None;
        }
        self.0.values_mut().find_map(|slot| {
            let (word, part) = slot.next()?;
            if any_ends && word == Word::Given {
                return None;
            }
            let part = part.clone();
            slot.is_running = true;
            if word == Word::Given {
                // Kept as begun: should the agent end now, the next one knows what there may be.
                slot.told = Some(part.clone());
            }
            Some((word, part, slot.reason))
        })
    }

    /// Notes what came of a program; gives what the server has to hear of it.
    pub(super) fn done(&mut self, word: Word, part: Part, outcome: &Outcome) -> Option<PartAnswer> {
        let slot = self.0.get_mut(&part.key())?;
        slot.is_running = false;
        match (word, &outcome.end) {
            (Word::Dropped, _) => {
                slot.told = None;
                None
            }
            (Word::Given, End::Code(_)) => {
                slot.told = None;
                Some(slot.refuse(&part, outcome.why()))
            }
            // Whatever it has begun is still to be ended.
            (Word::Given, End::Badly(_)) => Some(slot.refuse(&part, outcome.why())),
            (Word::Changed, End::Code(REFUSED)) => {
                slot.told = Some(Part { is_taken: true, ..part.clone() });
                Some(slot.refuse(&part, outcome.why()))
            }
            (Word::Given, End::Well) | (Word::Changed, _) => slot.accept(part),
        }
    }

    /// Gives what is to be kept for the next agent.
    pub(super) fn kept(&self) -> Vec<&Part> {
        self.0.values().filter_map(|slot| slot.told.as_ref()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn given(id: &str, epoch: u64, expires_in_ms: u64) -> GivenPart {
        let deadline = Timestamp::from_millisecond(i64::try_from(expires_in_ms).unwrap()).unwrap();
        serde_json::from_value(serde_json::json!({
            "allocationId": id, "epoch": epoch.to_string(), "expiresInMs": expires_in_ms.to_string(), "deadline": deadline,
        }))
        .unwrap()
    }

    fn outcome(end: End) -> Outcome {
        Outcome { end, lines: Vec::new() }
    }

    /// Lets programs run, each ending as said; gives what they were told and what the server hears.
    fn settle(slots: &mut Slots, end: &End) -> (Vec<&'static str>, Vec<PartAnswer>) {
        let (mut words, mut answers) = (Vec::new(), Vec::new());
        while let Some((word, part, _)) = slots.next_step() {
            words.push(word.as_str());
            answers.extend(slots.done(word, part, &outcome(end.clone())));
        }
        (words, answers)
    }

    #[test]
    fn a_part_is_given_changed_and_dropped_once_each() {
        let (mut slots, now) = (Slots::default(), Instant::now());
        let heed = |slots: &mut Slots, given: &[GivenPart]| slots.heed(given, now, Timestamp::UNIX_EPOCH);
        assert!(heed(&mut slots, &[given("a", 1, 60_000)]).is_empty());
        let (words, answers) = settle(&mut slots, &End::Well);
        assert_eq!((words, answers.len(), answers[0].refused), (vec!["given"], 1, false));
        // The same again is no news, neither for the program nor for the server.
        assert!(heed(&mut slots, &[given("a", 1, 60_000)]).is_empty());
        assert_eq!(settle(&mut slots, &End::Well), (vec![], vec![]));
        heed(&mut slots, &[given("a", 1, 90_000)]);
        assert_eq!(settle(&mut slots, &End::Well), (vec!["changed"], vec![]));
        heed(&mut slots, &[given("a", 2, 90_000)]);
        let (words, answers) = settle(&mut slots, &End::Well);
        assert_eq!((words, answers[0].epoch), (vec!["changed"], 2));
        heed(&mut slots, &[]);
        assert_eq!(settle(&mut slots, &End::Well), (vec!["dropped"], vec![]));
        assert!(slots.is_empty() && slots.kept().is_empty());
    }

    #[test]
    fn an_older_epoch_is_not_obeyed() {
        let (mut slots, now) = (Slots::default(), Instant::now());
        slots.heed(&[given("a", 5, 60_000)], now, Timestamp::UNIX_EPOCH);
        settle(&mut slots, &End::Well);
        slots.heed(&[given("a", 4, 90_000)], now, Timestamp::UNIX_EPOCH);
        assert_eq!(settle(&mut slots, &End::Well).0, Vec::<&str>::new());
        assert_eq!(slots.kept()[0].epoch, 5);
        slots.heed(&[], now, Timestamp::UNIX_EPOCH);
        settle(&mut slots, &End::Well);
        slots.heed(&[given("a", 4, 90_000)], now, Timestamp::UNIX_EPOCH);
        assert_eq!(settle(&mut slots, &End::Well).0, Vec::<&str>::new(), "nor after it was dropped");
        slots.heed(&[given("a", 6, 90_000)], now, Timestamp::UNIX_EPOCH);
        assert_eq!(settle(&mut slots, &End::Well).0, ["given"]);
    }

    #[test]
    fn a_lease_counts_from_when_it_was_asked_for_and_ends_by_itself() {
        let (mut slots, now) = (Slots::default(), Instant::now());
        slots.heed(&[given("a", 1, 10_000), given("b", 1, 20_000)], now - 4 * SECOND, Timestamp::UNIX_EPOCH);
        settle(&mut slots, &End::Well);
        assert_eq!(slots.next_end(), Some(now + 6 * SECOND));
        slots.expire(now + 5 * SECOND);
        assert_eq!(settle(&mut slots, &End::Well).0, Vec::<&str>::new());
        slots.expire(now + 6 * SECOND);
        let (word, part, reason) = slots.next_step().unwrap();
        assert_eq!((word, &*part.allocation_id, reason), (Word::Dropped, "a", "expired"));
        assert_eq!(slots.next_end(), Some(now + 16 * SECOND));
        slots.expire(now + 700 * SECOND);
        assert_eq!(slots.0.len(), 2, "what still has to be ended is not forgotten");
    }

    #[test]
    fn a_refusal_is_said_again_until_it_was_heard() {
        let (mut slots, now) = (Slots::default(), Instant::now());
        let parts = [given("a", 1, 60_000)];
        slots.heed(&parts, now, Timestamp::UNIX_EPOCH);
        let (words, answers) = settle(&mut slots, &End::Code(75));
        assert_eq!((words, answers.len(), answers[0].refused), (vec!["given"], 1, true));
        assert!(slots.kept().is_empty());
        assert!(slots.heed(&parts, now, Timestamp::UNIX_EPOCH)[0].refused);
        assert_eq!(settle(&mut slots, &End::Well).0, Vec::<&str>::new());
        slots.heed(&[], now, Timestamp::UNIX_EPOCH);
        slots.heed(&[given("a", 2, 60_000)], now, Timestamp::UNIX_EPOCH);
        assert_eq!(settle(&mut slots, &End::Well).0, ["given"], "at a later epoch it is asked anew");
    }

    #[test]
    fn what_failed_to_begin_in_time_is_ended_before_anything_else_begins() {
        let (mut slots, now) = (Slots::default(), Instant::now());
        slots.heed(&[given("a", 1, 60_000)], now, Timestamp::UNIX_EPOCH);
        let (word, part, _) = slots.next_step().unwrap();
        slots.heed(&[given("a", 1, 60_000), given("b", 1, 60_000)], now, Timestamp::UNIX_EPOCH);
        let said = slots.done(word, part, &outcome(End::Badly("has not ended within 1s".into()))).unwrap();
        assert!(said.refused && said.reason.contains("1s"));
        let (word, part, reason) = slots.next_step().unwrap();
        assert_eq!((word, &*part.allocation_id, reason), (Word::Dropped, "a", "refused"));
        assert!(slots.next_step().is_none());
        slots.done(word, part, &outcome(End::Well));
        assert_eq!(settle(&mut slots, &End::Well).0, ["given"]);
    }

    #[test]
    fn the_next_agent_goes_on_with_what_the_last_one_left() {
        let (mut slots, now) = (Slots::default(), Instant::now());
        slots.heed(&[given("a", 1, 60_000), given("b", 1, 5_000)], now, Timestamp::UNIX_EPOCH);
        settle(&mut slots, &End::Well);
        slots.heed(&[given("a", 1, 60_000), given("b", 1, 5_000), given("c", 1, 60_000)], now, Timestamp::UNIX_EPOCH);
        assert_eq!(slots.next_step().unwrap().0, Word::Given);
        let kept: Vec<Part> = slots.kept().into_iter().cloned().collect();
        let later = Timestamp::from_second(10).unwrap();
        let mut slots = Slots::restore(kept, now, later);
        assert_eq!(slots.next_end(), Some(now), "b has run out meanwhile");
        slots.expire(now);
        // Of c nobody knows how far it was begun.
        assert_eq!(settle(&mut slots, &End::Well).0, ["dropped", "dropped"]);
        let said = slots.heed(&[given("a", 1, 60_000)], now, Timestamp::UNIX_EPOCH);
        assert_eq!((said.len(), said[0].refused), (1, false), "the server may not have heard it");
        assert_eq!(settle(&mut slots, &End::Well).0, Vec::<&str>::new());
    }
}
