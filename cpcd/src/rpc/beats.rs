//! A stream of heartbeats: each is answered as it comes, on the thread of its connection.

use std::{pin::Pin, time::Duration};

use cpc_proto::v1;
use cpcd_domain::{
    Caller,
    registry::{Beat, Beaten},
};
use cpcd_model::{Error, Reason};
use futures_util::{StreamExt, future::BoxFuture};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::{Status, Streaming};

use super::{Edge, frame::error_of, reply::status};
use crate::{
    app::{App, Door},
    following::stopping,
    request_id::RequestId,
    wire::{self, Wire},
};

/// A node that says nothing for so long has gone: three times the longest interval that it is told.
const IDLE: Duration = Duration::from_secs(300);

/// A stream of heartbeats under way.
pub(super) struct Beats {
    edge: Edge,
    caller: Caller,
    /// Comes when the caller's token is revoked or has expired; an answer that renews the token renews it.
    token_ended: BoxFuture<'static, Error>,
    pings: Streaming<v1::NodePing>,
    request_id: Option<RequestId>,
    /// The daemon's end, and the moment to see whether the node has gone: made once, since most messages need neither.
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
    idle: Pin<Box<Sleep>>,
    heard: Instant,
    is_over: bool,
}

impl Beats {
    /// Takes a stream; on the heap, since there is one for each node that is connected.
    pub(super) fn new(
        edge: Edge,
        caller: Caller,
        pings: Streaming<v1::NodePing>,
        request_id: Option<RequestId>,
    ) -> Box<Self> {
        let token_ended = ended(&edge, &caller);
        let (stop, idle) = (Box::pin(edge.stop.clone().cancelled_owned()), Box::pin(sleep(IDLE)));
        let heard = Instant::now();
        Box::new(Self { edge, caller, token_ended, pings, request_id, stop, idle, heard, is_over: false })
    }

    /// Answers the next heartbeat.
    pub(super) async fn next(mut self: Box<Self>) -> Option<(Result<v1::HeartbeatResponse, Status>, Box<Self>)> {
        if self.is_over {
            return None;
        }
        let arrived = loop {
            break tokio::select! {
                biased;
                () = &mut self.stop => Err(stopping()),
                ping = self.pings.next() => Ok(ping?),
                error = &mut self.token_ended => Err(error),
                () = &mut self.idle => {
                    let end = self.heard + IDLE;
                    if Instant::now() < end {
                        self.idle.as_mut().reset(end);
                        continue;
                    }
                    Err(Error::new(Reason::DeadlineExceeded, "nothing came for too long"))
                }
            };
        };
        self.heard = Instant::now();
        let answer = match arrived {
            Err(error) => Err(status(&error, self.request_id.as_ref())),
            Ok(Err(theirs)) => Err(self.refusal(theirs)),
            Ok(Ok(ping)) => self.answer(ping).await.map_err(|error| status(&error, self.request_id.as_ref())),
        };
        self.is_over = answer.is_err();
        Some((answer, self))
    }

    async fn answer(&mut self, ping: v1::NodePing) -> Result<v1::HeartbeatResponse, Error> {
        let tokens = &self.edge.app.identity.tokens;
        tokens.check_caller(&self.caller)?;
        let heartbeats = &self.edge.app.registry.heartbeats;
        let beat = wire::beat(&ping);
        let beaten = match heartbeats.take_plain(&self.caller, &beat, self.edge.app.has_room())? {
            Some(beaten) => beaten,
            None => {
                // Seldom, and large: not a part of each stream.
                Box::pin(take(self.edge.app.clone(), self.edge.door, self.caller.clone(), beat)).await?
            }
        };
        if let Some(fresh) = &beaten.tokens
            && let Some(caller) = tokens.verify_node(&fresh.access_token)?
        {
            self.token_ended = ended(&self.edge, &caller);
            self.caller = caller;
        }
        Ok(beaten.to_wire())
    }

    /// Says in our words what stopped the client's messages.
    fn refusal(&self, theirs: Status) -> Status {
        match error_of(&theirs) {
            Some(error) if theirs.details().is_empty() => status(&error, self.request_id.as_ref()),
            Some(_) | None => theirs,
        }
    }
}

/// Takes a heartbeat that needs the store.
async fn take(app: App, door: Door, caller: Caller, beat: Beat) -> Result<Beaten, Error> {
    let slot = app.slot(door)?;
    let heartbeats = app.registry.heartbeats.clone();
    let work = async move {
        let _slot = slot;
        heartbeats.take(&caller, &beat).await
    };
    app.run(work).await
}

fn ended(edge: &Edge, caller: &Caller) -> BoxFuture<'static, Error> {
    let (tokens, caller) = (edge.app.identity.tokens.clone(), caller.clone());
    Box::pin(async move { tokens.ended(&caller).await })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size<F>(_: fn(Box<Beats>) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_stream_costs_little() {
        // There may be a stream for each of some ten thousand nodes.
        assert!(size_of::<Beats>() < 2048, "{}", size_of::<Beats>());
        assert!(size(Beats::next) < 4096, "{}", size(Beats::next));
    }
}
