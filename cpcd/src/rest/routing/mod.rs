//! Peers by their ids, as the Delegated Routing V1 HTTP API has it: <https://specs.ipfs.tech/routing/http-routing-v1/>.

mod filter;

use cpc_signing::PeerId;
use cpcd_domain::registry::Located;
use cpcd_model::{Error, Reason, Result};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Edge,
    parameters::{self, Parameters},
    reply,
    route::with,
};
use crate::{
    app::{Door, bearer},
    rates::Cost,
};

use filter::Filters;

const NDJSON: &str = "application/x-ndjson";
/// How long an answer may be kept: one with a peer, and one without (the specification's, in seconds).
const KEPT: (u32, u32) = (300, 15);

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let path = warp::path!("routing" / "v1" / "peers" / String);
    let request = path.and(warp::get()).and(parameters::given()).and(warp::header::headers_cloned()).and(with(edge));
    let get =
        request.then(|id, query, headers, edge| async move { open_to_all(answer(id, query, headers, edge).await) });
    let options = path.and(warp::options()).map(|_| open_to_all(preflight()));
    get.or(options).unify().boxed()
}

async fn answer(id: String, query: Parameters, headers: HeaderMap, edge: Edge) -> Response {
    let Ok(peer_id) = PeerId::parse(&id) else {
        let text = "must be a peer id: base58, or a CIDv1 with the codec libp2p-key";
        let error = Error::field(Reason::FieldInvalid, "peer-id", text);
        return reply::failed_with(error, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let located = match locate(&edge, &headers, peer_id).await {
        Ok(located) => located,
        Err(error) => return reply::failed(error),
    };
    let peer = located.and_then(|located| record(located, &Filters::read(&query)));
    let kept = if peer.is_some() { KEPT.0 } else { KEPT.1 };
    let wants_lines = headers.get_all(header::ACCEPT).iter().any(|accept| accepts(accept, NDJSON));
    let (content_type, body) = if wants_lines {
        (NDJSON, peer.map(|peer| format!("{peer}\n")).unwrap_or_default())
    } else {
        let peers: Vec<_> = peer.into_iter().collect();
        ("application/json", format!("{}\n", json!({ "Peers": peers })))
    };
    let mut response = reply::with_type(StatusCode::OK, content_type, body.into_bytes());
    // What only some may know is not kept for all.
    let whose = if headers.contains_key(header::AUTHORIZATION) { "private" } else { "public" };
    if let Ok(value) = HeaderValue::from_str(&format!("{whose}, max-age={kept}")) {
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

/// Asks whoever may: where it is open, or who finds public peers anyway.
async fn locate(edge: &Edge, headers: &HeaderMap, peer_id: PeerId) -> Result<Option<Located>> {
    let arrived = edge.app.rates.arrive(Cost::Search)?;
    let slot = edge.app.slot(edge.door)?;
    let token = bearer(headers)?;
    let (app, door) = (edge.app.clone(), edge.door);
    edge.app
        .run(async move {
            let _slot = slot;
            let caller = app.caller(door, token.as_deref()).await?;
            app.rates.admit(arrived, &caller, None)?;
            let caller = match door {
                Door::Network(listener) => app.registry.peers.routing(caller, listener),
                Door::Local => caller,
            };
            app.registry.peers.locate(&caller, &peer_id).await
        })
        .await
}

/// Gives a peer as the specification has it; nothing if none of it passes the filters.
fn record(located: Located, filters: &Filters) -> Option<Value> {
    // Nobody here says which protocols a node speaks: its own word counts when it is asked (libp2p's identify).
    let addresses = filters.pass(&located.peer_id, located.addresses)?;
    Some(json!({ "Schema": "peer", "ID": located.peer_id.to_string(), "Addrs": addresses, "Protocols": [] }))
}

/// Says whether an `Accept` header names a type, and does not refuse it.
fn accepts(header: &HeaderValue, wanted: &str) -> bool {
    let ranges = header.to_str().unwrap_or_default().split(',');
    ranges.map(str::trim).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_wanted = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case(wanted));
        is_wanted && !parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)))
    })
}

fn preflight() -> Response {
    let mut response = Response::new(Vec::new().into());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("accept, authorization"));
    response.headers_mut().insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

/// Lets pages of any site read an answer: browsers ask too. Tokens are no cookies, so nothing is sent that the page does not know.
fn open_to_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, OPTIONS"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_given_only_if_asked_for() {
        let of = |text: &'static str| accepts(&HeaderValue::from_static(text), NDJSON);
        assert!(of("application/x-ndjson"));
        assert!(of("application/json;q=0.5, Application/X-NDJSON; q=0.9"));
        for other in ["*/*", "application/*", "application/json", "", "application/x-ndjson;q=0"] {
            assert!(!of(other), "{other}");
        }
    }
}
