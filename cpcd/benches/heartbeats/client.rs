//! One connection of the generator: sends heartbeats of one node after another, frame by frame.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpc_proto::v1::{HeartbeatResponse, NodePing, NodeResources};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;
use crate::fleet::Fleet;
use crate::options::{INTERVAL, Shape};
use crate::shared::frames::{self, Frame};
use crate::shared::record::Record;

/// Bytes of a message.
pub(crate) const MESSAGE: usize = 64;
/// Bytes of gRPC's prefix: not compressed, and the length.
const PREFIX: usize = 5;
/// More window is granted when half of the largest is used up.
const HALF_A_WINDOW: u32 = 1 << 30;

/// What the connections share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) shape: Shape,
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) record: Rc<RefCell<Record>>,
    /// What is meant to be sent from then on, and before then, is written down.
    pub(crate) since: Instant,
    pub(crate) until: Instant,
}

/// A call under way.
struct Pending {
    meant: Instant,
    answered: bool,
}

/// One connection.
pub(crate) struct Client {
    number: usize,
    shared: Shared,
    next_stream: u32,
    /// The next node; connections take turns.
    node: usize,
    sequence: u64,
    pending: HashMap<u32, Pending>,
    used: u32,
    out: Vec<u8>,
}

impl Client {
    /// Prepares a connection; `number` is its place among all.
    pub(crate) fn new(number: usize, shared: Shared) -> Self {
        let pending = HashMap::new();
        Self { number, shared, next_stream: 1, node: number, sequence: 1, pending, used: 0, out: Vec::new() }
    }

    /// Sends and receives until the time is over and all is answered.
    pub(crate) async fn run(mut self, address: SocketAddr, begin: Instant) -> Outcome<()> {
        let mut socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        frames::put_opening(&mut self.out);
        let gap =
            INTERVAL.mul_f64(self.shared.shape.connections as f64 / self.shared.fleet.authorizations.len() as f64);
        let mut due = begin + gap.mul_f64(self.number as f64 / self.shared.shape.connections as f64);
        for _ in 0..self.shared.shape.in_flight.unwrap_or_default() {
            self.send(Instant::now());
        }
        let is_open = self.shared.shape.in_flight.is_none();
        let mut inbound = Vec::new();
        while due < self.shared.until || !self.pending.is_empty() {
            socket.write_all(&self.out).await?;
            self.out.clear();
            inbound.reserve(16 * 1024);
            tokio::select! {
                biased;
                read = socket.read_buf(&mut inbound) => if read? == 0 {
                    return Err("the server closed a connection".into());
                },
                () = spin_until(due), if is_open && due < self.shared.until => {
                    self.send(due);
                    due += gap;
                    continue;
                }
            }
            let now = Instant::now();
            if !is_open {
                due = now;
            }
            let mut rest = inbound.as_slice();
            while let Some(frame) = Frame::take(&mut rest) {
                self.receive(&frame, now)?;
            }
            let done = inbound.len() - rest.len();
            inbound.drain(..done);
        }
        Ok(())
    }

    /// Queues one heartbeat. The server's window (1 MiB by default) is not watched: far less is ever in flight.
    fn send(&mut self, meant: Instant) {
        let stream = self.next_stream;
        let fleet = &self.shared.fleet;
        let (before, after) = if stream == 1 { &fleet.first } else { &fleet.later };
        let token = &fleet.authorizations[self.node];
        frames::put_parts(&mut self.out, frames::HEADERS, frames::END_HEADERS, stream, &[before, token, after]);
        let message = message(self.sequence);
        let prefix = [0, 0, 0, 0, MESSAGE as u8];
        frames::put_parts(&mut self.out, frames::DATA, frames::END_STREAM, stream, &[&prefix, &message]);
        self.pending.insert(stream, Pending { meant, answered: false });
        self.next_stream += 2;
        self.node += self.shared.shape.connections;
        if self.node >= fleet.authorizations.len() {
            self.node %= self.shared.shape.connections;
            self.sequence += 1;
        }
    }

    fn receive(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        match frame.kind {
            frames::DATA => {
                self.answer(frame)?;
                self.ended(frame, now)
            }
            frames::HEADERS => self.ended(frame, now),
            frames::SETTINGS if frame.flags & frames::ACK == 0 => {
                frames::put(&mut self.out, frames::SETTINGS, frames::ACK, 0, &[]);
                Ok(())
            }
            frames::PING if frame.flags & frames::ACK == 0 => {
                frames::put(&mut self.out, frames::PING, frames::ACK, 0, frame.payload);
                Ok(())
            }
            frames::SETTINGS | frames::PING | frames::WINDOW_UPDATE => Ok(()),
            other => Err(format!("the server sent a frame of kind {other}: {:?}", frame.payload).into()),
        }
    }

    /// An answer came: it must be one to a node that is known.
    fn answer(&mut self, frame: &Frame<'_>) -> Outcome<()> {
        let message = frame.payload.get(PREFIX..).ok_or("an answer without a message")?;
        let answer = HeartbeatResponse::decode(message)?;
        if answer.register_again || answer.next_heartbeat_ms == 0 {
            return Err(format!("the server does not know a node: {answer:?}").into());
        }
        self.pending.get_mut(&frame.stream).ok_or("an answer to nothing")?.answered = true;
        self.used += u32::try_from(frame.payload.len())?;
        if self.used >= HALF_A_WINDOW {
            let used = mem::take(&mut self.used);
            frames::put_window(&mut self.out, 0, used);
        }
        Ok(())
    }

    /// A call may have ended: with an answer, or in an error that ends the run.
    fn ended(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        if frame.flags & frames::END_STREAM == 0 {
            return Ok(());
        }
        let pending = self.pending.remove(&frame.stream).filter(|pending| pending.answered);
        let meant = pending.ok_or("the server refused a heartbeat")?.meant;
        if (self.shared.since..self.shared.until).contains(&meant) {
            self.shared.record.borrow_mut().add(self.number, now - meant);
        }
        if self.shared.shape.in_flight.is_some() && now < self.shared.until {
            self.send(now);
        }
        Ok(())
    }
}

/// Waits without a timer, whose steps of a millisecond would be counted as latency; the core has nothing else to do.
async fn spin_until(due: Instant) {
    while Instant::now() < due {
        tokio::task::yield_now().await;
    }
}

/// A heartbeat that says what is in use, filled up to its size by a field that nobody knows.
fn message(sequence: u64) -> [u8; MESSAGE] {
    let used = NodeResources {
        cpu_millicores: 500 + sequence % 1000,
        memory_bytes: 3 << 30,
        bandwidth_bits_per_second: 1_000_000,
    };
    let mut bytes = NodePing { sequence, used: Some(used), ..Default::default() }.encode_to_vec();
    // Field 15, bytes.
    bytes.extend_from_slice(&[0x7a, (MESSAGE - bytes.len() - 2) as u8]);
    bytes.resize(MESSAGE, 0);
    bytes.try_into().expect("just made so long")
}

/// How long answers may still take when the time is over.
pub(crate) const LATE: Duration = Duration::from_secs(5);
