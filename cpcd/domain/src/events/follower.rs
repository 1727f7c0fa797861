//! Follows events for one caller, at the speed at which they are taken.

use std::{collections::VecDeque, time::Duration};

use cpcd_model::{Error, Result};
use cpcd_store::sql::EventCursor;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{
    Filter, News, Watch, Watched,
    places::Place,
    reader::{Page, Read},
    sight::Viewer,
};

/// A wake-up that was missed costs so long.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Follows events for one caller.
pub struct Follower {
    watch: Watch,
    viewer: Viewer,
    filter: Filter,
    at: EventCursor,
    news: watch::Receiver<EventCursor>,
    waiting: VecDeque<Watched>,
    beat: Option<Duration>,
    /// When the caller was told something last.
    told: Instant,
    _place: Place,
}

impl Follower {
    #[expect(clippy::too_many_arguments, reason = "one maker, beside it")]
    pub(super) fn new(
        watch: Watch,
        viewer: Viewer,
        filter: Filter,
        at: EventCursor,
        news: watch::Receiver<EventCursor>,
        beat: Option<Duration>,
        place: Place,
        says_where: bool,
    ) -> Self {
        let first = says_where.then(|| Watched { cursor: watch.write_cursor(at), news: News::Nothing });
        let waiting = first.into_iter().collect();
        Self { watch, viewer, filter, at, news, waiting, beat, told: Instant::now(), _place: place }
    }

    /// Waits for what is next to be told. Dropping the future loses nothing.
    ///
    /// # Errors
    /// What the store says; following can go on.
    pub async fn next(&mut self) -> Result<Watched> {
        loop {
            if let Some(watched) = self.waiting.pop_front() {
                self.told = Instant::now();
                return Ok(watched);
            }
            self.news.mark_unchanged();
            let is_last = self.read().await?;
            let beat_at = self.beat.map(|beat| self.told + beat);
            if self.waiting.is_empty() && beat_at.is_some_and(|at| at <= Instant::now()) {
                self.tell(self.at, News::Nothing);
            } else if self.waiting.is_empty() && is_last {
                let look_at = Instant::now() + LOOK_EVERY;
                // The sender lives as long as we hold the watch.
                let _ = timeout_at(beat_at.map_or(look_at, |beat| beat.min(look_at)), self.news.changed()).await;
            }
        }
    }

    /// Reads what comes next from the store; says whether there is no more for now.
    async fn read(&mut self) -> Result<bool> {
        // Whoever catches up leaves the store's connections to others.
        let _turn = self.watch.reads.clone().acquire_owned().await.map_err(Error::internal)?;
        let until = self.watch.store.newest_event().await?;
        match self.watch.reader.read(&self.viewer, &self.filter, self.at, until).await? {
            Read::Gap(at) => {
                self.at = at;
                self.tell(at, News::Gap);
                Ok(false)
            }
            Read::Page(Page { events, at, is_last }) => {
                self.at = at;
                for (at, event) in events {
                    self.tell(at, News::Event(Box::new(event)));
                }
                Ok(is_last)
            }
        }
    }

    fn tell(&mut self, at: EventCursor, news: News) {
        self.waiting.push_back(Watched { cursor: self.watch.write_cursor(at), news });
    }
}
