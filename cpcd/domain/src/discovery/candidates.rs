//! Candidates of popular searches: kept for some seconds in this process and in the shared cache.
//!
//! They are kept for the generation of the index that they were found in, and each search learns from the store, by the very
//! statement that reads the rows, which generation there is now: so what was kept is never shown past a change of the index, and
//! nobody needs to be told. Only what anybody may find is kept, and it is checked against its rows like all candidates. What lies
//! in the shared cache is signed, so that whoever can write there can neither put something first nor hide it.

use std::{sync::Arc, time::Duration};

use aws_lc_rs::{digest, hmac};
use cpcd_model::{
    Result,
    query::{Filter, Query, Viewer},
};
use cpcd_store::{
    Cache, Index, Store,
    index::{Hit, Hits},
};
use moka::future::Cache as Moka;
use uuid::Uuid;

use super::{finding::find, settled::Generation};
use crate::identity::RootKey;

/// How long candidates are kept.
const KEEP: Duration = Duration::from_secs(5);
/// A search that comes again within this time is popular.
const POPULAR: Duration = Duration::from_secs(10);
/// Searches whose candidates are kept here, at most; a few kB each.
const MOST: u64 = 4_096;
/// Searches that are remembered as having come, at most.
const MOST_SEEN: u64 = 16_384;
const MAC_LEN: usize = 32;
const HIT_LEN: usize = 16 + 8 + 4;

/// What names a search: the first half of a SHA-256.
type Key = [u8; 16];

/// Keeps candidates; clones share them.
#[derive(Clone)]
pub(super) struct Candidates {
    cache: Cache,
    near: Moka<Key, Arc<Hits>>,
    seen: Moka<Key, ()>,
    seal: Arc<hmac::Key>,
}

impl Candidates {
    pub(super) fn new(cache: &Cache, root: &RootKey) -> Self {
        Self {
            cache: cache.clone(),
            near: Moka::builder().max_capacity(MOST).time_to_live(KEEP).build(),
            seen: Moka::builder().max_capacity(MOST_SEEN).time_to_live(POPULAR).build(),
            seal: Arc::new(hmac::Key::new(hmac::HMAC_SHA256, root.derive("candidates").as_ref())),
        }
    }

    /// Finds candidates as [`find`] does, or takes those that were found for the same search in the generation `before`.
    ///
    /// Of many who ask the same at the same time one searches for all.
    pub(super) async fn find(
        &self,
        engines: (&Store, &Index),
        before: Generation,
        what: (&Query, &Filter),
        part: (u32, u32),
        is_degraded: &mut bool,
    ) -> Result<Arc<Hits>> {
        if what.1.viewer != Viewer::Public || *is_degraded || !self.is_popular(what, part).await {
            return find(engines, what, part, is_degraded).await.map(Arc::new);
        }
        let key = key(&format!("{before:?} {what:?} {part:?}"));
        let mut alone = None;
        let search = async {
            if let Some(hits) = self.read(&key).await {
                return Ok(Arc::new(hits));
            }
            let mut is_fallback = false;
            match find(engines, what, part, &mut is_fallback).await {
                Ok(hits) if !is_fallback => {
                    self.write(&key, &hits);
                    Ok(Arc::new(hits))
                }
                // Not for others: what they find may be better by then.
                found => {
                    alone = Some((found, is_fallback));
                    Err(())
                }
            }
        };
        let shared = self.near.try_get_with(key, search).await;
        match (shared, alone) {
            (Ok(hits), _) => Ok(hits),
            (Err(_), Some((found, is_fallback))) => {
                *is_degraded = is_fallback;
                found.map(Arc::new)
            }
            // Another's search failed; that is nothing to go by.
            (Err(_), None) => find(engines, what, part, is_degraded).await.map(Arc::new),
        }
    }

    /// Tells whether the same was asked a moment ago, whatever has been indexed since.
    async fn is_popular(&self, what: (&Query, &Filter), part: (u32, u32)) -> bool {
        !self.seen.entry(key(&format!("{what:?} {part:?}"))).or_insert(()).await.is_fresh()
    }

    /// Reads what another replica found.
    async fn read(&self, key: &Key) -> Option<Hits> {
        if !self.cache.is_shared() {
            return None;
        }
        let bytes = self.cache.get(&name(key)).await.ok()??;
        let (mac, body) = bytes.split_at_checked(MAC_LEN)?;
        hmac::verify(&self.seal, &sealed(key, body), mac).ok()?;
        decode(body)
    }

