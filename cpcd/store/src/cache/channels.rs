//! Those who listen in this process, by channel.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::broadcast::{self, Sender};

use super::{Signal, Subscription};

/// Signals that a subscriber may be behind.
const MOST_WAITING: usize = 1024;

/// Channels with at least one subscriber, or that had one.
#[derive(Default)]
pub(super) struct Channels(Mutex<HashMap<String, Sender<Signal>>>);

impl Channels {
    /// Adds a subscriber; says whether the channel is new.
    pub(super) fn subscribe(&self, channel: &str) -> (Subscription, bool) {
        let mut channels = self.lock();
        if let Some(sender) = channels.get(channel) {
            return (Subscription { first: None, signals: sender.subscribe() }, false);
        }
        let (sender, signals) = broadcast::channel(MOST_WAITING);
        channels.insert(channel.to_owned(), sender);
        (Subscription { first: None, signals }, true)
    }

    /// Gives a signal to the subscribers of a channel.
    pub(super) fn send(&self, channel: &str, signal: Signal) {
        if let Some(sender) = self.lock().get(channel) {
            // Nobody may be listening any more.
            let _ = sender.send(signal);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Sender<Signal>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
