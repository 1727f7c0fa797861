//! Routes of discovery: `/search` and `/v1/content`.

use cpc_proto::v1;
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Edge,
    route::{Fields, Parameters, answer, answer_body, body, parameters, with},
};

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let headers = warp::header::headers_cloned;
    let search = warp::path!("search").or(warp::path!("v1" / "search")).unify();
    let search = search.and(warp::get()).and(with(edge)).and(headers()).and(parameters());
    let search = search.then(|edge, headers, given| answer(edge, headers, search_query(given))).boxed();

    let content = warp::path!("v1" / "content");
    let publish =
        content.and(warp::post()).and(with(edge)).and(body()).then(answer_body::<v1::ContentMetadata>).boxed();
    let list = content.and(warp::get()).and(with(edge)).and(headers()).and(parameters());
    let list = list.then(|edge, headers, given| answer(edge, headers, list_request(given))).boxed();

    let one = warp::path!("v1" / "content" / String);
    let get = one.and(warp::get()).and(with(edge)).and(headers());
    let get = get.then(|id, edge, headers| answer(edge, headers, Ok(v1::GetContentRequest { id }))).boxed();
    let delete = one.and(warp::delete()).and(with(edge)).and(headers());
    let delete = delete.then(|id, edge, headers| answer(edge, headers, Ok(v1::DeleteContentRequest { id }))).boxed();

    let groups = search.or(publish).unify().or(list).unify().boxed();
    groups.or(get).unify().or(delete).unify().boxed()
}

fn search_query(given: Parameters) -> cpcd_model::Result<v1::SearchQuery> {
    let mut fields = Fields::take(given, &["q", "tags", "owner", "page_size", "page_token"])?;
    let tags = fields.texts("tags");
    Ok(v1::SearchQuery {
        q: fields.text("q")?,
        tags: tags.iter().flat_map(|tags| tags.split(',')).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        owner_id: fields.text("owner")?,
        page_size: fields.number("page_size")?,
        page_token: fields.text("page_token")?,
    })
}

fn list_request(given: Parameters) -> cpcd_model::Result<v1::ListContentRequest> {
    let mut fields = Fields::take(given, &["owner", "page_size", "page_token"])?;
    Ok(v1::ListContentRequest {
        page_size: fields.number("page_size")?,
        page_token: fields.text("page_token")?,
        owner_id: fields.text("owner")?,
    })
}
