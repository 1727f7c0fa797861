//! The intake: writes new nodes that arrive at the same time in one transaction.
//!
//! A registration by itself is nine ways to the database and back. Those that come while a transaction is under way wait for the next one,
//! which takes all of them with one statement for each table: the fuller it gets the faster it works, and who comes alone waits for
//! nobody. Each is answered after the commit. If a transaction of many fails, each of them gets one of its own, so that nobody fails
//! for another's fault.

use std::{
    collections::{HashSet, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cpcd_model::{
    Error, Reason, Result,
    node::Node,
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store, deadline,
    sql::{Priority, Session, Tx},
};
use tokio::sync::oneshot;

use super::{
    joining::quota::{Full, Quotas},
    registration::registered_event,
    table::Table,
};
use crate::identity::{challenge_used, opened_event};

/// Most that one transaction takes: it holds its locks for some ten milliseconds.
const MOST: usize = 256;
/// Most that wait: as many as are written in a second or so.
const MOST_WAITING: usize = 4_096;

/// A node that nothing but its being known already keeps out.
#[derive(Clone)]
pub(super) struct Newcomer {
    pub(super) node: Node,
    /// The challenge that it signed, and when that ends.
    pub(super) challenge: ([u8; 16], Timestamp),
    pub(super) session: Session,
    pub(super) registered_at: Timestamp,
}

/// Takes newcomers in; clones share it.
#[derive(Clone)]
pub(super) struct Intake {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    quotas: Arc<Quotas>,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Whether somebody writes and will look again.
    is_led: bool,
}

struct Waiting {
    newcomer: Newcomer,
    answer: oneshot::Sender<Result<Taken>>,
}

/// What became of a newcomer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Taken {
    Added,
    /// There are too many like it; nothing was written.
    Full(Box<Full>),
    /// A node with its key is there already; nothing was written.
    Known,
    /// Its challenge was used before; nothing was written.
    Replayed,
}

impl Intake {
    pub(super) fn new(store: &Store, clock: &Clock, table: Arc<Table>, quotas: Arc<Quotas>) -> Self {
        Self { store: store.clone(), clock: clock.clone(), table, quotas, queue: Arc::default() }
    }

    /// Adds a node with its session and its event, and uses its challenge up; gives the node, or nothing if its key is known: then
    /// nothing was written.
    ///
    /// # Errors
    /// `CHALLENGE_USED`, `QUOTA_EXCEEDED`, what the store says.
    pub(super) async fn take(&self, newcomer: Newcomer) -> Result<Option<Node>> {
        let node = newcomer.node.clone();
        let (answer, answered) = oneshot::channel();
        let leads = {
            let mut queue = self.queue();
            if queue.waiting.len() >= MOST_WAITING {
                let text = "more nodes register than can be written; try again in a moment";
                return Err(Error::new(Reason::Overloaded, text).with_retry_after(Duration::from_secs(1)));
            }
            queue.waiting.push_back(Waiting { newcomer, answer });
            !mem::replace(&mut queue.is_led, true)
        };
        if leads {
            // In a task of its own: whoever came first may go away, and the others count on it.
            tokio::spawn(self.clone().lead());
        }
        let gone = || Error::new(Reason::ShuttingDown, "the registration was not written, since the daemon stops");
        let answer = async { answered.await.map_err(|_gone| gone())? };
        match deadline::in_time(answer).await? {
            Taken::Added => Ok(Some(node)),
            Taken::Known => Ok(None),
            Taken::Full(full) => Err(full.error()),
            Taken::Replayed => Err(challenge_used()),
        }
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
            let (newcomers, answers): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|waiting| (waiting.newcomer, waiting.answer)).unzip();
            match self.write(newcomers.clone()).await {
                Ok(taken) => answers.into_iter().zip(taken).for_each(|(answer, taken)| drop(answer.send(Ok(taken)))),
                // Another attempt would fare no better, or might find what the first one wrote.
                Err(error) if answers.len() == 1 || is_of_the_store(error.reason()) => {
                    answers.into_iter().for_each(|answer| drop(answer.send(Err(error.clone()))));
                }
                Err(error) => {
                    tracing::debug!(error = ?error, "a transaction of many registrations failed; each gets its own");
                    for (newcomer, answer) in newcomers.into_iter().zip(answers) {
                        if answer.is_closed() {
                            continue;
                        }
                        let taken = self.write(vec![newcomer]).await;
                        let one =
                            taken.and_then(|taken| taken.first().cloned().ok_or_else(|| Error::internal("no answer")));
                        drop(answer.send(one));
                    }
                }
            }
        }
    }

    /// Writes newcomers and follows those that were added, whether or not anybody still waits for the answer.
    async fn write(&self, newcomers: Vec<Newcomer>) -> Result<Vec<Taken>> {
        let realm = |newcomer: &Newcomer| self.table.realms.number(&newcomer.node.realm);
        let new: Vec<_> =
            newcomers.iter().map(|new| (new.node.id, new.node.status, realm(new), new.node.is_pending)).collect();
        let quotas = self.quotas.clone();
        let job = self
            .store
            .write(Priority::Registry, move |tx| Box::pin(async move { write(tx, &newcomers, &quotas).await }));
        let taken = self.store.caused_by("register", job).await?;
        let added = new.into_iter().zip(&taken).filter(|(_, taken)| **taken == Taken::Added);
        for ((id, status, realm, is_pending), _) in added {
            self.table.pending.set(id, is_pending);
            self.table.greet(id, status, realm, Duration::ZERO, || self.clock.tick());
        }
        Ok(taken)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever leads; should they fail, those who wait are told, and the next one leads.
struct Leading<'a>(&'a Intake);

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.is_led = false;
        queue.waiting.clear();
    }
}

