//! The table of calls: each with its names on both edges and what it needs. Routes, labels, OpenAPI, the documents' tables and the
//! matrix test of permissions come from it.

mod admin;
mod audit;
mod discovery;
mod documents;
mod events;
mod identity;
mod needs;
mod parameter;
mod registry;
mod route;
mod row;

use std::{collections::HashMap, sync::LazyLock};

use cpc_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{DescriptorPool, MethodDescriptor};

pub use documents::{audited, interface, permissions};
pub use needs::Needs;
pub(crate) use parameter::{Inputs, Parameter};
pub(crate) use route::{PLAIN, Plain, Route, allowed, label, routes};
pub use row::Row;

use super::Call;

/// Package of all calls.
pub(crate) const PACKAGE: &str = "cpc.v1";

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the build has made them"));

static BY_PATH: LazyLock<HashMap<String, &'static Row>> =
    LazyLock::new(|| rows().map(|row| (format!("/{PACKAGE}.{}", row.grpc()), row)).collect());

static BY_MESSAGE: LazyLock<HashMap<&'static str, &'static Row>> =
    LazyLock::new(|| rows().filter_map(|row| Some(((row.spoken()?.message)(), row))).collect());

/// Gives every call, service by service.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [registry::ROWS, identity::ROWS, discovery::ROWS, events::ROWS, admin::ROWS, audit::ROWS].into_iter().flatten()
}

/// Gives the call of a gRPC path.
pub(crate) fn by_grpc_path(path: &str) -> Option<&'static Row> {
    BY_PATH.get(path).copied()
}

/// Gives the call that a message asks for.
pub(crate) fn of<C: Call>() -> &'static Row {
    BY_MESSAGE.get(std::any::type_name::<C>()).copied().expect("every call has a row")
}

/// Gives the descriptors of everything.
pub(crate) fn descriptors() -> &'static DescriptorPool {
    &POOL
}

impl Row {
    /// Gives the call's descriptor.
    pub(crate) fn descriptor(&self) -> MethodDescriptor {
        let (service, method) = self.grpc().split_once('/').expect("every row is Service/Method");
        let service = POOL.get_service_by_name(&format!("{PACKAGE}.{service}")).expect("a test compares them");
        service.methods().find(|known| known.name() == method).expect("a test compares them")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_call_of_the_descriptors_has_one_row() {
        let ours = POOL.services().filter(|service| service.package_name() == PACKAGE);
        let calls: BTreeSet<_> = ours
            .flat_map(|service| {
                service
                    .methods()
                    .map(|method| format!("{}/{}", method.parent_service().name(), method.name()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let rows: Vec<_> = rows().map(|row| row.grpc().to_owned()).collect();
        assert_eq!(calls, rows.iter().cloned().collect(), "a call without a row, or a row without a call");
        assert_eq!(calls.len(), rows.len(), "a call has two rows");
    }

    #[test]
    fn every_call_that_changes_something_says_what_the_audit_has_of_it() {
        for row in rows() {
            let reads = row.is_told() || row.paths().any(|path| path.starts_with("GET "));
            let says = row.keeps().is_some() || !row.unaudited_because().is_empty();
            assert_ne!(
                reads,
                says,
                "{}: .audited(), .audited_on_others(), .unaudited(why), or it is a GET",
                row.grpc()
            );
        }
    }

    #[test]
    fn every_unary_call_is_answered_and_has_a_route_under_v1() {
        for row in rows() {
            let method = row.descriptor();
            let is_unary = !method.is_client_streaming() && !method.is_server_streaming();
            assert_eq!(row.spoken().is_some(), is_unary, "{}", row.grpc());
            let has_route = row.paths().any(|path| path.split_once(' ').unwrap().1.starts_with("/v1/"));
            assert_eq!(has_route, is_unary || row.is_told(), "{}", row.grpc());
        }
    }
}
