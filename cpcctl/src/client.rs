//! The connection to cpcd: channel, token, deadline.

use std::time::Duration;

use cpc_proto::clients::{
    admin_service_client::AdminServiceClient, audit_service_client::AuditServiceClient,
    discovery_service_client::DiscoveryServiceClient, event_service_client::EventServiceClient,
    identity_service_client::IdentityServiceClient, node_orchestration_client::NodeOrchestrationClient,
};
use hyper_util::rt::TokioIo;
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::Channel,
};
use tower::{service_fn, util::Either};

use crate::{
    endpoint::Endpoint,
    environment::Token,
    failure::{Failure, Result},
    rehearsal::{Rehearsal, Rehearsed},
    tls::{Dialer, Trust},
};

/// A page of content can hold descriptions of many kilobytes each.
const MAX_ANSWER: usize = 64 << 20;
/// How often a quiet connection is asked whether it still lives, and how long it may take to say so.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A channel on which every call carries the token and the deadline.
type Link = InterceptedService<Way, Stamp>;
/// The way to the server: straight, or past a rehearsal.
type Way = Either<Channel, Rehearsed<Channel>>;

/// What every call carries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stamp {
    bearer: Option<MetadataValue<Ascii>>,
    timeout: Option<Duration>,
}

impl Interceptor for Stamp {
    fn call(&mut self, mut request: Request<()>) -> std::result::Result<Request<()>, Status> {
        if let Some(bearer) = &self.bearer {
            request.metadata_mut().insert("authorization", bearer.clone());
        }
        if let Some(timeout) = self.timeout {
            request.set_timeout(timeout);
        }
        Ok(request)
    }
}

/// A connection to cpcd; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    channel: Way,
    stamp: Stamp,
}

impl Client {
    /// Connects, as nobody in particular.
    pub(crate) async fn connect(endpoint: &Endpoint, trust: &Trust, timeout: Duration) -> Result<Self> {
        let unreachable = |error: tonic::transport::Error| Failure::unreachable(endpoint, &error);
        let connecting = tonic::transport::Endpoint::from_shared(endpoint.to_string())
            .and_then(|endpoint| endpoint.user_agent(concat!("cpcctl/", env!("CARGO_PKG_VERSION"))))
            .map_err(unreachable)?
            .connect_timeout(timeout)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE);
        let dialer = match endpoint {
            Endpoint::Https(_) => Some(Dialer::new(trust)?),
            Endpoint::Http(_) | Endpoint::Unix(_) => None,
        };
        let connected = match dialer.clone() {
            Some(dialer) => {
                let dial = service_fn(move |uri| {
                    let dialer = dialer.clone();
                    async move { dialer.dial(uri).await.map(TokioIo::new) }
                });
                tokio::time::timeout(timeout, connecting.connect_with_connector(dial)).await
            }
            None => tokio::time::timeout(timeout, connecting.connect()).await,
        };
        let channel = connected
            .map_err(|_| Failure::timeout(timeout).hint(format_args!("is cpcd running at {endpoint}?")))?
            .map_err(|error| {
                let refusal = dialer.and_then(|dialer| dialer.refusal(endpoint));
                refusal.unwrap_or_else(|| unreachable(error))
            })?;
        Ok(Self { channel: Either::Left(channel), stamp: Stamp { bearer: None, timeout: Some(timeout) } })
    }

    /// Gives the same connection for a rehearsal, if there is one.
    pub(crate) fn rehearsing(mut self, rehearsal: Option<&Rehearsal>) -> Self {
        if let (Either::Left(channel), Some(rehearsal)) = (&self.channel, rehearsal) {
            self.channel = Either::Right(Rehearsed::new(channel.clone(), rehearsal.clone()));
        }
        self
    }

    /// Gives the same connection with a token, or without one.
    pub(crate) fn with_token(&self, token: Option<&Token>) -> Result<Self> {
        let bearer = token.map(|token| format!("Bearer {}", token.0).parse()).transpose();
        let mut bearer: Option<MetadataValue<Ascii>> =
            bearer.map_err(|_| Failure::usage("the token has characters that no token has"))?;
        if let Some(bearer) = &mut bearer {
            bearer.set_sensitive(true);
        }
        Ok(Self { channel: self.channel.clone(), stamp: Stamp { bearer, ..self.stamp } })
    }

    /// Gives this connection with the token that another one has.
    pub(crate) fn calling_as(&self, other: &Self) -> Self {
        Self { channel: self.channel.clone(), stamp: other.stamp.clone() }
    }

    /// Gives the same connection for calls that take as long as they take.
    pub(crate) fn without_deadline(&self) -> Self {
        Self { channel: self.channel.clone(), stamp: Stamp { timeout: None, ..self.stamp.clone() } }
    }

    /// Calls the identity service.
    pub(crate) fn identity(&self) -> IdentityServiceClient<Link> {
        IdentityServiceClient::with_interceptor(self.channel.clone(), self.stamp.clone())
    }

    /// Calls the discovery service.
    pub(crate) fn discovery(&self) -> DiscoveryServiceClient<Link> {
        let client = DiscoveryServiceClient::with_interceptor(self.channel.clone(), self.stamp.clone());
        client.max_decoding_message_size(MAX_ANSWER)
    }

    /// Calls the registry of nodes.
    pub(crate) fn nodes(&self) -> NodeOrchestrationClient<Link> {
        let client = NodeOrchestrationClient::with_interceptor(self.channel.clone(), self.stamp.clone());
        client.max_decoding_message_size(MAX_ANSWER)
    }

    /// Calls the service of events.
    pub(crate) fn events(&self) -> EventServiceClient<Link> {
        let client = EventServiceClient::with_interceptor(self.channel.clone(), self.stamp.clone());
        client.max_decoding_message_size(MAX_ANSWER)
    }

    /// Calls the service of the audit.
    pub(crate) fn audit(&self) -> AuditServiceClient<Link> {
        let client = AuditServiceClient::with_interceptor(self.channel.clone(), self.stamp.clone());
        client.max_decoding_message_size(MAX_ANSWER)
    }

    /// Calls the administration service.
    pub(crate) fn admin(&self) -> AdminServiceClient<Link> {
        AdminServiceClient::with_interceptor(self.channel.clone(), self.stamp.clone())
    }
}
