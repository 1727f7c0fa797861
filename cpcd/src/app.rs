//! The daemon's operations in one handle, for both edges.

use std::{future::Future, net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use cpc_signing::PEER_ID_AUTH_SCHEME;
use cpcd_domain::{
    Caller, audit::Audit, discovery::Discovery, events::Events, identity::Identity, migrations::Migrations,
    registry::Registry, sharing::Sharing, system::System,
};
use cpcd_model::{Error, Reason, Result, time::Timestamp};
use cpcd_store::deadline;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use crate::{auth_params, rates::Rates, telemetry::Metrics};

/// Everything a call can reach; a pointer, since each call and each stream holds one.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

/// What the daemon consists of.
pub(crate) struct Parts {
    pub(crate) identity: Identity,
    pub(crate) registry: Registry,
    pub(crate) sharing: Sharing,
    pub(crate) discovery: Discovery,
    pub(crate) events: Events,
    pub(crate) system: System,
    pub(crate) audit: Audit,
    pub(crate) migrations: Migrations,
    pub(crate) metrics: Metrics,
    pub(crate) about: Arc<About>,
    pub(crate) runtime: Handle,
    /// Calls that may be under way at once, on both edges together.
    pub(crate) slots: Arc<Semaphore>,
    pub(crate) rates: Arc<Rates>,
}

/// What the daemon knows of itself.
pub(crate) struct About {
    pub(crate) started_at: Timestamp,
    pub(crate) grpc_address: String,
    pub(crate) rest_address: String,
    pub(crate) message_bytes: usize,
}

/// Through which door a request came: it decides who a caller without a token is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Door {
    /// A TCP listener at this address.
    Network(IpAddr),
    /// The Unix socket; the peer's uid has been checked.
    Local,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the daemon together.
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Finds out who asks.
    pub(crate) async fn caller(&self, door: Door, token: Option<&str>) -> Result<Caller> {
        let verified = match token {
            Some(token) => Some(self.identity.tokens.verify(token).await?),
            None => None,
        };
        Ok(self.at(door, verified))
    }

    /// Finds out whose heartbeat it is: it goes on while nobody can say what was revoked lately.
    pub(crate) async fn heart(&self, door: Door, token: Option<&str>) -> Result<Caller> {
        let verified = match token {
            Some(token) => Some(self.identity.tokens.verify_unconfirmed(token).await?),
            None => None,
        };
        Ok(self.at(door, verified))
    }

    fn at(&self, door: Door, verified: Option<Caller>) -> Caller {
        match (verified, door) {
            (Some(caller), Door::Local) => caller,
            (Some(caller), Door::Network(listener)) => {
                self.registry.peers.at(self.discovery.known(caller, listener), listener)
            }
            (None, Door::Local) => Caller::local_admin(),
            (None, Door::Network(listener)) => self.registry.peers.at(self.discovery.anonymous(listener), listener),
        }
    }

    /// Says whether a call would find a place among those under way.
    pub(crate) fn has_room(&self) -> bool {
        self.slots.available_permits() > 0
    }

    /// Takes a place among the calls that may be under way at once; the local administrator always has one.
    ///
    /// To be held by the work itself and not by whoever waits for it, so that callers who go away make no room for more.
    pub(crate) fn slot(&self, door: Door) -> Result<Option<OwnedSemaphorePermit>> {
        if matches!(door, Door::Local) {
            return Ok(None);
        }
        self.slots.clone().try_acquire_owned().map(Some).map_err(|_| full())
    }

    /// Gives why a call that comes through a door finds no place; nothing if there is one.
    pub(crate) fn refusal(&self, door: Door) -> Option<Error> {
        (matches!(door, Door::Network(_)) && !self.has_room()).then(full)
    }

    /// Runs work on the main runtime, where the stores live, whatever runtime the request came in on.
    ///
    /// It has the time that the request has: engines do nothing for it afterwards. The work is not torn by a caller that goes away; a panic in it becomes an error of this one call.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.runtime
            .spawn(deadline::within(deadline::current(), work))
            .await
            .unwrap_or_else(|error| Err(Error::internal(error)))
    }
}

fn full() -> Error {
    Error::new(Reason::Overloaded, "the server has more to do than it can; try again in a moment")
        .with_retry_after(Duration::from_secs(1))
}

/// Reads the token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &http::HeaderMap) -> Result<Option<String>> {
    let mut values = headers.get_all(http::header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(token.trim().to_owned());
        }
        // What a login over HTTP as libp2p has it gives is sent back under its own scheme.
        let parameters = auth_params::read(text, PEER_ID_AUTH_SCHEME)?;
        parameters.into_iter().find(|(name, _)| *name == "bearer").map(|(_, token)| token.to_owned())
    });
    match (token, values.next()) {
        (Some(token), None) => Ok(Some(token)),
        _ => Err(Error::new(Reason::TokenInvalid, "the authorization header must be one of the form 'Bearer TOKEN'")),
    }
}
