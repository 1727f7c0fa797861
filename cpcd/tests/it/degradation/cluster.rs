//! Three replicas, each with links of its own to the engines.

use crate::harness::{Daemon, Fault, Link, Linked, Links};

use super::table::Place;

const REPLICAS: usize = 3;

/// Three daemons and their links.
pub(super) struct Cluster {
    pub(super) daemons: Vec<Daemon>,
    pub(super) links: Vec<Links>,
    engines: Linked,
}

impl Cluster {
    /// Starts it, if all servers are there.
    pub(super) async fn start() -> Option<Self> {
        let engines = Linked::new().await?;
        let (mut daemons, mut links) = (Vec::<Daemon>::new(), Vec::new());
        for _ in 0..REPLICAS {
            let (of_one, engine) = engines.links().await;
            let key = daemons.first().map(|first| first.root_key().display().to_string());
            let settings: Vec<_> = key.iter().map(|key| ("server.root_key_file", key.as_str())).collect();
            daemons.push(Daemon::start_with(&engine, &settings).await);
            links.push(of_one);
        }
        Some(Self { daemons, links, engines })
    }

    /// Gives the replica that is called.
    pub(super) fn called(&self) -> &Daemon {
        &self.daemons[0]
    }

    /// Gives the links at a place.
    fn at(&self, place: Place) -> Vec<&Link> {
        match place {
            Place::Postgres => self.links.iter().map(|links| &links.postgres).collect(),
            Place::Valkey => self.links.iter().map(|links| &links.valkey).collect(),
            Place::OpenSearch => self.links.iter().map(|links| &links.opensearch).collect(),
            Place::OfTheCalled => self.links[0].all().to_vec(),
            Place::OfAnother => self.links[1].all().to_vec(),
        }
    }

    /// Brings trouble.
    pub(super) async fn fail(&self, place: Place, fault: Fault) {
        for link in self.at(place) {
            link.fail(fault).await;
        }
    }

    /// Ends it.
    pub(super) async fn mend(&self, place: Place, fault: Fault) {
        for link in self.at(place) {
            link.mend(fault).await;
        }
    }

    /// Stops the daemons and removes what they shared.
    pub(super) async fn stop(self) {
        for daemon in self.daemons {
            daemon.stop().await;
        }
        self.engines.remove(self.links).await;
    }
}
