//! A stream's responses as server-sent events, of which a cut-off reader misses nothing.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use cpc_proto::v1;
use cpcd_domain::events::{Filter, News, Watched};
use cpcd_model::{Error, Reason, Result};
use futures_util::{Stream, StreamExt, stream::BoxStream};
use http::{HeaderMap, HeaderValue, header::CACHE_CONTROL};
use warp::{Reply, reply::Response, sse};

use super::{
    Edge,
    calls::{Request, input},
    reply,
};
use crate::{
    app::bearer,
    calls::{self, table::Inputs},
    following::told,
    rates::Cost,
    wire::Wire,
};

/// A comment so often, so that nobody in between takes the connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a reader is to wait before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// A stream that only one thread at a time can reach: warp wants to share what none of its threads does.
struct Alone<T>(Mutex<BoxStream<'static, T>>);

impl<T> Stream for Alone<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(context)
    }
}

/// Follows events: `id` is the cursor, `event` the kind, `data` the event in proto JSON.
pub(super) async fn answer(edge: Edge, inputs: Arc<Inputs>, request: Request) -> Response {
    match follow(&edge, &inputs, request).await {
        Ok(told) => {
            let told = Alone(Mutex::new(told.boxed()));
            let mut response = sse::reply(sse::keep_alive().interval(KEEP_ALIVE).stream(told)).into_response();
            // The library says no-cache, which lets a proxy keep what is for the caller alone.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => reply::failed(error),
    }
}

async fn follow(
    edge: &Edge,
    inputs: &Inputs,
    request: Request,
) -> Result<impl Stream<Item = serde_json::Result<sse::Event>> + Send + use<>> {
    // It costs what a search does, since it may begin far back.
    let arrived = edge.app.rates.arrive(Cost::Search)?;
    let token = bearer(&request.headers)?;
    let last = last_event_id(&request.headers)?;
    let mut message: v1::WatchEventsRequest = calls::read(input(inputs, request)?)?;
    if let Some(last) = last {
        message.cursor = last;
    }
    let (app, door) = (edge.app.clone(), edge.door);
    let origin = calls::origin("EventService/WatchEvents", None);
    let opened = edge.app.run(async move {
        let caller = app.caller(door, token.as_deref()).await;
        let caller = caller.inspect_err(|error| app.audit.refused(&origin, None, error))?;
        app.rates.admit(arrived, &caller, None)?;
        let filter = Filter::read(&message.kinds, &message.subject_ids)?;
        let follower = app.events.follow(&caller, &message.cursor, filter).await;
        let follower = follower.inspect_err(|error| app.audit.refused(&origin, Some(&caller), error))?;
        Ok((caller, follower))
    });
    let (caller, follower) = opened.await?;
    let told = told(&edge.app, caller, follower, edge.stop.clone());
    // An answer that has begun has no place for an error: it ends, and whoever comes back is told why.
    let told = told.take_while(|watched| std::future::ready(watched.is_ok()));
    Ok(told.filter_map(|watched| std::future::ready(watched.ok().map(|watched| event(&watched)))))
}

/// Gives where a reader that was cut off goes on.
fn last_event_id(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("last-event-id").filter(|value| !value.is_empty()) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Error::field(Reason::PageTokenInvalid, "last-event-id", "is no cursor"))?;
    Ok(Some(text.to_owned()))
}

fn event(watched: &Watched) -> serde_json::Result<sse::Event> {
    let event = sse::Event::default().id(&watched.cursor);
    Ok(match &watched.news {
        // Without data nothing is dispatched; the reader only takes note of the id.
        News::Nothing => event.retry(RETRY),
        News::Gap => event.event("gap").data("{}"),
        News::Event(happened) => event.event(&happened.kind).data(serde_json::to_string(&happened.to_wire())?),
    })
}
