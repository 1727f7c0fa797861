//! The rerouter goes on in another daemon, and in the same one after a restart.

use cpc_proto::v1;
use cpcd::settings::Settings;

use super::{FAST, asks, place, provider, surplus};
use crate::{
    harness::{Daemon, Engine, eventually, for_each_engine},
    process::Process,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_placed_after_a_restart() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let node = daemon.node().await;
        daemon.allocate(asks(4000, 1)).await;
        let waits = daemon.allocate(v1::ResourceRequest { wait: true, ..asks(3000, 1) }).await;
        assert_eq!(waits.state(), v1::AllocationState::Pending);
        let daemon = daemon.restart(&engine).await;
        let found = daemon.allocation(&waits.id).await;
        assert_eq!((found.state(), place(&found)), (v1::AllocationState::Pending, None));
        let other = daemon.node().await;
        daemon
            .beat_until(&[&node, &other], "it is placed", async || {
                place(&daemon.allocation(&waits.id).await).as_deref() == Some(other.id.as_str())
            })
            .await;
        assert_eq!(surplus(&daemon, &engine).await, 0);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_that_places_may_be_killed() {
    for_each_engine(async |engine: Engine| {
        // SQLite has one daemon.
        if engine.url.is_empty() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let root_key = folder.path().join("root.key").display().to_string();
        let initial = Settings::load(None, &[("server.root_key_file", Some(root_key.clone()))]).unwrap();
        cpcd::init(&initial).unwrap();
        let all = [&FAST[..], &[("store.url", ""), ("server.root_key_file", "")]].concat();
        let environment: Vec<_> = all
            .iter()
            .map(|(key, value)| {
                let value = match *key {
                    "store.url" => engine.url.clone(),
                    "server.root_key_file" => root_key.clone(),
                    _ => (*value).to_owned(),
                };
                (format!("CPCD_{}", key.to_uppercase().replace('.', "__")), value)
            })
            .collect();
        let environment: Vec<_> = environment.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        // It is alone, so it places.
        let places = Process::start_with(folder.path(), "127.0.0.1:0", &environment).await;
        let holder = "SELECT count(*) FROM leases WHERE name = 'rerouter' AND expires_at > now()";
        eventually("it holds the lease", async || engine.count(folder.path(), holder).await == 1).await;
        let more: Vec<(&'static str, &str)> =
            FAST.iter().copied().chain([("server.root_key_file", root_key.as_str())]).collect();
        let survivor = Daemon::start_with(&Engine { replicas: 1, ..engine.clone() }, &more).await;
        let (one, other) = (survivor.node().await, survivor.node().await);
        let granted = survivor.allocate(asks(3000, 1)).await;
        let (dies, lives) = provider(&granted, &one, &other);
        places.kill();
        survivor
            .beat_until(&[lives], "another places", async || {
                place(&survivor.allocation(&granted.id).await).as_deref() == Some(lives.id.as_str())
            })
            .await;
        assert_ne!(dies.id, lives.id);
        assert_eq!(surplus(&survivor, &engine).await, 0);
        survivor.stop().await;
    })
    .await;
}
