//! Hears messages: a connection of its own that subscribes again after each loss and then says so.

use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt;
use redis::{RedisResult, Value};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    connection::{Place, in_time},
    link::{Pauses, Task},
};
use crate::cache::{Signal, Subscription, channels::Channels};

/// How often the server is asked whether it is still there: on a link that is half open nothing is heard, and nothing tells it.
const PING_EVERY: Duration = Duration::from_secs(1);
/// Pings between two questions to the sentinels whether the primary is still the same.
const PINGS_A_QUESTION: u32 = 5;

/// Hears messages; clones share it.
#[derive(Clone)]
pub(super) struct Listener {
    shared: Arc<Shared>,
    wanted: UnboundedSender<String>,
    _task: Arc<Task>,
}

#[derive(Default)]
struct Shared {
    channels: Channels,
    hears: AtomicBool,
}

impl Listener {
    pub(super) fn new(place: &Place) -> Self {
        let shared = Arc::<Shared>::default();
        let (wanted, names) = unbounded_channel();
        let task = tokio::spawn(keep(place.clone(), shared.clone(), names)).abort_handle();
        Self { shared, wanted, _task: Arc::new(Task(task)) }
    }

    pub(super) fn subscribe(&self, channel: &str) -> Subscription {
        let (mut subscription, is_new) = self.shared.channels.subscribe(channel);
        if is_new {
            // It only fails once the task is gone, and that ends with this.
            let _ = self.wanted.send(channel.to_owned());
        } else {
            subscription.first = Some(Signal::Reconnected);
        }
        subscription
    }

    /// Tells whether messages arrive, as far as it is known.
    pub(super) fn hears(&self) -> bool {
        self.shared.hears.load(Ordering::Acquire)
    }
}

/// Listens for ever.
async fn keep(place: Place, shared: Arc<Shared>, mut wanted: UnboundedReceiver<String>) {
    let mut names = BTreeSet::new();
    let mut pauses = Pauses::default();
    // Nothing to hear, no connection.
    let Some(first) = wanted.recv().await else { return };
    names.insert(first);
    for attempt in 0.. {
        if let Err(error) = hear(&place, attempt, &shared, &mut names, &mut wanted, &mut pauses).await {
            tracing::debug!(%error, "messages of other replicas are not heard");
        }
        shared.hears.store(false, Ordering::Release);
        sleep(pauses.next()).await;
    }
}

/// Listens on one connection until it breaks.
async fn hear(
    place: &Place,
    attempt: usize,
    shared: &Shared,
    names: &mut BTreeSet<String>,
    wanted: &mut UnboundedReceiver<String>,
    pauses: &mut Pauses,
) -> RedisResult<()> {
    let (pubsub, host) = place.listen(attempt).await?;
    let (mut sink, mut messages) = pubsub.split();
    while let Ok(name) = wanted.try_recv() {
        names.insert(name);
    }
    in_time(timeout(place.response_timeout, sink.subscribe(&*names)).await)?;
    shared.hears.store(true, Ordering::Release);
    for name in &*names {
        shared.channels.send(name, Signal::Reconnected);
    }
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut count = 0;
    loop {
        tokio::select! {
            message = messages.next() => {
                let Some(message) = message else {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
                };
                shared.channels.send(message.get_channel_name(), Signal::Message(message.get_payload_bytes().to_vec()));
            }
            Some(name) = wanted.recv() => {
                names.insert(name.clone());
                in_time(timeout(place.response_timeout, sink.subscribe(&name)).await)?;
                shared.channels.send(&name, Signal::Reconnected);
            }
            _ = pings.tick() => {
                in_time(timeout(place.response_timeout, sink.ping::<Value>()).await)?;
                count += 1;
                if count % PINGS_A_QUESTION == 0 && place.has_moved(Some(&host)).await {
                    return Err(io::Error::other("the primary is another server now").into());
                }
                *pauses = Pauses::default();
            }
        }
    }
}
