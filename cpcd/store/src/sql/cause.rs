//! Statements by what caused them: that a heartbeat costs none can be counted.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use cpcd_model::Result;
use futures_util::future::BoxFuture;

use super::Tx;

tokio::task_local! {
    /// Counts the statements of the work under way.
    static COUNTER: Arc<AtomicU64>;
}

/// Counters of one store, by cause.
#[derive(Debug, Default)]
pub(super) struct Causes(Mutex<BTreeMap<&'static str, Arc<AtomicU64>>>);

impl Causes {
    /// Does work whose statements count as caused by `cause`.
    pub(super) fn count<F: Future>(&self, cause: &'static str, work: F) -> impl Future<Output = F::Output> + use<F> {
        let counter = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(cause).or_default().clone();
        COUNTER.scope(counter, work)
    }

    pub(super) fn counts(&self) -> Vec<(&'static str, u64)> {
        let causes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        causes.iter().map(|(cause, counter)| (*cause, counter.load(Ordering::Relaxed))).collect()
    }
}

/// Counts a statement, if somebody wants to know.
pub(super) fn note_statement() {
    let _ = COUNTER.try_with(|counter| counter.fetch_add(1, Ordering::Relaxed));
}

/// Makes a job count under the cause of here, wherever it runs.
pub(super) fn carry_job<T, F>(job: F) -> impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
{
    let counter = COUNTER.try_with(Arc::clone);
    move |tx: &mut Tx| match counter {
        Ok(counter) => Box::pin(COUNTER.scope(counter, job(tx))),
        Err(_) => job(tx),
    }
}
