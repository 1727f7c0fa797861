//! A call without its types, for edges that know no more of it than its name: bytes in, bytes out.

use bytes::Bytes;
use cpcd_model::{Error, Reason, Result};
use futures_util::future::BoxFuture;
use prost::Message;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Call, answer};
use crate::app::{App, Door};

/// Most characters of a name that a caller made up, in an answer.
const LONGEST_NAME: usize = 200;
/// Most characters of what the decoder says, with such a name in it and what could have been there instead.
const LONGEST_TEXT: usize = 1000;

/// The token of a request's headers, if they have one.
pub(crate) type Token = Result<Option<String>>;

/// A message in proto JSON.
pub(crate) enum Input {
    /// The fields that path and query give, by their names in the proto.
    Fields(Map<String, Value>),
    /// A body, and the fields that the path gives.
    Body(Bytes, Map<String, Value>),
}

/// A call that takes and gives these.
type Answer<I, O> = for<'a> fn(&'a App, Door, Token, I) -> BoxFuture<'a, Result<O>>;

/// How a call is answered, in both spellings of its messages.
#[derive(Clone, Copy)]
pub(crate) struct Spoken {
    /// Gives the name of the message's type.
    pub(crate) message: fn() -> &'static str,
    pub(crate) proto: Answer<Bytes, Bytes>,
    pub(crate) json: Answer<Input, Vec<u8>>,
}

impl Spoken {
    /// Takes the types away.
    pub(crate) const fn of<C: Call>() -> Self {
        Self { message: std::any::type_name::<C>, proto: proto::<C>, json: json::<C> }
    }
}

fn proto<C: Call>(app: &App, door: Door, token: Token, message: Bytes) -> BoxFuture<'_, Result<Bytes>> {
    Box::pin(async move {
        let message = C::decode(message).map_err(|error| undecodable(&error.to_string()))?;
        Ok(answer(app, door, token, message).await?.encode_to_vec().into())
    })
}

fn json<C: Call>(app: &App, door: Door, token: Token, input: Input) -> BoxFuture<'_, Result<Vec<u8>>> {
    Box::pin(async move {
        let message: C = read(input)?;
        serde_json::to_vec(&answer(app, door, token, message).await?).map_err(Error::internal)
    })
}

/// Reads a message.
///
/// # Errors
/// `MESSAGE_UNDECODABLE`.
pub(crate) fn read<C: Message + Default + DeserializeOwned>(input: Input) -> Result<C> {
    let (body, path) = match input {
        Input::Fields(fields) => return parse(Value::Object(fields)),
        Input::Body(body, path) => (body, path),
    };
    // A call whose message may be empty needs no body.
    let body = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    let mut deserializer = serde_json::Deserializer::from_slice(&body);
    let mut message: C = parse(&mut deserializer)?;
    deserializer.end().map_err(|error| undecodable(&error.to_string()))?;
    if path.is_empty() {
        return Ok(message);
    }
    let given: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| undecodable(&error.to_string()))?;
    if let Some((name, _)) = path.iter().find(|(name, value)| is_contradicted(&given, name, value)) {
        return Err(Error::field(Reason::MessageUndecodable, name, "says something else than the path does"));
    }
    // What protobuf says of a field that comes twice: the later one is kept.
    let named: C = parse(Value::Object(path))?;
    message.merge(named.encode_to_vec().as_slice()).map_err(Error::internal)?;
    Ok(message)
}

/// Says whether the body gives a field of the path, in either spelling of its name, and another value.
fn is_contradicted(body: &Map<String, Value>, name: &str, value: &Value) -> bool {
    let camel = name.split('_').enumerate().map(|(index, word)| match word.chars().next() {
        Some(first) if index > 0 => first.to_uppercase().chain(word.chars().skip(1)).collect(),
        _ => word.to_owned(),
    });
    let camel: String = camel.collect();
    body.get(name).or_else(|| body.get(&camel)).is_some_and(|given| given != value)
}

fn parse<'de, T: DeserializeOwned>(json: impl serde::Deserializer<'de, Error = serde_json::Error>) -> Result<T> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = cut(error.path().to_string());
        let text = cut_at(error.into_inner().to_string(), LONGEST_TEXT);
        // The parser's own names of its inner parts tell a caller nothing.
        let is_internal = text.contains("did not match any variant");
        let text = if is_internal { "is not a value that this field takes".to_owned() } else { text };
        if path == "." || path == "?" {
            undecodable(&text)
        } else {
            Error::field(Reason::MessageUndecodable, path, text)
        }
    })
}

fn undecodable(why: &str) -> Error {
    Error::new(Reason::MessageUndecodable, format!("the message cannot be decoded: {why}"))
}

/// Cuts a name that a caller made up: it can be as long as the message.
pub(crate) fn cut(name: String) -> String {
    cut_at(name, LONGEST_NAME)
}

fn cut_at(mut text: String, longest: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use cpc_proto::v1;

    use super::*;

    fn fields(json: &str) -> Map<String, Value> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_path_completes_the_body() {
        let body = |text: &'static str| Input::Body(Bytes::from_static(text.as_bytes()), fields(r#"{"id":"a"}"#));
        let read = |text| read::<v1::ContentMetadata>(body(text));
        assert_eq!(read(r#"{"title":"t"}"#).unwrap().id, "a");
        assert_eq!(read(r#"{"title":"t","id":"a"}"#).unwrap().title, "t");
        assert_eq!(read("").unwrap().id, "a");
        let error = read(r#"{"id":"b"}"#).unwrap_err();
        assert_eq!(error.message(), "id: says something else than the path does");
        for wrong in ["{", "[]", "{} {}", r#"{"title":"a","title":"b"}"#, r#"{"name":1}"#] {
            assert_eq!(read(wrong).unwrap_err().reason(), Reason::MessageUndecodable, "{wrong}");
        }
    }

    #[test]
    fn both_spellings_of_a_name_are_compared() {
        let value = Value::String("a".into());
        assert!(is_contradicted(&fields(r#"{"ownerId":"b"}"#), "owner_id", &value));
        assert!(is_contradicted(&fields(r#"{"owner_id":"b"}"#), "owner_id", &value));
        assert!(!is_contradicted(&fields(r#"{"ownerId":"a"}"#), "owner_id", &value));
    }
}
