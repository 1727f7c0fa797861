//! What goes on in a connection: calls under way, answers that nobody takes, and when something last moved.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http_body::{Body, Frame, SizeHint};
use rustix::time::{ClockId, clock_gettime};
use tokio::time::Instant;

/// The activity of one connection.
pub(super) struct Activity {
    started: Instant,
    /// The same by the clock that is cheap to read: a call touches its connection five times.
    started_coarse: Duration,
    calls: AtomicUsize,
    /// Answers whose next bytes the client has not made room for.
    held: AtomicUsize,
    /// Milliseconds from the start.
    moved: AtomicU64,
}

/// How long a connection may stay without a call, and with answers that it does not take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) idle: Duration,
    pub(super) held: Duration,
}

/// What a look at a connection finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Look again then.
    At(Instant),
    /// Nobody calls any more.
    Idle,
    /// Answers are not taken.
    Held,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            started_coarse: coarse(),
            calls: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            moved: AtomicU64::new(0),
        })
    }

    /// Begins a call; it lasts until what is given is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Call {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.touch();
        Call(self.clone())
    }

    fn touch(&self) {
        let now = u64::try_from(coarse().saturating_sub(self.started_coarse).as_millis()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Relaxed);
    }

    /// Looks whether the connection is to go.
    pub(super) fn look(&self, patience: Patience, now: Instant) -> Look {
        let moved = self.started + Duration::from_millis(self.moved.load(Ordering::Relaxed));
        let (limit, end) = if self.held.load(Ordering::Relaxed) > 0 {
            (patience.held, Look::Held)
        } else if self.calls.load(Ordering::Relaxed) == 0 {
            (patience.idle, Look::Idle)
        } else {
            return Look::At(now + patience.held.min(patience.idle));
        };
        if now >= moved + limit { end } else { Look::At((moved + limit).min(now + patience.held.min(patience.idle))) }
    }
}

/// Reads the monotonic clock to some milliseconds, at a tenth of the cost.
fn coarse() -> Duration {
    let time = clock_gettime(ClockId::MonotonicCoarse);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// A call under way.
pub(super) struct Call(Arc<Activity>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.touch();
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The body of an answer; with it the call ends.
pub(super) struct Answer<B> {
    inner: B,
    call: Call,
    is_held: bool,
}

impl<B> Answer<B> {
    pub(super) fn new(inner: B, call: Call) -> Self {
        call.0.held.fetch_add(1, Ordering::Relaxed);
        Self { inner, call, is_held: true }
    }

    /// HTTP asks for bytes once there is room for them: who asks and waits holds nothing.
    fn hold(&mut self, is_held: bool) {
        let held = &self.call.0.held;
        match (self.is_held, is_held) {
            (false, true) => drop(held.fetch_add(1, Ordering::Relaxed)),
            (true, false) => drop(held.fetch_sub(1, Ordering::Relaxed)),
            (true, true) | (false, false) => {}
        }
        self.is_held = is_held;
        self.call.0.touch();
    }
}

impl<B> Drop for Answer<B> {
    fn drop(&mut self) {
        self.hold(false);
    }
}

impl<B: Body + Unpin> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        self.hold(matches!(frame, Poll::Ready(Some(Ok(_)))));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Full};

    use super::*;

    const PATIENCE: Patience = Patience { idle: Duration::from_secs(300), held: Duration::from_secs(30) };

    #[test]
    fn a_connection_without_calls_is_idle_after_a_while() {
        let activity = Activity::new();
        let after = |time: Duration| activity.look(PATIENCE, Instant::now() + time);
        assert!(matches!(after(Duration::ZERO), Look::At(_)));
        assert_eq!(after(PATIENCE.idle), Look::Idle);
        let call = activity.begin();
        assert!(matches!(after(PATIENCE.idle * 2), Look::At(_)), "a call may take its time");
        drop(call);
        assert!(matches!(after(PATIENCE.idle / 2), Look::At(_)), "the time counts from its end");
        assert_eq!(after(PATIENCE.idle), Look::Idle);
    }

    #[tokio::test]
    async fn an_answer_that_is_not_taken_is_held() {
        let activity = Activity::new();
        let after = |time: Duration| activity.look(PATIENCE, Instant::now() + time);
        let mut answer = Answer::new(Full::new(bytes::Bytes::from_static(b"x")), activity.begin());
        assert_eq!(after(PATIENCE.held), Look::Held);
        answer.frame().await.unwrap().unwrap();
        assert!(matches!(after(PATIENCE.held / 2), Look::At(_)), "something moved");
        assert_eq!(after(PATIENCE.held), Look::Held, "the bytes wait");
        assert!(answer.frame().await.is_none());
        assert!(matches!(after(PATIENCE.held), Look::At(_)), "all is taken");
    }
}
