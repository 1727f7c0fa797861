//! What a route takes besides a body, from the descriptors.

use http::Method;
use prost_reflect::{FieldDescriptor, Kind};

use super::Route;

/// A field that path or query give.
pub(crate) struct Parameter {
    /// The parameter's name.
    pub(crate) name: &'static str,
    /// The field's descriptor.
    pub(crate) field: FieldDescriptor,
}

/// What a route takes.
pub(crate) struct Inputs {
    /// Fields that the path gives, in its order.
    pub(crate) path: Vec<Parameter>,
    /// Fields that the query gives; none where there is a body.
    pub(crate) query: Vec<Parameter>,
    /// Whether the rest of the message is the body.
    pub(crate) has_body: bool,
}

impl Route {
    /// Gives what the route takes: all of the message's fields, each in one place.
    pub(crate) fn inputs(&self) -> Inputs {
        let message = self.row.descriptor().input();
        let path: Vec<_> = self
            .template
            .parameters()
            .map(|name| Parameter { name, field: message.get_field_by_name(name).expect("a test holds it") })
            .collect();
        let has_body = self.verb != Method::GET && self.verb != Method::DELETE;
        let is_open = |field: &FieldDescriptor| {
            let other = |given: &Parameter| {
                given.field == *field
                    || (field.containing_oneof().is_some()
                        && given.field.containing_oneof() == field.containing_oneof())
            };
            !path.iter().any(other) && fits_a_query(field)
        };
        let fields = message.fields().filter(|field| !has_body && is_open(field));
        let query = fields.map(|field| {
            // A few dozen names for the life of the process.
            let name = self.row.parameter(field.name()).to_owned().leak();
            Parameter { name, field }
        });
        let query = query.collect();
        Inputs { path, query, has_body }
    }
}

/// Says whether a field can be written as text.
fn fits_a_query(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::Message(message) => {
            field.is_map() && matches!(message.map_entry_value_field().kind(), Kind::String)
                || message.full_name() == "google.protobuf.Timestamp"
        }
        Kind::Double
        | Kind::Float
        | Kind::Int32
        | Kind::Int64
        | Kind::Uint32
        | Kind::Uint64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Fixed32
        | Kind::Fixed64
        | Kind::Sfixed32
        | Kind::Sfixed64
        | Kind::Bool
        | Kind::String
        | Kind::Bytes
        | Kind::Enum(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use crate::calls::table::routes;

    #[test]
    fn every_field_has_a_place() {
        for route in routes() {
            let inputs = route.inputs();
            let message = route.row.descriptor().input();
            if inputs.has_body {
                continue;
            }
            for field in message.fields().filter(|field| field.containing_oneof().is_none()) {
                let found = inputs.path.iter().chain(&inputs.query).filter(|parameter| parameter.field == field);
                assert_eq!(found.count(), 1, "{}: {}", route.label, field.name());
            }
        }
    }

    #[test]
    fn other_names_are_of_fields_that_there_are() {
        let route = routes().iter().find(|route| route.label == "GET /search").unwrap();
        let names: Vec<_> = route.inputs().query.iter().map(|parameter| parameter.name).collect();
        assert_eq!(names, ["q", "tags", "owner", "page_size", "page_token"]);
    }
}
