//! A connection of any kind, its place, and the time it has to say what it speaks.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use super::{Place, Stream, meter::Meter};

/// What an HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection of any kind, with its place among those allowed.
///
/// HTTP's own time-outs begin only once it is known what a connection speaks: until then this watches over it.
pub(crate) struct Connection<S> {
    stream: Stream<S>,
    opening: Option<Opening>,
    meter: Option<Meter>,
    _place: Option<Place>,
}

/// The state in which what came is the preface so far, or nothing.
struct Opening {
    read: usize,
    end: Pin<Box<Sleep>>,
}

/// What the first bytes say.
enum Speaks {
    NothingYet,
    /// So many of the bytes that came belong to the preface.
    Http2(usize),
    Other,
}

impl<S> Connection<S> {
    /// Takes a stream, which must say within `limit` what it speaks; to be called on the runtime that serves it.
    pub(crate) fn new(stream: Stream<S>, place: Option<Place>, limit: Duration) -> Self {
        let opening = Some(Opening { read: 0, end: Box::pin(sleep(limit)) });
        Self { stream, opening, meter: None, _place: place }
    }

    /// Takes note of what was read; gives whether the connection may go on.
    fn note(&mut self, bytes: &[u8]) -> bool {
        let mut frames = bytes;
        if let Some(opening) = &mut self.opening {
            match opening.note(bytes) {
                Speaks::NothingYet => return true,
                Speaks::Http2(preface) => {
                    self.meter = Some(Meter::new());
                    frames = bytes.get(preface..).unwrap_or_default();
                }
                Speaks::Other => {}
            }
            self.opening = None;
        }
        self.meter.as_mut().is_none_or(|meter| meter.goes_on(frames, Instant::now))
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let (Some(meter), Poll::Ready(Ok(bytes))) = (&mut self.meter, &written) {
            meter.sent(*bytes);
        }
        written
    }
}

impl Opening {
    fn note(&mut self, bytes: &[u8]) -> Speaks {
        let rest = PREFACE.get(self.read..).unwrap_or_default();
        let common = rest.len().min(bytes.len());
        if bytes.is_empty() || rest[..common] != bytes[..common] {
            return Speaks::Other;
        }
        self.read += common;
        if self.read == PREFACE.len() { Speaks::Http2(common) } else { Speaks::NothingYet }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match read {
            Poll::Ready(Ok(())) => {
                if !self.note(buffer.filled().get(before..).unwrap_or_default()) {
                    return Poll::Ready(Err(io::Error::other("a flood of frames that bring nothing")));
                }
            }
            Poll::Ready(Err(_)) => self.opening = None,
            Poll::Pending => {
                // A handshake has a limit of its own.
                let is_open = self.stream.is_open();
                let opening = self.opening.as_mut().filter(|_| is_open);
                if opening.is_some_and(|opening| opening.end.as_mut().poll(context).is_ready()) {
                    let error = io::Error::new(io::ErrorKind::TimedOut, "nothing that HTTP begins with came in time");
                    return Poll::Ready(Err(error));
                }
            }
        }
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(written)
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
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