    /// Gives other replicas what was found; nobody waits for it.
    fn write(&self, key: &Key, hits: &Hits) {
        if !self.cache.is_shared() || !self.cache.state().is_connected {
            return;
        }
        let body = encode(hits);
        let value = [hmac::sign(&self.seal, &sealed(key, &body)).as_ref(), &body].concat();
        let (cache, name) = (self.cache.clone(), name(key));
        tokio::spawn(async move {
            if let Err(error) = cache.set(&name, value, KEEP).await {
                tracing::debug!(%error, "candidates were not put into the cache");
            }
        });
    }
}

fn key(text: &str) -> Key {
    *digest::digest(&digest::SHA256, text.as_bytes()).as_ref().first_chunk().expect("SHA-256 gives 32 bytes")
}

fn name(key: &Key) -> String {
    format!("discovery:candidates:{}", Uuid::from_bytes(*key).simple())
}

/// What a seal is put on: the candidates with what they are for.
fn sealed(key: &Key, body: &[u8]) -> Vec<u8> {
    [key, body].concat()
}

fn encode(hits: &Hits) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + hits.hits.len() * HIT_LEN);
    bytes.extend(hits.total.to_le_bytes());
    for hit in &hits.hits {
        bytes.extend(hit.id.uuid().as_bytes());
        bytes.extend(hit.version.to_le_bytes());
        bytes.extend(hit.score.to_le_bytes());
    }
    bytes
}

fn decode(bytes: &[u8]) -> Option<Hits> {
    let (total, rest) = bytes.split_first_chunk()?;
    let (chunks, rest) = rest.as_chunks::<HIT_LEN>();
    if !rest.is_empty() {
        return None;
    }
    let hit = |bytes: &[u8; HIT_LEN]| {
        let (id, rest) = bytes.split_first_chunk::<16>()?;
        let (version, score) = rest.split_first_chunk()?;
        let id = Uuid::from_bytes(*id).into();
        Some(Hit { id, version: u64::from_le_bytes(*version), score: f32::from_le_bytes(score.try_into().ok()?) })
    };
    Some(Hits { hits: chunks.iter().map(hit).collect::<Option<_>>()?, total: u64::from_le_bytes(*total) })
}

#[cfg(test)]
mod tests {
    use cpcd_model::{id::ContentId, query::Circle};
    use cpcd_store::cache;

    use super::*;

    async fn candidates() -> (Candidates, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let root = RootKey::create(&folder.path().join("root.key")).unwrap();
        let cache = Cache::open(&cache::Config::default()).await.unwrap();
        (Candidates::new(&cache, &root), folder)
    }

    fn hits(count: u16) -> Hits {
        let hit = |n| Hit { id: ContentId::generate(), version: u64::from(n) + 1, score: f32::from(n) / 3.0 };
        Hits { hits: (0..count).map(hit).collect(), total: 77 }
    }

    #[test]
    fn candidates_are_the_same_after_the_way_through_the_cache() {
        for count in [0, 1, 100] {
            let hits = hits(count);
            assert_eq!(decode(&encode(&hits)), Some(hits));
        }
        assert_eq!(decode(&encode(&hits(2))[1..]), None);
        assert_eq!(decode(&[1, 2]), None);
    }

    #[tokio::test]
    async fn a_seal_is_for_one_search_and_one_list() {
        let (candidates, _folder) = candidates().await;
        let (one, other) = (key("one"), key("other"));
        let body = encode(&hits(3));
        let mac = hmac::sign(&candidates.seal, &sealed(&one, &body));
        assert!(hmac::verify(&candidates.seal, &sealed(&one, &body), mac.as_ref()).is_ok());
        assert!(hmac::verify(&candidates.seal, &sealed(&other, &body), mac.as_ref()).is_err());
        assert!(hmac::verify(&candidates.seal, &sealed(&one, &encode(&hits(3))), mac.as_ref()).is_err());
    }

    #[tokio::test]
    async fn what_is_asked_twice_is_popular() {
        let (candidates, _folder) = candidates().await;
        let query = Query::parse("blue whale").unwrap();
        let filter = Filter { tags: vec!["a".into()], owner: None, viewer: Viewer::Public, circle: Circle::default() };
        assert!(!candidates.is_popular((&query, &filter), (0, 20)).await);
        assert!(candidates.is_popular((&query, &filter), (0, 20)).await);
        assert!(!candidates.is_popular((&query, &filter), (20, 20)).await, "another page is another search");
        let filter = Filter { tags: vec!["b".into()], ..filter };
        assert!(!candidates.is_popular((&query, &filter), (0, 20)).await, "as are other tags");
    }
}
