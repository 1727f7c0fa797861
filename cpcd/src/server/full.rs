//! Full service: both edges on all listeners, and what runs by itself.

use std::{sync::Arc, thread, time::Duration};

use cpcd_domain::{
    migrations::{Migrations, Service},
    sharing::Sharing,
    system::System,
};
use futures_util::future::BoxFuture;
use tokio::{runtime::Handle, sync::Semaphore};

use super::{Engines, Ground, Listeners};
use crate::{
    app::{About, App, Door, Parts},
    rates::{self, Rates},
    rest,
    rpc::{self, Edge, Served, Services},
    settings::Settings,
    tls::Doors,
};

/// Serves everything until the daemon stops.
pub(super) async fn serve(ground: &Ground, engines: Engines, listeners: Listeners) -> anyhow::Result<()> {
    let Ground { settings, tls, stop, tasks, calls_ended, writers, health, .. } = ground;
    let store = &engines.store;
    let addresses = listeners.addresses(settings)?;
    let about = About {
        started_at: ground.clock.now(),
        grpc_address: addresses.grpc.to_string(),
        rest_address: addresses.rest.to_string(),
        message_bytes: settings.limits.message_bytes,
    };
    let pending_users_for = Duration::from_secs(settings.identity.pending_user_seconds.into());
    let app = App::new(Parts {
        sharing: Sharing::new(store, &ground.clock, &engines.identity.revoked, &engines.registry.nodes),
        identity: engines.identity,
        registry: engines.registry,
        system: System::new(
            store,
            &engines.index,
            &engines.cache,
            &ground.clock,
            &engines.discovery.contents,
            pending_users_for,
        ),
        migrations: Migrations::new(&settings.store, Service::Serving),
        discovery: engines.discovery,
        events: engines.events,
        audit: engines.audit,
        metrics: ground.metrics.clone(),
        about: Arc::new(about),
        runtime: Handle::current(),
        slots: Arc::new(Semaphore::new(settings.limits.calls)),
        rates: Arc::new(Rates::new(&settings.rates, settings.limits.limit_loopback, engines.rates_key)),
    });

    let network = Door::Network(addresses.grpc.ip());
    let bulk = Arc::new(Semaphore::new(settings.limits.bulk_streams));
    let edge = Edge { app: app.clone(), door: network, limits: settings.limits.clone(), stop: stop.clone(), bulk };
    let reflection = settings.server.reflection.allows(addresses.grpc.ip());
    let doors = tls.doors(&["h2"])?;
    let services = Services { edge: edge.clone(), health: health.clone(), reflection, doors };
    let local_edge = Edge { door: Door::Local, ..edge };
    let local_services = Services { edge: local_edge, health: health.clone(), reflection: true, doors: Doors::plain() };
    let (grpc, rest, local, uid) = listeners.into_parts()?;
    // Nobody is heard before the others know of us, and they learn of us when little can fail any more.
    engines.flusher.join().await?;
    rpc::set_health(health, true).await;
    let served = rpc::serve_network(grpc, &Served::All(services), threads(settings), ground.places(), stop)?;
    tasks.spawn(async move { served.await.unwrap_or_default() });
    let served = rpc::serve_local(local, &Served::All(local_services), uid, stop);
    tasks.spawn(async move { served.await.unwrap_or_default() });
    let doors = tls.doors(&["h2", "http/1.1"])?;
    tasks.spawn(rest::serve(rest, app.clone(), Settings::clone(settings), doors, ground.places(), stop.clone()));
    tasks.spawn(rpc::follow_health(health.clone(), app.clone(), stop.clone()));
    // What runs by itself, each under a name that its statements are counted by.
    let spawn = |cause, work: BoxFuture<'static, ()>| tasks.spawn(store.caused_by(cause, work));
    spawn("revocations", Box::pin(app.identity.revoked.clone().follow(stop.clone())));
    spawn("service tokens", Box::pin(app.identity.service_tokens.clone().follow_uses(stop.clone())));
    spawn("keyring", Box::pin(app.identity.keys.clone().follow(stop.clone())));
    spawn("detector", Box::pin(engines.detector.run(stop.clone())));
    spawn("rerouter", Box::pin(engines.rerouter.run(stop.clone())));
    spawn("clock", Box::pin(engines.timekeeper.run(stop.clone())));
    spawn("departures", Box::pin(app.registry.departures.clone().run(stop.clone())));
    spawn("placement", Box::pin(app.registry.placements.clone().run(stop.clone())));
    spawn("watch", Box::pin(app.events.watch.clone().run(stop.clone())));
    spawn("webhooks", Box::pin(engines.courier.run(stop.clone())));
    spawn("peers", Box::pin(app.registry.peers.clone().run(stop.clone())));
    spawn("rates", Box::pin(rates::exchange(app.rates.clone(), engines.exchange, stop.clone())));
    spawn("audit", Box::pin(engines.sealer.run(stop.clone())));
    spawn("indexer", Box::pin(engines.indexer.run(stop.clone())));
    spawn("cleaner", Box::pin(app.system.clone().clean(stop.clone())));
    // What was heard is passed on and written after the last call has ended.
    writers.spawn(store.caused_by("flush", engines.flusher.run(calls_ended.clone())));
    writers.spawn(store.caused_by("audit", app.audit.clone().write_refusals(calls_ended.clone())));
    // It is full service once; whoever stops the daemon closes the store.
    drop(ground.store.set(engines.store));
    Ok(())
}

fn threads(settings: &Settings) -> usize {
    match settings.server.grpc_threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}
