//! `/openapi.json`: the REST edge described by itself, from the descriptors and the table of calls.

mod comments;
mod paths;
mod schemas;

use std::sync::LazyLock;

use cpcd_model::Reason;
use http::StatusCode;
use serde_json::{Value, json};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use self::{comments::Comments, schemas::Schemas};
use super::{Edge, reply, route::with};
use crate::app::Door;

/// The document as it is served.
static DOCUMENT: LazyLock<Vec<u8>> =
    LazyLock::new(|| serde_json::to_vec(&document()).expect("what was made of plain values is JSON"));

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let document = warp::path!("openapi.json").and(warp::get()).and(with(edge));
    document.map(|edge: Edge| answer(&edge)).boxed()
}

/// Answers where the settings open reflection; elsewhere there is nothing under this path.
fn answer(edge: &Edge) -> Response {
    let is_open = match edge.door {
        Door::Network(listener) => edge.reflection.allows(listener),
        Door::Local => true,
    };
    if is_open { reply::json_text(Ok(DOCUMENT.clone())) } else { reply::refused(StatusCode::NOT_FOUND) }
}

/// Makes the document (<https://spec.openapis.org/oas/v3.1.1.html>).
fn document() -> Value {
    let comments = Comments::read();
    let mut schemas = Schemas::new(&comments);
    let paths = paths::paths(&comments, &mut schemas);
    let mut schemas = schemas.finish();
    schemas.insert("Problem".into(), problem());
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "CPC Orchestrator",
            "version": crate::VERSION,
            "summary": "The control plane of a peer-to-peer network.",
            "description": "The calls of package cpc.v1 as HTTP and proto JSON: bytes are base64, 64-bit numbers are text, \
                times are RFC 3339, fields that are empty or zero are left out of answers.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": paths::tags(&comments),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Problem": {
                    "description": "The call failed; `reason` says why.",
                    "headers": { "cpc-request-id": { "description": "Names the call in the server's log.", "schema": { "type": "string" } } },
                    "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
                },
            },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token of a login." },
            },
        },
    })
}

/// An error, as `reply` writes it.
fn problem() -> Value {
    let reasons: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    let meanings = Reason::ALL
        .iter()
        .map(|reason| format!("- `{}` ({}): {}", reason.as_str(), reason.http_status(), reason.doc()));
    let meanings: Vec<_> = meanings.collect();
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "description": "An error (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code", "reason"],
        "properties": {
            "type": { "type": "string", "format": "uri", "description": "One for each reason." },
            "title": text("What the reason means."),
            "status": { "type": "integer", "description": "The HTTP status." },
            "detail": text("What is wrong, for people."),
            "instance": { "type": "string", "format": "uri", "description": "The request id." },
            "code": text("The gRPC code's name."),
            "reason": { "type": "string", "enum": reasons, "description": meanings.join("\n") },
            "errors": {
                "type": "array",
                "description": "The fields at fault.",
                "items": {
                    "type": "object",
                    "required": ["field", "description"],
                    "properties": { "field": text("The field's path."), "description": text("What is wrong with it.") },
                },
            },
            "metadata": {
                "type": "object",
                "description": "Details that programs can read.",
                "additionalProperties": { "type": "string" },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::calls::table;

    /// Gives every string under a key, at any depth.
    fn strings<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                for (name, inner) in map {
                    match inner {
                        Value::String(text) if name == key => found.push(text),
                        Value::Null
                        | Value::Bool(_)
                        | Value::Number(_)
                        | Value::String(_)
                        | Value::Array(_)
                        | Value::Object(_) => strings(inner, key, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| strings(item, key, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_route_is_in_it() {
        let document = document();
        let routes =
            table::routes().iter().map(|route| route.label).chain(table::PLAIN.iter().map(|plain| plain.label));
        let mut count = 0;
        for label in routes {
            let (verb, path) = label.split_once(' ').unwrap();
            let operation = &document["paths"][path][verb.to_lowercase()];
            assert!(operation["responses"]["200"].is_object(), "{label}");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{label}");
            count += 1;
        }
        let operations = document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len());
        assert_eq!(operations.sum::<usize>(), count);
    }

    #[test]
    fn every_reference_resolves_and_every_schema_is_used() {
        let document = document();
        let mut references = Vec::new();
        strings(&document, "$ref", &mut references);
        assert!(references.len() > 30, "{}", references.len());
        for reference in &references {
            let pointer = reference.strip_prefix('#').expect("all within the document");
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let used: BTreeSet<_> = references.iter().filter_map(|r| r.strip_prefix("#/components/schemas/")).collect();
        let unused: Vec<_> = schemas.keys().filter(|name| !used.contains(name.as_str())).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let document = document();
        let mut names = Vec::new();
        strings(&document, "operationId", &mut names);
        let unique: BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }

    #[test]
    fn types_are_those_of_proto_json() {
        let document = document();
        let schema = |name: &str, field: &str| &document["components"]["schemas"][name]["properties"][field];
        assert_eq!(schema("ContentMetadata", "sizeBytes")["type"], "string");
        assert_eq!(schema("User", "publicKey")["contentEncoding"], "base64");
        assert_eq!(schema("User", "createdAt")["format"], "date-time");
        assert_eq!(schema("ContentMetadata", "tags")["type"], "array");
        assert_eq!(schema("SearchHit", "score")["type"], "number");
        assert_eq!(document["components"]["schemas"]["Level"]["enum"][3], "LEVEL_ADMIN");
        assert_eq!(schema("User", "username")["description"], "Unique handle, [a-z0-9._-]{1,50}.");
        assert_eq!(
            document["paths"]["/v1/users"]["get"]["summary"].as_str().unwrap(),
            "Lists users in the order in which they were made. Needs read on users."
        );
        assert_eq!(document["paths"]["/v1/users"]["get"]["security"], json!([{ "bearer": [] }]));
        assert_eq!(document["paths"]["/auth"]["post"]["security"], json!([]));
    }
}
