//! The exchange of what was let in: told to the others four times a second, in one message, and counted here as it is heard.

use std::{sync::Arc, time::Duration};

use cpcd_domain::Exchange;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Rates, shared};

/// The channel of the cache.
pub(crate) const CHANNEL: &str = "rates:taken";
/// How often it is told what was let in.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// Who has let in nobody says that they are there so often.
const PRESENT_EVERY: Duration = Duration::from_secs(1);

/// Exchanges until `stop`; where there can be no others there is nothing to do.
pub(crate) async fn exchange(rates: Arc<Rates>, exchange: Exchange, stop: CancellationToken) {
    if !exchange.is_shared() {
        return;
    }
    tokio::select! {
        () = stop.cancelled() => {}
        () = hear(&rates, &exchange) => {}
        () = tell(&rates, &exchange) => {}
    }
}

async fn hear(rates: &Rates, exchange: &Exchange) {
    let mut ear = exchange.listen();
    loop {
        let message = ear.next().await;
        rates.hear(message.sender, message.is_own, &message.body);
    }
}

async fn tell(rates: &Rates, exchange: &Exchange) {
    let mut ticks = interval(TELL_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut number, mut told, mut parts) = (0, None::<Instant>, 1);
    loop {
        ticks.tick().await;
        let now = rates.judge();
        if now != parts {
            // Said once each time: what it means is in the documents.
            tracing::info!(parts = now, "limits of logins are divided by the replicas that do not hear each other");
            parts = now;
        }
        let taken = rates.taken();
        if taken.is_empty() && told.is_some_and(|told| told.elapsed() < PRESENT_EVERY) {
            continue;
        }
        number += 1;
        match exchange.send(number, &shared::write(&taken)).await {
            Ok(()) => told = Some(Instant::now()),
            // Each lets in its part before long, so what was not told is no loss.
            Err(error) => tracing::debug!(%error, "the other replicas were not told who was let in"),
        }
    }
}
