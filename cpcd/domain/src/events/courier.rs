//! Delivers events to webhooks: under a lease, in order for each, each at least once, and nobody waits for somebody else's receiver.
//!
//! How far a webhook is, is stored after each notice that was taken; so a replica that dies sends at most one of each again, under the
//! same id. What is not for the owner to see is passed over, and how far that is, is kept in memory and stored now and then.

use std::{collections::HashMap, time::Duration};

use aws_lc_rs::rand;
use cpcd_model::{
    Result,
    id::{UserId, WebhookId},
    time::{Clock, Tick},
    user::UserState,
};
use cpcd_store::{
    Store,
    sql::{EventCursor, Priority, StoredWebhook},
};
use tokio::{
    task::{self, JoinSet},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Config, Filter, cursor,
    reader::{Page, Read, Reader},
    sender::{Notice, Refused, Sender},
};
use crate::Caller;

const LEASE: &str = "webhooks";
const LEASE_TTL: Duration = Duration::from_secs(15);
const RENEW_EVERY: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// What was made, deleted or tested on another replica is known so soon.
const LIST_EVERY: Duration = Duration::from_secs(1);
/// Most webhooks that are sent to at once, and most of one owner.
const AT_ONCE: usize = 32;
const AT_ONCE_OF_ONE: usize = 4;
/// How long one is sent to until the others have their turn.
const TURN: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// How often it is stored how far a webhook is that was sent nothing: far less than events are kept.
const STORE_EVERY: Duration = Duration::from_secs(300);
/// Kind of the notice that events are missing.
const GAP: &str = "events.gap";

/// Delivers events to webhooks.
pub struct Courier {
    round: Round,
    holder: String,
    held: Option<(u64, Tick)>,
    /// When somebody else had the lease last.
    refused: Option<Tick>,
    listed: Option<Tick>,
    hooks: HashMap<WebhookId, Hook>,
    /// Whose turns are under way, for whom, and as which task.
    under_way: HashMap<WebhookId, (UserId, task::Id)>,
    turns: u64,
}

/// A webhook, and what is known of it here.
struct Hook {
    stored: StoredWebhook,
    at: EventCursor,
    written: Tick,
    /// Its last turn; who has waited longest is next.
    turn: u64,
}

/// What one turn needs.
#[derive(Clone)]
struct Round {
    store: Store,
    store_id: Uuid,
    clock: Clock,
    reader: Reader,
    sender: Sender,
    retry: Duration,
    give_up: Duration,
}

/// What came of a turn.
struct Done {
    hook: StoredWebhook,
    at: EventCursor,
    was_written: bool,
}