/// Says whether an error is the store's and not one newcomer's.
fn is_of_the_store(reason: Reason) -> bool {
    [Reason::EngineAway, Reason::OutcomeUnknown, Reason::ShuttingDown, Reason::StoreFull].contains(&reason)
}

/// Writes newcomers in the transaction at hand; says of each what became of it.
async fn write(tx: &mut Tx, newcomers: &[Newcomer], quotas: &Quotas) -> Result<Vec<Taken>> {
    // The same challenge or key twice in one statement: the first counts, as it would in two transactions.
    let (mut challenges, mut keys) = (HashSet::new(), HashSet::new());
    let mut taken: Vec<_> = newcomers
        .iter()
        .map(|newcomer| match challenges.insert(newcomer.challenge.0) {
            false => Taken::Replayed,
            true if keys.insert(newcomer.node.public_key) => Taken::Added,
            true => Taken::Known,
        })
        .collect();
    let offered = of(newcomers, &taken).map(|newcomer| newcomer.challenge).collect::<Vec<_>>();
    let fresh: HashSet<_> = tx.insert_used_challenges(&offered).await?.into_iter().collect();
    settle(newcomers, &mut taken, &Taken::Replayed, |newcomer| fresh.contains(&newcomer.challenge.0));
    let nodes: Vec<_> = of(newcomers, &taken).map(|newcomer| newcomer.node.clone()).collect();
    if nodes.is_empty() {
        return Ok(taken);
    }
    let added: HashSet<_> = tx.insert_nodes(&nodes).await?.into_iter().collect();
    settle(newcomers, &mut taken, &Taken::Known, |newcomer| added.contains(&newcomer.node.id));
    turn_away(tx, newcomers, &mut taken, quotas).await?;
    // Not those of replays: a replay in this batch has the challenge of whoever was added with it.
    let spare: Vec<_> = newcomers
        .iter()
        .zip(&taken)
        .filter(|(newcomer, taken)| {
            matches!(taken, Taken::Known | Taken::Full(_)) && fresh.contains(&newcomer.challenge.0)
        })
        .map(|(newcomer, _)| newcomer.challenge.0)
        .collect();
    if !spare.is_empty() {
        // What becomes of a known node is a matter of a transaction of its own, which uses the challenge up itself.
        tx.give_challenges_back(&spare).await?;
    }
    let added: Vec<_> = of(newcomers, &taken).collect();
    if let Some(first) = added.first() {
        let sessions: Vec<_> = added.iter().map(|newcomer| newcomer.session.clone()).collect();
        tx.insert_sessions(&sessions).await?;
        let events: Vec<_> =
            added.iter().flat_map(|one| [registered_event(&one.node), opened_event(&one.session)]).collect();
        tx.insert_events(&events, first.registered_at).await?;
    }
    Ok(taken)
}

