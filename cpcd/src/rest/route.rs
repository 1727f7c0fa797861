//! Building blocks of routes.

use warp::Filter;

use super::Edge;

/// Gives the edge to a route.
pub(super) fn with(edge: &Edge) -> impl Filter<Extract = (Edge,), Error = std::convert::Infallible> + Clone + use<> {
    let edge = edge.clone();
    warp::any().map(move || edge.clone())
}
