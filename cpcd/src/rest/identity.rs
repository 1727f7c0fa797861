//! Routes of identity: `/auth`, `/v1/auth`, `/v1/caller`, `/v1/sessions`, `/v1/users`, and `/v1/status` beside them.

use cpc_proto::v1;
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Edge,
    route::{Fields, answer, answer_body, body, parameters, with},
};

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let headers = warp::header::headers_cloned;
    let login = warp::path!("auth").or(warp::path!("v1" / "auth")).unify();
    let login = login.and(warp::post()).and(with(edge)).and(body()).then(answer_body::<v1::AuthRequest>).boxed();

    let refresh = warp::path!("v1" / "auth" / "refresh").and(warp::post()).and(with(edge)).and(body());
    let refresh = refresh.then(answer_body::<v1::RefreshRequest>).boxed();

    let logout = warp::path!("v1" / "auth" / "logout").and(warp::post()).and(with(edge)).and(headers());
    let logout = logout.then(|edge, headers| answer(edge, headers, Ok(v1::LogoutRequest {}))).boxed();
    let revoke = warp::path!("v1" / "auth" / "revoke").and(warp::post()).and(with(edge)).and(body());
    let revoke = revoke.then(answer_body::<v1::RevokeTokensRequest>).boxed();
    let sessions = warp::path!("v1" / "sessions").and(warp::get()).and(with(edge)).and(headers()).and(parameters());
    let sessions = sessions.then(|edge, headers, given| {
        let message = Fields::take(given, &["subject", "page_size", "page_token"]).and_then(|mut fields| {
            Ok(v1::ListSessionsRequest {
                subject_id: fields.text("subject")?,
                page_size: fields.number("page_size")?,
                page_token: fields.text("page_token")?,
            })
        });
        answer(edge, headers, message)
    });

    let caller = warp::path!("v1" / "caller").and(warp::get()).and(with(edge)).and(headers());
    let caller = caller.then(|edge, headers| answer(edge, headers, Ok(v1::GetCallerRequest {}))).boxed();

    let users = warp::path!("v1" / "users");
    let create = users.and(warp::post()).and(with(edge)).and(body()).then(answer_body::<v1::CreateUserRequest>).boxed();
    let list = users.and(warp::get()).and(with(edge)).and(headers()).and(parameters());
    let list = list.then(|edge, headers, given| {
        let message = Fields::take(given, &["page_size", "page_token"]).and_then(|mut fields| {
            Ok(v1::ListUsersRequest { page_size: fields.number("page_size")?, page_token: fields.text("page_token")? })
        });
        answer(edge, headers, message)
    });
    let get = warp::path!("v1" / "users" / String).and(warp::get()).and(with(edge)).and(headers());
    let get = get.then(|id, edge, headers| {
        let by = Some(v1::get_user_request::By::Id(id));
        answer(edge, headers, Ok(v1::GetUserRequest { by }))
    });

    let status = warp::path!("v1" / "status").and(warp::get()).and(with(edge)).and(headers());
    let status = status.then(|edge, headers| answer(edge, headers, Ok(v1::GetStatusRequest {}))).boxed();

    let ends = logout.or(revoke).unify().or(sessions.boxed()).unify().boxed();
    let groups = login.or(refresh).unify().or(ends).unify().or(caller).unify().or(create).unify().boxed();
    groups.or(list.boxed()).unify().or(get.boxed()).unify().or(status).unify().boxed()
}
