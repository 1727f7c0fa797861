//! Routes of invites: `/v1/invites`.

use cpc_proto::v1;
use cpcd_model::{Error, Reason, Result};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Edge,
    route::{Fields, answer, answer_body, body, parameters, with},
};

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let headers = warp::header::headers_cloned;
    let invites = warp::path!("v1" / "invites");
    let create = invites.and(warp::post()).and(with(edge)).and(body());
    let create = create.then(answer_body::<v1::CreateInviteRequest>).boxed();
    let list = invites.and(warp::get()).and(with(edge)).and(headers()).and(parameters());
    let list = list.then(|edge, headers, given| {
        let message = Fields::take(given, &["kind", "page_size", "page_token"]).and_then(|mut fields| {
            Ok(v1::ListInvitesRequest {
                kind: kind(&fields.text("kind")?)?.into(),
                page_size: fields.number("page_size")?,
                page_token: fields.text("page_token")?,
            })
        });
        answer(edge, headers, message)
    });
    let revoke = warp::path!("v1" / "invites" / String).and(warp::delete()).and(with(edge)).and(headers());
    let revoke = revoke.then(|id, edge, headers| answer(edge, headers, Ok(v1::RevokeInviteRequest { id })));
    create.or(list.boxed()).unify().or(revoke.boxed()).unify().boxed()
}

fn kind(text: &str) -> Result<v1::SubjectKind> {
    match text {
        "" => Ok(v1::SubjectKind::Unspecified),
        "user" => Ok(v1::SubjectKind::User),
        "node" => Ok(v1::SubjectKind::Node),
        _ => Err(Error::field(Reason::MessageUndecodable, "kind", "is user or node")),
    }
}
