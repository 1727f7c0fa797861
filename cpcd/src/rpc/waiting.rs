//! gRPC while the store waits for migrations: administration for the local administrator, health, and one word for all else.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use cpc_proto::v1;
use cpcd_domain::{Caller, migrations::Migrations};
use cpcd_model::Error;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use tokio::{runtime::Handle, sync::Notify};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{Request, Response, Status, async_trait, body::Body, server::NamedService, service::Routes};
use tonic_health::{
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};
use tower::{Layer, Service};

use super::{
    Lanes, Serving,
    ending::Ending,
    frame::FrameLayer,
    migrations::{Answers, Work},
    reply::status,
};
use crate::{
    app::{Door, bearer},
    calls,
    limits::Limits,
    request_id::RequestId,
    telemetry::Metrics,
    tls::Doors,
    transport::{Http, Versions},
};

/// The calls that are answered.
const ANSWERED: [&str; 2] = ["/cpc.v1.AdminService/ListMigrations", "/cpc.v1.AdminService/ApplyMigrations"];

/// What is there while the store waits.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub(crate) migrations: Migrations,
    pub(crate) door: Door,
    pub(crate) runtime: Handle,
    /// Told when migrations have been done.
    pub(crate) done: Arc<Notify>,
}

/// What a listener serves meanwhile.
#[derive(Clone)]
pub(crate) struct WaitingServices {
    pub(crate) waiting: Waiting,
    pub(crate) health: HealthReporter,
    pub(crate) doors: Doors,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) stop: CancellationToken,
}

impl WaitingServices {
    pub(super) fn serving(&self) -> Serving {
        let waiting = Arc::new(self.waiting.clone());
        let gate = Gate { waiting: waiting.clone(), inner: () };
        let health = HealthServer::new(HealthService::from_health_reporter(self.health.clone()));
        let max = self.limits.message_bytes;
        let admin = v1::admin_service_server::AdminServiceServer::from_arc(waiting.clone());
        let routes = Routes::new(Ending::new(health, &self.stop))
            .add_service(gate.before(v1::identity_service_server::IdentityServiceServer::from_arc(waiting.clone())))
            .add_service(gate.before(v1::node_orchestration_server::NodeOrchestrationServer::from_arc(waiting.clone())))
            .add_service(gate.before(v1::discovery_service_server::DiscoveryServiceServer::from_arc(waiting.clone())))
            .add_service(gate.before(v1::event_service_server::EventServiceServer::from_arc(waiting)))
            .add_service(gate.before(admin.max_decoding_message_size(max)))
            .prepare();
        Serving {
            http: Http::new(&self.limits, Versions::Two),
            lanes: Arc::new(Lanes { edge: None, routes: FrameLayer::new(&self.metrics, &self.limits).layer(routes) }),
            stop: self.stop.clone(),
            tasks: TaskTracker::new(),
        }
    }
}

impl Waiting {
    /// Finds out who asks: tokens cannot be verified yet, so it is the local administrator or nobody.
    fn caller(&self, headers: &HeaderMap) -> Result<Caller, Error> {
        match (self.door, bearer(headers)?) {
            (Door::Local, None) => Ok(Caller::local_admin()),
            (Door::Local | Door::Network(_), _) => Err(self.migrations.refusal()),
        }
    }
}

/// None of these is answered; the gate is before them.
impl v1::identity_service_server::IdentityService for Waiting {}
impl v1::node_orchestration_server::NodeOrchestration for Waiting {}
impl v1::discovery_service_server::DiscoveryService for Waiting {}
impl v1::event_service_server::EventService for Waiting {}

#[async_trait]
impl v1::admin_service_server::AdminService for Waiting {
    async fn list_migrations(
        &self,
        request: Request<v1::ListMigrationsRequest>,
    ) -> Result<Response<v1::ListMigrationsResponse>, Status> {
        let (metadata, extensions, _) = request.into_parts();
        let (waiting, headers) = (self.clone(), metadata.into_headers());
        let listed = self.runtime.spawn(async move {
            let caller = waiting.caller(&headers)?;
            calls::list_migrations(&waiting.migrations, &caller).await
        });
        let listed = listed.await.unwrap_or_else(|error| Err(Error::internal(error)));
        listed.map(Response::new).map_err(|error| status(&error, extensions.get::<RequestId>()))
    }

    async fn apply_migrations(
        &self,
        request: Request<v1::ApplyMigrationsRequest>,
    ) -> Result<Response<Answers>, Status> {
        let (metadata, extensions, message) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let caller = self.caller(&metadata.into_headers()).map_err(|error| status(&error, request_id.as_ref()))?;
        let work = Work {
            migrations: self.migrations.clone(),
            caller,
            message,
            request_id,
            done: self.done.clone(),
            audit: None,
        };
        Ok(Response::new(work.begin(&self.runtime)))
    }
}

/// Lets through what is answered, and refuses the rest.
#[derive(Clone)]
struct Gate<S> {
    waiting: Arc<Waiting>,
    inner: S,
}

impl Gate<()> {
    fn before<S>(&self, inner: S) -> Gate<S> {
        Gate { waiting: self.waiting.clone(), inner }
    }
}

impl<S: NamedService> NamedService for Gate<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for Gate<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if ANSWERED.contains(&request.uri().path()) {
            return Box::pin(self.inner.call(request));
        }
        let refusal = status(&self.waiting.migrations.refusal(), request.extensions().get::<RequestId>());
        Box::pin(async move { Ok(refusal.into_http()) })
    }
}
