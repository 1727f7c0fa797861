//! Both search engines give the same answers to a fixed set of queries.

use std::{collections::BTreeSet, fs, path::Path};

use cpcd_model::{
    content::Content,
    query::{Circle, Filter, Query, Viewer},
};
use cpcd_store::{
    Index,
    index::{Change, Config, Hits},
};
use serde_json::Value;

use crate::cluster::{Cluster, STORE, titled};

/// Reads the part of a catalogue that the project ships, or the whole one that `CPC_TEST_CATALOGUE` names.
fn catalogue() -> Vec<Content> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sample/catalogue.ndjson").to_owned();
    let file = std::env::var("CPC_TEST_CATALOGUE").unwrap_or(sample);
    let text = fs::read_to_string(file).unwrap();
    let content = |line: &str| {
        let entry: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let tags = entry["tags"].as_array().into_iter().flatten();
        let tags: Vec<_> = tags.map(|tag| tag.as_str().unwrap().to_owned()).collect();
        titled(&text("title"), &text("description"), &tags)
    };
    text.lines().map(content).collect()
}

/// Reads the queries with their tags.
fn queries() -> Vec<(Query, Filter)> {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/queries.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (words, tags) = line.split_once('\t').unwrap_or((line, ""));
            let tags = tags.split(',').filter(|tag| !tag.is_empty()).map(ToOwned::to_owned).collect();
            (
                Query::parse(words).unwrap(),
                Filter { tags, owner: None, viewer: Viewer::Public, circle: Circle::default() },
            )
        })
        .collect()
}

async fn fill(index: &Index, contents: &[Content]) {
    let id = index.clear().await.unwrap();
    for (part, generation) in contents.chunks(5_000).zip(1..) {
        index.apply(id, part.iter().cloned().map(Change::Put).collect(), generation).await.unwrap();
    }
    index.serve(id, None).await.unwrap();
}

fn overlap(one: &Hits, other: &Hits) -> f64 {
    let ids = |hits: &Hits| hits.hits.iter().map(|hit| hit.id).collect::<BTreeSet<_>>();
    let (one, other) = (ids(one), ids(other));
    one.intersection(&other).count() as f64 / one.len().max(other.len()) as f64
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_give_the_same_answers_to_200_queries() {
    let (contents, queries) = (catalogue(), queries());
    assert_eq!(queries.len(), 200);
    Cluster::with(async |cluster| {
        let folder = tempfile::tempdir().unwrap();
        let (tantivy, _) = Index::open(&Config::in_folder(Path::new(folder.path())), STORE).await.unwrap();
        let opensearch = cluster.open().await;
        fill(&tantivy, &contents).await;
        fill(&opensearch, &contents).await;
        let (mut sum, mut found, mut least, mut first, mut totals) = (0.0, 0, 1.0_f64, 0, 0);
        for (query, filter) in &queries {
            let one = tantivy.search(query, filter, 0, 10).await.unwrap();
            let other = opensearch.search(query, filter, 0, 10).await.unwrap();
            assert_eq!(one.hits.is_empty(), other.hits.is_empty(), "{query:?} {filter:?}");
            totals += usize::from(one.total == other.total);
            if one.hits.is_empty() {
                continue;
            }
            let overlap = overlap(&one, &other);
            if overlap < 0.9 {
                eprintln!("overlap {overlap:.1}: {query:?} {:?}", filter.tags);
            }
            found += 1;
            sum += overlap;
            least = least.min(overlap);
            first += usize::from(one.hits[0].id == other.hits[0].id);
        }
        let mean = sum / f64::from(found);
        eprintln!(
            "{} entries, {found} of {} queries find something: overlap@10 {mean:.4} at the mean, {least:.1} at least; \
             the same first hit in {first}, the same total in {totals}",
            contents.len(),
            queries.len()
        );
        assert!(found >= 100, "the queries find too little to compare");
        assert!(mean >= 0.9, "overlap@10 is {mean}");
        assert_eq!(totals, queries.len(), "both match the same");
    })
    .await;
}
