//! What an index holds of content, and how OpenSearch makes terms of it.
//!
//! The analyser takes the steps of [`super::super::analysis`] in OpenSearch's own words: runs of letters and digits, lower case, no
//! accents, the English stem (`porter2`). Two things are made of terms by the very code that makes tantivy's: the openings of titles,
//! and the words of title and tags by themselves. A word that is looked for alone counts once there, however often it is repeated,
//! while the length of the whole counts as it is; OpenSearch can do without frequencies, but takes the length without repetitions
//! then. So repeated words have stand-ins that no query can name. With that both engines give the same scores (the trial
//! `search-parity` measures it); with OpenSearch's own way one hit in ten was another.

use std::collections::HashSet;

use cpcd_model::content::Content;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tantivy::tokenizer::TextAnalyzer;
use uuid::Uuid;

use super::super::{analysis, opening::Openings};

/// Raised with each change of what is indexed or how, so that older indexes are made anew.
pub(super) const VERSION: u32 = 1;

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
    title_once: String,
    opening: Vec<String>,
    tag_words: &'a [String],
    tag_once: String,
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
            title_once: once(std::slice::from_ref(&metadata.title), analyser),
            opening: Openings::of(&metadata.title, analyser).terms().collect(),
            tag_words: &metadata.tags,
            tag_once: once(&metadata.tags, analyser),
            description: &metadata.description,
            tag: &metadata.tags,
            owner: content.owner_id.uuid(),
            visibility: metadata.visibility.as_str(),
        }
    }
}

/// Gives the words of texts, each once, with a stand-in for each repetition.
fn once(texts: &[String], analyser: &TextAnalyzer) -> String {
    let mut seen = HashSet::new();
    let words = texts.iter().flat_map(|text| analysis::terms(analyser, text));
    let words =
        words.enumerate().map(|(place, (_, word))| if seen.insert(word.clone()) { word } else { format!("_{place}") });
    words.collect::<Vec<_>>().join(" ")
}

/// Makes the template of all indexes whose names match `pattern`.
pub(super) fn template(pattern: &str) -> Value {
    let words = || json!({ "type": "text", "analyzer": "cpc_text", "position_increment_gap": 1 });
    let once = || json!({ "type": "text", "analyzer": "whitespace", "index_options": "docs" });
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
                    "title": words(),
                    "title_once": once(),
                    "opening": exact(),
                    "tag_words": words(),
                    "tag_once": once(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_words_keep_the_length() {
        let tags = ["devel::library", "role::devel-lib"].map(ToOwned::to_owned);
        assert_eq!(once(&tags, &analysis::analyser()), "devel librari role _3 lib");
    }
}
