//! What a subscriber hears.

use tokio::sync::broadcast::{Receiver, error::RecvError};

/// What a subscriber hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// What somebody published.
    Message(Vec<u8>),
    /// Messages are heard from now on, or again; what came before may have been lost, so whoever follows by them reads anew.
    Reconnected,
}

/// Hears what is published on a channel from the time of subscribing; where there is a server, `Reconnected` comes first.
///
/// Who is too slow hears `Reconnected` in place of what was dropped.
pub struct Subscription {
    /// What is heard before all.
    pub(super) first: Option<Signal>,
    pub(super) signals: Receiver<Signal>,
}

impl Subscription {
    /// Waits for the next signal; for ever once the cache is gone. Nothing is lost if the wait is given up.
    pub async fn next(&mut self) -> Signal {
        if let Some(first) = self.first.take() {
            return first;
        }
        match self.signals.recv().await {
            Ok(signal) => signal,
            Err(RecvError::Lagged(_)) => {
                // What is still kept is covered by reading anew.
                self.signals = self.signals.resubscribe();
                Signal::Reconnected
            }
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
