//! The engines and the domain on them, opened one after the other.

use anyhow::Context;
use cpcd_domain::{
    Exchange, Timekeeper,
    audit::{Audit, Sealer},
    discovery::{Discovery, Indexer},
    events::{Courier, Events},
    identity::Identity,
    registry::{Detector, Flusher, Registry, Rerouter},
};
use cpcd_store::{Cache, Index, Store};

use super::{Ground, root_key::root_key};
use crate::{rates, wire::event_json};

/// What was opened, before it is served.
pub(super) struct Engines {
    pub(super) store: Store,
    pub(super) cache: Cache,
    pub(super) index: Index,
    pub(super) timekeeper: Timekeeper,
    pub(super) identity: Identity,
    pub(super) registry: Registry,
    pub(super) detector: Detector,
    pub(super) flusher: Flusher,
    pub(super) rerouter: Rerouter,
    pub(super) events: Events,
    pub(super) courier: Courier,
    pub(super) discovery: Discovery,
    pub(super) indexer: Indexer,
    pub(super) audit: Audit,
    pub(super) sealer: Sealer,
    /// By which replicas tell each other whom they let in, and the key by which they name them.
    pub(super) exchange: Exchange,
    pub(super) rates_key: [u8; 32],
}

impl Engines {
    /// Opens everything on a store.
    pub(super) async fn open(ground: &Ground, store: Store) -> anyhow::Result<Self> {
        let (settings, clock) = (&ground.settings, &ground.clock);
        let timekeeper = Timekeeper::open(&store, clock).await?;
        let root = root_key(settings, &store).await?;
        let cache = Cache::open(&settings.cache).await.context("cannot open the cache")?;
        let advertised = settings.server.advertised(ground.tls.advertised_pin());
        let identity = Identity::open(&store, &cache, clock, &settings.identity, &root, advertised).await?;
        let (audit, sealer) = Audit::open(&store, clock, &identity.server, &settings.audit).await?;
        let (registry, detector, flusher, rerouter) =
            Registry::open(&store, &cache, clock, &settings.registry, &settings.peers, &identity).await?;
        let (events, courier) =
            Events::open(&store, clock, &settings.events, (&identity.server, &root), &registry, event_json)?;
        let (index, _) =
            Index::open(&settings.search, identity.server.store_id()).await.context("cannot open the index")?;
        let (discovery, indexer) = Discovery::new(&store, &index, &cache, clock, &settings.discovery, &root)?;
        indexer.prepare().await.context("cannot prepare the index")?;
        let exchange = Exchange::new(&cache, clock, &root, rates::CHANNEL);
        Ok(Self {
            store,
            cache,
            index,
            timekeeper,
            identity,
            registry,
            detector,
            flusher,
            rerouter,
            events,
            courier,
            discovery,
            indexer,
            audit,
            sealer,
            exchange,
            rates_key: *root.shared_key("names of callers"),
        })
    }
}
