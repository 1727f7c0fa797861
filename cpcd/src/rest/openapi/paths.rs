//! The table's routes as operations.

use http::Method;
use serde_json::{Map, Value, json};

use super::{comments::Comments, schemas::Schemas};
use crate::calls::table::{self, Needs, PACKAGE, PLAIN, Parameter, Plain, Route, descriptors};

/// Tag of what is no call.
const OPERATION: &str = "Operation";

/// Gives all operations by path and verb.
pub(super) fn paths(comments: &Comments, schemas: &mut Schemas<'_>) -> Map<String, Value> {
    let mut paths = Map::new();
    let calls = table::routes().iter().map(|route| (route.label, call(route, comments, schemas)));
    let plain = PLAIN.iter().map(|plain| (plain.label, plain_operation(plain)));
    for (label, operation) in calls.chain(plain) {
        let (verb, path) = label.split_once(' ').expect("every label is a verb and a path");
        paths.entry(path).or_insert_with(|| json!({}))[verb.to_lowercase()] = operation;
    }
    paths
}

/// Gives the services as tags.
pub(super) fn tags(comments: &Comments) -> Vec<Value> {
    let services = descriptors().services().filter(|service| service.package_name() == PACKAGE).map(|service| {
        let description = comments.of(&service.parent_file(), service.path());
        json!({ "name": service.name(), "description": description })
    });
    let plain = json!({ "name": OPERATION, "description": "For those who run the daemon, and their tools." });
    services.chain([plain]).collect()
}

fn call(route: &Route, comments: &Comments, schemas: &mut Schemas<'_>) -> Value {
    let method = route.row.descriptor();
    let service = method.parent_service();
    let inputs = route.inputs();
    let mut operation = json!({
        "operationId": operation_id(route),
        "tags": [service.name()],
        "summary": comments.of(&service.parent_file(), method.path()),
        "description": format!("gRPC: `{PACKAGE}.{}`. Needs: {}.", route.row.grpc(), route.row.words()),
        "security": security(route.row.needs()),
        "responses": match route.row.is_told() {
            true => responses("text/event-stream", &json!({ "type": "string" })),
            false => responses("application/json", &schemas.message(&method.output())),
        },
    });
    let path = inputs.path.iter().map(|given| parameter(given, "path", schemas)).collect::<Vec<_>>();
    let query = inputs.query.iter().map(|given| parameter(given, "query", schemas));
    let parameters: Vec<_> = path.into_iter().chain(query).collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if inputs.has_body {
        let message = method.input();
        let needs_body = message.fields().len() > inputs.path.len();
        let schema = schemas.message(&message);
        operation["requestBody"] =
            json!({ "required": needs_body, "content": { "application/json": { "schema": schema } } });
    }
    operation
}

/// Gives the call's name, with the path's first word where one call has several.
fn operation_id(route: &Route) -> String {
    let id = route.row.grpc().replace('/', "_");
    match route.row.paths().position(|path| path == route.label) {
        Some(0) | None => id,
        Some(index) => format!("{id}_{}", index + 1),
    }
}

fn parameter(given: &Parameter, place: &str, schemas: &mut Schemas<'_>) -> Value {
    let mut parameter = json!({
        "name": given.name,
        "in": place,
        "required": place == "path",
        "description": schemas.comment(&given.field),
        "schema": schemas.field(&given.field),
    });
    if given.field.is_list() {
        parameter["explode"] = true.into();
    }
    if given.field.is_map() {
        // Each value is `key:value`, and the name may come again.
        parameter["schema"] = json!({ "type": "array", "items": { "type": "string", "pattern": ":" } });
    }
    parameter
}

fn security(needs: Needs) -> Value {
    let bearer = json!({ "bearer": [] });
    match needs {
        Needs::Nothing => json!([]),
        Needs::Level(..) if needs.may_be_open() => json!([{}, bearer]),
        Needs::Session
        | Needs::Login
        | Needs::User
        | Needs::Level(..)
        | Needs::AsUser(..)
        | Needs::OwnOr(..)
        | Needs::Owner(..)
        | Needs::Node
        | Needs::NodeOr(..) => {
            json!([bearer])
        }
    }
}

fn responses(content_type: &str, schema: &Value) -> Value {
    let problem = json!({ "$ref": "#/components/responses/Problem" });
    let answer = json!({ "description": "The answer.", "content": { content_type: { "schema": schema } } });
    json!({ "200": answer, "4XX": problem, "5XX": problem })
}

fn plain_operation(plain: &Plain) -> Value {
    let (verb, path) = plain.label.split_once(' ').expect("every label is a verb and a path");
    let schema = if plain.content_type == "application/json" {
        json!({ "type": "object" })
    } else {
        json!({ "type": "string" })
    };
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<_> = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let verb = if verb == Method::GET.as_str() { String::new() } else { format!("_{}", verb.to_lowercase()) };
    let id = path.trim_start_matches('/').replace(['.', '/', '-'], "_").replace(['{', '}'], "");
    json!({
        "operationId": format!("{id}{verb}"),
        "tags": [OPERATION],
        "parameters": parameters,
        "summary": plain.summary,
        "description": format!("Needs: {}.", plain.needs),
        "security": [{}, { "bearer": [] }],
        "responses": responses(plain.content_type, &schema),
    })
}
