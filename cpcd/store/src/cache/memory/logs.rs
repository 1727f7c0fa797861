//! Logs in this process.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::super::LogPosition;

#[derive(Default)]
pub(super) struct Logs(Mutex<HashMap<String, Log>>);

#[derive(Default)]
struct Log {
    newest: LogPosition,
    entries: VecDeque<(LogPosition, Vec<u8>)>,
}

impl Logs {
    pub(super) fn append(&self, log: &str, entry: Vec<u8>, keep: usize) {
        let mut logs = self.lock();
        let log = logs.entry(log.to_owned()).or_default();
        log.newest.number += 1;
        log.entries.push_back((log.newest, entry));
        let surplus = log.entries.len().saturating_sub(keep);
        log.entries.drain(..surplus);
    }

    pub(super) fn read(&self, log: &str, after: LogPosition, limit: usize) -> Vec<(LogPosition, Vec<u8>)> {
        let logs = self.lock();
        let Some(log) = logs.get(log) else { return Vec::new() };
        let first = log.entries.partition_point(|(position, _)| *position <= after);
        log.entries.range(first..).take(limit).cloned().collect()
    }

    pub(super) fn newest(&self, log: &str) -> LogPosition {
        self.lock().get(log).map(|log| log.newest).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Log>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