impl Courier {
    pub(super) fn new(
        store: &Store,
        store_id: Uuid,
        clock: &Clock,
        reader: Reader,
        sender: Sender,
        config: &Config,
    ) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let round = Round {
            store: store.clone(),
            store_id,
            clock: clock.clone(),
            reader,
            sender,
            retry: seconds(config.webhook_retry_seconds),
            give_up: seconds(config.webhook_give_up_seconds),
        };
        Self {
            round,
            holder: Uuid::now_v7().to_string(),
            held: None,
            refused: None,
            listed: None,
            hooks: HashMap::new(),
            under_way: HashMap::new(),
            turns: 0,
        }
    }

    /// Delivers until `stop`. What is under way then is sent again by whoever goes on.
    pub async fn run(mut self, stop: CancellationToken) {
        if !self.round.sender.is_on() {
            return;
        }
        let caller = Caller::system();
        let mut turns = JoinSet::new();
        let mut is_away = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(ended) = turns.join_next(), if !turns.is_empty() => {
                    match ended {
                        Ok((id, done)) => self.end(id, done),
                        Err(error) => self.forget(&error),
                    }
                    continue;
                }
                () = sleep(LOOK_EVERY) => {}
            }
            match self.look(&caller, &mut turns).await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "webhooks wait until the store answers");
                    }
                    is_away = true;
                }
            }
        }
        turns.abort_all();
        if let Err(error) = self.round.store.release_lease(LEASE, &self.holder).await {
            tracing::debug!(%error, "the lease of webhooks was not given back; it ends by itself");
        }
    }

    /// Gives a turn to each webhook that something may wait for.
    async fn look(&mut self, caller: &Caller, turns: &mut JoinSet<(WebhookId, Result<Done>)>) -> Result<()> {
        caller.require_system()?;
        let Some(epoch) = self.hold().await? else {
            // Somebody else sends now; what they cannot know of is forgotten.
            turns.abort_all();
            self.under_way.clear();
            self.hooks.clear();
            self.listed = None;
            return Ok(());
        };
        self.list().await?;
        if self.hooks.is_empty() {
            return Ok(());
        }
        let newest = self.round.store.newest_event().await?;
        let now = self.round.clock.now();
        let mut waiting: Vec<_> = self
            .hooks
            .iter()
            .filter(|(id, hook)| {
                let is_due = hook.stored.webhook.state.next_attempt_at.is_none_or(|at| at <= now);
                is_due && hook.at != newest && !self.under_way.contains_key(id)
            })
            .map(|(id, hook)| (hook.turn, *id))
            .collect();
        waiting.sort_unstable();
        for (_, id) in waiting {
            if self.under_way.len() >= AT_ONCE {
                break;
            }
            let Some(hook) = self.hooks.get_mut(&id) else { continue };
            let owner = hook.stored.webhook.owner_id;
            if self.under_way.values().filter(|(other, _)| *other == owner).count() >= AT_ONCE_OF_ONE {
                continue;
            }
            self.turns += 1;
            hook.turn = self.turns;
            let is_old = self.round.clock.tick().since(hook.written) >= STORE_EVERY;
            let (round, stored, at) = (self.round.clone(), hook.stored.clone(), hook.at);
            let turn = async move { (id, round.turn(stored, at, epoch, is_old).await) };
            let task = turns.spawn(self.round.store.caused_by(LEASE, turn));
            self.under_way.insert(id, (owner, task.id()));
        }
        Ok(())
    }

    /// Takes the lease or renews it; gives its epoch, or nothing while somebody else holds it.
    async fn hold(&mut self) -> Result<Option<u64>> {
        let now = self.round.clock.tick();
        if let Some((epoch, _)) = self.held.filter(|(_, renewed)| now.since(*renewed) < RENEW_EVERY) {
            return Ok(Some(epoch));
        }
        if self.held.is_none() && self.refused.is_some_and(|refused| now.since(refused) < RENEW_EVERY) {
            return Ok(None);
        }
        let clock = &self.round.clock;
        let epoch = self.round.store.acquire_lease(LEASE, &self.holder, LEASE_TTL, clock.now()).await?;
        self.held = epoch.map(|epoch| (epoch, now));
        self.refused = epoch.is_none().then_some(now);
        Ok(epoch)
    }

    /// Reads which webhooks there are.
    async fn list(&mut self) -> Result<()> {
        let now = self.round.clock.tick();
        if self.listed.is_some_and(|listed| now.since(listed) < LIST_EVERY) {
            return Ok(());
        }
        let live = self.round.store.list_live_webhooks().await?;
        self.listed = Some(now);
        let mut known = std::mem::take(&mut self.hooks);
        for stored in live {
            let id = stored.webhook.id;
            let hook = match known.remove(&id) {
                // How far it is, is known better here.
                Some(hook) => Hook { stored, ..hook },
                None => Hook { at: stored.cursor, stored, written: now, turn: 0 },
            };
            self.hooks.insert(id, hook);
        }
        Ok(())
    }

    /// Forgets a turn that broke off: what it was for has another.
    fn forget(&mut self, error: &task::JoinError) {
        let broken = self.under_way.iter().find(|(_, (_, task))| *task == error.id()).map(|(id, _)| *id);
        if let Some(id) = broken {
            self.under_way.remove(&id);
            self.hooks.remove(&id);
            self.listed = None;
        }
        if error.is_panic() {
            tracing::error!(%error, "a webhook's turn broke off");
        }
    }

    /// Takes note of what came of a turn.
    fn end(&mut self, id: WebhookId, done: Result<Done>) {
        self.under_way.remove(&id);
        let Some(hook) = self.hooks.get_mut(&id) else { return };
        match done {
            Ok(Done { hook: stored, at, was_written }) => {
                if was_written {
                    hook.written = self.round.clock.tick();
                }
                if stored.webhook.state.disabled_at.is_some() {
                    self.hooks.remove(&id);
                    return;
                }
                hook.stored = stored;
                hook.at = at;
            }
            Err(error) => {
                tracing::debug!(%error, webhook.id = %id, "a webhook's turn failed; it has another");
                // What was stored meanwhile counts.
                self.hooks.remove(&id);
                self.listed = None;
            }
        }
    }
}

