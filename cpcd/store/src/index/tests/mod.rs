//! What a search finds, for whom, in which order, and what of it outlives the process.

mod folders;

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, resume_unwind},
    path::Path,
};

use cpcd_model::{
    Reason,
    content::{Content, Metadata, Visibility},
    id::{ContentId, UserId},
    query::{Circle, Filter, Query, Viewer},
    time::Clock,
};
use futures_util::FutureExt;
use tempfile::TempDir;
use uuid::Uuid;

use super::{Change, Config, Failure, Hits, Index, IsNew, MAX_WINDOW};

const STORE: Uuid = Uuid::from_u128(7);

fn config(folder: &Path) -> Config {
    Config { memory_bytes: 15_000_000, ..Config::in_folder(folder) }
}

async fn open(folder: &Path) -> (Index, bool) {
    let (index, IsNew(is_new)) = Index::open(&config(folder), STORE).await.unwrap();
    (index, is_new)
}

fn content(title: &str, description: &str, tags: &[&str]) -> Content {
    let now = Clock::default().now();
    Content {
        id: ContentId::generate(),
        owner_id: UserId::generate(),
        request_id: None,
        metadata: Metadata {
            title: title.into(),
            description: description.into(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            cid: None,
            size_bytes: 0,
            media_type: String::new(),
            visibility: Visibility::Public,
        },
        availability: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

fn everything() -> Filter {
    Filter { tags: Vec::new(), owner: None, viewer: Viewer::Admin, circle: Circle::default() }
}

/// Makes changes in an index that there is one of.
async fn apply(index: &Index, changes: Vec<Change>, generation: u64) -> cpcd_model::Result<Vec<Failure>> {
    let (id, _) = index.stamp(None).await?.expect("an index in a folder");
    index.apply(id, changes, generation).await
}

/// Where a test's index is.
enum On {
    Folder(TempDir),
    Cluster(Config),
}

/// Runs a test on each engine: tantivy always, OpenSearch where `CPC_TEST_OPENSEARCH_URL` names one.
async fn on_each(test: impl AsyncFn(&On)) {
    test(&On::Folder(TempDir::new().unwrap())).await;
    let Some(config) = cluster() else { return };
    let on = On::Cluster(config.clone());
    let result = AssertUnwindSafe(test(&on)).catch_unwind().await;
    super::opensearch::remove(&config).await;
    if let Err(panic) = result {
        eprintln!("it was on OpenSearch");
        resume_unwind(panic);
    }
}

/// Gives settings for an index of the test's own in OpenSearch, or a line that there is none.
fn cluster() -> Option<Config> {
    let Ok(url) = std::env::var("CPC_TEST_OPENSEARCH_URL") else {
        assert_ne!(std::env::var("CPC_TEST_REQUIRE").as_deref(), Ok("all"), "CPC_TEST_OPENSEARCH_URL is not set");
        eprintln!("left out: OpenSearch, since CPC_TEST_OPENSEARCH_URL is not set");
        return None;
    };
    let index_prefix = format!("it-{}", Uuid::now_v7().simple());
    Some(Config { index_prefix, timeout_ms: 60_000, ..Config::at(url) })
}

/// An index that holds some content, and the titles that searches in it find.
struct Filled {
    index: Index,
    id: Uuid,
    all: Vec<Content>,
}

impl Filled {
    async fn with(on: &On, all: Vec<Content>) -> Self {
        let (index, id) = match on {
            On::Folder(folder) => {
                let (index, _) = open(folder.path()).await;
                let (id, _) = index.stamp(None).await.unwrap().unwrap();
                (index, id)
            }
            On::Cluster(config) => {
                let (index, _) = Index::open(config, STORE).await.unwrap();
                let id = index.clear().await.unwrap();
                index.serve(id, None).await.unwrap();
                (index, id)
            }
        };
        let filled = Self { index, id, all };
        filled.apply(filled.all.iter().cloned().map(Change::Put).collect(), 1).await.unwrap();
        filled
    }

    async fn apply(&self, changes: Vec<Change>, generation: u64) -> cpcd_model::Result<Vec<Failure>> {
        self.index.apply(self.id, changes, generation).await
    }

    async fn hits(&self, query: &str, filter: &Filter) -> Hits {
        let hits = self.index.search(&Query::parse(query).unwrap(), filter, 0, 100).await.unwrap();
        assert_eq!(hits.total, hits.hits.len() as u64);
        hits
    }

    async fn titles_for(&self, query: &str, filter: &Filter) -> Vec<&str> {
        let title = |id| self.all.iter().find(|content| content.id == id).unwrap().metadata.title.as_str();
        self.hits(query, filter).await.hits.into_iter().map(|hit| title(hit.id)).collect()
    }

    async fn titles(&self, query: &str) -> Vec<&str> {
        self.titles_for(query, &everything()).await
    }
}

#[tokio::test]
async fn words_match_by_stem_in_any_case_and_without_accents() {
    on_each(async |on| {
        let filled = Filled::with(on, vec![content("Café maps", "Converting of cities", &["naïve-set"])]).await;
        for query in
            ["cafe", "CAFÉ", "cafe\u{301}", "map", "convert", "converts city", "naive", "SETS", "naive-set", "maps -x"]
        {
            assert_eq!(filled.titles(query).await, ["Café maps"], "{query}");
        }
        for query in ["caf", "mapper", "cafe other", "set-naive"] {
            assert!(filled.titles(query).await.is_empty(), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn words_match_anywhere_and_phrases_in_a_row() {
    on_each(async |on| {
        let filled = Filled::with(
            on,
            vec![
                content("image viewer", "", &[]),
                content("viewer", "of an image", &[]),
                content("image", "", &["viewer"]),
                content("tagged", "", &["image", "viewer"]),
            ],
        )
        .await;
        assert_eq!(filled.titles("viewer image").await.into_iter().collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(filled.titles("\"image viewer\"").await, ["image viewer"]);
        assert_eq!(filled.titles("image-viewer").await, ["image viewer"]);
        assert!(filled.titles("\"viewer image\"").await.is_empty());
        assert_eq!(filled.titles("\"an image\" viewer").await, ["viewer"]);
    })
    .await;
}

#[tokio::test]
async fn exclusions_hold_in_every_field() {
    on_each(async |on| {
        let filled = Filled::with(
            on,
            vec![
                content("plain", "maps", &[]),
                content("red one", "maps", &[]),
                content("second", "maps, red", &[]),
                content("third", "maps", &["red"]),
                content("fourth", "maps with red roads", &[]),
            ],
        )
        .await;
        assert_eq!(filled.titles("maps -red").await, ["plain"]);
        assert_eq!(filled.titles("-red").await, ["plain"]);
        assert_eq!(filled.titles("maps -\"red roads\" -\"red one\"").await.len(), 3);
        assert!(filled.titles("maps -map").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_bears_the_name_comes_before_what_mentions_it() {
    on_each(async |on| {
        let long = "gimp ".repeat(200);
        let filled = Filled::with(
            on,
            vec![
                content("gimp", "", &[]),
                content("gimp: an image editor", "paints", &[]),
                content("gimp plugins", "", &[]),
                content("plugins for gimp and for gimp", "for gimp", &["gimp"]),
                content("a book", &long, &[]),
            ],
        )
        .await;
        let expected = ["gimp", "gimp: an image editor", "gimp plugins", "plugins for gimp and for gimp", "a book"];
        assert_eq!(filled.titles("gimp").await, expected);
        assert_eq!(filled.titles("image editor").await, ["gimp: an image editor"]);
    })
    .await;
}

#[tokio::test]
async fn tags_match_whole_and_to_the_letter() {
    on_each(async |on| {
        let filled =
            Filled::with(on, vec![content("one", "", &["Rust", "use::web"]), content("two", "", &["rust"])]).await;
        let tagged =
            |tags: &[&str]| Filter { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..everything() };
        for (tags, expected) in [
            (vec!["Rust"], vec!["one"]),
            (vec!["rust"], vec!["two"]),
            (vec!["use"], vec![]),
            (vec!["Rust", "rust"], vec![]),
        ] {
            assert_eq!(filled.titles_for("", &tagged(&tags)).await, expected, "{tags:?}");
        }
        assert_eq!(filled.titles_for("web", &tagged(&["Rust", "use::web"])).await, ["one"]);
        assert!(filled.titles_for("two", &tagged(&["Rust"])).await.is_empty());
    })
    .await;
}

/// Every mix of owner, visibility and tag against every viewer, filter and query, counted by hand.
#[tokio::test]
async fn nobody_finds_or_counts_what_they_may_not_see() {
    on_each(async |on| {
        let users = [UserId::generate(), UserId::generate()];
        let mut all = Vec::new();
        for owner in users {
            for visibility in [Visibility::Public, Visibility::Friends, Visibility::Private] {
                for tags in [vec![], vec!["t"]] {
                    let mut content = content("maps", "of cities", &tags);
                    content.owner_id = owner;
                    content.metadata.visibility = visibility;
                    all.push(content);
                }
            }
        }
        let filled = Filled::with(on, all).await;
        let granted = filled.all.iter().find(|content| content.owner_id == users[1]).map(|content| content.id.uuid());
        let stranger = Viewer::User(UserId::generate());
        let circle = |friends: &[UserId], granted: Option<Uuid>| Circle {
            friends: friends.iter().map(|friend| friend.uuid()).chain((0..100).map(|_| Uuid::now_v7())).collect(),
            granted: granted.into_iter().chain([Uuid::now_v7()]).collect(),
        };
        for (viewer, circle) in [
            (Viewer::Public, Circle::default()),
            (Viewer::User(users[0]), Circle::default()),
            (stranger, Circle::default()),
            (stranger, circle(&[], granted)),
            (stranger, circle(&[users[1]], None)),
            (Viewer::User(users[0]), circle(&[users[0], users[1]], granted)),
            (Viewer::Admin, Circle::default()),
        ] {
            for owner in [None, Some(users[0]), Some(users[1])] {
                for tags in [vec![], vec!["t".to_owned()]] {
                    let expected: BTreeSet<ContentId> = filled
                        .all
                        .iter()
                        .filter(|content| match viewer {
                            Viewer::Public => content.metadata.visibility == Visibility::Public,
                            Viewer::User(user) => {
                                content.metadata.visibility == Visibility::Public
                                    || content.owner_id == user
                                    || circle.granted.contains(&content.id.uuid())
                                    || (content.metadata.visibility == Visibility::Friends
                                        && circle.friends.contains(&content.owner_id.uuid()))
                            }
                            Viewer::Admin => true,
                        })
                        .filter(|content| owner.is_none_or(|owner| content.owner_id == owner))
                        .filter(|content| tags.iter().all(|tag| content.metadata.tags.contains(tag)))
                        .map(|content| content.id)
                        .collect();
                    let filter = Filter { tags, owner, viewer, circle: circle.clone() };
                    for query in ["", "maps", "\"maps\"", "maps cities", "maps -other", "-other", "city"] {
                        let hits = filled.hits(query, &filter).await;
                        let found: BTreeSet<_> = hits.hits.iter().map(|hit| hit.id).collect();
                        assert_eq!(found, expected, "{query:?} {filter:?}");
                        assert_eq!(hits.total, expected.len() as u64, "{query:?} {filter:?}");
                    }
                }
            }
        }
    })
    .await;
}

/// Draws from a fixed row of numbers (splitmix64), so that a failure comes back.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn text(&mut self, most: usize) -> String {
        const WORDS: [&str; 6] = ["red", "map", "fog", "sky", "jet", "cup"];
        let words: Vec<_> = (0..self.below(most + 1)).map(|_| WORDS[self.below(WORDS.len())]).collect();
        words.join(" ")
    }
}

/// Any query finds in any state of the index just what reading every text would find.
#[tokio::test]
async fn searches_agree_with_reading_everything() {
    on_each(async |on| {
        let mut dice = Dice(1);
        let mut filled = Filled::with(on, Vec::new()).await;
        for _ in 0..12 {
            let mut changes = Vec::new();
            for _ in 0..dice.below(20) {
                let (title, description, tag) = (dice.text(4), dice.text(8), dice.text(2));
                filled.all.push(content(&title, &description, &[&tag]));
                changes.extend(filled.all.last().cloned().map(Change::Put));
            }
            for _ in 0..dice.below(4).min(filled.all.len()) {
                let removed = filled.all.swap_remove(dice.below(filled.all.len()));
                changes.push(Change::Delete(removed.id, removed.version));
            }
            filled.apply(changes, 1).await.unwrap();
            for _ in 0..200 {
                let terms: Vec<_> = (0..dice.below(4)).map(|_| (dice.below(3) == 0, dice.text(3))).collect();
                let spelled =
                    |(excluded, text): &(bool, String)| format!("{}\"{text}\"", if *excluded { "-" } else { "" });
                let query = terms.iter().map(spelled).collect::<Vec<_>>().join(" ");
                let matches = |text: &str, content: &Content| {
                    let metadata = &content.metadata;
                    let has = |field: &str| format!(" {field} ").contains(&format!(" {text} "));
                    has(&metadata.title) || has(&metadata.description) || metadata.tags.iter().any(|tag| has(tag))
                };
                let fits = |content: &&Content| {
                    terms.iter().all(|(excluded, text)| text.is_empty() || matches(text, content) != *excluded)
                };
                let expected: BTreeSet<_> = filled.all.iter().filter(fits).map(|content| content.id).collect();
                let hits = filled.index.search(&Query::parse(&query).unwrap(), &everything(), 0, 300).await.unwrap();
                let found: BTreeSet<_> = hits.hits.iter().map(|hit| hit.id).collect();
                assert_eq!(found, expected, "{query}");
                assert_eq!((hits.total, hits.hits.len()), (expected.len() as u64, expected.len()), "{query}");
                assert!(hits.hits.is_sorted_by(|a, b| (a.score, a.id) > (b.score, b.id)), "{query}");
            }
        }
    })
    .await;
}

/// Equal content in several segments, so that scores are the same and only ids tell hits apart.
#[tokio::test]
async fn pages_of_equals_are_newest_first_without_overlap_or_gap() {
    on_each(async |on| {
        let filled = Filled::with(on, vec![content("first", "maps", &[])]).await;
        let mut expected = vec![filled.all[0].id];
        for size in [1, 7, 40, 2, 30] {
            let batch: Vec<_> = (0..size).map(|_| content("first", "maps", &[])).collect();
            expected.extend(batch.iter().map(|content| content.id));
            filled.apply(batch.into_iter().map(Change::Put).collect(), 1).await.unwrap();
        }
        expected.reverse();
        for query in ["", "maps", "first maps"] {
            let query = Query::parse(query).unwrap();
            let mut found = Vec::new();
            for page in 0..12 {
                let hits = filled.index.search(&query, &everything(), page * 7, 7).await.unwrap();
                assert_eq!(hits.total, expected.len() as u64);
                found.extend(hits.hits.iter().map(|hit| hit.id));
            }
            assert_eq!(found, expected, "{query:?}");
        }
        let none = filled.index.search(&Query::default(), &everything(), 0, 0).await.unwrap();
        assert_eq!((none.hits.len(), none.total), (0, expected.len() as u64));
        let beyond = filled.index.search(&Query::default(), &everything(), MAX_WINDOW - 1, 1).await.unwrap();
        assert_eq!((beyond.hits.len(), beyond.total), (0, expected.len() as u64));
    })
    .await;
}

#[tokio::test]
async fn changes_replace_and_remove_and_are_seen_at_once() {
    on_each(async |on| {
        let mut filled = Filled::with(on, vec![content("old", "maps", &[]), content("other", "maps", &[])]).await;
        let (first, second) = (filled.all[0].id, filled.all[1].id);
        filled.all[0].metadata.title = "new".into();
        filled.all[0].version = 2;
        filled.apply(vec![Change::Put(filled.all[0].clone())], 1).await.unwrap();
        assert!(filled.titles("old").await.is_empty());
        let hits = filled.hits("new", &everything()).await;
        assert_eq!((hits.hits[0].id, hits.hits[0].version), (first, 2));
        assert_eq!(filled.index.count().await.unwrap(), 2);

        filled.apply(vec![Change::Delete(first, 2), Change::Delete(ContentId::generate(), 1)], 1).await.unwrap();
        assert_eq!(filled.titles("maps").await, ["other"]);
        assert_eq!(filled.index.count().await.unwrap(), 1);

        // Of several changes to one id the last counts.
        let other = filled.all[1].clone();
        filled.apply(vec![Change::Delete(second, 1), Change::Put(other.clone()), Change::Put(other)], 1).await.unwrap();
        assert_eq!(filled.index.count().await.unwrap(), 1);
        let back = filled.all[0].clone();
        filled.apply(vec![Change::Put(back), Change::Delete(first, 2)], 1).await.unwrap();
        assert_eq!(filled.titles("").await, ["other"]);
        filled.apply(Vec::new(), 1).await.unwrap();
        filled.index.ping().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn operators_of_engines_are_plain_words() {
    on_each(async |on| {
        let filled = Filled::with(on, vec![content("title", "star c++", &[])]).await;
        for query in
            ["title:*", "*:*", "title:title", "ti*", "/t.*/", "titel~1", "[a TO z]", "star^9 OR nothing", "+(title"]
        {
            let expected = usize::from(["title:*", "*:*", "+(title"].contains(&query));
            assert_eq!(filled.titles(query).await.len(), expected, "{query}");
        }
        assert_eq!(filled.titles("c++").await, ["title"]);
    })
    .await;
}
