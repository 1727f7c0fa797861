//! Messages as JSON schemas, in the proto JSON form (<https://protobuf.dev/programming-guides/json/>).

use std::collections::BTreeMap;

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::comments::Comments;

/// The schemas that were referred to.
pub(super) struct Schemas<'a> {
    comments: &'a Comments,
    /// A message that is being written is there with nothing, so that one may hold itself.
    done: BTreeMap<String, Value>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(comments: &'a Comments) -> Self {
        Self { comments, done: BTreeMap::new() }
    }

    /// Gives all that were referred to.
    pub(super) fn finish(self) -> Map<String, Value> {
        self.done.into_iter().collect()
    }

    /// Gives the reference to a message, and sees to its schema.
    pub(super) fn message(&mut self, message: &MessageDescriptor) -> Value {
        if message.full_name() == "google.protobuf.Timestamp" {
            return json!({ "type": "string", "format": "date-time" });
        }
        let name = local(message.full_name());
        if !self.done.contains_key(&name) {
            self.done.insert(name.clone(), Value::Null);
            let schema = self.object(message);
            self.done.insert(name.clone(), schema);
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    fn object(&mut self, message: &MessageDescriptor) -> Value {
        let properties: Map<_, _> =
            message.fields().map(|field| (field.json_name().to_owned(), self.described(&field))).collect();
        let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        describe(&mut schema, &self.comments.of(&message.parent_file(), message.path()));
        let choices: Vec<_> = message
            .oneofs()
            .filter(|oneof| !oneof.is_synthetic())
            .flat_map(|oneof| {
                let names: Vec<_> = oneof.fields().map(|field| field.json_name().to_owned()).collect();
                let pairs = names.iter().enumerate().flat_map(|(index, one)| {
                    names[index + 1..].iter().map(move |other| json!({ "not": { "required": [one, other] } }))
                });
                pairs.collect::<Vec<_>>()
            })
            .collect();
        if !choices.is_empty() {
            schema["allOf"] = choices.into();
        }
        schema
    }

    /// Gives the schema of a field, with what is said of it.
    pub(super) fn described(&mut self, field: &FieldDescriptor) -> Value {
        let mut schema = self.field(field);
        describe(&mut schema, &self.comment(field));
        schema
    }

    /// Gives what is said of a field.
    pub(super) fn comment(&self, field: &FieldDescriptor) -> String {
        self.comments.of(&field.parent_message().parent_file(), field.path())
    }

    /// Gives the schema of a field.
    pub(super) fn field(&mut self, field: &FieldDescriptor) -> Value {
        if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
            let values = self.kind(&entry.map_entry_value_field().kind());
            return json!({ "type": "object", "additionalProperties": values });
        }
        let one = self.kind(&field.kind());
        if field.is_list() { json!({ "type": "array", "items": one }) } else { one }
    }

    fn kind(&mut self, kind: &Kind) -> Value {
        match kind {
            Kind::Message(message) => self.message(message),
            Kind::Enum(values) => self.choice(values),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({ "type": "integer", "format": "int32" }),
            Kind::Uint32 | Kind::Fixed32 => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({ "type": "string", "format": "int64", "pattern": "^-?[0-9]+$" })
            }
            Kind::Uint64 | Kind::Fixed64 => json!({ "type": "string", "format": "uint64", "pattern": "^[0-9]+$" }),
            Kind::Double => json!({ "type": "number", "format": "double" }),
            Kind::Float => json!({ "type": "number", "format": "float" }),
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        }
    }

    fn choice(&mut self, values: &EnumDescriptor) -> Value {
        let name = local(values.full_name());
        let file = values.parent_file();
        let comments = self.comments;
        self.done.entry(name.clone()).or_insert_with(|| {
            let names: Vec<_> = values.values().map(|value| value.name().to_owned()).collect();
            let meanings =
                values.values().map(|value| format!("- `{}`: {}", value.name(), comments.of(&file, value.path())));
            let meanings = meanings.collect::<Vec<_>>().join("\n");
            let whole = comments.of(&file, values.path());
            json!({ "type": "string", "enum": names, "description": format!("{whole}\n\n{meanings}") })
        });
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}

/// Gives a name without the package.
fn local(name: &str) -> String {
    name.strip_prefix("cpc.v1.").unwrap_or(name).to_owned()
}

fn describe(schema: &mut Value, text: &str) {
    if !text.is_empty() {
        schema["description"] = text.into();
    }
}
