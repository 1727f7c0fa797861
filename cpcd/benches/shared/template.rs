//! The header blocks of a call, taken from what tonic's own client sends.
//!
//! So the server decodes exactly what it gets in earnest: Huffman codes, and path and authorization in full each time
//! (h2 does not index these two), while the generator only copies bytes.

use std::net::Ipv4Addr;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tonic::Request;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::MetadataValue;
use tonic::transport::Endpoint;

use super::frames::{END_HEADERS, Frame, HEADERS, PADDED_OR_PRIORITY, PREFACE};
use crate::Outcome;
use cpc_proto::codec::BytesCodec;

/// What the calls of a connection begin with.
pub(crate) struct Template {
    /// The block of the first call: it fills the server's table.
    pub(crate) first: Vec<u8>,
    /// The block of each later call: it refers to that table.
    pub(crate) later: Vec<u8>,
}

/// Lets tonic's client make two calls to a listener that never answers, and keeps their header blocks.
pub(crate) fn capture(path: &'static str, authorization: Option<&str>, message: usize) -> Outcome<Template> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = Endpoint::from_shared(format!("http://{}", listener.local_addr()?))?;
        let channel = endpoint.connect_lazy();
        for _ in 0..2 {
            let mut client = Grpc::new(channel.clone());
            let mut request = Request::new(Bytes::from(vec![0; message]));
            if let Some(authorization) = authorization {
                request.metadata_mut().insert("authorization", authorization.parse::<MetadataValue<_>>()?);
            }
            tokio::spawn(async move {
                // No answer ever comes; what goes wrong shows below, as calls that are not there.
                if client.ready().await.is_ok() {
                    let _ = client.unary(request, PathAndQuery::from_static(path), BytesCodec).await;
                }
            });
        }
        let (socket, _) = listener.accept().await?;
        two_blocks(socket).await
    })
}

async fn two_blocks(mut socket: TcpStream) -> Outcome<Template> {
    let mut bytes = Vec::new();
    loop {
        let read = tokio::time::timeout(Duration::from_secs(5), socket.read_buf(&mut bytes)).await;
        if read.map_err(|_| "tonic's client sent no two calls within 5 s")?? == 0 {
            return Err("tonic's client closed its connection before two calls".into());
        }
        let Some(mut rest) = bytes.strip_prefix(PREFACE) else { continue };
        let mut blocks = Vec::new();
        while let Some(frame) = Frame::take(&mut rest) {
            if frame.kind == HEADERS {
                if frame.flags & END_HEADERS == 0 || frame.flags & PADDED_OR_PRIORITY != 0 {
                    return Err("tonic's client frames its headers in a way that this bench does not know".into());
                }
                blocks.push(frame.payload.to_vec());
            }
        }
        if let Ok([first, later]) = <[Vec<u8>; 2]>::try_from(blocks) {
            return Ok(Template { first, later });
        }
    }
}
