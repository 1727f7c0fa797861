//! The bytes of a connection, with TLS or without.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;

use crate::tls::Handshake;

/// The bytes of a connection. A handshake goes on with the first read or write, on the runtime that serves the connection, so that
/// no slow client holds up the accept loop.
pub(crate) enum Stream<S> {
    /// Without TLS.
    Plain(S),
    /// Not yet told.
    Opening(Box<Handshake<S>>),
    /// With TLS.
    Tls(Box<TlsStream<S>>),
    /// The handshake failed.
    Broken,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream<S> {
    /// Tells whether the handshake, if there is one, is over.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self, Self::Opening(_))
    }

    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(_) | Self::Tls(_) => Poll::Ready(Ok(())),
            Self::Broken => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
            Self::Opening(handshake) => {
                let opened = ready!(Pin::new(handshake.as_mut()).poll(context));
                let (stream, answer) = match opened {
                    Ok(stream) => (Self::Tls(Box::new(stream)), Ok(())),
                    Err(error) => (Self::Broken, Err(error)),
                };
                *self = stream;
                Poll::Ready(answer)
            }
        }
    }
}

/// Does the same with whatever is there once the handshake is over.
macro_rules! open {
    ($stream:ident, $context:ident, $inner:ident => $do:expr) => {{
        ready!($stream.poll_open($context))?;
        match &mut *$stream {
            Stream::Plain($inner) => $do,
            Stream::Tls(tls) => {
                let $inner = tls.as_mut();
                $do
            }
            Stream::Opening(_) | Stream::Broken => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }};
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        open!(self, context, inner => Pin::new(inner).poll_read(context, buffer))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        open!(self, context, inner => Pin::new(inner).poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        open!(self, context, inner => Pin::new(inner).poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(inner) => Pin::new(inner).poll_shutdown(context),
            Self::Tls(inner) => Pin::new(inner.as_mut()).poll_shutdown(context),
            // Who has not finished the handshake is owed no farewell.
            Self::Opening(_) | Self::Broken => Poll::Ready(Ok(())),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        open!(self, context, inner => Pin::new(inner).poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(inner) => inner.is_write_vectored(),
            Self::Opening(_) | Self::Tls(_) | Self::Broken => true,
        }
    }
}
