//! An index in a folder of this machine: what outlives a process, and what does not.

use super::*;

#[tokio::test]
async fn an_index_outlives_its_process_and_belongs_to_one_store() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("index");
    let (index, is_new) = open(&path).await;
    assert!(is_new);
    let busy = Index::open(&config(&path), STORE).await.err().unwrap();
    assert_eq!(busy.reason(), Reason::EngineAway);
    apply(&index, vec![Change::Put(content("kept", "", &[]))], 1).await.unwrap();
    drop(index);

    let (index, is_new) = open(&path).await;
    assert_eq!((is_new, index.count().await.unwrap()), (false, 1));
    drop(index);

    let (index, IsNew(is_new)) = Index::open(&config(&path), Uuid::from_u128(8)).await.unwrap();
    assert_eq!((is_new, index.count().await.unwrap()), (true, 0));
}

#[tokio::test]
async fn a_damaged_index_is_made_anew_and_other_files_are_left() {
    let damages: [fn(&Path); 4] = [
        |path| fs::write(path.join("meta.json"), "garbage").unwrap(),
        |path| fs::remove_file(path.join("meta.json")).unwrap(),
        |path| segments(path).for_each(|file| fs::write(file, "garbage").unwrap()),
        |path| {
            for file in segments(path) {
                let mut bytes = fs::read(&file).unwrap();
                bytes[0] ^= 1;
                fs::write(file, bytes).unwrap();
            }
        },
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let folder = TempDir::new().unwrap();
        let path = folder.path();
        let photo = path.join("photo.jpg");
        fs::write(&photo, "not ours").unwrap();
        let (index, _) = open(path).await;
        apply(&index, vec![Change::Put(content("lost", "some words", &["tag"]))], 1).await.unwrap();
        drop(index);
        damage(path);

        let (index, is_new) = open(path).await;
        assert_eq!((is_new, index.count().await.unwrap()), (true, 0), "damage {number}");
        apply(&index, vec![Change::Put(content("again", "", &[]))], 1).await.unwrap();
        assert_eq!(index.count().await.unwrap(), 1);
        assert_eq!(fs::read_to_string(&photo).unwrap(), "not ours");
    }
}

fn segments(path: &Path) -> impl Iterator<Item = std::path::PathBuf> {
    let files: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|kind| kind != "json" && kind != "lock" && kind != "jpg"))
}

#[tokio::test]
async fn a_folder_that_goes_away_is_an_error_until_it_is_opened_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("index");
    let (index, _) = open(&path).await;
    fs::remove_dir_all(&path).unwrap();
    for _ in 0..2 {
        let error = index.apply(Uuid::nil(), vec![Change::Put(content("lost", "", &[]))], 1).await.unwrap_err();
        assert_eq!(error.reason(), Reason::EngineAway);
        assert_eq!(index.ping().await.unwrap_err().reason(), Reason::EngineAway);
    }
    assert_eq!(index.search(&Query::default(), &everything(), 0, 1).await.unwrap().total, 0);
    drop(index);
    let (index, is_new) = open(&path).await;
    assert!(is_new);
    apply(&index, vec![Change::Put(content("back", "", &[]))], 1).await.unwrap();
    assert_eq!(index.count().await.unwrap(), 1);
}

#[test]
fn callers_may_live_on_another_runtime() {
    let folder = TempDir::new().unwrap();
    let engine = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let (index, _) = engine.block_on(open(folder.path()));
    let caller = tokio::runtime::Builder::new_current_thread().build().unwrap();
    caller.block_on(async {
        apply(&index, vec![Change::Put(content("here", "", &[]))], 1).await.unwrap();
        assert_eq!(index.search(&Query::default(), &everything(), 0, 1).await.unwrap().total, 1);
    });
    drop(engine);
    // What changes the index is done there; searches have threads of their own.
    let error = caller.block_on(apply(&index, vec![Change::Put(content("late", "", &[]))], 2)).unwrap_err();
    assert_eq!(error.reason(), Reason::ShuttingDown);
    assert_eq!(caller.block_on(index.search(&Query::default(), &everything(), 0, 1)).unwrap().total, 1);
}

#[test]
fn settings_are_checked() {
    let config = |url: &str, memory_bytes| Config { memory_bytes, ..Config::at(url.into()) };
    for good in [
        config("", 15_000_000),
        config("tantivy:/tmp/x", 64_000_000),
        config("tantivy:x", 4_000_000_000),
        config("https://name:secret@one:9200,two", 64_000_000),
    ] {
        good.validate().unwrap();
    }
    let prefix = |prefix: &str| Config { index_prefix: prefix.into(), ..config("", 64_000_000) };
    for (wrong, field) in [
        (config("ftp://name:secret@search:9200", 64_000_000), "search.url"),
        (config("https://name:secret@", 64_000_000), "search.url"),
        (config("tantivy:", 64_000_000), "search.url"),
        (config("/var/lib/index", 64_000_000), "search.url"),
        (config("", 14_999_999), "search.memory_bytes"),
        (config("", usize::MAX), "search.memory_bytes"),
        (prefix(""), "search.index_prefix"),
        (prefix("*"), "search.index_prefix"),
        (prefix("Upper"), "search.index_prefix"),
        (Config { timeout_ms: 0, ..config("", 64_000_000) }, "search.timeout_ms"),
    ] {
        let error = wrong.validate().unwrap_err();
        assert_eq!((error.reason(), error.fields()[0].field.as_str()), (Reason::FieldInvalid, field), "{wrong:?}");
        assert!(!format!("{error:?} {wrong:?}").contains("secret"), "{error:?} {wrong:?}");
    }
}

#[tokio::test]
async fn a_folder_that_was_lost_is_made_anew_by_the_next_look() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("index");
    let (index, _) = open(&path).await;
    apply(&index, vec![Change::Put(content("lost", "", &[]))], 1).await.unwrap();
    let (before, _) = index.stamp(None).await.unwrap().unwrap();
    fs::remove_dir_all(&path).unwrap();
    let (after, generation) = index.stamp(None).await.unwrap().unwrap();
    assert!(after != before && generation == 0);
    apply(&index, vec![Change::Put(content("back", "", &[]))], 1).await.unwrap();
    assert_eq!(index.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_commit_carries_its_generation_and_an_emptied_index_is_another() {
    let folder = TempDir::new().unwrap();
    let (index, _) = open(folder.path()).await;
    let stamp = async |index: &Index| index.stamp(None).await.unwrap().unwrap();
    let (id, generation) = stamp(&index).await;
    assert_eq!(generation, 0);
    apply(&index, vec![Change::Put(content("kept", "", &[]))], 7).await.unwrap();
    assert_eq!(stamp(&index).await, (id, 7));
    drop(index);
    let (index, _) = open(folder.path()).await;
    assert_eq!(stamp(&index).await, (id, 7));

    index.clear().await.unwrap();
    let emptied = stamp(&index).await;
    assert!(emptied.0 != id && emptied.1 == 0, "{emptied:?}");
    assert_eq!(index.count().await.unwrap(), 0);
    drop(index);
    assert_eq!(stamp(&open(folder.path()).await.0).await, emptied);
}

#[tokio::test]
async fn a_displaced_index_says_so() {
    let folder = TempDir::new().unwrap();
    let (index, _) = open(folder.path()).await;
    index.displace();
    let search = index.search(&Query::default(), &everything(), 0, 1).await.unwrap_err();
    for error in [index.ping().await.unwrap_err(), search] {
        assert_eq!(error.reason(), Reason::EngineAway);
        assert!(error.message().starts_with("another daemon indexes this store"), "{}", error.message());
    }
}
