//! Handshakes under way: each has its time, and there are never more than so many.
//!
//! A limit of time alone lets many slow clients in, a limit of number alone lets a few slow ones keep everybody out. When there are
//! too many the oldest goes: an honest handshake is over before its turn comes, one that waits on purpose is not.

use std::{
    collections::VecDeque,
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::oneshot,
    time::{Sleep, sleep},
};
use tokio_rustls::{Accept, server::TlsStream};

use crate::limits::Limits;

/// The handshakes under way, oldest first.
#[derive(Clone)]
pub(crate) struct Handshakes {
    queue: Arc<Mutex<Queue>>,
    most: usize,
    limit: Duration,
}

#[derive(Default)]
struct Queue {
    next: u64,
    waiting: VecDeque<(u64, oneshot::Sender<()>)>,
}

impl Handshakes {
    pub(super) fn new(limits: &Limits) -> Self {
        let limit = Duration::from_secs(limits.handshake_seconds.into());
        Self { queue: Arc::default(), most: limits.handshakes, limit }
    }

    /// Begins one.
    pub(super) fn begin<S: AsyncRead + AsyncWrite + Unpin>(&self, accept: Accept<S>) -> Handshake<S> {
        Handshake { accept, turn: self.take_turn(), end: Box::pin(sleep(self.limit)) }
    }

    fn take_turn(&self) -> Turn {
        let (sender, over) = oneshot::channel();
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.waiting.len() >= self.most {
            // Dropping the sender tells it.
            queue.waiting.pop_front();
        }
        let number = queue.next;
        queue.next += 1;
        queue.waiting.push_back((number, sender));
        Turn { number, over, queue: self.queue.clone() }
    }
}

/// A place among the handshakes under way.
struct Turn {
    number: u64,
    over: oneshot::Receiver<()>,
    queue: Arc<Mutex<Queue>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(place) = queue.waiting.binary_search_by_key(&self.number, |(number, _)| *number) {
            queue.waiting.remove(place);
        }
    }
}

/// A handshake under way.
pub(crate) struct Handshake<S> {
    accept: Accept<S>,
    turn: Turn,
    end: Pin<Box<Sleep>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Handshake<S> {
    type Output = io::Result<TlsStream<S>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(done) = Pin::new(&mut self.accept).poll(context) {
            return Poll::Ready(done);
        }
        if self.end.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the handshake took too long")));
        }
        if Pin::new(&mut self.turn.over).poll(context).is_ready() {
            let text = "more handshakes began than can be under way, and this was the oldest";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, text)));
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshakes(most: usize) -> Handshakes {
        Handshakes { queue: Arc::default(), most, limit: Duration::from_secs(5) }
    }

    #[tokio::test]
    async fn the_oldest_gives_way() {
        let handshakes = handshakes(2);
        let (mut first, second, third) = (handshakes.take_turn(), handshakes.take_turn(), handshakes.take_turn());
        assert!((&mut first.over).await.is_err(), "it is told");
        drop(second);
        let mut fourth = handshakes.take_turn();
        assert_eq!(fourth.over.try_recv(), Err(oneshot::error::TryRecvError::Empty));
        assert_eq!(handshakes.queue.lock().unwrap().waiting.len(), 2);
        drop((first, third, fourth));
        assert!(handshakes.queue.lock().unwrap().waiting.is_empty());
    }
}
