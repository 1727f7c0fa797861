//! One connection of the generator: sends heartbeats of one node after another, frame by frame.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::mem;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::Outcome;
use crate::options::{Call, INTERVAL, Shape};
use crate::shared::frames::{self, Frame};
use crate::shared::record::Record;
use crate::speech::Speech;

/// Bytes of gRPC's prefix: not compressed, and the length.
const PREFIX: usize = 5;
/// More window is granted when half of the largest is used up.
const HALF_A_WINDOW: u32 = 1 << 30;

/// Calls that a connection has under way at most, as a client that heeds the server's limit; what is due beyond waits here.
const STREAMS: usize = 100;

/// What the connections share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) shape: Shape,
    pub(crate) speech: Arc<Speech>,
    pub(crate) record: Rc<RefCell<Record>>,
    /// What is meant to be sent from then on, and before then, is written down.
    pub(crate) since: Instant,
    pub(crate) until: Instant,
}

/// What is under way on a stream of HTTP/2.
#[derive(Default)]
struct Pending {
    /// When each that is not answered was meant to be sent, in the order in which answers come.
    meant: VecDeque<Instant>,
    /// Of a call: whether its answer came.
    answered: bool,
    /// Of a stream of heartbeats: whose.
    node: usize,
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
    /// How many are not answered.
    under_way: usize,
    used: u32,
    out: Vec<u8>,
}

impl Client {
    /// Prepares a connection; `number` is its place among all.
    pub(crate) fn new(number: usize, shared: Shared) -> Self {
        let pending = HashMap::new();
        Self {
            number,
            shared,
            next_stream: 1,
            node: number,
            sequence: 1,
            pending,
            under_way: 0,
            used: 0,
            out: Vec::new(),
        }
    }

    /// Sends and receives until the time is over and all is answered; in an open loop sends when `ticks` says so.
    pub(crate) async fn run(mut self, address: SocketAddr, mut ticks: Ticks) -> Outcome<()> {
        let mut socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        frames::put_opening(&mut self.out);
        // One after the other, on streams of their own; an open loop has a single stream, or a call each.
        for _ in 0..self.shared.shape.in_flight.unwrap_or_default() {
            self.begin(Instant::now());
        }
        let mut is_ticking = self.shared.shape.in_flight.is_none();
        let mut inbound = Vec::new();
        while is_ticking || self.under_way > 0 {
            socket.write_all(&self.out).await?;
            self.out.clear();
            inbound.reserve(16 * 1024);
            tokio::select! {
                biased;
                read = socket.read_buf(&mut inbound) => if read? == 0 {
                    return Err("the server closed a connection".into());
                },
                meant = ticks.recv(), if is_ticking && self.pending.len() < STREAMS => {
                    match (meant, self.pending.keys().next()) {
                        (None, _) => is_ticking = false,
                        (Some(meant), Some(stream)) if self.shared.shape.call == Call::Stream => self.say(*stream, meant),
                        (Some(meant), _) => self.begin(meant),
                    }
                    continue;
                }
            }
            let now = Instant::now();
            frames::take_all(&mut inbound, |frame| self.receive(frame, now))?;
        }
        Ok(())
    }

    /// Opens a stream of HTTP/2 and says the first thing on it.
    fn begin(&mut self, meant: Instant) {
        let stream = self.next_stream;
        self.next_stream += 2;
        let speech = &self.shared.speech;
        let (before, after) = if stream == 1 { &speech.first } else { &speech.later };
        let token = speech.authorization(self.node);
        frames::put_parts(&mut self.out, frames::HEADERS, frames::END_HEADERS, stream, &[before, token, after]);
        self.pending.insert(stream, Pending { node: self.node, ..Pending::default() });
        if self.shared.shape.call == Call::Stream && speech.is_bound() {
            self.turn();
        }
        self.say(stream, meant);
    }

