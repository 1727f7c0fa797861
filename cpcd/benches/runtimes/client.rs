//! One connection of the generator: keeps its requests in flight, frame by frame.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;
use crate::plan::{Call, MESSAGE, Shape};
use crate::shared::frames::{self, Frame};
use crate::shared::record::Record;
use crate::template::Template;

/// A message with gRPC's prefix: not compressed, 64 bytes.
const PREFIX: usize = 5;
const MESSAGE_IN_GRPC: [u8; PREFIX + MESSAGE] = {
    let mut bytes = [7; PREFIX + MESSAGE];
    [bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]] = [0, 0, 0, 0, MESSAGE as u8];
    bytes
};

/// More window is granted when half of the largest is used up.
const HALF_A_WINDOW: u32 = 1 << 30;

/// What the connections of one thread share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) shape: Shape,
    pub(crate) template: Arc<Template>,
    pub(crate) measuring: Arc<AtomicBool>,
    pub(crate) record: Rc<RefCell<Record>>,
}

struct Pending {
    stream: u32,
    sent: Instant,
    answered: bool,
}

/// One connection.
pub(crate) struct Client {
    number: usize,
    shared: Shared,
    next_stream: u32,
    pending: VecDeque<Pending>,
    used: u32,
    out: Vec<u8>,
}

impl Client {
    /// Prepares a connection; `number` is its place in the record.
    pub(crate) fn new(number: usize, shared: Shared) -> Self {
        Self { number, shared, next_stream: 1, pending: VecDeque::new(), used: 0, out: Vec::new() }
    }

    /// Sends and receives until it is dropped; it returns only what went wrong.
    pub(crate) async fn run(mut self, address: SocketAddr) -> Outcome<()> {
        let mut socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        frames::put_opening(&mut self.out);
        let now = Instant::now();
        for _ in 0..self.shared.shape.in_flight {
            self.send(now);
        }
        let mut inbound = Vec::new();
        loop {
            socket.write_all(&self.out).await?;
            self.out.clear();
            inbound.reserve(16 * 1024);
            if socket.read_buf(&mut inbound).await? == 0 {
                return Err("the server closed a connection".into());
            }
            let now = Instant::now();
            frames::take_all(&mut inbound, |frame| self.receive(frame, now))?;
        }
    }

    /// Queues one request. The server's window (1 MiB by default) is not watched: far less is ever in flight.
    fn send(&mut self, now: Instant) {
        let (call, stream) = (self.shared.shape.call, self.next_stream);
        let template = &self.shared.template;
        let block = if stream == 1 { &template.first } else { &template.later };
        match call {
            Call::Unary => {
                frames::put(&mut self.out, frames::HEADERS, frames::END_HEADERS, stream, block);
                frames::put(&mut self.out, frames::DATA, frames::END_STREAM, stream, &MESSAGE_IN_GRPC);
                self.pending.push_back(Pending { stream, sent: now, answered: false });
                self.next_stream += 2;
            }
            Call::Stream => {
                if stream == 1 {
                    frames::put(&mut self.out, frames::HEADERS, frames::END_HEADERS, stream, block);
                    self.next_stream += 2;
                }
                frames::put(&mut self.out, frames::DATA, 0, 1, &MESSAGE_IN_GRPC);
                self.pending.push_back(Pending { stream: 1, sent: now, answered: false });
            }
        }
    }

    fn receive(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        match frame.kind {
            frames::DATA => {
                self.data(frame, now)?;
                self.ended(frame, now)
            }
            frames::HEADERS => self.ended(frame, now),
            _ => Ok(frames::attend(&mut self.out, frame)?),
        }
    }

    /// Messages came: they must be the ones that were sent, whole.
    fn data(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        let (messages, rest) = frame.payload.as_chunks::<{ PREFIX + MESSAGE }>();
        if !rest.is_empty() || messages.iter().any(|message| *message != MESSAGE_IN_GRPC) {
            return Err("the server answered with something else than it was sent".into());
        }
        self.widen(frame.stream, u32::try_from(frame.payload.len())?);
        for _ in messages {
            match self.shared.shape.call {
                Call::Unary => {
                    let pending = self.pending.iter_mut().find(|pending| pending.stream == frame.stream);
                    pending.ok_or("an answer to nothing")?.answered = true;
                }
                Call::Stream => {
                    let pending = self.pending.pop_front().ok_or("an answer to nothing")?;
                    self.complete(&pending, now);
                }
            }
        }
        Ok(())
    }

    /// A stream may have ended: good for a unary call that got its message, an error otherwise.
    fn ended(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        if frame.flags & frames::END_STREAM == 0 {
            return Ok(());
        }
        let index = self.pending.iter().position(|pending| pending.stream == frame.stream && pending.answered);
        let index = index.ok_or("the server ended a call without an answer")?;
        let pending = self.pending.swap_remove_front(index).expect("the index was just found");
        self.complete(&pending, now);
        Ok(())
    }

    fn complete(&mut self, pending: &Pending, now: Instant) {
        if self.shared.measuring.load(Ordering::Relaxed) {
            self.shared.record.borrow_mut().add(self.number, now - pending.sent);
        }
        self.send(now);
    }

    fn widen(&mut self, stream: u32, bytes: u32) {
        self.used += bytes;
        if self.used >= HALF_A_WINDOW {
            let used = mem::take(&mut self.used);
            frames::put_window(&mut self.out, 0, used);
            if self.shared.shape.call == Call::Stream {
                frames::put_window(&mut self.out, stream, used);
            }
        }
    }
}
