//! As much of HTTP/2's framing as the generator needs.

use crate::Outcome;

/// What a client sends first.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

/// Flag of SETTINGS and PING.
const ACK: u8 = 1;
/// Flag of DATA and HEADERS.
pub(crate) const END_STREAM: u8 = 1;
/// Flag of HEADERS.
pub(crate) const END_HEADERS: u8 = 4;
/// Flags of HEADERS that put something before the block.
pub(crate) const PADDED_OR_PRIORITY: u8 = 0x28;

/// Id of the setting for the window of a stream.
const INITIAL_WINDOW_SIZE: u16 = 4;
const LARGEST_WINDOW: u32 = (1 << 31) - 1;
const DEFAULT_WINDOW: u32 = 65_535;

/// Bytes before a payload.
const HEADER: usize = 9;

/// One frame in a buffer.
pub(crate) struct Frame<'a> {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Takes the first frame off a buffer, if all of it is there.
    pub(crate) fn take(bytes: &mut &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
        let [a, b, c, kind, flags, stream @ ..] = *header;
        let (payload, rest) = rest.split_at_checked(u32::from_be_bytes([0, a, b, c]) as usize)?;
        *bytes = rest;
        Some(Self { kind, flags, stream: u32::from_be_bytes(stream) & LARGEST_WINDOW, payload })
    }
}

/// Takes all whole frames off what has arrived, and gives each to `receive`; what is left of the last one stays.
pub(crate) fn take_all(inbound: &mut Vec<u8>, mut receive: impl FnMut(&Frame<'_>) -> Outcome<()>) -> Outcome<()> {
    let mut rest = inbound.as_slice();
    while let Some(frame) = Frame::take(&mut rest) {
        receive(&frame)?;
    }
    let done = inbound.len() - rest.len();
    inbound.drain(..done);
    Ok(())
}

/// Appends a frame.
pub(crate) fn put(out: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("frames are small").to_be_bytes();
    out.extend_from_slice(&[length[1], length[2], length[3], kind, flags]);
    out.extend_from_slice(&stream.to_be_bytes());
    out.extend_from_slice(payload);
}

/// Appends a frame whose payload is in parts.
pub(crate) fn put_parts(out: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, parts: &[&[u8]]) {
    let at = out.len();
    put(out, kind, flags, stream, &[]);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    let length = u32::try_from(out.len() - at - HEADER).expect("frames are small").to_be_bytes();
    out[at..at + 3].copy_from_slice(&length[1..]);
}

/// Appends what opens a connection, with windows so large that the answers are never held back.
pub(crate) fn put_opening(out: &mut Vec<u8>) {
    out.extend_from_slice(PREFACE);
    let mut setting = INITIAL_WINDOW_SIZE.to_be_bytes().to_vec();
    setting.extend_from_slice(&LARGEST_WINDOW.to_be_bytes());
    put(out, SETTINGS, 0, 0, &setting);
    put_window(out, 0, LARGEST_WINDOW - DEFAULT_WINDOW);
}

/// Appends a grant of more window; stream 0 is the connection.
pub(crate) fn put_window(out: &mut Vec<u8>, stream: u32, bytes: u32) {
    put(out, WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes());
}

/// Answers what belongs to the connection and not to a call; gives back what is neither that nor known.
pub(crate) fn attend(out: &mut Vec<u8>, frame: &Frame<'_>) -> Result<(), String> {
    match frame.kind {
        SETTINGS | PING if frame.flags & ACK == 0 => {
            let payload = if frame.kind == PING { frame.payload } else { &[] };
            put(out, frame.kind, ACK, 0, payload);
            Ok(())
        }
        SETTINGS | PING | WINDOW_UPDATE => Ok(()),
        RST_STREAM => Err(format!("the server reset a stream: {:?}", frame.payload)),
        GOAWAY => Err(format!("the server said good-bye: {:?}", frame.payload)),
        other => Err(format!("the server sent a frame of kind {other}")),
    }
}
