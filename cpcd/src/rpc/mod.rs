//! The gRPC edge: services on the TCP listener's runtimes and on the Unix socket.

mod admin;
mod audit;
mod beats;
mod discovery;
mod ending;
mod events;
mod frame;
mod health;
mod lane;
mod local;
mod migrations;
mod reachability;
mod rebuild;
mod registry;
mod reply;
mod runtimes;
mod unary;
mod waiting;

use std::{convert::Infallible, pin::Pin, sync::Arc};

use cpc_proto::{FILE_DESCRIPTOR_SET, v1};
use futures_util::future::BoxFuture;
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{body::Body, service::Routes};
use tonic_health::{
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};
use tower::{Layer, Service};

use ending::Ending;
use frame::{Frame, FrameLayer};
use unary::Unary;

use crate::{
    app::{App, Door},
    limits::Limits,
    tls::Doors,
    transport::{Http, Peer, Place, Stream, Versions},
};

pub(crate) use health::{follow_health, set_health};
pub(crate) use local::serve_local;
pub(crate) use runtimes::serve_network;
pub(crate) use waiting::{Waiting, WaitingServices};

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

/// What a stream answers.
type Answers<T> = Pin<Box<dyn futures_util::Stream<Item = Result<T, tonic::Status>> + Send>>;

/// What a listener serves.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) edge: Edge,
    pub(crate) health: HealthReporter,
    pub(crate) reflection: bool,
    /// How its connections begin.
    pub(crate) doors: Doors,
}

/// What a listener serves, now or later.
#[derive(Clone)]
pub(crate) enum Served {
    /// Everything.
    All(Services),
    /// Administration, until there is more.
    Waiting(WaitingServices),
}

impl Served {
    fn serving(&self) -> Serving {
        match self {
            Self::All(services) => services.serving(),
            Self::Waiting(services) => services.serving(),
        }
    }

    fn doors(&self) -> &Doors {
        match self {
            Self::All(services) => &services.doors,
            Self::Waiting(services) => &services.doors,
        }
    }
}

/// What a runtime serves its connections with.
#[derive(Clone)]
struct Serving {
    http: Http,
    lanes: Arc<Lanes>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Serving {
    /// Serves a connection in a task of its own, on this runtime.
    fn begin<S>(&self, stream: Stream<S>, place: Option<Place>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let serving = self.clone();
        self.tasks.spawn(async move {
            let Self { http, stop, lanes, .. } = serving;
            http.serve(stream, place, &stop, move |request, peer| lanes.clone().answer(request, peer)).await;
        });
    }

    /// Waits for the last connection's end.
    async fn drain(self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// The ways that a request may go.
struct Lanes {
    /// That of plain heartbeats; nothing while the store waits.
    edge: Option<Edge>,
    /// That of everything.
    routes: Frame<Routes>,
}

impl Lanes {
    async fn answer(self: Arc<Self>, request: Request<Incoming>, peer: Peer) -> Result<Response<Body>, Infallible> {
        let request = match self.edge.as_ref().filter(|_| lane::is_for_lane(&request)) {
            None => request.map(Body::new),
            Some(edge) => match lane::answer(edge, request).await {
                Ok(response) => return Ok(response),
                Err(request) => request,
            },
        };
        self.route(request, peer).await
    }

    /// In a box of its own, so that what does not come here has no room for it in its task.
    fn route(&self, mut request: Request<Body>, peer: Peer) -> BoxFuture<'static, Result<Response<Body>, Infallible>> {
        request.extensions_mut().insert(peer);
        self.routes.clone().call(request)
    }
}

impl Services {
    /// Assembles what one runtime serves.
    fn serving(&self) -> Serving {
        Serving {
            http: Http::new(&self.edge.limits, Versions::Two),
            lanes: Arc::new(Lanes {
                edge: Some(self.edge.clone()),
                routes: FrameLayer::new(&self.edge.app.metrics, &self.edge.limits)
                    .shedding(&self.edge)
                    .layer(self.routes()),
            }),
            stop: self.edge.stop.clone(),
            tasks: TaskTracker::new(),
        }
    }

    fn routes(&self) -> Routes {
        let limits = &self.edge.limits;
        let max = limits.message_bytes;
        let stop = &self.edge.stop;
        let health = HealthServer::new(HealthService::from_health_reporter(self.health.clone()));
        let edge = Arc::new(self.edge.clone());
        let identity = v1::identity_service_server::IdentityServiceServer::from_arc(edge.clone());
        let nodes = v1::node_orchestration_server::NodeOrchestrationServer::from_arc(edge.clone());
        let discovery = v1::discovery_service_server::DiscoveryServiceServer::from_arc(edge.clone());
        let events = v1::event_service_server::EventServiceServer::from_arc(edge.clone());
        let audit = v1::audit_service_server::AuditServiceServer::from_arc(edge.clone());
        let admin = v1::admin_service_server::AdminServiceServer::from_arc(edge.clone());
        let mut routes = Routes::new(Ending::new(health, stop))
            .add_service(Unary::new(&edge, identity.max_decoding_message_size(max)))
            .add_service(Unary::new(&edge, nodes.max_decoding_message_size(max.min(limits.heartbeat_bytes))))
            .add_service(Unary::new(&edge, discovery.max_decoding_message_size(max)))
            .add_service(Unary::new(&edge, events.max_decoding_message_size(max)))
            .add_service(Unary::new(&edge, audit.max_decoding_message_size(max)))
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
        routes.prepare()
    }
}

/// The services of package `cpc.v1`, without the package.
const SERVICES: [&str; 6] =
    ["NodeOrchestration", "IdentityService", "DiscoveryService", "EventService", "AdminService", "AuditService"];

/// All calls of it are unary and answered from the table; what the trait has stands for a call without a row.
impl v1::identity_service_server::IdentityService for Edge {}

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
