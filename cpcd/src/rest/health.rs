//! `/health`, `/livez`, `/readyz`.

use http::StatusCode;
use serde_json::json;
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{Edge, reply, route::with};

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let health = warp::path!("health").and(warp::get()).and(with(edge)).then(health);
    let live = warp::path!("livez").and(warp::get()).map(|| text(StatusCode::OK, "ok\n"));
    let ready = warp::path!("readyz").and(warp::get()).and(with(edge)).then(ready);
    health.or(live).unify().or(ready).unify().boxed()
}

/// Tells the status only: what is wrong is for those who may read it (`GetStatus`).
async fn health(edge: Edge) -> Response {
    let status = if is_ready(&edge).await { "ok" } else { "degraded" };
    reply::json(Ok(json!({ "status": status })))
}

async fn ready(edge: Edge) -> Response {
    if is_ready(&edge).await {
        text(StatusCode::OK, "ok\n")
    } else {
        text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

async fn is_ready(edge: &Edge) -> bool {
    !edge.stop.is_cancelled() && edge.app.system.are_engines_well().await
}

pub(super) fn text(status: StatusCode, text: &str) -> Response {
    reply::with_type(status, "text/plain; charset=utf-8", text.as_bytes().to_vec())
}
