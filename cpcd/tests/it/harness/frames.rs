//! HTTP/2 by hand: frames that no library would send.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::within;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const ACK: u8 = 1;
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// A frame as bytes.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame's length");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A header block for a gRPC call, with nothing that needs a table.
pub(crate) fn call(path: &str) -> Vec<u8> {
    // POST, http, and a path that is not to be kept.
    let mut block = vec![0x83, 0x86, 0x04, u8::try_from(path.len()).expect("short")];
    block.extend(path.as_bytes());
    for (name, value) in [(":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers")] {
        block.push(0x00);
        for part in [name, value] {
            block.push(u8::try_from(part.len()).expect("short"));
            block.extend(part.as_bytes());
        }
    }
    block
}

/// A connection of ours.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

impl Raw {
    /// Connects and says hello, with settings as (identifier, value).
    pub(crate) async fn connect(address: SocketAddr, settings: &[(u16, u32)]) -> Self {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let mut payload = Vec::new();
        for (identifier, value) in settings {
            payload.extend(identifier.to_be_bytes());
            payload.extend(value.to_be_bytes());
        }
        let hello = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &payload)].concat();
        stream.write_all(&hello).await.expect("it is written");
        Self { stream }
    }

    /// Reads a frame as (kind, flags, stream, payload); nothing at the end.
    pub(crate) async fn read(&mut self) -> Option<(u8, u8, u32, Vec<u8>)> {
        let mut head = [0; 9];
        within("a frame or the end", self.stream.read_exact(&mut head)).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        within("the rest of a frame", self.stream.read_exact(&mut payload)).await.ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some((head[3], head[4], stream, payload))
    }

    /// Reads until a frame of a kind; nothing at the end.
    pub(crate) async fn until(&mut self, kind: u8) -> Option<(u8, u32, Vec<u8>)> {
        loop {
            let (read, flags, stream, payload) = self.read().await?;
            if read == kind {
                return Some((flags, stream, payload));
            }
        }
    }

    /// Sends the same again and again until the other side ends the connection; gives how often. Panics if it takes `most`.
    pub(crate) async fn flood(self, most: usize, mut bytes: impl FnMut(usize) -> Vec<u8>) -> usize {
        let (mut reader, mut writer) = self.stream.into_split();
        let ended = tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while reader.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
        });
        for number in 0..most {
            if ended.is_finished() || within("a write", writer.write_all(&bytes(number))).await.is_err() {
                return number;
            }
        }
        within("the connection ends", ended).await.expect("it reads");
        most
    }
}
