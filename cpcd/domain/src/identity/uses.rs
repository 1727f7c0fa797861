//! When service tokens were last used, noted without a write for each use.
//!
//! A use is noted in memory; a task writes what is new, each token at most once a minute.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use cpcd_model::{Result, id::ServiceTokenId, time::Timestamp};
use cpcd_store::{Store, sql::Priority};
use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;

/// A use is of no interest so soon after another.
const WITHIN: Duration = Duration::from_secs(60);
/// What comes in this time after a use is written together with it.
const TOGETHER: Duration = Duration::from_secs(1);
/// Tokens whose last use is kept in mind; when there are more, all are forgotten, and some are written once more.
const MOST: usize = 20_000;
/// Rows that one transaction changes.
const CHUNK: usize = 200;

/// Notes uses; clones share it.
#[derive(Clone)]
pub(super) struct Uses(Arc<Inner>);

struct Inner {
    store: Store,
    noted: Mutex<Noted>,
    news: Notify,
}

#[derive(Default)]
struct Noted {
    last: HashMap<ServiceTokenId, Timestamp>,
    unwritten: HashMap<ServiceTokenId, Timestamp>,
}

impl Noted {
    /// Says whether a use is to be written.
    fn take(&mut self, id: ServiceTokenId, now: Timestamp) -> bool {
        if self.last.get(&id).is_some_and(|last| now < *last + WITHIN) {
            return false;
        }
        if self.last.len() >= MOST {
            self.last.clear();
        }
        self.last.insert(id, now);
        self.unwritten.insert(id, now);
        true
    }
}

impl Uses {
    pub(super) fn new(store: &Store) -> Self {
        Self(Arc::new(Inner { store: store.clone(), noted: Mutex::default(), news: Notify::new() }))
    }

    /// Notes a use.
    pub(super) fn note(&self, id: ServiceTokenId, now: Timestamp) {
        if self.0.noted.lock().unwrap_or_else(PoisonError::into_inner).take(id, now) {
            self.0.news.notify_one();
        }
    }

    /// Writes what is noted, until `stop`, and then what is left.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.0.news.notified() => {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = time::sleep(TOGETHER) => {}
                    }
                }
            }
            if let Err(error) = self.write().await {
                tracing::debug!(%error, "when service tokens were last used was not written");
            }
        }
    }

    async fn write(&self) -> Result<()> {
        let unwritten: Vec<_> = self.0.noted.lock().unwrap_or_else(PoisonError::into_inner).unwritten.drain().collect();
        for chunk in unwritten.chunks(CHUNK) {
            // In one order everywhere, so that replicas never wait for each other.
            let mut chunk = chunk.to_vec();
            chunk.sort_unstable();
            let write = self.0.store.write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    for (id, at) in chunk {
                        tx.note_service_token_use(id, at, WITHIN).await?;
                    }
                    Ok(())
                })
            });
            write.await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_written_once_a_minute() {
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        let (mut noted, id) = (Noted::default(), ServiceTokenId::generate());
        let written = (0..600).filter(|second| noted.take(id, at(1000 + second))).count();
        assert_eq!(written, 10);
        assert!(noted.take(ServiceTokenId::generate(), at(1000)), "each for itself");
        for _ in 0..2 * MOST {
            noted.take(ServiceTokenId::generate(), at(1000));
            noted.unwritten.clear();
        }
        assert!(noted.last.len() <= MOST);
    }
}
