//! OpenSearch as the search engine: a cluster that all daemons on a store share.
//!
//! An index has the name `PREFIX-content-ID` and an alias of its own to write by, so that nothing is written to one that has gone.
//! Searches go to the alias `PREFIX-content`, which names the one that is complete. What is known of each index is a document in
//! `PREFIX-state`. It names the index by the id that OpenSearch gave it, so that one that was deleted and made again, or restored from
//! a snapshot, is not taken for what it was.

mod address;
mod bulk;
mod client;
mod lower;
mod pool;
mod schema;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    query::{Filter, Query},
};
use opensearch::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tantivy::tokenizer::TextAnalyzer;
use tokio::time;
use uuid::Uuid;

use self::{
    client::{Answer, Client, Request},
    schema::{State, VERSION},
};
use super::{Change, Config, Failure, Hit, Hits, MAX_WINDOW, analysis};
use crate::deadline;

pub(super) use address::Address;

/// How long what concerns a whole index may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long an index is kept after searches have begun to use another.
const LAST_SEARCHES: Duration = Duration::from_secs(1);

/// A cluster; clones share the way to it.
#[derive(Clone)]
pub struct OpenSearch {
    client: Client,
    prefix: Arc<str>,
    store_id: Uuid,
    analyser: TextAnalyzer,
    timeout: Duration,
}

#[derive(Deserialize)]
struct Found {
    hits: FoundHits,
    #[serde(default)]
    timed_out: bool,
    _shards: Shards,
}

#[derive(Deserialize)]
struct Shards {
    failed: u32,
}

#[derive(Deserialize)]
struct FoundHits {
    total: Total,
    #[serde(default)]
    hits: Vec<FoundHit>,
}

#[derive(Deserialize)]
struct Total {
    value: u64,
}

#[derive(Deserialize)]
struct FoundHit {
    _id: Uuid,
    _version: u64,
    /// By what it was sorted: the score and the id.
    sort: (f32, String),
}

#[derive(Deserialize)]
struct Kept<T> {
    _source: T,
}

impl OpenSearch {
    /// Makes a way to the cluster; it need not be there yet.
    pub(super) fn new(config: &Config, address: Address, store_id: Uuid) -> Result<Self> {
        Ok(Self {
            client: Client::new(address, &config.ca_file, config.timeout())?,
            prefix: config.index_prefix.as_str().into(),
            store_id,
            analyser: analysis::analyser(),
            timeout: config.timeout(),
        })
    }

    fn alias(&self) -> String {
        format!("{}-content", self.prefix)
    }

    fn name(&self, index: Uuid) -> String {
        format!("{}-content-{}", self.prefix, index.simple())
    }

    fn writes(&self, index: Uuid) -> String {
        format!("{}-write-{}", self.prefix, index.simple())
    }

    fn states(&self) -> String {
        format!("{}-state", self.prefix)
    }

    fn id(&self, name: &str) -> Option<Uuid> {
        name.strip_prefix(&*self.prefix)?.strip_prefix("-content-")?.parse().ok()
    }

    async fn ask(&self, method: Method, path: impl Into<String>, body: Option<&Value>) -> Result<Answer> {
        let request = Request::new(method, path).within(TIMEOUT);
        self.client.send(if let Some(body) = body { request.json(body) } else { request }).await
    }

    /// Gives the generation of an index, if it is there, of this store and of this version.
    pub(super) async fn generation(&self, index: Uuid) -> Result<Option<u64>> {
        let Some(state) = self.state(index).await? else { return Ok(None) };
        let is_ours = state.store_id == self.store_id && state.version == VERSION;
        if !is_ours || self.uuid(index).await?.as_ref() != Some(&state.uuid) {
            return Ok(None);
        }
        Ok(Some(state.generation))
    }

    async fn state(&self, index: Uuid) -> Result<Option<State>> {
        let path = format!("{}/_doc/{}", self.states(), index.simple());
        let answer = self.client.send(Request::new(Method::Get, path)).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        answer.read::<Kept<State>>().map(|kept| Some(kept._source))
    }

