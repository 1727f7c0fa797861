//! Search: candidates from the index, truth from SQL.

use std::{collections::HashMap, sync::Arc};

use cpcd_model::{
    Error, Reason, Result,
    content::{Content, check_tags},
    id::UserId,
    page,
    permission::{Level, Resource},
    query::{Circle, Filter, Query, Viewer},
};
use cpcd_store::{Index, Store};

use super::{
    access::{may_read, may_see},
    candidates::Candidates,
    settled::Settled,
};
use crate::Caller;

const PAGE_DEFAULT: u32 = 20;
const PAGE_MAX: u32 = 100;
/// Candidates asked for at least: where the index lags some are dropped, and a second round costs more than these.
const LEAST: u32 = 32;
/// Rounds at most for one page; it then ends early and says where to go on.
const ROUNDS: u32 = 4;
/// Hits further down than this are not to be had: somebody who pages so far needs a better query.
const REACH: u32 = 1_000;

/// A search, as it came.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Query text.
    pub q: String,
    /// All of these tags.
    pub tags: Vec<String>,
    /// Content of this user, or empty.
    pub owner_id: String,
    /// Hits a page.
    pub page_size: i32,
    /// Where to go on.
    pub page_token: String,
}

/// A page of hits.
#[derive(Debug)]
pub struct Results {
    /// Content as it is now, with its score; best first.
    pub hits: Vec<(Content, f32)>,
    /// Where the next page begins, or empty.
    pub next_page_token: String,
    /// How many there are in all; at least so many if it is not exact.
    pub total: u64,
    /// Whether the total is exact: nothing waited to be indexed.
    pub total_is_exact: bool,
    /// Whether the index was away and the store searched itself: fewer hits, in a rougher order.
    pub degraded: bool,
}

/// Search over content.
#[derive(Clone)]
pub struct Search {
    store: Store,
    index: Index,
    settled: Arc<Settled>,
    candidates: Candidates,
}

impl Search {
    pub(super) fn new(store: &Store, index: &Index, settled: Arc<Settled>, candidates: Candidates) -> Self {
        Self { store: store.clone(), index: index.clone(), settled, candidates }
    }

    /// Searches what the caller may see. Needs read on content.
    ///
    /// Costs one search of the index and one statement a page, for a user one more; more only where the index lags behind or has just
    /// caught up, and only the statement where others have just asked the same.
    ///
    /// # Errors
    /// `FIELD_REQUIRED` for a search without words, tag and owner, `QUERY_INVALID`, `PAGE_TOKEN_INVALID`, a field's fault.
    pub async fn search(&self, caller: &Caller, request: &Request) -> Result<Results> {
        caller.require_some(Resource::Content, Level::Read)?;
        let query = Query::parse(&request.q)?;
        let tags = check_tags("tags", &request.tags)?;
        let owner =
            if request.owner_id.is_empty() { None } else { Some(UserId::parse("owner_id", &request.owner_id)?) };
        let viewer = may_read(caller, owner)?;
        let size = page::size(request.page_size, PAGE_DEFAULT, PAGE_MAX)?;
        if query.required.is_empty() && tags.is_empty() && owner.is_none() {
            return Err(if query.excluded.is_empty() {
                Error::field(
                    Reason::FieldRequired,
                    "q",
                    "must have a word to look for, or a tag or an owner must be given",
                )
            } else {
                Error::field(Reason::QueryInvalid, "q", "only excludes; add a word to look for, a tag or an owner")
            });
        }
        let binding = format!("search:{}:{tags:?}:{owner:?}", request.q);
        let mut offset = match page::decode(&binding, &request.page_token)? {
            None => 0,
            Some(text) => text.parse::<u32>().ok().filter(|offset| *offset < REACH).ok_or_else(page::invalid)?,
        };
        let circle = self.circle(caller, viewer).await?;
        let user = match viewer {
            Viewer::User(user) => Some(user),
            Viewer::Public | Viewer::Admin => None,
        };
        let filter = Filter { tags, owner, viewer, circle };

        let start = offset;
        let mut hits = Vec::new();
        let wanted = usize::try_from(size).unwrap_or(usize::MAX);
        let (mut is_current, mut degraded, mut dropped, mut rounds) = (true, false, 0, 0);
        let mut is_first_look = true;
        let (total, exhausted) = 'search: loop {
            let limit = size.max(LEAST).min(REACH - offset);
            let before = self.settled.get();
            let engines = (&self.store, &self.index);
            let what = (&query, &filter);
            let found = self.candidates.find(engines, before, what, (offset, limit), &mut degraded).await?;
            let mut unread = found.hits.as_slice();
            // As many rows as the page has room for; more only where some of them do not pass.
            loop {
                let (next, later) = unread.split_at(unread.len().min(wanted - hits.len()));
                let ids: Vec<_> = next.iter().map(|hit| hit.id).collect();
                let shown = self.store.list_shown_contents(&ids, user).await?;
                self.settled.set(shown.settled);
                if shown.is_complete && shown.settled != before && is_first_look && !degraded {
                    // Somebody else has indexed since we last looked, before the search or after it: a second look tells.
                    is_first_look = false;
                    continue 'search;
                }
                is_current &= shown.is_complete && shown.settled == before;
                let mut rows: HashMap<_, _> = shown.contents.into_iter().map(|row| (row.0.id, row)).collect();
                for hit in next {
                    offset += 1;
                    match rows.remove(&hit.id).filter(|(content, is_of_friend)| passes(&filter, content, *is_of_friend))
                    {
                        Some((content, _)) => hits.push((content, hit.score)),
                        None => dropped += 1,
                    }
                }
                unread = later;
                if unread.is_empty() || hits.len() == wanted {
                    break;
                }
            }
            rounds += 1;
            let exhausted = u64::from(offset) >= found.total.min(u64::from(REACH)) || found.hits.is_empty();
            if exhausted || hits.len() == wanted || rounds == ROUNDS {
                break (found.total, exhausted);
            }
        };
        // While the index lags its total may count what the viewer must not know of, so only what was checked is told.
        let total_is_exact = is_current && dropped == 0 && !degraded;
        let total = if total_is_exact { total } else { u64::from(start) + hits.len() as u64 };
        let next_page_token = if exhausted { String::new() } else { page::encode(&binding, &offset.to_string()) };
        Ok(Results { hits, next_page_token, total, total_is_exact, degraded })
    }

    /// Gives what a user finds beside what is public or their own. Whom they are friends with is read anew each time: candidates that
    /// are not for them any more do not pass, but nothing brings back those that were not asked for.
    async fn circle(&self, caller: &Caller, viewer: Viewer) -> Result<Circle> {
        match viewer {
            Viewer::User(user) => Ok(Circle {
                friends: self.store.list_friend_ids(user).await?,
                granted: caller.granted().objects(Resource::Content, Level::Read),
            }),
            Viewer::Public | Viewer::Admin => Ok(Circle::default()),
        }
    }
}

/// Checks the row against what the index may know too late: visibility, friendship, tags, owner. Deleted content has no row here.
fn passes(filter: &Filter, content: &Content, is_of_friend: bool) -> bool {
    may_see(filter.viewer, &filter.circle.granted, content, is_of_friend)
        && filter.owner.is_none_or(|owner| content.owner_id == owner)
        && filter.tags.iter().all(|tag| content.metadata.tags.contains(tag))
}
