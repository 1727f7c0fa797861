//! Routes of the registry: `/register`, `/v1/heartbeat`, `/v1/nodes`.

use cpc_proto::v1;
use cpcd_model::{Error, Reason};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Edge,
    route::{Fields, Parameters, answer, answer_body, body, parameters, with},
};

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let headers = warp::header::headers_cloned;
    let nodes = warp::path!("v1" / "nodes");
    let register = warp::path!("register").or(nodes).unify().and(warp::post()).and(with(edge)).and(body());
    let register = register.then(answer_body::<v1::NodeInfo>).boxed();
    let beat = warp::path!("v1" / "heartbeat").and(warp::post()).and(with(edge)).and(body());
    let beat = beat.then(answer_body::<v1::NodePing>).boxed();
    let list = nodes.and(warp::get()).and(with(edge)).and(headers()).and(parameters());
    let list = list.then(|edge, headers, given| answer(edge, headers, list_request(given))).boxed();
    let one = warp::path!("v1" / "nodes" / String);
    let get = one.and(warp::get()).and(with(edge)).and(headers());
    let get = get.then(|id, edge, headers| answer(edge, headers, Ok(v1::GetNodeRequest { id }))).boxed();
    let delete = one.and(warp::delete()).and(with(edge)).and(headers());
    let delete = delete.then(|id, edge, headers| answer(edge, headers, Ok(v1::DeleteNodeRequest { id }))).boxed();
    let reset =
        warp::path!("v1" / "nodes" / String / "reset-sequence").and(warp::post()).and(with(edge)).and(headers());
    let reset = reset.then(|id, edge, headers| answer(edge, headers, Ok(v1::ResetNodeSequenceRequest { id }))).boxed();
    let groups = register.or(beat).unify().or(list).unify().boxed();
    groups.or(get).unify().or(delete).unify().or(reset).unify().boxed()
}

fn list_request(given: Parameters) -> cpcd_model::Result<v1::ListNodesRequest> {
    let mut fields = Fields::take(given, &["status", "owner", "label", "page_size", "page_token"])?;
    let status = fields.text("status")?;
    let status = if status.is_empty() {
        v1::NodeStatus::Unspecified
    } else {
        v1::NodeStatus::from_str_name(&format!("NODE_STATUS_{}", status.to_ascii_uppercase()))
            .ok_or_else(|| Error::field(Reason::MessageUndecodable, "status", "must be online, degraded or offline"))?
    };
    Ok(v1::ListNodesRequest {
        page_size: fields.number("page_size")?,
        page_token: fields.text("page_token")?,
        status: status.into(),
        owner_id: fields.text("owner")?,
        label: fields.text("label")?,
    })
}