    /// Queues a message. The server's window (1 MiB by default) is not watched: far less is ever in flight.
    fn say(&mut self, stream: u32, meant: Instant) {
        let is_stream = self.shared.shape.call == Call::Stream;
        let Some(pending) = self.pending.get_mut(&stream) else { return };
        pending.meant.push_back(meant);
        self.under_way += 1;
        let is_bound = is_stream && self.shared.speech.is_bound();
        let node = if is_bound { pending.node } else { self.node };
        let message = self.shared.speech.message(node, self.sequence);
        let flags = if is_stream { 0 } else { frames::END_STREAM };
        frames::put(&mut self.out, frames::DATA, flags, stream, &message);
        if !is_bound {
            self.turn();
        }
    }

    /// Goes on to the next node; connections take turns.
    fn turn(&mut self) {
        self.node += self.shared.shape.connections;
        if self.node >= self.shared.speech.count() {
            self.node %= self.shared.shape.connections;
            self.sequence += 1;
        }
    }

    fn receive(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        match frame.kind {
            frames::DATA => {
                self.answers(frame, now)?;
                self.ended(frame, now)
            }
            frames::HEADERS => self.ended(frame, now),
            _ => Ok(frames::attend(&mut self.out, frame)?),
        }
    }

    /// Answers came, whole: each must be a good one.
    fn answers(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        let mut rest = frame.payload;
        while let Some((prefix, behind)) = rest.split_first_chunk::<PREFIX>() {
            let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
            let (message, behind) = behind.split_at_checked(length).ok_or("an answer in pieces")?;
            self.shared.speech.check(message)?;
            rest = behind;
            let pending = self.pending.get_mut(&frame.stream).ok_or("an answer to nothing")?;
            match self.shared.shape.call {
                Call::Unary => pending.answered = true,
                Call::Stream => {
                    let meant = pending.meant.pop_front().ok_or("an answer to nothing")?;
                    self.complete(meant, now);
                    if self.goes_on(now) {
                        self.say(frame.stream, now);
                    }
                }
            }
        }
        self.used += u32::try_from(frame.payload.len())?;
        if self.used >= HALF_A_WINDOW {
            let used = mem::take(&mut self.used);
            frames::put_window(&mut self.out, 0, used);
        }
        Ok(())
    }

    /// A stream of HTTP/2 may have ended: good for a call that has its answer, and the end of the run otherwise.
    fn ended(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        if frame.flags & frames::END_STREAM == 0 {
            return Ok(());
        }
        let pending = self.pending.remove(&frame.stream).filter(|pending| pending.answered);
        let meant = pending.and_then(|pending| pending.meant.front().copied());
        self.complete(meant.ok_or("the server refused what was said")?, now);
        if self.goes_on(now) {
            self.begin(now);
        }
        Ok(())
    }

    fn complete(&mut self, meant: Instant, now: Instant) {
        self.under_way -= 1;
        if (self.shared.since..self.shared.until).contains(&meant) {
            self.shared.record.borrow_mut().add(self.number, now - meant);
        }
    }

    /// Whether an answer is followed by the next heartbeat.
    fn goes_on(&self, now: Instant) -> bool {
        self.shared.shape.in_flight.is_some() && now < self.shared.until
    }
}

/// When a connection is to send in an open loop.
pub(crate) type Ticks = mpsc::UnboundedReceiver<Instant>;

/// Tells the connections in turn when to send, so that each node comes once in the interval.
///
/// Without a timer, whose steps of a millisecond would be counted as latency: the core has nothing else to do.
pub(crate) async fn tick(connections: Vec<mpsc::UnboundedSender<Instant>>, shared: Shared, begin: Instant) {
    let gap = INTERVAL.div_f64(shared.speech.count() as f64);
    let (mut due, mut turn) = (begin, 0);
    while due < shared.until {
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        // One that has gone has said why.
        let _ = connections[turn].send(due);
        turn = (turn + 1) % connections.len();
        due += gap;
    }
}

/// How long answers may still take when the time is over.
pub(crate) const LATE: Duration = Duration::from_secs(5);
