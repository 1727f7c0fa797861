//! A connection of any kind, its place, and the time it has to say what it speaks.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep},
};
use tonic::transport::server::Connected;

/// What an HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection of any kind, with its place among those allowed.
///
/// HTTP's own time-outs begin only once it is known what a connection speaks: until then this watches over it.
pub(crate) struct Connection<S> {
    stream: S,
    opening: Option<Opening>,
    _place: Option<Place>,
}

/// The state in which what came is the preface so far, or nothing.
struct Opening {
    read: usize,
    end: Pin<Box<Sleep>>,
}

impl<S> Connection<S> {
    /// Takes a stream, which must say within `limit` what it speaks; to be called on the runtime that serves it.
    pub(crate) fn new(stream: S, place: Option<Place>, limit: Duration) -> Self {
        Self { stream, opening: Some(Opening { read: 0, end: Box::pin(sleep(limit)) }), _place: place }
    }
}

impl Opening {
    /// Takes what came; gives whether it still may become the preface.
    fn goes_on(&mut self, bytes: &[u8]) -> bool {
        let is_preface = PREFACE.get(self.read..).is_some_and(|rest| rest.starts_with(bytes));
        self.read += bytes.len();
        is_preface && self.read < PREFACE.len()
    }
}

impl<S> Connected for Connection<S> {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Some(opening) = &mut self.opening {
            match &read {
                Poll::Ready(_) if opening.goes_on(buffer.filled().get(before..).unwrap_or_default()) => {}
                Poll::Ready(_) => self.opening = None,
                Poll::Pending if opening.end.as_mut().poll(context).is_ready() => {
                    let error = io::Error::new(io::ErrorKind::TimedOut, "nothing that HTTP begins with came in time");
                    return Poll::Ready(Err(error));
                }
                Poll::Pending => {}
            }
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// A connection's place: among all that are allowed, and among those of its runtime. Dropping it gives both back.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    open: Arc<AtomicUsize>,
}

impl Place {
    /// Takes a place.
    pub(super) fn take(permit: OwnedSemaphorePermit, open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self { _permit: permit, open: open.clone() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}
