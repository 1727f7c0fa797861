//! Where the candidates of a search come from: the index, or the store's own full text while a shared index is away.

use cpcd_model::{
    Error, Reason, Result,
    query::{Filter, Query},
};
use cpcd_store::{
    Index, Store,
    index::{Hit, Hits},
};

/// Finds candidates; says in `is_degraded`, which holds for the rest of a page, that they are not the index's.
///
/// # Errors
/// `ENGINE_AWAY` if there is nothing to search with.
pub(super) async fn find(
    (store, index): (&Store, &Index),
    (query, filter): (&Query, &Filter),
    (offset, limit): (u32, u32),
    is_degraded: &mut bool,
) -> Result<Hits> {
    if !*is_degraded {
        match index.search(query, filter, offset, limit).await {
            Err(error) if may_fall_back(store, index, &error) => {
                tracing::debug!(error = ?error, "the index is away, so the store searches");
                *is_degraded = true;
            }
            found => return found,
        }
    }
    let found = store.search_contents(query, filter, offset, limit).await?;
    let hit = |(id, score)| Hit { id, version: 0, score };
    Ok(Hits { hits: found.hits.into_iter().map(hit).collect(), total: found.total })
}

/// An index of our own is either there or we are not; a shared one may be away while everything else goes on.
fn may_fall_back(store: &Store, index: &Index, error: &Error) -> bool {
    index.is_shared() && store.has_full_text() && error.reason() == Reason::EngineAway
}
