//! HTTP on a connection, with every limit set that is open by default; from its first byte to its end.

use std::{
    convert::Infallible,
    future::Future,
    hash::{BuildHasher, Hasher, RandomState},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use http::{Request, Response};
use http_body::Body;
use hyper::{
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Semaphore,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    Peer, Place, Refuse, Stream,
    activity::{Activity, Answer, Look, Patience},
    connection::Connection,
};
use crate::limits::Limits;

const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// What a connection that is told to end may take for it when nobody calls: the farewell has to arrive.
const FAREWELL: Duration = Duration::from_secs(5);
/// Streams that a client took back before we saw them, and those that ended by its faults.
const RESETS_PENDING: usize = 20;
const RESETS_BY_FAULT: usize = 1024;

/// Which versions of HTTP are spoken.
#[derive(Clone, Copy)]
pub(crate) enum Versions {
    /// HTTP/1.1 and HTTP/2; what the library refuses by itself is refused so.
    Both(Refuse),
    /// HTTP/2.
    Two,
}

/// Serves connections.
#[derive(Clone)]
pub(crate) struct Http {
    builder: Builder<TokioExecutor>,
    /// How long a connection may take to say what it speaks.
    opening: Duration,
    patience: Patience,
    age: Duration,
    grace: Duration,
    calls: usize,
    refuse: Option<(Refuse, usize)>,
}

impl Http {
    /// Sets every limit.
    pub(crate) fn new(limits: &Limits, versions: Versions) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        let head = usize::try_from(limits.header_bytes).unwrap_or(usize::MAX).max(8192);
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(limits.header_seconds.into()))
            .max_buf_size(head);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams_per_connection)
            .max_header_list_size(limits.header_bytes)
            .max_pending_accept_reset_streams(RESETS_PENDING)
            .max_local_error_reset_streams(RESETS_BY_FAULT)
            .keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE);
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let (builder, refuse) = match versions {
            Versions::Both(refuse) => (builder, Some((refuse, head))),
            Versions::Two => (builder.http2_only(), None),
        };
        Self {
            builder,
            refuse,
            opening: seconds(limits.header_seconds),
            patience: Patience { idle: seconds(limits.idle_seconds), held: seconds(limits.stream_idle_seconds) },
            age: seconds(limits.connection_age_seconds),
            grace: seconds(limits.connection_grace_seconds),
            calls: limits.calls_per_connection,
        }
    }

    /// Serves a connection until it ends, its time is over, or `stop`; then calls under way end first.
    ///
    /// `answer` is given each request with whom it comes from. To be called on the runtime that serves it.
    pub(crate) async fn serve<S, B, F>(
        &self,
        stream: Stream<S>,
        place: Option<Place>,
        stop: &CancellationToken,
        answer: impl Fn(Request<Incoming>, Peer) -> F + Send + Sync + 'static,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        B: Body<Data = Bytes> + Unpin + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        F: Future<Output = Result<Response<B>, Infallible>> + Send + 'static,
    {
        let peer = place.as_ref().map_or(Peer::Local, |place| place.peer);
        let activity = Activity::new();
        let (slots, answer) = (Arc::new(Semaphore::new(self.calls)), Arc::new(answer));
        let service = {
            let activity = activity.clone();
            service_fn(move |request: Request<Incoming>| {
                let (call, slots, answer) = (activity.begin(), slots.clone(), answer.clone());
                async move {
                    let slot = slots.acquire_owned().await.expect("the semaphore is never closed");
                    let response = answer(request, peer).await;
                    drop(slot);
                    response.map(|response| response.map(|body| Answer::new(body, call)))
                }
            })
        };
        let stream = TokioIo::new(Connection::new(stream, place, self.opening, self.refuse));
        let mut connection = pin!(self.builder.serve_connection(stream, service));
        let mut end = pin!(sleep_until(Instant::now() + jittered(self.age)));
        let mut look = pin!(sleep_until(Instant::now() + self.patience.idle.min(self.patience.held)));
        let mut is_ending = false;
        loop {
            tokio::select! {
                served = connection.as_mut() => {
                    if let Err(error) = served {
                        tracing::debug!(error, "a connection ended badly");
                    }
                    return;
                }
                // The daemon's own end has a limit of its own.
                () = stop.cancelled(), if !is_ending => {
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                    end.as_mut().reset(Instant::now() + self.grace);
                }
                () = end.as_mut() => {
                    if is_ending {
                        tracing::debug!("a connection whose time is over was cut off");
                        return;
                    }
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                    end.as_mut().reset(Instant::now() + self.grace);
                }
                () = look.as_mut() => match activity.look(self.patience, Instant::now()) {
                    Look::At(next) => look.as_mut().reset(next),
                    Look::Held => {
                        tracing::debug!("a connection that does not take its answers was cut off");
                        return;
                    }
                    Look::Idle => {
                        look.as_mut().reset(Instant::now() + self.patience.idle);
                        if !is_ending {
                            is_ending = true;
                            connection.as_mut().graceful_shutdown();
                            end.as_mut().reset(Instant::now() + FAREWELL);
                        }
                    }
                },
            }
        }
    }
}

/// Gives a tenth more or less, so that what began together does not end together.
fn jittered(time: Duration) -> Duration {
    // The keys of a new hasher are random.
    let random = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    time.mul_f64(0.9 + 0.2 * f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use http_body_util::Empty;

    use super::*;
    use crate::settings::Settings;

    #[tokio::test]
    async fn a_connection_has_so_many_calls_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        let settings = [("server.data_dir", Some(data)), ("limits.calls_per_connection", Some("2".to_owned()))];
        let limits = Settings::load(None, &settings).unwrap().limits;
        let (client, server) = tokio::io::duplex(64 << 10);
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let answer = {
            let most = most.clone();
            move |_, _| {
                let (now, most) = (now.clone(), most.clone());
                async move {
                    most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                    for _ in 0..100 {
                        tokio::task::yield_now().await;
                    }
                    now.fetch_sub(1, Ordering::Relaxed);
                    Ok(Response::new(Empty::<Bytes>::new()))
                }
            }
        };
        let serving = tokio::spawn(async move {
            let http = Http::new(&limits, Versions::Two);
            http.serve(Stream::Plain(server), None, &CancellationToken::new(), answer).await;
        });
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(client)).await.unwrap();
        let connection = tokio::spawn(connection);
        let calls = (0..20).map(|_| {
            let mut sender = sender.clone();
            async move {
                let request = Request::post("http://localhost/").body(Empty::<Bytes>::new()).unwrap();
                sender.send_request(request).await.unwrap().status()
            }
        });
        assert!(join_all(calls).await.into_iter().all(|status| status == 200));
        assert_eq!(most.load(Ordering::Relaxed), 2);
        drop(sender);
        let _ = connection.await.unwrap();
        serving.await.unwrap();
    }
}
