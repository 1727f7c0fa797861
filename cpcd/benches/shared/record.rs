//! What the generator writes down.

use std::time::Duration;

/// Steps within each power of two: a bucket is 3 % wide.
const STEPS: u64 = 32;

/// Latencies and counts of one measurement.
pub(crate) struct Record {
    buckets: Vec<u64>,
    /// Answers a connection.
    pub(crate) answers: Vec<u64>,
}

impl Record {
    /// Starts empty for so many connections.
    pub(crate) fn new(connections: usize) -> Self {
        Self { buckets: vec![0; 64 * STEPS as usize], answers: vec![0; connections] }
    }

    /// Writes down one answer.
    pub(crate) fn add(&mut self, connection: usize, latency: Duration) {
        self.answers[connection] += 1;
        self.buckets[bucket(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX))] += 1;
    }

    /// Adds the connections of another thread.
    pub(crate) fn append(&mut self, other: Record) {
        self.answers.extend(other.answers);
        for (mine, theirs) in self.buckets.iter_mut().zip(other.buckets) {
            *mine += theirs;
        }
    }

    /// All answers.
    pub(crate) fn total(&self) -> u64 {
        self.answers.iter().sum()
    }

    /// The latency that this share of the answers did not exceed.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let rank = (self.total() as f64 * share).ceil() as u64;
        let mut seen = 0;
        let index = self.buckets.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        Duration::from_nanos(floor(index.unwrap_or(0)))
    }

    /// What the worst served connection got, as a share of what an even split gives it.
    pub(crate) fn least_share(&self) -> f64 {
        let least = self.answers.iter().min().copied().unwrap_or(0);
        least as f64 * self.answers.len() as f64 / (self.total().max(1)) as f64
    }
}

fn bucket(nanos: u64) -> usize {
    let nanos = nanos.max(STEPS);
    let power = u64::from(nanos.ilog2());
    let step = (nanos >> (power - u64::from(STEPS.ilog2()))) - STEPS;
    (power * STEPS + step) as usize
}

fn floor(bucket: usize) -> u64 {
    let (power, step) = (bucket as u64 / STEPS, bucket as u64 % STEPS);
    (STEPS + step) << power.saturating_sub(u64::from(STEPS.ilog2()))
}
