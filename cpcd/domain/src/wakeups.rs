//! Wake-ups between replicas: a channel of the cache on which one says that there is something new in the store.
//!
//! They carry nothing and prove nothing: who hears one looks at the store, as it also does by itself from time to time. So whoever
//! can write to the cache can have the store read a little more often, and a wake-up that is lost costs the time until the next look.

use std::{sync::Arc, time::Duration};

use cpcd_store::{Cache, cache::Subscription};
use futures_util::FutureExt;
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// Announcements within this time are one.
const TOGETHER: Duration = Duration::from_millis(10);

/// Says to other replicas that there is something new; clones share it.
#[derive(Clone)]
pub(crate) struct Wakeups {
    cache: Cache,
    channel: &'static str,
    news: Arc<Notify>,
}

/// Hears wake-ups.
pub(crate) struct Ear {
    subscription: Subscription,
    /// Before this nobody is woken.
    rests_until: Instant,
}

impl Wakeups {
    pub(crate) fn new(cache: &Cache, channel: &'static str) -> Self {
        Self { cache: cache.clone(), channel, news: Arc::default() }
    }

    /// Asks for the others to be woken; does not wait for it.
    pub(crate) fn announce(&self) {
        if self.cache.is_shared() {
            self.news.notify_one();
        }
    }

    /// Wakes the others whenever it is asked for, until `stop`.
    pub(crate) async fn run(&self, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.news.notified() => {}
            }
            if let Err(error) = self.cache.publish(self.channel, Vec::new()).await {
                tracing::debug!(%error, channel = self.channel, "other replicas were not woken; they look by themselves");
            }
            sleep(TOGETHER).await;
        }
    }

    /// Begins to listen.
    pub(crate) fn listen(&self) -> Ear {
        Ear { subscription: self.cache.subscribe(self.channel), rests_until: Instant::now() }
    }
}

impl Ear {
    /// Waits for a wake-up, at most so long.
    ///
    /// A message and a link that is there again are the same: what either may have been about is in the store.
    pub(crate) async fn wait(&mut self, at_most: Duration) {
        let end = Instant::now() + at_most;
        if timeout_at(end, self.subscription.next()).await.is_err() {
            return;
        }
        sleep_until(self.rests_until.min(end)).await;
        // What came meanwhile is about what the store has by now.
        while self.subscription.next().now_or_never().is_some() {}
    }

    /// Sees to it that nobody is woken again so soon, whoever sends how many messages.
    pub(crate) fn rest(&mut self, at_least: Duration) {
        self.rests_until = Instant::now() + at_least;
    }
}

#[cfg(test)]
mod tests {
    use cpcd_store::cache::Config;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_flood_of_messages_wakes_once_and_nobody_who_rests() {
        let cache = Cache::open(&Config::default()).await.unwrap();
        let mut ear = Wakeups::new(&cache, "channel").listen();
        for flood in [1, 100, 5_000] {
            for _ in 0..flood {
                cache.publish("channel", vec![7]).await.unwrap();
            }
            ear.wait(LONG).await;
            assert!(ear.wait(LONG).now_or_never().is_none(), "{flood} messages wake once");
        }
        ear.rest(LONG);
        cache.publish("channel", vec![7]).await.unwrap();
        assert!(ear.wait(LONG).now_or_never().is_none(), "it rests");
        // Without a message the time alone wakes.
        ear.wait(Duration::from_millis(1)).await;
    }
}