/// Counts those that were added, and removes again whom the quotas keep out.
async fn turn_away(tx: &mut Tx, newcomers: &[Newcomer], taken: &mut [Taken], quotas: &Quotas) -> Result<()> {
    let added: Vec<_> = (0..taken.len()).filter(|number| taken[*number] == Taken::Added).collect();
    let nodes: Vec<_> = added.iter().map(|number| newcomers[*number].node.clone()).collect();
    let Some(first) = added.first() else { return Ok(()) };
    let verdicts = quotas.take(tx, &nodes, newcomers[*first].registered_at).await?;
    let mut gone = Vec::new();
    for (number, full) in added.into_iter().zip(verdicts) {
        if let Some(full) = full {
            gone.push(newcomers[number].node.id);
            taken[number] = Taken::Full(Box::new(full));
        }
    }
    if !gone.is_empty() {
        tx.delete_nodes(&gone).await?;
    }
    Ok(())
}

/// Gives those who are still to be added.
fn of<'a>(newcomers: &'a [Newcomer], taken: &'a [Taken]) -> impl Iterator<Item = &'a Newcomer> {
    newcomers.iter().zip(taken).filter(|(_, taken)| **taken == Taken::Added).map(|(newcomer, _)| newcomer)
}

/// Says of those who were to be added and do not pass what became of them instead.
fn settle(newcomers: &[Newcomer], taken: &mut [Taken], instead: &Taken, passes: impl Fn(&Newcomer) -> bool) {
    for (newcomer, taken) in newcomers.iter().zip(taken) {
        if *taken == Taken::Added && !passes(newcomer) {
            *taken = instead.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use cpcd_model::id::{NodeId, SessionId};
    use cpcd_store::sql::{Config, SubjectKind};

    use super::{super::Config as Registry, *};

    fn newcomer(challenge: u8, key: u8) -> Newcomer {
        let (id, now) = (NodeId::generate(), Timestamp::constant(1_800_000_000, 0));
        let node = Node::new(id, [key; 32], now);
        let session = Session {
            id: SessionId::generate(),
            subject_id: id.uuid(),
            subject_kind: SubjectKind::Node,
            created_at: now,
            expires_at: now + Duration::from_secs(600),
            refresh_hash: None,
            bound_key: None,
            opened_with: None,
        };
        Newcomer { node, challenge: ([challenge; 16], now), session, registered_at: now }
    }

    /// A replay in the same transaction, and after it; a known key, whose challenge stays good for its own transaction.
    #[tokio::test]
    async fn a_challenge_is_used_once_whatever_comes_with_it() {
        let store = Store::open(&Config { url: "sqlite::memory:".into(), ..Config::default() }).await.unwrap();
        let intake = Intake::new(&store, &Clock::default(), Arc::default(), Arc::new(Quotas::new(&Registry::USUAL)));
        let take = async |newcomers: &[(u8, u8)]| {
            let newcomers = newcomers.iter().map(|(challenge, key)| newcomer(*challenge, *key)).collect();
            let word = |taken: &Taken| match taken {
                Taken::Added => "added",
                Taken::Known => "known",
                Taken::Replayed => "replayed",
                Taken::Full(_) => "full",
            };
            intake.write(newcomers).await.unwrap().iter().map(word).collect::<Vec<_>>()
        };
        let (added, known, replayed) = ("added", "known", "replayed");
        assert_eq!(take(&[(1, 1), (1, 1), (2, 2), (1, 1), (3, 2)]).await, [added, replayed, added, replayed, known]);
        assert_eq!(take(&[(1, 1)]).await, [replayed]);
        assert_eq!(take(&[(1, 9), (4, 1), (5, 5), (4, 1)]).await, [replayed, known, added, replayed]);
        assert_eq!(take(&[(4, 8), (3, 7)]).await, [added, added], "what known nodes brought was not used up");
        assert_eq!(take(&[(5, 6)]).await, [replayed]);
    }
}
