//! The unary calls, message in and message out: decode, ask the domain, encode. Both edges go through here.
//!
//! A call is an `impl Call` beside its siblings and one row of the [`table`]; both edges, the documents and OpenAPI follow.

mod accounts;
mod admin;
mod allocations;
mod audit;
mod discovery;
mod events;
mod friends;
mod grants;
mod identity;
mod invites;
mod keys;
mod operations;
mod peers;
mod registry;
mod service_tokens;
mod spoken;
pub mod table;
mod token_keys;

use std::{future::Future, panic::AssertUnwindSafe};

use cpcd_domain::{
    Caller,
    audit::{Keeps, Origin},
};
use cpcd_model::{Error, Result};
use futures_util::{FutureExt, future::BoxFuture};
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    app::{App, Door},
    rates::{self, Cost},
    request_id::RequestId,
    transport::Peer,
};

pub(crate) use admin::list_migrations;
pub(crate) use spoken::{Input, Spoken, Token, cut, read};

/// A unary call, named by its request message.
pub(crate) trait Call: Message + Default + DeserializeOwned + 'static {
    /// The answer.
    type Response: Message + Serialize + 'static;

    /// Whether the caller matters; where it does not, a stale token does no harm.
    const NEEDS_CALLER: bool = true;

    /// Whether it goes on while nobody can say what was revoked lately; nothing that reads or changes what is kept may.
    const IS_HEARTBEAT: bool = false;

    /// What it costs: how often it may be made.
    const COST: Cost = Cost::Light;

    /// Gives the key that the call is counted under while its caller is not known.
    fn key(&self) -> Option<&[u8]> {
        None
    }

    /// Says whether it is answered from memory alone: it then stays on the thread that it came in on.
    fn is_brief(&self) -> bool {
        false
    }

    /// Decodes, asks the domain, encodes.
    fn call(self, app: &App, caller: &Caller) -> impl Future<Output = Result<Self::Response>> + Send;
}

/// Answers a call that came through `door` with the headers' token.
pub(crate) async fn answer<C: Call>(app: &App, door: Door, token: Token, call: C) -> Result<C::Response> {
    let arrived = app.rates.arrive(C::COST)?;
    let slot = app.slot(door)?;
    let row = table::of::<C>();
    let (inner, peer, origin) = (app.clone(), rates::peer(), origin(row.grpc(), row.keeps()));
    let is_brief = call.is_brief();
    let work = async move {
        let _slot = slot;
        let token = if C::NEEDS_CALLER { token } else { Ok(None) };
        let token = token.inspect_err(|error| inner.audit.refused(&origin, None, error))?;
        let token = token.as_deref();
        let caller = if C::IS_HEARTBEAT { inner.heart(door, token).await } else { inner.caller(door, token).await };
        let caller = caller.inspect_err(|error| inner.audit.refused(&origin, None, error))?;
        inner.rates.admit(arrived, &caller, call.key())?;
        // A call's future has kilobytes: in a box of its own it is not copied with each of those around it.
        let called: BoxFuture<'_, _> = Box::pin(rates::from_peer(peer, call.call(&inner, &caller)));
        let asked = inner.audit.asked(&origin, &caller, called);
        let answer = inner.system.caused_by(cause::<C>(), asked).await;
        answer.inspect_err(|error| inner.audit.refused(&origin, Some(&caller), error))
    };
    if !is_brief {
        return app.run(work).await;
    }
    // As a task of its own would: a panic is an error of this one call.
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| Err(Error::internal("a call panicked")))
}

/// Gives where the request at hand comes from, for the audit.
pub(crate) fn origin(action: &'static str, keeps: Option<Keeps>) -> Origin {
    let address = match rates::peer() {
        Peer::Network(address) => Some(address),
        Peer::Local => None,
    };
    Origin { action, keeps, request_id: RequestId::current().map(RequestId::uuid), address }
}

/// Gives what the statements of a call count under: its message's name.
fn cause<C: Call>() -> &'static str {
    let name = std::any::type_name::<C>();
    name.rsplit("::").next().unwrap_or(name)
}
