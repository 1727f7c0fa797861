//! Gathering: what arrives at the same time is written in one transaction.
//!
//! A write by itself is many ways to the database and back. Those that come while a transaction is under way wait for the next one, which
//! takes all of them with one statement for each table: the fuller it gets the faster it works, and who comes alone waits for nobody.
//! Each is answered after the commit. If a transaction of many fails, each of them gets one of its own, so that nobody fails for
//! another's fault.

use std::{
    collections::VecDeque,
    future::Future,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cpcd_model::{Error, Reason, Result};
use cpcd_store::deadline;
use tokio::sync::oneshot;

/// Most that one transaction takes: it holds its locks for some ten milliseconds.
const MOST: usize = 256;
/// Most that wait: as many as are written in a second or so.
const MOST_WAITING: usize = 4_096;

/// Writes what has gathered.
pub(crate) trait Writer: Clone + Send + Sync + 'static {
    /// What is written.
    type Item: Clone + Send + 'static;
    /// What becomes of it.
    type Answer: Send + 'static;
    /// What one item is called where there are too many, such as "registrations".
    const ITEMS: &'static str;

    /// Writes items in one transaction; gives an answer for each, in their order.
    fn write(&self, items: Vec<Self::Item>) -> impl Future<Output = Result<Vec<Self::Answer>>> + Send;
}

/// Gathers; clones share it.
pub(crate) struct Gathering<W: Writer> {
    writer: W,
    queue: Arc<Mutex<Queue<W>>>,
}

impl<W: Writer> Clone for Gathering<W> {
    fn clone(&self) -> Self {
        Self { writer: self.writer.clone(), queue: self.queue.clone() }
    }
}

struct Queue<W: Writer> {
    waiting: VecDeque<Waiting<W>>,
    /// Whether somebody writes and will look again.
    is_led: bool,
}

struct Waiting<W: Writer> {
    item: W::Item,
    answer: oneshot::Sender<Result<W::Answer>>,
}

impl<W: Writer> Gathering<W> {
    pub(crate) fn new(writer: W) -> Self {
        let queue = Queue { waiting: VecDeque::new(), is_led: false };
        Self { writer, queue: Arc::new(Mutex::new(queue)) }
    }

    /// Gives who writes.
    #[cfg(test)]
    pub(crate) fn writer(&self) -> &W {
        &self.writer
    }

    /// Writes an item with those that come at the same time; gives what became of it.
    ///
    /// # Errors
    /// `OVERLOADED`, `SHUTTING_DOWN`, `DEADLINE_EXCEEDED`, what the writer says.
    pub(crate) async fn take(&self, item: W::Item) -> Result<W::Answer> {
        let (answer, answered) = oneshot::channel();
        let leads = {
            let mut queue = self.queue();
            if queue.waiting.len() >= MOST_WAITING {
                let text = format!("more {} come than can be written; try again in a moment", W::ITEMS);
                return Err(Error::new(Reason::Overloaded, text).with_retry_after(Duration::from_secs(1)));
            }
            queue.waiting.push_back(Waiting { item, answer });
            !mem::replace(&mut queue.is_led, true)
        };
        if leads {
            // In a task of its own: whoever came first may go away, and the others count on it.
            tokio::spawn(self.clone().lead());
        }
        let gone = || Error::new(Reason::ShuttingDown, "nothing was written, since the daemon stops");
        deadline::in_time(async { answered.await.map_err(|_gone| gone())? }).await
    }

    /// Writes until nobody waits.
    async fn lead(self) {
        let leading = Leading(&self);
        loop {
            let batch: Vec<_> = {
                let mut queue = self.queue();
                // Whoever has gone meanwhile asks again if they still want to.
                queue.waiting.retain(|waiting| !waiting.answer.is_closed());
                let count = queue.waiting.len().min(MOST);
                let batch: Vec<_> = queue.waiting.drain(..count).collect();
                queue.is_led = !batch.is_empty();
                batch
            };
            if batch.is_empty() {
                mem::forget(leading);
                return;
            }
            let (items, answers): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|waiting| (waiting.item, waiting.answer)).unzip();
            match self.writer.write(items.clone()).await {
                Ok(taken) => answers.into_iter().zip(taken).for_each(|(answer, taken)| drop(answer.send(Ok(taken)))),
                // Another attempt would fare no better, or might find what the first one wrote.
                Err(error) if answers.len() == 1 || is_of_the_store(error.reason()) => {
                    answers.into_iter().for_each(|answer| drop(answer.send(Err(error.clone()))));
                }
                Err(error) => {
                    tracing::debug!(error = ?error, items = W::ITEMS, "a transaction of many failed; each gets its own");
                    for (item, answer) in items.into_iter().zip(answers) {
                        if answer.is_closed() {
                            continue;
                        }
                        let taken = self.writer.write(vec![item]).await;
                        let one = taken.and_then(|taken| {
                            taken.into_iter().next().ok_or_else(|| Error::internal("a write without an answer"))
                        });
                        drop(answer.send(one));
                    }
                }
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue<W>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever leads; should they fail, those who wait are told, and the next one leads.
struct Leading<'a, W: Writer>(&'a Gathering<W>);

impl<W: Writer> Drop for Leading<'_, W> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.is_led = false;
        queue.waiting.clear();
    }
}

/// Says whether an error is the store's and not one item's.
fn is_of_the_store(reason: Reason) -> bool {
    [Reason::EngineAway, Reason::OutcomeUnknown, Reason::ShuttingDown, Reason::StoreFull].contains(&reason)
}
