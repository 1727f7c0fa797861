//! A write that waits for its turn.

use std::time::Instant;

use cpcd_model::{Error, Result};
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::Tx;
use crate::deadline;

/// Says how the group ended to whoever waits for a job.
pub(super) type Answer = Box<dyn FnOnce(Result<()>) + Send>;

/// A job, whatever its result's type.
pub(super) trait Work: Send {
    /// Does it; gives the answer to be sent after the commit, or nothing if it failed and said so.
    fn run<'t>(self: Box<Self>, tx: &'t mut Tx) -> BoxFuture<'t, Option<Answer>>;

    /// Says that it is not done.
    fn refuse(self: Box<Self>, error: Error);

    /// Says whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;

    /// Says whether its time is over.
    fn is_late(&self) -> bool;
}

/// A job with the way to whoever waits for it.
pub(super) struct Job<T, F> {
    pub(super) job: F,
    pub(super) reply: oneshot::Sender<Result<T>>,
    /// When it is no longer worth beginning.
    pub(super) end: Option<Instant>,
}

impl<T, F> Work for Job<T, F>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
{
    fn run<'t>(self: Box<Self>, tx: &'t mut Tx) -> BoxFuture<'t, Option<Answer>> {
        Box::pin(async move {
            let Self { job, reply, end: _ } = *self;
            let result = job(tx).await;
            match tx.judge(result) {
                Ok(value) => {
                    let answer = move |committed: Result<()>| drop(reply.send(committed.map(|()| value)));
                    Some(Box::new(answer) as Answer)
                }
                Err(error) => {
                    drop(reply.send(Err(error)));
                    None
                }
            }
        })
    }

    fn refuse(self: Box<Self>, error: Error) {
        drop(self.reply.send(Err(error)));
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn is_late(&self) -> bool {
        deadline::left(self.end).is_err()
    }
}
