//! The intake: writes new nodes that arrive at the same time in one transaction.

use std::{collections::HashSet, sync::Arc, time::Duration};

use cpcd_model::{
    Result,
    audit::NewAuditEntry,
    node::Node,
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{Asked, Priority, Session, Tx},
};
use serde_json::json;

use super::{
    joining::quota::{Full, Quotas},
    registration::registered_event,
    table::Table,
};
use crate::{
    gathering::{Gathering, Writer},
    identity::{challenge_used, opened_event},
};

/// A node that nothing but its being known already keeps out.
#[derive(Clone)]
pub(super) struct Newcomer {
    pub(super) node: Node,
    /// The challenge that it signed, and when that ends.
    pub(super) challenge: ([u8; 16], Timestamp),
    pub(super) session: Session,
    pub(super) registered_at: Timestamp,
    /// In whose name, for the audit.
    pub(super) asked: Option<Arc<Asked>>,
}

/// Takes newcomers in; clones share it.
#[derive(Clone)]
pub(super) struct Intake(Gathering<Desk>);

/// Writes them down.
#[derive(Clone)]
struct Desk {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    quotas: Arc<Quotas>,
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
        Self(Gathering::new(Desk { store: store.clone(), clock: clock.clone(), table, quotas }))
    }

    /// Adds a node with its session and its event, and uses its challenge up; gives the node, or nothing if its key is known: then
    /// nothing was written.
    ///
    /// # Errors
    /// `CHALLENGE_USED`, `QUOTA_EXCEEDED`, what the store says.
    pub(super) async fn take(&self, newcomer: Newcomer) -> Result<Option<Node>> {
        let node = newcomer.node.clone();
        match self.0.take(newcomer).await? {
            Taken::Added => Ok(Some(node)),
            Taken::Known => Ok(None),
            Taken::Full(full) => Err(full.error()),
            Taken::Replayed => Err(challenge_used()),
        }
    }
}

impl Writer for Desk {
    type Item = Newcomer;
    type Answer = Taken;
    const ITEMS: &'static str = "registrations";

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
        tx.insert_audit(&added.iter().filter_map(|newcomer| audited(newcomer)).collect::<Vec<_>>()).await?;
    }
    Ok(taken)
}

/// Makes the entry of a registration: without a token it is the node itself that registers.
fn audited(newcomer: &Newcomer) -> Option<NewAuditEntry> {
    let (asked, session) = (newcomer.asked.as_ref()?, &newcomer.session);
    let id = newcomer.node.id.to_string();
    let owner = newcomer.node.owner_id.map(|id| id.to_string());
    let details = json!({ "owner_id": owner, "session_id": session.id.to_string() });
    let entry = asked.entry("node", id, &details);
    asked.count(1);
    Some(entry.by(session.subject_kind.as_str(), session.subject_id, Some(session.id.uuid())))
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
        Newcomer { node, challenge: ([challenge; 16], now), session, registered_at: now, asked: None }
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
            intake.0.writer().write(newcomers).await.unwrap().iter().map(word).collect::<Vec<_>>()
        };
        let (added, known, replayed) = ("added", "known", "replayed");
        assert_eq!(take(&[(1, 1), (1, 1), (2, 2), (1, 1), (3, 2)]).await, [added, replayed, added, replayed, known]);
        assert_eq!(take(&[(1, 1)]).await, [replayed]);
        assert_eq!(take(&[(1, 9), (4, 1), (5, 5), (4, 1)]).await, [replayed, known, added, replayed]);
        assert_eq!(take(&[(4, 8), (3, 7)]).await, [added, added], "what known nodes brought was not used up");
        assert_eq!(take(&[(5, 6)]).await, [replayed]);
    }
}
