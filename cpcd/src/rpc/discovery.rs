//! The streams of `DiscoveryService`.

use std::{future::Future, pin::Pin, time::Duration};

use cpc_proto::v1::{self, discovery_service_server::DiscoveryService};
use cpcd_domain::{Caller, audit::Origin, discovery::Entry};
use cpcd_model::{Error, Reason};
use futures_util::{FutureExt, Stream, StreamExt, future::BoxFuture};
use prost::Message;
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::{Edge, frame::error_of, reply::status};
use crate::{
    app::bearer,
    rates::Cost,
    request_id::RequestId,
    wire::{self, Wire},
};

/// A batch is what has arrived by the time the one before is durable, up to so many entries and so many bytes.
const BATCH_ENTRIES: usize = 500;
const BATCH_BYTES: usize = 4 << 20;

type Answers = Pin<Box<dyn Stream<Item = Result<v1::PublishContentStreamResponse, Status>> + Send>>;

#[async_trait]
impl DiscoveryService for Edge {
    async fn publish_content_stream(
        &self,
        request: Request<Streaming<v1::PublishContentStreamRequest>>,
    ) -> Result<Response<Answers>, Status> {
        let (metadata, extensions, entries) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let fail = |error: &Error| status(error, request_id.as_ref());
        let origin = Self::origin("DiscoveryService/PublishContentStream");
        let token = bearer(&metadata.into_headers()).map_err(|error| fail(&error))?;
        let arrived = self.app.rates.arrive(Cost::Publish).map_err(|error| fail(&error))?;
        let (app, door) = (self.app.clone(), self.door);
        let caller = app.clone().run(async move { app.caller(door, token.as_deref()).await }).await;
        let caller = caller.inspect_err(|error| self.app.audit.refused(&origin, None, error));
        let caller = caller.map_err(|error| fail(&error))?;
        self.app.rates.admit(arrived, &caller, None).map_err(|error| fail(&error))?;

        let Ok(place) = self.bulk.clone().try_acquire_owned() else {
            let text = "as many bulk publishes as may be are under way; try again in a moment";
            return Err(fail(&Error::new(Reason::Overloaded, text).with_retry_after(Duration::from_secs(1))));
        };
        let (sender, receiver) = mpsc::channel(1);
        let (tokens, holder) = (self.app.identity.tokens.clone(), caller.clone());
        let token_ended = Box::pin(async move { tokens.ended(&holder).await });
        let edge = self.clone();
        let bulk = BulkPublish { edge, origin, caller, token_ended, entries, last: None, failure: None };
        self.app.runtime.spawn(async move {
            let _place = place;
            let mut bulk = bulk;
            while let Some(answer) = bulk.next().await {
                let end = answer.is_err();
                let answer = answer.map_err(|failure| match failure {
                    Failure::Ours(error) => status(&error, request_id.as_ref()),
                    Failure::Theirs(refusal) => refusal,
                });
                // A client that does not read its answers is one that has gone.
                let sent = bulk.edge.before_idle(sender.send(answer)).await;
                if end || !matches!(sent, Some(Ok(()))) {
                    return;
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

impl Edge {
    /// Waits for a stream's other side: nothing if it is silent for too long, or the daemon stops.
    async fn before_idle<T>(&self, side: impl Future<Output = T>) -> Option<T> {
        let idle = Duration::from_secs(self.limits.stream_idle_seconds.into());
        tokio::select! {
            () = self.stop.cancelled() => None,
            done = timeout(idle, side) => done.ok(),
        }
    }
}

/// A bulk publish under way.
struct BulkPublish {
    edge: Edge,
    origin: Origin,
    caller: Caller,
    /// Comes when the caller's token is revoked or has expired.
    token_ended: BoxFuture<'static, Error>,
    entries: Streaming<v1::PublishContentStreamRequest>,
    last: Option<u64>,
    /// What ends the stream once the answer for what came before is out.
    failure: Option<Failure>,
}

/// Why a bulk publish ends early.
enum Failure {
    Ours(Error),
    /// A status that has its details already.
    Theirs(Status),
}

impl BulkPublish {
    /// Writes what has arrived and answers once it is durable; nothing when the client is done.
    async fn next(&mut self) -> Option<Result<v1::PublishContentStreamResponse, Failure>> {
        if let Some(failure) = self.failure.take() {
            return Some(Err(failure));
        }
        let first = tokio::select! {
            biased;
            error = &mut self.token_ended => return Some(Err(Failure::Ours(error))),
            first = self.edge.before_idle(self.entries.next()) => first,
        };
        let Some(first) = first else {
            let error = if self.edge.stop.is_cancelled() {
                Error::new(Reason::ShuttingDown, "the server is stopping; go on elsewhere, or later")
                    .with_retry_after(Duration::from_secs(1))
            } else {
                Error::new(Reason::DeadlineExceeded, "nothing came for too long")
            };
            return Some(Err(Failure::Ours(error)));
        };
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut arrived = Some(first?);
        while let Some(message) = arrived {
            bytes += message.as_ref().map_or(0, Message::encoded_len);
            match message.map_err(read_failure).and_then(|message| self.entry(message).map_err(Failure::Ours)) {
                Ok(entry) => batch.push(entry),
                Err(failure) if batch.is_empty() => return Some(Err(failure)),
                Err(failure) => {
                    self.failure = Some(failure);
                    break;
                }
            }
            let is_full = batch.len() >= BATCH_ENTRIES || bytes >= BATCH_BYTES;
            arrived = if is_full { None } else { self.entries.next().now_or_never().flatten() };
        }
        let published = self.edge.app.discovery.contents.publish_batch(&self.caller, batch).await;
        let published = self.edge.unless_refused(&self.origin, &self.caller, published);
        Some(published.map(|report| report.to_wire()).map_err(Failure::Ours))
    }

    fn entry(&mut self, message: v1::PublishContentStreamRequest) -> Result<Entry, Error> {
        let sequence = message.sequence;
        if self.last.is_some_and(|last| sequence <= last) {
            return Err(Error::field(Reason::FieldInvalid, "sequence", format!("{sequence} does not rise")));
        }
        self.last = Some(sequence);
        let content = message.content.ok_or_else(|| Error::required("content"));
        Ok(Entry { sequence, content: content.and_then(wire::draft) })
    }
}

/// Reads what stopped the client's messages: our codec's refusal as it is, tonic's own in our words.
fn read_failure(theirs: Status) -> Failure {
    if theirs.details().is_empty()
        && let Some(error) = error_of(&theirs)
    {
        return Failure::Ours(error);
    }
    Failure::Theirs(theirs)
}
