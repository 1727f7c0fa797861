//! A stream of heartbeats: each is answered as it comes, on the thread of its connection.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker, ready},
    time::Duration,
};

use cpc_proto::v1;
use cpcd_domain::{
    Caller,
    registry::{Beat, Beaten},
};
use cpcd_model::{Error, Reason};
use futures_util::{Stream, StreamExt, future::BoxFuture, task::AtomicWaker};
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

/// A stream of heartbeats under way, and of its answers.
///
/// It is polled by hand: for each heartbeat of each node this is all that there is to do, and a future made anew for each costs more than
/// what it does.
pub(super) struct Beats {
    edge: Edge,
    caller: Caller,
    pings: Streaming<v1::NodePing>,
    request_id: Option<RequestId>,
    /// A heartbeat that needs the store, under way.
    taking: Option<BoxFuture<'static, Result<Beaten, Error>>>,
    /// Comes when the caller's token is revoked or has expired; an answer that renews the token renews it.
    token_ended: BoxFuture<'static, Error>,
    /// The daemon's end, and the moment to see whether the node has gone: made once, since most messages need neither.
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
    idle: Pin<Box<Sleep>>,
    heard: Instant,
    /// Says when one of these three is to be looked at; they wake nobody else.
    alarm: Arc<Alarm>,
    waker: Waker,
    is_over: bool,
}

/// Tells a wake-up by what ends a stream from one by what is said on it.
struct Alarm {
    rang: AtomicBool,
    stream: AtomicWaker,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.rang.store(true, Ordering::Release);
        self.stream.wake();
    }
}

impl Beats {
    /// Takes a stream; on the heap, since there is one for each node that is connected.
    pub(super) fn new(
        edge: Edge,
        caller: Caller,
        pings: Streaming<v1::NodePing>,
        request_id: Option<RequestId>,
    ) -> Pin<Box<Self>> {
        let token_ended = ended(&edge, &caller);
        let (stop, idle) = (Box::pin(edge.stop.clone().cancelled_owned()), Box::pin(sleep(IDLE)));
        // It has rung, so that all are looked at once.
        let alarm = Arc::new(Alarm { rang: AtomicBool::new(true), stream: AtomicWaker::new() });
        Box::pin(Self {
            edge,
            caller,
            pings,
            request_id,
            taking: None,
            token_ended,
            stop,
            idle,
            heard: Instant::now(),
            waker: alarm.clone().into(),
            alarm,
            is_over: false,
        })
    }

    /// Looks whether something other than the node ends the stream, if it may have.
    fn poll_guards(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        self.alarm.stream.register(context.waker());
        if !self.alarm.rang.swap(false, Ordering::AcqRel) {
            return Poll::Pending;
        }
        let context = &mut Context::from_waker(&self.waker);
        if self.stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(stopping());
        }
        if let Poll::Ready(error) = self.token_ended.as_mut().poll(context) {
            return Poll::Ready(error);
        }
        while self.idle.as_mut().poll(context).is_ready() {
            let end = self.heard + IDLE;
            if Instant::now() >= end {
                return Poll::Ready(Error::new(Reason::DeadlineExceeded, "nothing came for too long"));
            }
            self.idle.as_mut().reset(end);
        }
        Poll::Pending
    }

    /// Takes a heartbeat; nothing if it needs the store, which is asked then.
    fn take(&mut self, ping: &v1::NodePing) -> Result<Option<Beaten>, Error> {
        self.edge.app.identity.tokens.check_caller(&self.caller)?;
        let beat = wire::beat(ping);
        let app = &self.edge.app;
        let beaten = app.registry.heartbeats.take_plain(&self.caller, &beat, app.has_room())?;
        if beaten.is_none() {
            self.taking = Some(Box::pin(take(app.clone(), self.edge.door, self.caller.clone(), beat)));
        }
        Ok(beaten)
    }

    /// Gives the answer, and goes on with the token that it brings.
    fn answer(&mut self, beaten: &Beaten) -> Result<v1::HeartbeatResponse, Error> {
        if let Some(fresh) = &beaten.tokens
            && let Some(caller) = self.edge.app.identity.tokens.verify_node(&fresh.access_token)?
        {
            self.token_ended = ended(&self.edge, &caller);
            self.alarm.rang.store(true, Ordering::Release);
            self.caller = caller;
        }
        Ok(beaten.to_wire())
    }

    /// Waits for what can be answered; nothing once the node has ended the stream.
    fn poll_beaten(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Beaten, Status>>> {
        loop {
            if let Some(taking) = &mut self.taking {
                let taken = ready!(taking.as_mut().poll(context));
                self.taking = None;
                return Poll::Ready(Some(taken.map_err(|error| status(&error, self.request_id.as_ref()))));
            }
            let Poll::Ready(arrived) = self.pings.poll_next_unpin(context) else {
                let error = ready!(self.poll_guards(context));
                return Poll::Ready(Some(Err(status(&error, self.request_id.as_ref()))));
            };
            self.heard = Instant::now();
            let ping = match arrived {
                None => return Poll::Ready(None),
                Some(Err(theirs)) => return Poll::Ready(Some(Err(self.refusal(theirs)))),
                Some(Ok(ping)) => ping,
            };
            match self.take(&ping) {
                Ok(None) => {}
                Ok(Some(beaten)) => return Poll::Ready(Some(Ok(beaten))),
                Err(error) => return Poll::Ready(Some(Err(status(&error, self.request_id.as_ref())))),
            }
        }
    }
}

impl Stream for Beats {
    type Item = Result<v1::HeartbeatResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let Some(beaten) = ready!(self.poll_beaten(context)) else {
            self.is_over = true;
            return Poll::Ready(None);
        };
        let answer =
            beaten.and_then(|beaten| self.answer(&beaten).map_err(|error| status(&error, self.request_id.as_ref())));
        self.is_over = answer.is_err();
        Poll::Ready(Some(answer))
    }
}

impl Beats {
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

    #[test]
    fn a_stream_costs_little() {
        // There may be a stream for each of some ten thousand nodes.
        assert!(size_of::<Beats>() < 2048, "{}", size_of::<Beats>());
    }
}
