//! A connection of any kind, its place, and the time it has to say what it speaks.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use super::{
    Place, Stream,
    heads::{Found, Heads},
    meter::Meter,
};

/// What an HTTP/2 connection begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection of any kind, with its place among those allowed.
///
/// HTTP's own time-outs begin only once it is known what a connection speaks: until then this watches over it.
pub(crate) struct Connection<S> {
    stream: Stream<S>,
    opening: Option<Opening>,
    meter: Option<Meter>,
    heads: Option<Heads>,
    refusing: Option<Refusing>,
    /// How HTTP/1.1 requests are refused that nobody sees, and their longest head.
    refuse: Option<(Refuse, usize)>,
    _place: Option<Place>,
}

/// Writes a whole answer that refuses a request, with a status and why.
pub(crate) type Refuse = fn(http::StatusCode, &str) -> Vec<u8>;

/// An answer of ours on its way.
struct Refusing {
    answer: Vec<u8>,
    written: usize,
    /// Whether nothing more is read.
    is_last: bool,
}

/// How the library's own answers begin; ours have more in them.
const OWN: [(&[u8], http::StatusCode, &str); 3] = [
    (b"HTTP/1.1 400 ", http::StatusCode::BAD_REQUEST, "this is no request that HTTP knows"),
    (b"HTTP/1.1 414 ", http::StatusCode::URI_TOO_LONG, "the path is too long"),
    (b"HTTP/1.1 431 ", http::StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the request's head is too large"),
];

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
    pub(super) fn new(
        stream: Stream<S>,
        place: Option<Place>,
        limit: Duration,
        refuse: Option<(Refuse, usize)>,
    ) -> Self {
        let opening = Some(Opening { read: 0, end: Box::pin(sleep(limit)) });
        Self { stream, opening, meter: None, heads: None, refusing: None, refuse, _place: place }
    }

    /// Takes note of what was read; an error ends the connection.
    fn note(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut frames = bytes;
        if let Some(opening) = &mut self.opening {
            match opening.note(bytes) {
                Speaks::NothingYet => return Ok(()),
                Speaks::Http2(preface) => {
                    self.meter = Some(Meter::new());
                    frames = bytes.get(preface..).unwrap_or_default();
                }
                Speaks::Other => {
                    let mut heads = self.refuse.map(|(_, longest)| Heads::new(longest));
                    if let Some(heads) = &mut heads {
                        // What came before looked like a preface.
                        heads.note(&PREFACE[..opening.read]);
                    }
                    self.heads = heads;
                }
            }
            self.opening = None;
        }
        if self.meter.as_mut().is_some_and(|meter| !meter.goes_on(frames, Instant::now)) {
            return Err(io::Error::other("a flood of frames that bring nothing"));
        }
        let found = self.heads.as_mut().map_or(Found::Nothing, |heads| heads.note(bytes));
        match (found, self.refuse) {
            (Found::Nothing, _) | (Found::TwoLengths { .. }, None) => Ok(()),
            (Found::TwoLengths { is_first: true }, Some((refuse, _))) => {
                let why = "a request has a content-length or a transfer-encoding, not both";
                let answer = refuse(http::StatusCode::BAD_REQUEST, why);
                self.refusing = Some(Refusing { answer, written: 0, is_last: true });
                Ok(())
            }
            // Answers to those before it may be on their way.
            (Found::TwoLengths { is_first: false }, Some(_)) => Err(io::Error::other("a request with two lengths")),
        }
    }

    /// Gives what takes the place of an answer of the library's own.
    fn in_our_words(&self, bytes: &[u8]) -> Option<Refusing> {
        let (refuse, _) = self.refuse.filter(|_| self.meter.is_none())?;
        let (_, status, why) = OWN.iter().find(|(start, ..)| bytes.starts_with(start))?;
        let is_ours = bytes.windows(12).any(|at| at == b"cpc-version:");
        (!is_ours).then(|| Refusing { answer: refuse(*status, why), written: 0, is_last: false })
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let (Some(meter), Poll::Ready(Ok(bytes))) = (&mut self.meter, &written) {
            meter.sent(*bytes);
        }
        written
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Writes what is left of an answer of ours.
    fn poll_refusing(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(refusing) = &mut self.refusing {
            while let Some(left) = refusing.answer.get(refusing.written..).filter(|left| !left.is_empty()) {
                match ready!(Pin::new(&mut self.stream).poll_write(context, left))? {
                    0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    written => refusing.written += written,
                }
            }
        }
        Poll::Ready(Ok(()))
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
        if self.refusing.as_ref().is_some_and(|refusing| refusing.is_last) {
            ready!(self.poll_refusing(context))?;
            // The end, as far as the library is concerned.
            return Pin::new(&mut self.stream).poll_flush(context);
        }
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match read {
            Poll::Ready(Ok(())) => {
                self.note(buffer.filled().get(before..).unwrap_or_default())?;
                if self.refusing.is_some() {
                    buffer.set_filled(before);
                    return self.poll_read(context, buffer);
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
        if let Some(refusing) = self.in_our_words(bytes) {
            self.refusing = Some(refusing);
            return Poll::Ready(Ok(bytes.len()));
        }
        ready!(self.poll_refusing(context))?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_refusing(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_refusing(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Some(refusing) = slices.first().and_then(|first| self.in_our_words(first)) {
            self.refusing = Some(refusing);
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        ready!(self.poll_refusing(context))?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
