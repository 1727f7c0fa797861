//! Nodes that never registered: their rows go into the store of a daemon that is stopped, and their tokens are signed with its keys.

use std::path::Path;
use std::time::Duration;

use cpcd::settings::Settings;
use cpcd_domain::identity::{Advertised, Identity, RootKey};
use cpcd_domain::registry::loader::{Group, load};
use cpcd_model::time::Clock;
use cpcd_store::{Cache, Store};

use crate::Outcome;
use crate::huffman;
use crate::speech::Bearers;

/// Nodes that have been there for so long count for their realm's brake.
const AGE: Duration = Duration::from_secs(2 * 3600);

/// Adds nodes to the store of a folder; gives what each says who it is, and of one in clear.
pub(crate) fn add(folder: &Path, realm: &str, count: usize) -> Outcome<(Bearers, String)> {
    let (mut bearers, mut sample) = (Vec::with_capacity(count), String::new());
    add_with(folder, realm, count, |bearer| {
        bearers.push(huffman::encode(bearer).into_boxed_slice());
        if bearers.len().is_multiple_of(1_000_000) {
            eprintln!("heartbeats: {} nodes are loaded", bearers.len());
        }
        bearer.clone_into(&mut sample);
    })?;
    Ok((Bearers::new(bearers), sample))
}

/// Adds nodes to the store of a folder; gives what each says who it is.
pub(crate) fn add_with(folder: &Path, realm: &str, count: usize, mut each: impl FnMut(&str)) -> Outcome<()> {
    let overrides = [
        ("server.data_dir", Some(folder.join("data").display().to_string())),
        // As the daemons of the bench have it: a long run needs no other tokens.
        ("identity.access_token_seconds", Some("86400".to_owned())),
    ];
    let settings = Settings::load(None, &overrides)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let (store, clock) = (Store::open(&settings.store).await?, Clock::default());
        let cache = Cache::open(&settings.cache).await?;
        let root = RootKey::read(&settings.server.root_key_file)?;
        let advertised = Advertised { endpoints: Vec::new(), tls_pin: None };
        let identity = Identity::open(&store, &cache, &clock, &settings.identity, &root, advertised).await?;
        let group = Group { realm: realm.to_owned(), age: AGE, count };
        load(&store, &identity, &clock, &group, |token| each(&format!("Bearer {token}"))).await?;
        store.close().await;
        Ok(())
    })
}
