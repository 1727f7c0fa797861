//! Writes of many documents: each with its version, each judged by itself.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use cpcd_model::{Error, Reason, Result, id::ContentId};
use opensearch::http::Method;
use serde::{Deserialize, Serialize};
use tantivy::tokenizer::TextAnalyzer;
use tokio::time;
use uuid::Uuid;

use super::{
    super::{Change, Failure},
    client::{Client, Request, away},
    schema::Document,
};

/// Bytes of one request, about.
const BYTES: usize = 4 << 20;
/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Attempts at what the cluster has no room for.
const TRIES: u32 = 7;
/// Wait after the first attempt; twice as long after each other one, up to the second.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(3);

/// A change, ready to be sent.
struct Item {
    id: ContentId,
    version: u64,
    lines: String,
}

/// What became of an item.
enum Outcome {
    /// It is there, or something newer is.
    Done,
    /// There was no room for it.
    Later,
    /// The cluster does not take it, now or ever.
    Refused(String),
    /// Nothing can be written at all.
    Away(String),
}

#[derive(Serialize)]
struct Head {
    _id: Uuid,
    version: u64,
    version_type: &'static str,
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<HashMap<String, Answered>>,
}

#[derive(Deserialize)]
struct Answered {
    status: u16,
    #[serde(default)]
    error: Option<Cause>,
}

#[derive(Deserialize)]
struct Cause {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    caused_by: Option<Box<Cause>>,
}

impl Client {
    /// Writes changes to the index behind an alias; gives those that it refuses.
    pub(super) async fn write(&self, alias: &str, changes: &[Change], analyser: &TextAnalyzer) -> Result<Vec<Failure>> {
        let mut refused = Vec::new();
        let mut batch: Vec<Item> = Vec::new();
        let mut size = 0;
        for change in last_of_each(changes) {
            let item = Item::of(change, analyser)?;
            if size + item.lines.len() > BYTES && !batch.is_empty() {
                self.write_batch(alias, std::mem::take(&mut batch), &mut refused).await?;
                size = 0;
            }
            size += item.lines.len();
            batch.push(item);
        }
        if !batch.is_empty() {
            self.write_batch(alias, batch, &mut refused).await?;
        }
        Ok(refused)
    }

    async fn write_batch(&self, alias: &str, mut batch: Vec<Item>, refused: &mut Vec<Failure>) -> Result<()> {
        let mut pause = PAUSE;
        for attempt in 1..=TRIES {
            let body: Bytes = batch.iter().map(|item| item.lines.as_str()).collect::<String>().into();
            // Never to an index that has gone: one of that name would be made by the way.
            let request = Request::new(Method::Post, format!("{alias}/_bulk")).query("require_alias=true");
            let answer = self.send(request.lines(body).within(TIMEOUT)).await?;
            if !matches!(answer.status, 429 | 503) {
                let answer: Answer = answer.read()?;
                let (sent, refused_before) = (batch.len(), refused.len());
                let mut outcomes = answer.items.into_iter().filter_map(|item| item.into_values().next());
                let mut later = Vec::new();
                for item in batch {
                    let Some(answered) = outcomes.next() else {
                        return Err(away("OpenSearch left an item of a bulk write without an answer"));
                    };
                    match answered.outcome(attempt == TRIES) {
                        Outcome::Done => {}
                        Outcome::Later => later.push(item),
                        Outcome::Refused(reason) => {
                            refused.push(Failure { id: item.id, version: item.version, reason });
                        }
                        Outcome::Away(why) => return Err(away(&why)),
                    }
                }
                if sent > 1 && attempt == 1 && refused.len() - refused_before == sent {
                    // A document is judged where others pass; where none does it is the cluster that is at fault.
                    return Err(away("OpenSearch refuses every document"));
                }
                if later.is_empty() {
                    return Ok(());
                }
                batch = later;
            }
            time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
        Err(Error::new(Reason::EngineAway, "the search index has no room for more writes; try again"))
    }
}

impl Item {
    fn of(change: &Change, analyser: &TextAnalyzer) -> Result<Self> {
        let head = |id: ContentId, version| Head { _id: id.uuid(), version, version_type: "external_gte" };
        Ok(match change {
            Change::Put(content) => {
                let head = text(&HashMap::from([("index", head(content.id, content.version))]))?;
                let document = text(&Document::of(content, analyser))?;
                Self { id: content.id, version: content.version, lines: format!("{head}\n{document}\n") }
            }
            Change::Delete(id, version) => {
                let head = text(&HashMap::from([("delete", head(*id, *version))]))?;
                Self { id: *id, version: *version, lines: format!("{head}\n") }
            }
        })
    }
}

impl Answered {
    fn outcome(self, is_last: bool) -> Outcome {
        let why = |cause: &Cause| {
            let inner = cause.caused_by.as_ref().and_then(|cause| cause.reason.as_deref());
            let reason = cause.reason.as_deref().unwrap_or_default();
            match inner {
                Some(inner) => format!("{}: {reason}: {inner}", cause.kind),
                None => format!("{}: {reason}", cause.kind),
            }
        };
        let Some(cause) = self.error else { return Outcome::Done };
        match self.status {
            // A later version is there already.
            409 => Outcome::Done,
            429 | 503 if cause.kind == "cluster_block_exception" => Outcome::Away(why(&cause)),
            429 | 503 => Outcome::Later,
            400..=499 if !matches!(self.status, 401 | 403 | 404) => Outcome::Refused(why(&cause)),
            // A fault of the cluster's own; if it stays, it is this document's.
            500 if is_last => Outcome::Refused(why(&cause)),
            500 => Outcome::Later,
            _ => Outcome::Away(why(&cause)),
        }
    }
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// Gives the last change of each content.
fn last_of_each(changes: &[Change]) -> Vec<&Change> {
    let mut last: HashMap<ContentId, usize> = HashMap::with_capacity(changes.len());
    for (place, change) in changes.iter().enumerate() {
        last.insert(change.id(), place);
    }
    let kept = changes.iter().enumerate().filter(|(place, change)| last.get(&change.id()) == Some(place));
    kept.map(|(_, change)| change).collect()
}
