//! Changes of nodes, followed from a cursor.
//!
//! Whoever follows reads the events from the store at the speed at which they take them, so nothing is held for anybody; one poller
//! for all tells when there is something new.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpcd_model::{
    Error, Reason, Result,
    id::{NodeId, UserId},
    labels::Labels,
    node::NodeStatus,
    permission::{Level, Resource, Target},
};
use cpcd_store::{
    Store,
    sql::{Event, EventCursor},
};
use tokio::{sync::watch, time};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Nodes, Seen, access};
use crate::{Caller, caller::Subject};

const POLL_EVERY: Duration = Duration::from_millis(100);
const BATCH: u32 = 256;
/// Most that one caller may follow with: each costs reads of the store.
const MOST_OF_ONE: usize = 8;
const KINDS: &[&str] = &["node."];

/// Something that happened to a node.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is new, or has changed; so it is now.
    Node(Box<Seen>),
    /// It was deleted, or is no longer among those that the caller may see.
    Deleted(NodeId),
    /// What happened after the cursor is no longer known: list again.
    Gap,
}

/// A change and where to go on after it; without a change only where "now" is.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Where to go on.
    pub cursor: String,
    /// What happened.
    pub change: Option<Change>,
}

/// Gives out followers.
#[derive(Clone)]
pub struct Watch {
    store: Store,
    store_id: Uuid,
    nodes: Nodes,
    newest: Arc<watch::Sender<EventCursor>>,
    followers: Arc<Mutex<Followers>>,
    most: usize,
}

/// How many follow, and how many of them for each caller.
#[derive(Default)]
struct Followers {
    all: usize,
    of: HashMap<Uuid, usize>,
}

/// Follows changes for one caller.
pub struct Follower {
    watch: Watch,
    caller: Caller,
    at: EventCursor,
    news: watch::Receiver<EventCursor>,
    realm: Option<String>,
    waiting: std::collections::VecDeque<Watched>,
    _place: Place,
}

/// A follower's place among those allowed.
struct Place {
    followers: Arc<Mutex<Followers>>,
    whose: Option<Uuid>,
}

impl Place {
    /// Takes a place; nothing if all are taken, or the caller has as many as one may.
    fn take(followers: &Arc<Mutex<Followers>>, whose: Option<Uuid>, most: usize) -> Option<Self> {
        let mut taken = followers.lock().unwrap_or_else(PoisonError::into_inner);
        let own = whose.map_or(0, |whose| taken.of.get(&whose).copied().unwrap_or_default());
        if taken.all >= most || own >= MOST_OF_ONE {
            return None;
        }
        taken.all += 1;
        if let Some(whose) = whose {
            taken.of.insert(whose, own + 1);
        }
        drop(taken);
        Some(Self { followers: followers.clone(), whose })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.followers.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(whose) = self.whose
            && let Entry::Occupied(mut own) = taken.of.entry(whose)
        {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

impl Watch {
    pub(super) fn new(store: &Store, store_id: Uuid, nodes: Nodes, most: usize) -> Self {
        let newest = Arc::new(watch::channel(EventCursor::default()).0);
        Self { store: store.clone(), store_id, nodes, newest, followers: Arc::default(), most }
    }

    /// Looks for new events while somebody follows, until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = time::sleep(POLL_EVERY) => {}
            }
            if self.followers.lock().unwrap_or_else(PoisonError::into_inner).all == 0 {
                continue;
            }
            match self.store.newest_event().await {
                Ok(newest) => {
                    self.newest.send_if_modified(|known| {
                        *known < newest && {
                            *known = newest;
                            true
                        }
                    });
                }
                Err(error) => tracing::debug!(%error, "whether there are events is not known until the store answers"),
            }
        }
    }

    /// Follows changes that the caller may see, from a cursor or, without one, from now on. Needs a login.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PAGE_TOKEN_INVALID` for a cursor of another store, `OVERLOADED` if too many follow already.
    pub async fn follow(&self, caller: &Caller, cursor: &str) -> Result<Follower> {
        if caller.subject() == Subject::Anonymous {
            caller.require(Resource::Nodes, Level::Read)?;
        }
        let from = if cursor.is_empty() { None } else { Some(self.read_cursor(cursor)?) };
        let Some(place) = Place::take(&self.followers, caller.subject().uuid(), self.most) else {
            let text = "as many as may follow changes already, all together or of this caller; try again later";
            return Err(Error::new(Reason::Overloaded, text).with_retry_after(Duration::from_secs(10)));
        };
        let news = self.newest.subscribe();
        let at = match from {
            Some(at) => at,
            None => self.store.newest_event().await?,
        };
        let first = Watched { cursor: self.write_cursor(at), change: None };
        let waiting = if from.is_none() { std::iter::once(first).collect() } else { Default::default() };
        let realm = self.nodes.realm_of(caller).await?;
        Ok(Follower { watch: self.clone(), caller: caller.clone(), at, news, realm, waiting, _place: place })
    }

