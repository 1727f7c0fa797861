//! The gRPC edge: services on the TCP listener's runtimes and on the Unix socket.

mod beats;
mod connection;
mod discovery;
mod ending;
mod frame;
mod health;
mod local;
mod refusals;
mod registry;
mod reply;
mod runtimes;
mod unary;

use std::{sync::Arc, time::Duration};

use cpc_proto::{FILE_DESCRIPTOR_SET, v1};
use tokio::sync::Semaphore;
use tonic::{
    service::Routes,
    transport::server::{Router, Server},
};
use tonic_health::{
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};
use tower::layer::util::{Identity, Stack};

use ending::Ending;
use unary::Unary;

use crate::{
    app::{App, Door},
    settings::Limits,
};

pub(crate) use connection::Connection;
pub(crate) use frame::FrameLayer;
pub(crate) use health::{follow_health, set_health};
pub(crate) use local::serve_local;
pub(crate) use refusals::Refusals;
pub(crate) use runtimes::serve_network;

/// A service of ours: the operations, and the door its requests come through.
#[derive(Clone)]
pub(crate) struct Edge {
    pub(crate) app: App,
    pub(crate) door: Door,
    pub(crate) limits: Limits,
    pub(crate) stop: tokio_util::sync::CancellationToken,
    /// Bulk publishes that may be under way at once.
    pub(crate) bulk: Arc<Semaphore>,
}

/// What a listener serves.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) edge: Edge,
    pub(crate) health: HealthReporter,
    pub(crate) reflection: bool,
}

impl Services {
    /// Assembles the services for one runtime.
    fn router(&self) -> Router<Stack<FrameLayer, Identity>> {
        let limits = &self.edge.limits;
        let max = limits.message_bytes;
        let stop = &self.edge.stop;
        let health = HealthServer::new(HealthService::from_health_reporter(self.health.clone()));
        let edge = Arc::new(self.edge.clone());
        let identity = v1::identity_service_server::IdentityServiceServer::from_arc(edge.clone());
        let nodes = v1::node_orchestration_server::NodeOrchestrationServer::from_arc(edge.clone());
        let discovery = v1::discovery_service_server::DiscoveryServiceServer::from_arc(edge.clone());
        let admin = v1::admin_service_server::AdminServiceServer::from_arc(edge.clone());
        let mut routes = Routes::new(Ending::new(health, stop))
            .add_service(Unary::new(&edge, identity.max_decoding_message_size(max)))
            .add_service(Unary::new(&edge, nodes.max_decoding_message_size(max)))
            .add_service(Unary::new(&edge, discovery.max_decoding_message_size(max)))
            .add_service(Unary::new(&edge, admin.max_decoding_message_size(max)));
        if self.reflection {
            let builder = || {
                tonic_reflection::server::Builder::configure()
                    .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
                    .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            };
            if let (Ok(v1), Ok(v1alpha)) = (builder().build_v1(), builder().build_v1alpha()) {
                routes = routes.add_service(Ending::new(v1, stop)).add_service(Ending::new(v1alpha, stop));
            }
        }
        // Every limit that tonic leaves open is set here, but for two that the frame keeps: the time of a call and the number of
        // calls at once. tonic's own layers for these lie outside ours and answer without reason or hint.
        Server::builder()
            .max_concurrent_streams(Some(limits.streams_per_connection))
            .http2_max_pending_accept_reset_streams(Some(20))
            .http2_max_local_error_reset_streams(Some(1024))
            .http2_max_header_list_size(Some(limits.header_bytes))
            .http2_keepalive_interval(Some(Duration::from_secs(20)))
            .http2_keepalive_timeout(Some(Duration::from_secs(20)))
            .tcp_nodelay(true)
            .layer(FrameLayer::new(&self.edge.app, limits))
            .add_routes(routes)
    }
}

/// The services of package `cpc.v1`, without the package.
const SERVICES: [&str; 4] = ["NodeOrchestration", "IdentityService", "DiscoveryService", "AdminService"];

/// All calls of these are unary and answered from the table; what the traits have stands for a call without a row.
impl v1::identity_service_server::IdentityService for Edge {}
impl v1::admin_service_server::AdminService for Edge {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::table;

    #[test]
    fn every_service_answers_without_its_package() {
        let services = table::descriptors().services().filter(|service| service.package_name() == table::PACKAGE);
        for service in services {
            assert!(SERVICES.contains(&service.name()), "{}", service.name());
        }
    }
}
