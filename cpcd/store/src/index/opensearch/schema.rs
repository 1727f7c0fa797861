//! What an index holds of content, and how OpenSearch makes terms of it.
//!
//! The analyser takes the steps of [`super::super::analysis`] in OpenSearch's own words: runs of letters and digits, lower case, no
//! accents, the English stem (`porter2`). The openings of titles are made here, by the very code that tantivy's are made by. A text
//! that is looked for alone counts once, however often a title or the tags repeat it, so these two have a second field without
//! frequencies. What that leaves of differences to tantivy's order is measured by the trial `search-parity`.

use cpcd_model::content::{Content, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tantivy::tokenizer::TextAnalyzer;
use uuid::Uuid;

use super::super::opening::Openings;

/// Raised with each change of what is indexed or how, so that older indexes are made anew.
pub(super) const VERSION: u32 = 1;

const PUBLIC: &str = "public";
const PRIVATE: &str = "private";

/// Whose an index is, and how far.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct State {
    pub(super) store_id: Uuid,
    pub(super) version: u32,
    pub(super) generation: u64,
    /// The index's id to OpenSearch.
    pub(super) uuid: String,
}

/// The document of content.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    id: Uuid,
    title: &'a str,
    opening: Vec<String>,
    tag_words: &'a [String],
    description: &'a str,
    tag: &'a [String],
    owner: Uuid,
    visibility: &'static str,
}

impl<'a> Document<'a> {
    pub(super) fn of(content: &'a Content, analyser: &TextAnalyzer) -> Self {
        let metadata = &content.metadata;
        Self {
            id: content.id.uuid(),
            title: &metadata.title,
            opening: Openings::of(&metadata.title, analyser).terms().collect(),
            tag_words: &metadata.tags,
            description: &metadata.description,
            tag: &metadata.tags,
            owner: content.owner_id.uuid(),
            visibility: match metadata.visibility {
                Visibility::Public => PUBLIC,
                Visibility::Private => PRIVATE,
            },
        }
    }
}

/// Makes the template of all indexes whose names match `pattern`.
pub(super) fn template(pattern: &str) -> Value {
    let words = || json!({ "type": "text", "analyzer": "cpc_text", "position_increment_gap": 1 });
    let words_once = || {
        let mut field = words();
        let once = json!({ "type": "text", "analyzer": "cpc_text", "index_options": "docs" });
        field["fields"] = json!({ "once": once });
        field
    };
    let exact = || json!({ "type": "keyword", "doc_values": false });
    json!({
        "index_patterns": [pattern],
        "priority": 100,
        "template": {
            "settings": {
                "number_of_shards": 1,
                "auto_expand_replicas": "0-1",
                // The indexer says when: after each batch.
                "refresh_interval": -1,
                // Tombstones outlive any delay between reading a row and writing its document.
                "gc_deletes": "1h",
                "similarity": { "default": { "type": "BM25", "k1": 1.2, "b": 0.75 } },
                "analysis": {
                    "char_filter": {
                        "cpc_marks": { "type": "pattern_replace", "pattern": "[\\u0300-\\u036F]", "replacement": "" }
                    },
                    "tokenizer": { "cpc_words": { "type": "pattern", "pattern": "[^\\p{IsAlphabetic}\\p{N}]+" } },
                    "filter": {
                        "cpc_length": { "type": "length", "max": cpcd_model::query::MAX_WORD_CHARS },
                        "cpc_stem": { "type": "stemmer", "language": "porter2" }
                    },
                    "analyzer": {
                        "cpc_text": {
                            "type": "custom",
                            "char_filter": ["cpc_marks"],
                            "tokenizer": "cpc_words",
                            "filter": ["lowercase", "cpc_length", "asciifolding", "cpc_stem"]
                        }
                    }
                }
            },
            "mappings": {
                "dynamic": "strict",
                "properties": {
                    "id": { "type": "keyword" },
                    "title": words_once(),
                    "opening": exact(),
                    "tag_words": words_once(),
                    "description": words(),
                    "tag": exact(),
                    "owner": exact(),
                    "visibility": exact()
                }
            }
        }
    })
}

/// Makes the index of the states.
pub(super) fn states() -> Value {
    let settings = json!({ "number_of_shards": 1, "auto_expand_replicas": "0-1" });
    json!({ "settings": settings, "mappings": { "enabled": false } })
}
