//! Gives out followers, and looks for news once for all of them.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    permission::{Level, Resource},
};
use cpcd_store::{Store, sql::EventCursor};
use tokio::{
    sync::{Semaphore, watch},
    time,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Filter, Follower, cursor,
    places::{self, Places},
    reader::Reader,
};
use crate::{Caller, caller::Subject};

const POLL_EVERY: Duration = Duration::from_millis(100);
/// Followers that read at once: whoever catches up leaves the store's connections to others.
const READS: usize = 4;
/// Most that one node may follow with.
const MOST_OF_A_NODE: usize = 2;

/// Gives out followers.
#[derive(Clone)]
pub struct Watch {
    pub(super) store: Store,
    pub(super) reader: Reader,
    store_id: Uuid,
    newest: Arc<watch::Sender<EventCursor>>,
    places: Places,
    pub(super) reads: Arc<Semaphore>,
}

impl Watch {
    pub(super) fn new(store: &Store, store_id: Uuid, reader: Reader, most: usize) -> Self {
        let newest = Arc::new(watch::channel(EventCursor::default()).0);
        Self {
            store: store.clone(),
            store_id,
            reader,
            newest,
            places: Places::new(most),
            reads: Arc::new(Semaphore::new(READS)),
        }
    }

    /// Looks for new events while somebody follows, until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = time::sleep(POLL_EVERY) => {}
            }
            if self.places.are_free() {
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

    /// Follows for a caller, from a cursor or from now on; with `beat` a quiet stream says so often where it stands.
    pub(super) async fn follow(
        &self,
        caller: &Caller,
        cursor: &str,
        filter: Filter,
        beat: Option<Duration>,
    ) -> Result<Follower> {
        if caller.subject() == Subject::Anonymous {
            caller.require(Resource::Nodes, Level::Read)?;
        }
        let from = if cursor.is_empty() { None } else { Some(cursor::read(self.store_id, cursor)?) };
        self.reader.nodes.require_let_in(caller).await?;
        // A node follows what is its own; whoever administers this machine always may follow.
        let most = if matches!(caller.subject(), Subject::Node(_)) { MOST_OF_A_NODE } else { places::MOST_OF_ONE };
        let is_kept = caller.subject() == Subject::LocalAdmin;
        let Some(place) = self.places.take(caller.subject().uuid(), most, is_kept) else {
            let text = "as many as may follow changes already, all together or of this caller; try again later";
            return Err(Error::new(Reason::Overloaded, text).with_retry_after(Duration::from_secs(10)));
        };
        let news = self.newest.subscribe();
        let at = match from {
            Some(at) => at,
            None => self.store.newest_event().await?,
        };
        let viewer = self.reader.viewer(caller).await?;
        Ok(Follower::new(self.clone(), viewer, filter, at, news, beat, place, from.is_none()))
    }

    pub(super) fn write_cursor(&self, at: EventCursor) -> String {
        cursor::write(self.store_id, at)
    }
}
