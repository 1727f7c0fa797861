//! Lowers a typed query and its filter to OpenSearch's JSON. What the caller typed only ever stands where a text is expected.

use cpcd_model::query::{Filter, Query, Term, Viewer};
use serde_json::{Value, json};
use tantivy::tokenizer::TextAnalyzer;

use super::super::{
    analysis, opening,
    weights::{IN_A_ROW, OPENINGS, WEIGHTS},
};

/// OpenSearch leaves a factor (k1 + 1) out of BM25 that tantivy has; openings, which have no such score, weigh the same in both.
const BM25: f32 = 2.2;

/// A text to look for, with its words by stem.
struct Words<'a> {
    text: &'a str,
    stems: Vec<String>,
}

/// Makes the query; its scores are 0 if there are no words to find.
pub(super) fn lower(tree: &Query, filter: &Filter, analyser: &TextAnalyzer) -> Value {
    let words = |term| words(term, analyser);
    let required: Vec<_> = tree.required.iter().filter_map(words).collect();
    let mut openings = openings(&required);
    let must: Vec<_> = required
        .iter()
        .map(|words| {
            let should: Vec<_> = anywhere(words).into_iter().chain(openings.drain(..)).collect();
            json!({ "bool": { "should": should, "minimum_should_match": 1 } })
        })
        .collect();
    let must_not: Vec<_> = tree.excluded.iter().filter_map(words).flat_map(|words| anywhere(&words)).collect();
    let mut filters = filters(filter);
    if must.is_empty() {
        // Everything, without a score.
        filters.push(json!({ "match_all": {} }));
    }
    let should: Vec<_> = in_a_row(&required).into_iter().collect();
    json!({ "bool": { "must": must, "must_not": must_not, "filter": filters, "should": should } })
}

fn words<'a>(term: &'a Term, analyser: &TextAnalyzer) -> Option<Words<'a>> {
    let (Term::Word(text) | Term::Phrase(text)) = term;
    let stems: Vec<_> = analysis::terms(analyser, text).into_iter().map(|(_, stem)| stem).collect();
    (!stems.is_empty()).then_some(Words { text, stems })
}

/// Makes the choices of a text: in the title, in the tags, in the description.
fn anywhere(words: &Words<'_>) -> Vec<Value> {
    // How often a title or the tags repeat a word says nothing; how often a description does says much.
    let [title, tags, description] = WEIGHTS;
    match words.stems.as_slice() {
        [stem] => vec![
            term("title_once", stem, title),
            term("tag_once", stem, tags),
            row("description", words.text, description),
        ],
        _ => vec![
            row("title", words.text, title),
            row("tag_words", words.text, tags),
            row("description", words.text, description),
        ],
    }
}

fn term(field: &str, stem: &str, weight: f32) -> Value {
    json!({ "term": { field: { "value": stem, "boost": weight * BM25 } } })
}

/// Makes the query of words in a row.
fn row(field: &str, text: &str, weight: f32) -> Value {
    json!({ "match_phrase": { field: { "query": text, "boost": weight * BM25 } } })
}

fn filters(filter: &Filter) -> Vec<Value> {
    let mut filters: Vec<_> = filter.tags.iter().map(|tag| json!({ "term": { "tag": tag } })).collect();
    filters.extend(filter.owner.map(|owner| json!({ "term": { "owner": owner.uuid() } })));
    let public = || json!({ "term": { "visibility": "public" } });
    match filter.viewer {
        Viewer::Public => filters.push(public()),
        Viewer::User(user) => {
            let own = json!({ "term": { "owner": user.uuid() } });
            let mut visible = vec![public(), own];
            if !filter.circle.friends.is_empty() {
                let owners = json!({ "terms": { "owner": filter.circle.friends } });
                visible.push(json!({ "bool": { "filter": [{ "term": { "visibility": "friends" } }, owners] } }));
            }
            if !filter.circle.granted.is_empty() {
                visible.push(json!({ "terms": { "id": filter.circle.granted } }));
            }
            filters.push(json!({ "bool": { "should": visible, "minimum_should_match": 1 } }));
        }
        Viewer::Admin => {}
    }
    filters
}

/// Makes what titles gain by how they start.
fn openings(required: &[Words<'_>]) -> Vec<Value> {
    let words = in_order(required);
    if words.is_empty() || words.len() > opening::MAX_WORDS {
        return Vec::new();
    }
    let terms = [opening::start(&words), opening::name(&words), opening::whole(&words)];
    let gain = |(term, score): (&String, f32)| json!({ "constant_score": { "filter": { "term": { "opening": term } }, "boost": score } });
    terms.iter().zip(OPENINGS).map(gain).collect()
}

/// Makes what titles gain by having the words of the whole query in a row.
fn in_a_row(required: &[Words<'_>]) -> Option<Value> {
    if required.len() < 2 || in_order(required).len() > opening::MAX_WORDS {
        return None;
    }
    let text = required.iter().map(|words| words.text).collect::<Vec<_>>().join(" ");
    Some(row("title", &text, IN_A_ROW))
}

fn in_order(required: &[Words<'_>]) -> Vec<String> {
    required.iter().flat_map(|words| words.stems.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use cpcd_model::query::Circle;

    use super::*;

    #[test]
    fn what_is_typed_stands_where_text_is_expected() {
        let typed = r#"title:* {"match_all":{}} -"} ] drop""#;
        let filter =
            Filter { tags: vec!["\"},{".into()], owner: None, viewer: Viewer::Public, circle: Circle::default() };
        let query = lower(&Query::parse(typed).unwrap(), &filter, &analysis::analyser());
        let clauses = query.get("bool").unwrap();
        assert_eq!(clauses["filter"][0], json!({ "term": { "tag": "\"},{" } }));
        assert_eq!(clauses["must_not"][0]["term"]["title_once"]["value"], "drop");
        assert_eq!(clauses["must_not"][2]["match_phrase"]["description"]["query"], "} ] drop");
        assert!(!query.to_string().contains("query_string"));
    }
}
