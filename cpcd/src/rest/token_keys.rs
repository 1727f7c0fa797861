//! Routes of the keys that sign tokens: `/v1/token-keys`.

use cpc_proto::v1;
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Edge,
    route::{answer, answer_body, body, with},
};

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let headers = warp::header::headers_cloned;
    let list = warp::path!("v1" / "token-keys").and(warp::get()).and(with(edge)).and(headers());
    let list = list.then(|edge, headers| answer(edge, headers, Ok(v1::ListTokenKeysRequest {}))).boxed();
    let rotate = warp::path!("v1" / "token-keys" / "rotate").and(warp::post()).and(with(edge)).and(body());
    let rotate = rotate.then(answer_body::<v1::RotateTokenKeyRequest>).boxed();
    list.or(rotate).unify().boxed()
}