    fn write_cursor(&self, cursor: EventCursor) -> String {
        let mut bytes = self.store_id.as_bytes()[..8].to_vec();
        bytes.extend_from_slice(&cursor.xid.to_be_bytes());
        bytes.extend_from_slice(&cursor.id.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read_cursor(&self, text: &str) -> Result<EventCursor> {
        let wrong = || {
            Error::field(
                Reason::PageTokenInvalid,
                "cursor",
                "is damaged or belongs to another store; list again and begin anew",
            )
        };
        let bytes: [u8; 24] =
            URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(wrong)?;
        let (store, rest) = bytes.split_at(8);
        if store != &self.store_id.as_bytes()[..8] {
            return Err(wrong());
        }
        let number = |bytes: &[u8]| bytes.try_into().map(i64::from_be_bytes).map_err(|_| wrong());
        Ok(EventCursor { xid: number(&rest[..8])?, id: number(&rest[8..])? })
    }
}

impl Follower {
    /// Waits for the next change. Dropping the future loses nothing.
    ///
    /// # Errors
    /// What the store says; following can go on.
    pub async fn next(&mut self) -> Result<Watched> {
        loop {
            if let Some(watched) = self.waiting.pop_front() {
                return Ok(watched);
            }
            self.news.mark_unchanged();
            if self.read().await? == 0 {
                // The sender lives as long as we hold the watch.
                let _ = time::timeout(Duration::from_secs(5), self.news.changed()).await;
            }
        }
    }

    /// Reads what comes next from the store; gives how many events there were.
    async fn read(&mut self) -> Result<usize> {
        let watch = self.watch.clone();
        let until = watch.store.newest_event().await?;
        if until == self.at {
            return Ok(0);
        }
        if until < self.at {
            // The store is not where the cursor was made: it was moved, or brought back from a copy.
            self.at = until;
            self.waiting.push_back(Watched { cursor: watch.write_cursor(until), change: Some(Change::Gap) });
            return Ok(1);
        }
        let events = match watch.store.list_events_of(KINDS, &self.at, &until, BATCH).await {
            Ok(events) => events,
            Err(error) if error.reason() == Reason::PageTokenInvalid => {
                self.at = until;
                self.waiting.push_back(Watched { cursor: watch.write_cursor(until), change: Some(Change::Gap) });
                return Ok(1);
            }
            Err(error) => return Err(error),
        };
        let ids: Vec<NodeId> = events.iter().map(|event| event.subject_id.into()).collect();
        let nodes: HashMap<_, _> = watch.nodes.load(&ids).await?.into_iter().map(|node| (node.id, node)).collect();
        for event in &events {
            if let Some(change) = self.change(event, &nodes) {
                self.waiting.push_back(Watched { cursor: watch.write_cursor(event.cursor), change: Some(change) });
            }
        }
        let is_last = events.len() < BATCH as usize;
        self.at = match events.last() {
            Some(last) if !is_last => last.cursor,
            Some(_) | None => until,
        };
        Ok(events.len())
    }

    /// Says whether the caller might see the node of an event when it had such labels.
    fn might_see(&self, event: &Event, labels: &Labels, owner: Option<UserId>) -> bool {
        let target = Target { labels: Some(labels), owner, object: Some(event.subject_id) };
        let is_owner = matches!(self.caller.subject(), Subject::User(own) if owner == Some(own));
        is_owner || self.caller.may(Resource::Nodes, Level::Read, &target)
    }

    /// Gives what an event means to the caller; nothing if it is not for them to see.
    fn change(&self, event: &Event, nodes: &HashMap<NodeId, cpcd_model::node::Node>) -> Option<Change> {
        let id: NodeId = event.subject_id.into();
        if event.kind == "node.deleted" {
            let owner = event.payload["owner_id"].as_str().and_then(|id| UserId::parse("owner_id", id).ok());
            let labels = serde_json::from_value(event.payload["labels"].clone()).unwrap_or_default();
            return self.might_see(event, &labels, owner).then_some(Change::Deleted(id));
        }
        // One that is gone by now has an event of its own further on.
        let node = nodes.get(&id)?;
        if !access::may_see(&self.caller, self.realm.as_deref(), node) {
            // With this change it left what the caller may see.
            let before: Labels = serde_json::from_value(event.payload["labels_before"].clone()).ok()?;
            return self.might_see(event, &before, node.owner_id).then_some(Change::Deleted(id));
        }
        let mut seen = self.watch.nodes.show(&self.caller, self.realm.as_deref(), node.clone());
        if let Some(status) = event.payload["status"].as_str().and_then(NodeStatus::from_word) {
            seen.node.status = status;
        }
        Some(Change::Node(Box::new(seen)))
    }
}
