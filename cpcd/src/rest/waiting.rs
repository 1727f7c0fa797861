//! REST while the store waits for migrations: health, and one word for all else.

use cpcd_domain::migrations::{Migrations, Service};
use http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    health::text,
    reply,
    serve::{Frame, accept},
};
use crate::{limits::Limits, telemetry::Metrics, tls::Doors, transport::Places};

/// Serves `listener` until `stop`, then drains.
pub(crate) async fn serve_waiting(
    listener: TcpListener,
    migrations: Migrations,
    metrics: Metrics,
    limits: Limits,
    doors: Doors,
    places: Places,
    stop: CancellationToken,
) {
    accept(listener, Frame { routes: routes(migrations), metrics, limits }, doors, places, stop).await;
}

fn routes(migrations: Migrations) -> BoxedFilter<(Response,)> {
    let word = match migrations.service() {
        Service::Serving | Service::Pending => "migrations pending",
        Service::Maintenance => "maintenance",
    };
    let health = warp::path!("health").and(warp::get()).map(move || reply::json(Ok(json!({ "status": word }))));
    let live = warp::path!("livez").and(warp::get()).map(|| text(StatusCode::OK, "ok\n"));
    let ready = warp::path!("readyz")
        .and(warp::get())
        .map(move || text(StatusCode::SERVICE_UNAVAILABLE, &format!("not ready: {word}\n")));
    let rest = warp::any().map(move || reply::failed(migrations.refusal()));
    health.or(live).unify().or(ready).unify().or(rest).unify().boxed()
}
