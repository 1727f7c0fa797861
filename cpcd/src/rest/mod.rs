//! The REST edge: routes as boxed warp filters; those of the calls come from the table (`calls/table`).

mod calls;
mod events;
mod health;
mod hosts;
mod metrics;
mod openapi;
mod parameters;
mod peer_id_auth;
mod reply;
mod route;
mod routing;
mod serve;
mod waiting;

use std::sync::Arc;

use cpcd_model::opening::Opening;
use http::StatusCode;
use tokio_util::sync::CancellationToken;
use warp::{Filter, Rejection, filters::BoxedFilter, reply::Response};

use crate::app::{App, Door};

pub(crate) use hosts::Hosts;
pub(crate) use serve::serve;
pub(crate) use waiting::serve_waiting;

/// What every route reaches.
#[derive(Clone)]
pub(crate) struct Edge {
    pub(crate) app: App,
    pub(crate) door: Door,
    /// Where `/metrics` is open.
    pub(crate) metrics: Opening,
    /// Where the interface describes itself: reflection, `/openapi.json`.
    pub(crate) reflection: Opening,
    /// The names that clients may know this server by.
    pub(crate) hosts: Arc<Hosts>,
    /// Whether nobody between client and server can listen, as far as the settings say.
    pub(crate) is_secure: bool,
    pub(crate) stop: CancellationToken,
}

/// All routes.
pub(crate) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let groups = health::routes(edge).or(metrics::routes(edge)).unify().boxed();
    let groups = groups.or(openapi::routes(edge)).unify().boxed();
    let groups = groups.or(routing::routes(edge)).unify().boxed();
    let groups = groups.or(peer_id_auth::routes(edge)).unify().boxed();
    let groups = groups.or(calls::routes(edge)).unify().boxed();
    groups.recover(recover).unify().boxed()
}

/// Says in our words what warp refused: no route, or none for the method.
async fn recover(rejection: Rejection) -> Result<Response, Rejection> {
    let status = if rejection.is_not_found() { StatusCode::NOT_FOUND } else { StatusCode::METHOD_NOT_ALLOWED };
    Ok(reply::refused(status))
}
