//! Lowers a typed query and its filter to the engine's query.

use cpcd_model::{
    content::Visibility,
    query::{Filter, Query as Tree, Term as TreeTerm, Viewer},
};
use tantivy::{
    Score, Term,
    query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery, TermSetQuery},
    schema::{Field, IndexRecordOption},
    tokenizer::TextAnalyzer,
};

use super::{
    super::{
        analysis, opening,
        weights::{IN_A_ROW, OPENINGS, WEIGHTS},
    },
    excluded::Excluded,
    schema::Fields,
};

/// Words and their places.
type Places = Vec<(usize, String)>;
type Clauses = Vec<(Occur, Box<dyn Query>)>;

/// Makes the engine's query of a query and a filter; its scores are 0 if there are no words to find.
pub(super) fn lower(tree: &Tree, filter: &Filter, fields: &Fields, analyser: &TextAnalyzer) -> BooleanQuery {
    let words = |term: &TreeTerm| {
        let (TreeTerm::Word(text) | TreeTerm::Phrase(text)) = term;
        let words = analysis::terms(analyser, text);
        (!words.is_empty()).then_some(words)
    };
    let required: Vec<Places> = tree.required.iter().filter_map(words).collect();
    let searched = [fields.title, fields.tag_words, fields.description];
    let mut clauses = filters(filter, fields);
    // Titles with the opening have the words too: among the choices for the first of them it adds to the score and to
    // nothing else, at a fraction of the cost of an optional clause.
    let mut openings = openings(&required, fields);
    for words in &required {
        let anywhere = searched.iter().zip(WEIGHTS).map(|(field, weight)| boosted(row(fields, *field, words), weight));
        let choices = anywhere.chain(openings.drain(..)).collect();
        clauses.push((Occur::Must, Box::new(BooleanQuery::union(choices))));
    }
    if clauses.is_empty() {
        clauses.push((Occur::Must, unscored(AllQuery)));
    }
    for words in tree.excluded.iter().filter_map(words) {
        clauses.extend(searched.iter().map(|field| (Occur::MustNot, excluded(row(fields, *field, &words)))));
    }
    clauses.extend(in_a_row(&required, fields));
    BooleanQuery::new(clauses)
}

fn filters(filter: &Filter, fields: &Fields) -> Clauses {
    let mut terms: Vec<Term> = filter.tags.iter().map(|tag| fields.tag(tag)).collect();
    terms.extend(filter.owner.map(|owner| fields.owner(owner.uuid())));
    let mut clauses: Clauses = terms.into_iter().map(|term| (Occur::Must, unscored(basic(term)))).collect();
    let public = || basic(fields.visibility(Visibility::Public));
    match filter.viewer {
        Viewer::Public => clauses.push((Occur::Must, unscored(public()))),
        Viewer::User(user) => {
            let own = basic(fields.owner(user.uuid()));
            let mut visible: Vec<Box<dyn Query>> = vec![Box::new(public()), Box::new(own)];
            if !filter.circle.friends.is_empty() {
                let owners = TermSetQuery::new(filter.circle.friends.iter().map(|friend| fields.owner(*friend)));
                let shown = basic(fields.visibility(Visibility::Friends));
                visible.push(Box::new(BooleanQuery::intersection(vec![Box::new(shown), Box::new(owners)])));
            }
            if !filter.circle.granted.is_empty() {
                let granted = TermSetQuery::new(filter.circle.granted.iter().map(|content| fields.id(*content)));
                visible.push(Box::new(granted));
            }
            clauses.push((Occur::Must, unscored(BooleanQuery::union(visible))));
        }
        Viewer::Admin => {}
    }
    clauses
}

/// Makes what titles gain by how they start.
fn openings(required: &[Places], fields: &Fields) -> Vec<Box<dyn Query>> {
    let words = in_order(required);
    if words.is_empty() || words.len() > opening::MAX_WORDS {
        return Vec::new();
    }
    let terms = [opening::start(&words), opening::name(&words), opening::whole(&words)];
    let gain = |(term, score): (&String, Score)| scored(basic(Term::from_field_text(fields.opening, term)), score);
    terms.iter().zip(OPENINGS).map(gain).collect()
}

/// Makes what titles gain by having the words of the whole query in a row.
fn in_a_row(required: &[Places], fields: &Fields) -> Option<(Occur, Box<dyn Query>)> {
    let words = in_order(required);
    if required.len() < 2 || words.len() > opening::MAX_WORDS {
        return None;
    }
    let places: Places = words.into_iter().enumerate().collect();
    Some((Occur::Should, boosted(row(fields, fields.title, &places), IN_A_ROW)))
}

fn in_order(required: &[Places]) -> Vec<String> {
    required.iter().flatten().map(|(_, word)| word.clone()).collect()
}

/// Makes the query of words in a row.
fn row(fields: &Fields, field: Field, words: &Places) -> Box<dyn Query> {
    match words.as_slice() {
        [(_, word)] => {
            // How often a title or the tags repeat a word says nothing; how often a description does says much.
            let record =
                if field == fields.description { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
            Box::new(TermQuery::new(Term::from_field_text(field, word), record))
        }
        words => {
            let terms = words.iter().map(|(place, word)| (*place, Term::from_field_text(field, word)));
            Box::new(PhraseQuery::new_with_offset(terms.collect()))
        }
    }
}

fn basic(term: Term) -> TermQuery {
    TermQuery::new(term, IndexRecordOption::Basic)
}

fn unscored(query: impl Query) -> Box<dyn Query> {
    scored(query, 0.0)
}

fn scored(query: impl Query, score: Score) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(query), score))
}

fn excluded(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(Excluded(query))
}

fn boosted(query: Box<dyn Query>, weight: Score) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}