impl Round {
    /// Sends to one webhook what waits for it, for a while.
    async fn turn(self, mut hook: StoredWebhook, mut at: EventCursor, epoch: u64, is_old: bool) -> Result<Done> {
        let end = Instant::now() + TURN;
        let owner = hook.webhook.owner_id;
        let user = self.store.get_user(owner).await?;
        let Some(user) = user.filter(|user| user.state == UserState::Active) else {
            // It goes with its owner, and waits with one who is suspended.
            return Ok(Done { hook, at, was_written: false });
        };
        let caller = Caller::system().in_the_name_of(owner, user.permissions);
        let (viewer, filter) = (self.reader.viewer(&caller).await?, Filter::read(&hook.webhook.kinds, &[])?);
        let mut was_written = false;
        while Instant::now() < end {
            let until = self.store.newest_event().await?;
            match self.reader.read(&viewer, &filter, at, until).await? {
                Read::Gap(to) => {
                    let notice = self.sender.bare(self.name(to), GAP);
                    was_written = true;
                    if !self.send(&mut hook, &notice, to, epoch).await? {
                        return Ok(Done { hook, at, was_written });
                    }
                    at = to;
                }
                Read::Page(Page { events, at: to, is_last }) => {
                    for (place, event) in events {
                        if Instant::now() >= end {
                            return Ok(Done { hook, at, was_written });
                        }
                        let notice = self.sender.notice(self.name(place), &event)?;
                        was_written = true;
                        if !self.send(&mut hook, &notice, place, epoch).await? {
                            return Ok(Done { hook, at, was_written });
                        }
                        at = place;
                    }
                    at = to;
                    if is_last {
                        break;
                    }
                }
            }
        }
        if is_old && !was_written {
            hook.cursor = at;
            self.write(&hook, epoch).await?;
            was_written = true;
        }
        Ok(Done { hook, at, was_written })
    }

    /// Sends a notice and stores what came of it; says whether it was taken.
    async fn send(&self, hook: &mut StoredWebhook, notice: &Notice, place: EventCursor, epoch: u64) -> Result<bool> {
        let sent = self.sender.send(hook, notice).await?;
        let now = self.clock.now();
        let was_taken = sent.is_ok();
        match sent {
            Ok(_) => {
                hook.cursor = place;
                hook.webhook.state.succeed(now);
            }
            Err(refused) => self.fail(hook, refused),
        }
        self.write(hook, epoch).await?;
        Ok(was_taken)
    }

    fn fail(&self, hook: &mut StoredWebhook, refused: Refused) {
        let (id, state) = (hook.webhook.id, &mut hook.webhook.state);
        let wait = wait(self.retry, state.failures);
        let give_up = if refused.is_final() { Duration::ZERO } else { self.give_up };
        state.fail(refused.why, self.clock.now(), wait, give_up);
        if state.disabled_at.is_some() {
            tracing::warn!(webhook.id = %id, error = state.last_error, "a webhook was given up");
        } else {
            tracing::debug!(webhook.id = %id, error = state.last_error, "a notice was not taken; it is sent again");
        }
    }

    /// Stores how far a webhook is and how it goes, unless somebody else has the lease by now.
    async fn write(&self, hook: &StoredWebhook, epoch: u64) -> Result<()> {
        let (id, cursor, state) = (hook.webhook.id, hook.cursor, hook.webhook.state.clone());
        self.store
            .write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    tx.update_webhook(id, cursor, &state).await.map(drop)
                })
            })
            .await
    }

    /// Names the notice of an event: by where it stands, so that it has the same name whenever and by whomever it is sent.
    fn name(&self, place: EventCursor) -> String {
        cursor::write(self.store_id, place)
    }
}

/// Gives how long to wait after so many failures before: twice as long each time, and a fifth more or less.
fn wait(first: Duration, failures: u32) -> Duration {
    let wait = first.saturating_mul(2_u32.saturating_pow(failures.min(20))).min(LONGEST_WAIT);
    let mut random = [0; 2];
    // Without random bytes all wait alike, which is no fault.
    let _ = rand::fill(&mut random);
    wait.mul_f64(0.8 + 0.4 * f64::from(u16::from_be_bytes(random)) / f64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let first = Duration::from_secs(5);
        let within = |failures: u32, seconds: f64| {
            let waited = wait(first, failures).as_secs_f64();
            assert!((seconds * 0.79..=seconds * 1.21).contains(&waited), "{failures}: {waited}");
        };
        for (failures, seconds) in [(0, 5.0), (1, 10.0), (3, 40.0), (9, 2560.0), (10, 3600.0), (u32::MAX, 3600.0)] {
            within(failures, seconds);
        }
    }
}
