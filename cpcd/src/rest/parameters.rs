//! Parameters of path and query: texts become the proto JSON of their fields.

use std::collections::HashMap;

use cpcd_model::{Error, Reason, Result};
use prost_reflect::{EnumDescriptor, Kind};
use serde_json::{Map, Number, Value};
use warp::Filter;

use crate::calls::{cut, table::Parameter};

/// Query parameters in the order in which they came; a name may come more than once.
pub(super) type Parameters = Vec<(String, String)>;

/// Gives the query parameters.
pub(super) fn given() -> impl Filter<Extract = (Parameters,), Error = std::convert::Infallible> + Clone {
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

/// Reads the query into fields, by their names in the proto; a name that the call does not have is refused.
pub(super) fn read(known: &[Parameter], given: Parameters) -> Result<Map<String, Value>> {
    let mut texts: HashMap<String, Vec<String>> = HashMap::new();
    for (name, text) in given {
        if !known.iter().any(|parameter| parameter.name == name) {
            let names: Vec<_> = known.iter().map(|parameter| parameter.name).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let text = format!("is not a parameter of this call; it has {names}");
            return Err(Error::field(Reason::MessageUndecodable, cut(name), text));
        }
        texts.entry(name).or_default().push(text);
    }
    let mut fields = Map::new();
    for parameter in known {
        let Some(mut texts) = texts.remove(parameter.name) else { continue };
        // Empty says the same as not given, as it does in a message.
        texts.retain(|text| !text.is_empty());
        if !texts.is_empty() {
            fields.insert(parameter.field.name().to_owned(), value(parameter, texts)?);
        }
    }
    Ok(fields)
}

/// Gives the proto JSON of a field whose parameter has these texts.
pub(super) fn value(parameter: &Parameter, mut texts: Vec<String>) -> Result<Value> {
    let field = &parameter.field;
    if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
        let kind = entry.map_entry_value_field().kind();
        let mut map = Map::new();
        for text in texts {
            let (key, text) = text.split_once(':').ok_or_else(|| wrong(parameter, "must be of the form key:value"))?;
            if map.insert(key.to_owned(), single(parameter, &kind, text.to_owned())?).is_some() {
                return Err(wrong(parameter, "gives a key more than once"));
            }
        }
        return Ok(Value::Object(map));
    }
    if field.is_list() {
        let texts = texts.iter().flat_map(|text| text.split(',')).filter(|text| !text.is_empty());
        return texts.map(|text| single(parameter, &field.kind(), text.to_owned())).collect();
    }
    let text = texts.pop().unwrap_or_default();
    if !texts.is_empty() {
        return Err(wrong(parameter, "is given more than once"));
    }
    single(parameter, &field.kind(), text)
}

fn single(parameter: &Parameter, kind: &Kind, text: String) -> Result<Value> {
    let whole = || wrong(parameter, "must be a whole number");
    Ok(match kind {
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => text.parse::<i32>().map_err(|_| whole())?.into(),
        Kind::Uint32 | Kind::Fixed32 => text.parse::<u32>().map_err(|_| whole())?.into(),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => text.parse::<i64>().map_err(|_| whole())?.into(),
        Kind::Uint64 | Kind::Fixed64 => text.parse::<u64>().map_err(|_| whole())?.into(),
        Kind::Double | Kind::Float => {
            let number = text.parse::<f64>().ok().and_then(Number::from_f64);
            Value::Number(number.ok_or_else(|| wrong(parameter, "must be a number"))?)
        }
        Kind::Bool => Value::Bool(text.parse().map_err(|_| wrong(parameter, "must be true or false"))?),
        Kind::Enum(values) => choice(parameter, values, &text)?,
        // Bytes and times are texts in JSON too; the message's own reader judges them.
        Kind::String | Kind::Bytes | Kind::Message(_) => Value::String(text),
    })
}

/// Reads a value of an enumeration: its name, or what of the name is its own, such as `online` of `NODE_STATUS_ONLINE`.
fn choice(parameter: &Parameter, values: &EnumDescriptor, text: &str) -> Result<Value> {
    let names: Vec<String> = values.values().map(|value| value.name().to_owned()).collect();
    let prefix = names.first().and_then(|zero| zero.strip_suffix("UNSPECIFIED")).unwrap_or_default().to_owned();
    let short = |name: &str| name.strip_prefix(&prefix).unwrap_or(name).to_ascii_lowercase();
    match names.iter().find(|name| *name == text || short(name) == text) {
        Some(name) => Ok(Value::String(name.clone())),
        None => {
            let known: Vec<_> = names.iter().skip(1).map(|name| short(name)).collect();
            Err(wrong(parameter, &format!("must be one of {}", known.join(", "))))
        }
    }
}

fn wrong(parameter: &Parameter, what: &str) -> Error {
    Error::field(Reason::MessageUndecodable, parameter.name, what)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::table::{descriptors, routes};

    fn search(query: &[(&str, &str)]) -> Result<Map<String, Value>> {
        let route = routes().iter().find(|route| route.label == "GET /search").unwrap();
        let given = query.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        read(&route.inputs().query, given.collect())
    }

    fn parameter(message: &str, field: &str) -> Parameter {
        let message = descriptors().get_message_by_name(&format!("cpc.v1.{message}")).unwrap();
        Parameter { name: "given", field: message.get_field_by_name(field).unwrap() }
    }

    #[test]
    fn texts_become_fields() {
        let fields = search(&[("q", "word"), ("tags", "a,b"), ("tags", "c"), ("owner", "me"), ("page_size", "7")]);
        let expected = json!({ "q": "word", "tags": ["a", "b", "c"], "owner_id": "me", "page_size": 7 });
        assert_eq!(Value::Object(fields.unwrap()), expected);
        assert_eq!(Value::Object(search(&[("q", ""), ("page_size", "")]).unwrap()), json!({}));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |query: &[(&str, &str)]| search(query).unwrap_err().message().to_owned();
        let known = "query: is not a parameter of this call; it has q, tags, owner, page_size, page_token";
        assert_eq!(message(&[("query", "x")]), known);
        assert_eq!(message(&[("q", "a"), ("q", "b")]), "q: is given more than once");
        assert_eq!(message(&[("page_size", "many")]), "page_size: must be a whole number");
        assert_eq!(message(&[("page_size", "3000000000")]), "page_size: must be a whole number");
    }

    #[test]
    fn choices_have_short_names() {
        let visibility = parameter("ContentMetadata", "visibility");
        for text in ["public", "VISIBILITY_PUBLIC"] {
            assert_eq!(value(&visibility, vec![text.into()]).unwrap(), json!("VISIBILITY_PUBLIC"));
        }
        let error = value(&visibility, vec!["all".into()]).unwrap_err();
        assert_eq!(error.message(), "given: must be one of public, friends, private");
    }

    #[test]
    fn booleans_are_spelt_out() {
        let flag = parameter("SearchResults", "total_is_exact");
        assert_eq!(value(&flag, vec!["true".into()]).unwrap(), json!(true));
        assert_eq!(value(&flag, vec!["1".into()]).unwrap_err().message(), "given: must be true or false");
    }
}