    /// Gives the id that OpenSearch gave an index, if it is there.
    async fn uuid(&self, index: Uuid) -> Result<Option<String>> {
        let path = format!("{}/_settings/index.uuid", self.name(index));
        let answer = self.client.send(Request::new(Method::Get, path)).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let settings: Value = answer.read()?;
        let uuid = settings.pointer(&format!("/{}/settings/index/uuid", self.name(index)));
        Ok(uuid.and_then(Value::as_str).map(ToOwned::to_owned))
    }

    /// Shows searches all that was written to an index, and notes that it has reached a generation.
    async fn commit(&self, index: Uuid, generation: u64) -> Result<()> {
        self.ask(Method::Post, format!("{}/_refresh", self.writes(index)), None).await?.accept()?;
        let Some(uuid) = self.uuid(index).await? else {
            return Err(client::away("the index was deleted while it was written to"));
        };
        let state = State { store_id: self.store_id, version: VERSION, generation, uuid };
        let body = serde_json::to_value(state).map_err(Error::internal)?;
        let request = Request::new(Method::Put, format!("{}/_doc/{}", self.states(), index.simple()));
        // A daemon that was held up does not set the state back.
        let request = request.query(format!("version={generation}&version_type=external_gte"));
        let answer = self.client.send(request.json(&body).within(TIMEOUT)).await?;
        if answer.status == 409 {
            let message = "another daemon has gone on with the search index";
            return Err(Error::new(Reason::WriteConflict, message));
        }
        answer.accept()
    }

    /// Makes an index that nobody searches yet, as far as `generation`; gives its id.
    pub(super) async fn create(&self, generation: u64) -> Result<Uuid> {
        self.client.ping().await?;
        let index = Uuid::now_v7();
        let template = format!("_index_template/{}", self.alias());
        let pattern = format!("{}-*", self.alias());
        self.ask(Method::Put, template, Some(&schema::template(&pattern))).await?.accept()?;
        let states = self.ask(Method::Put, self.states(), Some(&schema::states())).await?;
        if !states.is_there_already() {
            states.accept()?;
        }
        let aliases = json!({ "aliases": { self.writes(index): {} } });
        self.ask(Method::Put, self.name(index), Some(&aliases)).await?.accept()?;
        self.commit(index, generation).await?;
        Ok(index)
    }

    /// Makes changes in an index as its commit `generation`; gives those that it refuses.
    pub(super) async fn apply(&self, index: Uuid, changes: &[Change], generation: u64) -> Result<Vec<Failure>> {
        let refused = self.fill(index, changes).await?;
        self.commit(index, generation).await?;
        Ok(refused)
    }

    /// Writes to an index without a commit; gives what it refuses.
    pub(super) async fn fill(&self, index: Uuid, changes: &[Change]) -> Result<Vec<Failure>> {
        // A node that is away is found out at once, not after the time that a large write may take.
        self.client.ping().await?;
        self.client.write(&self.writes(index), changes, &self.analyser).await
    }

