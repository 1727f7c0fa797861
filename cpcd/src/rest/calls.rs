//! The routes of the calls, from the table: a request becomes a message in proto JSON, and the answer's message the body.

use std::sync::Arc;

use bytes::Bytes;
use cpcd_model::{Error, Reason, Result};
use http::{HeaderMap, Method, header};
use serde_json::Map;
use warp::{Filter, filters::BoxedFilter, path::FullPath, reply::Response};

use super::{
    Edge, events,
    parameters::{self, Parameters},
    reply,
    route::with,
};
use crate::{
    app::bearer,
    calls::{
        Input, Spoken,
        table::{self, Inputs, Route},
    },
};

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let routes: Vec<_> = table::routes().iter().map(|route| one(edge, route)).collect();
    either(&routes)
}

/// Joins routes as a tree: a chain would grow as deep as there are calls.
fn either(routes: &[BoxedFilter<(Response,)>]) -> BoxedFilter<(Response,)> {
    match routes {
        [only] => only.clone(),
        _ => {
            let (first, second) = routes.split_at(routes.len() / 2);
            either(first).or(either(second)).unify().boxed()
        }
    }
}

fn one(edge: &Edge, route: &'static Route) -> BoxedFilter<(Response,)> {
    let inputs = Arc::new(route.inputs());
    // First the path: a path that is there and does not take the method is told apart from one that is not.
    let path = warp::path::full().and_then(move |path: FullPath| async move {
        route.template.read(path.as_str()).ok_or_else(warp::reject::not_found)
    });
    let request = path.and(verb(&route.verb)).and(with(edge)).and(parameters::given());
    request
        .and(warp::header::headers_cloned())
        .and(warp::body::bytes())
        .then(move |path, edge, query, headers, body| {
            let request = Request { path, query, headers, body };
            let inputs = inputs.clone();
            async move {
                match route.row.spoken() {
                    Some(spoken) => answer(edge, spoken, inputs, request).await,
                    None => events::answer(edge, inputs, request).await,
                }
            }
        })
        .boxed()
}

/// Lets a verb through: warp's own filters know what to say to others.
fn verb(verb: &Method) -> BoxedFilter<()> {
    match *verb {
        Method::GET => warp::get().boxed(),
        Method::POST => warp::post().boxed(),
        Method::PUT => warp::put().boxed(),
        Method::PATCH => warp::patch().boxed(),
        Method::DELETE => warp::delete().boxed(),
        _ => unreachable!("the table has a route of {verb}"),
    }
}

/// What of a request makes the message.
pub(super) struct Request {
    path: Vec<String>,
    query: Parameters,
    pub(super) headers: HeaderMap,
    body: Bytes,
}

async fn answer(edge: Edge, spoken: Spoken, inputs: Arc<Inputs>, request: Request) -> Response {
    let token = bearer(&request.headers);
    let answer = match input(&inputs, request) {
        Ok(input) => (spoken.json)(&edge.app, edge.door, token, input).await,
        Err(error) => Err(error),
    };
    reply::json_text(answer)
}

/// Gives what of a request is the message.
pub(super) fn input(inputs: &Inputs, request: Request) -> Result<Input> {
    let query = parameters::read(&inputs.query, request.query)?;
    let mut path = Map::new();
    for (parameter, text) in inputs.path.iter().zip(request.path) {
        path.insert(parameter.field.name().to_owned(), parameters::value(parameter, vec![text])?);
    }
    if !inputs.has_body {
        path.extend(query);
        return Ok(Input::Fields(path));
    }
    check_type(&request.headers)?;
    Ok(Input::Body(request.body, path))
}

fn check_type(headers: &HeaderMap) -> Result<()> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|value| value.split(';').next()).map(str::trim);
    if essence.is_none_or(|essence| essence.eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    Err(Error::field(Reason::MessageUndecodable, "content-type", "must be application/json"))
}
