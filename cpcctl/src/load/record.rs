//! What a load writes down: latencies from the time that a heartbeat was meant to be sent, and errors by reason.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

/// The longest latency that is told apart, in microseconds.
const LONGEST: u64 = 3_600_000_000;

/// What is written down between two instants.
pub(crate) struct Record {
    pub(crate) since: Instant,
    pub(crate) until: Instant,
    latencies: RefCell<Histogram<u64>>,
    errors: RefCell<BTreeMap<String, u64>>,
    forgotten: Cell<u64>,
}

impl Record {
    /// Begins empty.
    pub(crate) fn new(since: Instant, until: Instant) -> Self {
        let latencies = Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are sound");
        Self { since, until, latencies: RefCell::new(latencies), errors: RefCell::default(), forgotten: Cell::new(0) }
    }

    /// Notes an answer to what was meant to be sent at `meant`.
    pub(crate) fn answer(&self, meant: Instant, register_again: bool) {
        let now = Instant::now();
        if (self.since..self.until).contains(&meant) {
            let micros = u64::try_from((now - meant).as_micros()).unwrap_or(u64::MAX);
            self.latencies.borrow_mut().saturating_record(micros.max(1));
            self.forgotten.set(self.forgotten.get() + u64::from(register_again));
        }
    }

    /// Notes a failure.
    pub(crate) fn error(&self, meant: Instant, reason: &str) {
        if (self.since..self.until).contains(&meant) {
            *self.errors.borrow_mut().entry(reason.to_owned()).or_default() += 1;
        }
    }

    /// Gives how many answers came.
    pub(crate) fn answers(&self) -> u64 {
        self.latencies.borrow().len()
    }

    /// Gives the errors by reason; an answer that a node must register again is one.
    pub(crate) fn errors(&self) -> BTreeMap<String, u64> {
        let mut errors = self.errors.borrow().clone();
        if self.forgotten.get() > 0 {
            errors.insert("REGISTER_AGAIN".to_owned(), self.forgotten.get());
        }
        errors
    }

    /// Gives how many answers took less than so many microseconds: bounds that double, from the first that holds any to the last.
    ///
    /// A bar begins with a power of two, since only there the histogram's own steps begin as well: no answer is in two bars.
    pub(crate) fn histogram(&self) -> Vec<(u64, u64)> {
        let latencies = self.latencies.borrow();
        let bars = (6..=LONGEST.ilog2() + 1).map(|power| {
            let (low, high) = (if power == 6 { 0 } else { 1 << (power - 1) }, 1_u64 << power);
            (high, latencies.count_between(low, high - 1))
        });
        let bars: Vec<_> = bars.skip_while(|(_, count)| *count == 0).collect();
        let end = bars.iter().rposition(|(_, count)| *count > 0).map_or(0, |last| last + 1);
        bars.into_iter().take(end).collect()
    }

    /// Gives the latency that this share of the answers did not exceed.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        Duration::from_micros(self.latencies.borrow().value_at_quantile(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_meant_within_the_time_counts() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let record = Record::new(now - second, now + second);
        record.answer(now - 2 * second, false);
        record.answer(now - second / 2, false);
        record.answer(now, true);
        record.error(now + 2 * second, "LATE");
        record.error(now, "AWAY");
        assert_eq!(record.answers(), 2);
        let errors = record.errors();
        assert_eq!((errors.len(), errors["AWAY"], errors["REGISTER_AGAIN"]), (2, 1, 1));
        let bars = record.histogram();
        assert!(bars.iter().map(|(_, count)| count).sum::<u64>() == 2 && bars.first() != bars.last(), "{bars:?}");
        // Counted from when it was meant to be sent, not from when it was.
        assert!(record.quantile(1.0) >= second / 2);
    }

    #[test]
    fn every_answer_is_in_one_bar() {
        let now = Instant::now();
        let record = Record::new(now, now);
        let around = (0..33).flat_map(|power| [(1_u64 << power) - 1, 1 << power, (1 << power) + 1]);
        around.chain([3_600_000_000]).for_each(|micros| record.latencies.borrow_mut().saturating_record(micros.max(1)));
        let bars = record.histogram();
        assert_eq!(bars.iter().map(|(_, count)| count).sum::<u64>(), record.answers(), "{bars:?}");
        assert!(bars.iter().all(|(_, count)| *count >= 3), "{bars:?}");
    }
}
