//! What a follower is told, as a stream for both edges: it ends with the caller's token, and with the daemon.

use cpcd_domain::{
    Caller,
    events::{Follower, Watched},
};
use cpcd_model::{Error, Reason, Result};
use futures_util::{Stream, stream};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Gives what a follower is told. After an error the stream is over; the last cursor says where to go on.
pub(crate) fn told(
    app: &App,
    caller: Caller,
    follower: Follower,
    stop: CancellationToken,
) -> impl Stream<Item = Result<Watched>> + Send + use<> {
    let tokens = app.identity.tokens.clone();
    let ended = Box::pin(async move { tokens.ended_or_taken(&caller).await });
    stream::unfold((Some(follower), ended, stop), async |(follower, mut ended, stop)| {
        let mut follower = follower?;
        let watched = tokio::select! {
            biased;
            () = stop.cancelled() => Err(stopping()),
            error = &mut ended => Err(error),
            watched = follower.next() => watched,
        };
        let follower = watched.is_ok().then_some(follower);
        Some((watched, (follower, ended, stop)))
    })
}

/// Makes the error of a stream that ends with the daemon.
pub(crate) fn stopping() -> Error {
    Error::new(Reason::ShuttingDown, "the server is stopping; go on elsewhere, or later")
        .with_retry_after(std::time::Duration::from_secs(1))
}
