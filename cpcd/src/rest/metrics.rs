//! `/metrics`.

use cpcd_domain::registry::LIMITS;
use cpcd_model::{
    Error,
    permission::{Level, Resource},
};
use http::{HeaderMap, StatusCode};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{Edge, reply, route::with};
use crate::app::{Door, bearer};

/// Content type of OpenMetrics 1.0.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    warp::path!("metrics").and(warp::get()).and(warp::header::headers_cloned()).and(with(edge)).then(metrics).boxed()
}

/// Open where the settings say so; elsewhere it needs read on metrics.
async fn metrics(headers: HeaderMap, edge: Edge) -> Response {
    match render(&headers, &edge).await {
        Ok(text) => reply::with_type(StatusCode::OK, OPEN_METRICS, text.into_bytes()),
        Err(error) => reply::failed(error),
    }
}

async fn render(headers: &HeaderMap, edge: &Edge) -> cpcd_model::Result<String> {
    let open = match edge.door {
        Door::Network(listener) => edge.metrics.allows(listener),
        Door::Local => true,
    };
    if !open {
        let token = bearer(headers)?;
        let caller = edge.app.caller(edge.door, token.as_deref()).await?;
        caller.require(Resource::Metrics, Level::Read)?;
    }
    // While the store is away the last known backlog stays: a scrape must not fail for it.
    if let Ok((pending, lag)) = edge.app.discovery.contents.backlog().await {
        edge.app.metrics.set_backlog(pending, lag);
    }
    edge.app.metrics.set_nodes(edge.app.registry.nodes.count());
    edge.app.metrics.set_braked(edge.app.registry.nodes.braked());
    let registrations = &edge.app.registry.registrations;
    let refused: Vec<_> = LIMITS.into_iter().zip(registrations.refused()).collect();
    edge.app.metrics.set_registrations(registrations.pending(), &refused);
    edge.app.metrics.set_statements(&edge.app.system.statement_counts());
    let cache = edge.app.system.cache_state();
    edge.app.metrics.set_cache(cache.is_connected, cache.calls, cache.failures);
    edge.app.metrics.set_sharing(edge.app.rates.sharing());
    edge.app.metrics.set_audit(&edge.app.audit.state().await);
    edge.app.metrics.set_revocations_age(edge.app.identity.revoked.age());
    edge.app.metrics.render().map_err(Error::internal)
}