    /// Lets searches use this index from now on, and removes what else there is of this store but `kept`.
    pub(super) async fn serve(&self, index: Uuid, kept: Option<Uuid>) -> Result<()> {
        let alias = self.alias();
        let name = self.name(index);
        let serving = self.names(&format!("_alias/{alias}")).await?;
        for other in serving.iter().filter(|other| **other != name) {
            if self.is_anothers(other).await? {
                let message =
                    format!("the alias {alias} of OpenSearch belongs to another store; set search.index_prefix");
                return Err(Error::new(Reason::StoreForeign, message));
            }
        }
        if !serving.contains(&name) || serving.len() > 1 {
            let others = serving.iter().filter(|other| **other != name);
            let mut actions: Vec<_> =
                others.map(|other| json!({ "remove": { "index": other, "alias": alias } })).collect();
            actions.push(json!({ "add": { "index": name, "alias": alias } }));
            self.ask(Method::Post, "_aliases", Some(&json!({ "actions": actions }))).await?.accept()?;
            if serving.len() > usize::from(serving.contains(&name)) {
                // Searches that are under way in the old one end first.
                time::sleep(self.timeout.min(LAST_SEARCHES)).await;
            }
        }
        for other in self.names(&format!("{alias}-*/_alias")).await? {
            let Some(id) = self.id(&other).filter(|id| *id != index && Some(*id) != kept) else { continue };
            if self.is_ours(&other).await? {
                for path in [self.name(id), format!("{}/_doc/{}", self.states(), id.simple())] {
                    let answer = self.ask(Method::Delete, path, None).await?;
                    if answer.status != 404 {
                        answer.accept()?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Says whether an index has a state that names another store; one that has lost its state is nobody's.
    async fn is_anothers(&self, name: &str) -> Result<bool> {
        let Some(index) = self.id(name) else { return Ok(true) };
        Ok(self.state(index).await?.is_some_and(|state| state.store_id != self.store_id))
    }

    async fn is_ours(&self, name: &str) -> Result<bool> {
        let Some(index) = self.id(name) else { return Ok(false) };
        Ok(self.state(index).await?.is_some_and(|state| state.store_id == self.store_id))
    }

    /// Gives the names of indexes.
    async fn names(&self, path: &str) -> Result<Vec<String>> {
        let answer = self.ask(Method::Get, path, None).await?;
        if answer.status == 404 {
            return Ok(Vec::new());
        }
        let found: BTreeMap<String, Value> = answer.read()?;
        Ok(found.into_keys().collect())
    }

    /// Finds content.
    pub(super) async fn search(&self, query: &Query, filter: &Filter, offset: u32, limit: u32) -> Result<Hits> {
        let limit = limit.min(MAX_WINDOW.saturating_sub(offset));
        let body = json!({
            "query": lower::lower(query, filter, &self.analyser),
            "from": if limit == 0 { 0 } else { offset },
            "size": limit,
            "sort": [{ "_score": "desc" }, { "id": "desc" }],
            "track_total_hits": true,
            "_source": false,
            "version": true,
        });
        // What nobody waits for any more is not looked for any further.
        let left = deadline::left(deadline::current())?.unwrap_or(self.timeout).min(self.timeout);
        let parameters = format!(
            "cancel_after_time_interval={}ms&filter_path=timed_out,_shards.failed,hits.total.value,hits.hits._id,\
             hits.hits._version,hits.hits.sort",
            left.as_millis().max(1)
        );
        let request = Request::new(Method::Post, format!("{}/_search", self.alias())).query(parameters);
        let found: Found = self.client.send(request.json(&body)).await?.read()?;
        if found.timed_out || found._shards.failed > 0 {
            return Err(client::away("a part of the search index did not answer"));
        }
        let hit = |hit: FoundHit| Hit { id: hit._id.into(), version: hit._version, score: hit.sort.0 };
        Ok(Hits { hits: found.hits.hits.into_iter().map(hit).collect(), total: found.hits.total.value })
    }

    /// Counts the content that searches can find.
    pub(super) async fn count(&self) -> Result<u64> {
        #[derive(Deserialize)]
        struct Count {
            count: u64,
        }
        let body = json!({ "query": { "exists": { "field": "id" } } });
        let answer =
            self.client.send(Request::new(Method::Post, format!("{}/_count", self.alias())).json(&body)).await?;
        answer.read::<Count>().map(|count| count.count)
    }

    /// Checks that there is something to search.
    pub(super) async fn ping(&self) -> Result<()> {
        let answer = self.client.send(Request::new(Method::Get, format!("_alias/{}", self.alias()))).await?;
        if answer.status == 404 {
            let message = "the search index is not there yet; it is being made from the store";
            return Err(Error::new(Reason::EngineAway, message));
        }
        answer.accept()
    }
}

/// Removes what a test has made.
#[cfg(test)]
pub(super) async fn remove(config: &Config) {
    let address = Address::parse(&config.url).unwrap();
    let engine = OpenSearch::new(config, address, Uuid::nil()).unwrap();
    for name in engine.names(&format!("{}-*/_alias", engine.alias())).await.unwrap() {
        engine.ask(Method::Delete, name, None).await.unwrap();
    }
    engine.ask(Method::Delete, engine.states(), None).await.unwrap();
    engine.ask(Method::Delete, format!("_index_template/{}", engine.alias()), None).await.unwrap();
}
