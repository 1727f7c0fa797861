//! The entrance: opens the sessions of users who log in at the same time in one transaction.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cpc_signing::PublicKey;
use cpcd_model::{Error, Result, audit::NewAuditEntry, time::Timestamp};
use cpcd_store::{
    Store,
    sql::{Asked, KnownKey, Priority, Session, Tx},
};
use serde_json::json;

use super::{
    TokenPair, accounts,
    opening::{self, Opened, Opener},
    proof::{Use, used},
};
use crate::gathering::{Gathering, Writer};

/// Lets users in whose key was proven; clones share it.
#[derive(Clone)]
pub(super) struct Entrance(Gathering<Desk>);

#[derive(Clone)]
struct Desk {
    store: Store,
    opener: Opener,
}

/// Somebody whose key was proven.
#[derive(Clone)]
struct Entrant {
    key: PublicKey,
    used: Use,
    is_bound: bool,
    now: Timestamp,
    /// In whose name, for the audit.
    asked: Option<Arc<Asked>>,
}

/// What became of them.
enum Entered {
    Opened(TokenPair),
    /// The key is no user's; nothing was written.
    Unknown,
    Refused(Error),
}

impl Entrance {
    pub(super) fn new(store: &Store, opener: &Opener) -> Self {
        Self(Gathering::new(Desk { store: store.clone(), opener: opener.clone() }))
    }

    /// Opens a session for the user of a key that was proven, and uses the proof up; nothing if the key is no user's: then nothing was
    /// written.
    ///
    /// # Errors
    /// `CHALLENGE_USED`, `APPROVAL_PENDING`, `USER_SUSPENDED`, those of a gathering.
    pub(super) async fn enter(
        &self,
        key: &PublicKey,
        used: Use,
        is_bound: bool,
        now: Timestamp,
    ) -> Result<Option<TokenPair>> {
        let entrant = Entrant { key: *key, used, is_bound, now, asked: Asked::current() };
        match self.0.take(entrant).await? {
            Entered::Opened(tokens) => Ok(Some(tokens)),
            Entered::Unknown => Ok(None),
            Entered::Refused(error) => Err(error),
        }
    }
}

impl Writer for Desk {
    type Item = Entrant;
    type Answer = Entered;
    const ITEMS: &'static str = "logins";

    async fn write(&self, items: Vec<Entrant>) -> Result<Vec<Entered>> {
        let opener = self.opener.clone();
        let job =
            self.store.write(Priority::Identity, move |tx| Box::pin(async move { write(tx, &items, &opener).await }));
        self.store.caused_by("login", job).await
    }
}

/// Lets in, in the transaction at hand, whoever may; says of each what became of them.
async fn write(tx: &mut Tx, entrants: &[Entrant], opener: &Opener) -> Result<Vec<Entered>> {
    let keys: Vec<_> = entrants.iter().map(|entrant| *entrant.key.as_bytes()).collect();
    // Kept as they are until the end: whoever takes a key back either sees the session or was seen by it.
    let known: HashMap<_, _> = tx.share_known_keys(&keys).await?.into_iter().map(|known| (known.key, known)).collect();
    // The same proof twice at once: the first counts, as it would in two transactions.
    let mut challenges = HashSet::new();
    let mut entered: Vec<_> = entrants.iter().map(|entrant| judge(entrant, &known, &mut challenges)).collect();
    let offered: Vec<_> = of(entrants, &entered).map(|(_, entrant)| entrant.used.row()).collect();
    let fresh: HashSet<_> = if offered.is_empty() {
        HashSet::new()
    } else {
        tx.insert_used_challenges(&offered).await?.into_iter().collect()
    };
    let mut opened = Vec::with_capacity(offered.len());
    for (place, entrant) in entrants.iter().enumerate() {
        let (None, Some(known)) = (&entered[place], known.get(entrant.key.as_bytes())) else { continue };
        entered[place] = Some(if fresh.contains(&entrant.used.row().0) {
            let Opened { session, tokens } = opener.open_known(known, &entrant.key, entrant.is_bound, entrant.now)?;
            opened.push((entrant, session));
            Entered::Opened(tokens)
        } else {
            Entered::Refused(used())
        });
    }
    if let Some((first, _)) = opened.first() {
        let now = first.now;
        let keys: Vec<_> = opened.iter().map(|(entrant, _)| *entrant.key.as_bytes()).collect();
        tx.note_user_keys_use(&keys, now, opening::USE_WITHIN).await?;
        let sessions: Vec<_> = opened.iter().map(|(_, session)| session.clone()).collect();
        tx.insert_sessions(&sessions).await?;
        tx.insert_events(&sessions.iter().map(opening::event).collect::<Vec<_>>(), now).await?;
        let entries: Vec<_> = opened.iter().filter_map(|(entrant, session)| audited(entrant, session)).collect();
        if !entries.is_empty() {
            tx.insert_audit(&entries).await?;
        }
    }
    entered.into_iter().map(|entered| entered.ok_or_else(|| Error::internal("a login that nobody judged"))).collect()
}

/// Says why somebody is not let in; nothing if only their proof can say so.
fn judge(
    entrant: &Entrant,
    known: &HashMap<[u8; 32], KnownKey>,
    challenges: &mut HashSet<[u8; 16]>,
) -> Option<Entered> {
    let Some(known) = known.get(entrant.key.as_bytes()) else { return Some(Entered::Unknown) };
    if let Err(error) = accounts::check_state(known.state, &known.username) {
        return Some(Entered::Refused(error));
    }
    (!challenges.insert(entrant.used.row().0)).then(|| Entered::Refused(used()))
}

/// Gives those of whom nothing is said yet.
fn of<'a>(entrants: &'a [Entrant], entered: &'a [Option<Entered>]) -> impl Iterator<Item = (usize, &'a Entrant)> {
    entrants.iter().enumerate().filter(|(place, _)| entered[*place].is_none())
}

/// Makes the entry of a login: it is by whom it is for.
fn audited(entrant: &Entrant, session: &Session) -> Option<NewAuditEntry> {
    let asked = entrant.asked.as_ref()?;
    let event = opening::event(session);
    let details = json!({
        "events": [{ "kind": event.kind, "id": event.subject_id, "session_id": session.id.to_string() }],
    });
    let entry = asked.entry("session", session.id.to_string(), &details);
    asked.count(1);
    Some(entry.by(session.subject_kind.as_str(), session.subject_id, Some(session.id.uuid())))
}
