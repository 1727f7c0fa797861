//! Building blocks of routes: what a request carries, and how a call is answered.

use std::collections::HashMap;

use bytes::Bytes;
use cpcd_model::{Error, Reason, Result};
use http::{HeaderMap, header};
use serde::{Serialize, de::DeserializeOwned};
use warp::{Filter, Rejection, reply::Response};

use super::{Edge, reply};
use crate::{
    app::bearer,
    calls::{self, Call},
};

/// Most characters of a name that a caller made up, in an answer.
const LONGEST_NAME: usize = 200;
/// Most characters of what the decoder says, with such a name in it and what could have been there instead.
const LONGEST_TEXT: usize = 1000;

/// Query parameters in the order in which they came; a name may come more than once.
pub(super) type Parameters = Vec<(String, String)>;

/// Gives the edge to a route.
pub(super) fn with(edge: &Edge) -> impl Filter<Extract = (Edge,), Error = std::convert::Infallible> + Clone + use<> {
    let edge = edge.clone();
    warp::any().map(move || edge.clone())
}

/// Gives the query parameters.
pub(super) fn parameters() -> impl Filter<Extract = (Parameters,), Error = std::convert::Infallible> + Clone {
    warp::query::raw().or(warp::any().map(String::new)).unify().map(|raw: String| {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        pairs.collect()
    })
}

/// Decodes a form-encoded text; what is no UTF-8 shows as replacement characters and fits nothing.
fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// Gives headers and body.
pub(super) fn body() -> impl Filter<Extract = (HeaderMap, Bytes), Error = Rejection> + Clone {
    warp::header::headers_cloned().and(warp::body::bytes())
}

/// Answers a call whose message was made from path and query.
pub(super) async fn answer<C>(edge: Edge, headers: HeaderMap, message: Result<C>) -> Response
where
    C: Call,
    C::Response: Serialize,
{
    let token = bearer(&headers);
    let result = match message {
        Ok(message) => calls::answer(&edge.app, edge.door, token, message).await,
        Err(error) => Err(error),
    };
    reply::json(result)
}

/// Answers a call whose message is the body, in proto JSON.
pub(super) async fn answer_body<C>(edge: Edge, headers: HeaderMap, body: Bytes) -> Response
where
    C: Call + DeserializeOwned,
    C::Response: Serialize,
{
    let message = check_type(&headers).and_then(|()| parse(&body));
    answer::<C>(edge, headers, message).await
}

fn check_type(headers: &HeaderMap) -> Result<()> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|value| value.split(';').next()).map(str::trim);
    if essence.is_none_or(|essence| essence.eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    Err(Error::field(Reason::MessageUndecodable, "content-type", "must be application/json"))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let message = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = cut(error.path().to_string(), LONGEST_NAME);
        let text = cut(error.into_inner().to_string(), LONGEST_TEXT);
        if path == "." {
            Error::new(Reason::MessageUndecodable, format!("the message cannot be decoded: {text}"))
        } else {
            Error::field(Reason::MessageUndecodable, path, text)
        }
    })?;
    json.end()
        .map_err(|error| Error::new(Reason::MessageUndecodable, format!("the message cannot be decoded: {error}")))?;
    Ok(message)
}

/// Cuts what repeats a caller's own words: a name can be as long as the message.
fn cut(mut text: String, longest: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Reads query parameters into a call's fields; each name once, but for those that may repeat.
pub(super) struct Fields {
    values: HashMap<String, Vec<String>>,
}

impl Fields {
    /// Takes the parameters; a name that the call does not have is refused.
    pub(super) fn take(parameters: Parameters, known: &[&str]) -> Result<Self> {
        let mut values: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in parameters {
            if !known.contains(&name.as_str()) {
                let text = format!("is not a parameter of this call; it has {}", known.join(", "));
                return Err(Error::field(Reason::MessageUndecodable, cut(name, LONGEST_NAME), text));
            }
            values.entry(name).or_default().push(value);
        }
        Ok(Self { values })
    }

    /// Gives a text, empty if it was not given.
    pub(super) fn text(&mut self, name: &str) -> Result<String> {
        let mut values = self.values.remove(name).unwrap_or_default();
        if values.len() > 1 {
            return Err(Error::field(Reason::MessageUndecodable, name, "is given more than once"));
        }
        Ok(values.pop().unwrap_or_default())
    }

    /// Gives a number, 0 if it was not given.
    pub(super) fn number(&mut self, name: &str) -> Result<i32> {
        let text = self.text(name)?;
        if text.is_empty() {
            return Ok(0);
        }
        text.parse().map_err(|_| Error::field(Reason::MessageUndecodable, name, "must be a whole number"))
    }

    /// Gives all texts of a name.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        self.values.remove(name).unwrap_or_default()
    }
}
