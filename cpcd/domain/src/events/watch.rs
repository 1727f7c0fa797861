//! Gives out followers, and looks for news once for all of them.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    permission::{Level, Resource},
};
use cpcd_store::{Store, sql::EventCursor};
use tokio::{sync::watch, time};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Filter, Follower, cursor, places::Places, reader::Reader};
use crate::{Caller, caller::Subject};

const POLL_EVERY: Duration = Duration::from_millis(100);

/// Gives out followers.
#[derive(Clone)]
pub struct Watch {
    pub(super) store: Store,
    pub(super) reader: Reader,
    store_id: Uuid,
    newest: Arc<watch::Sender<EventCursor>>,
    places: Places,
}

impl Watch {
    pub(super) fn new(store: &Store, store_id: Uuid, reader: Reader, most: usize) -> Self {
        let newest = Arc::new(watch::channel(EventCursor::default()).0);
        Self { store: store.clone(), store_id, reader, newest, places: Places::new(most) }
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
        let Some(place) = self.places.take(caller.subject().uuid()) else {
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
