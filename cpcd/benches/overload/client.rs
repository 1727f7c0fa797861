//! One connection of the generator: makes calls, frame by frame, and sees which are answered.

use std::{
    cell::RefCell,
    collections::HashMap,
    mem,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};

use crate::{
    Outcome,
    calls::Calls,
    shared::{
        frames::{self, Frame},
        record::Record,
    },
};

/// More window is granted when half of the largest is used up.
const HALF_A_WINDOW: u32 = 1 << 30;
/// Calls that a connection has under way at most, as a client that heeds the server's limit; what is due beyond waits here.
const STREAMS: usize = 100;

/// What became of calls.
pub(crate) struct Tally {
    pub(crate) answered: Record,
    pub(crate) refused: Record,
    /// Streams that were reset.
    pub(crate) reset: u64,
    /// Calls that had no end when the time was over, most of them made just before.
    pub(crate) open: u64,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self { answered: Record::new(1), refused: Record::new(1), reset: 0, open: 0 }
    }
}

/// What the connections of a loop share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) calls: Rc<Calls>,
    pub(crate) tally: Rc<RefCell<Tally>>,
    pub(crate) until: Instant,
}

/// When a connection is to call in an open loop.
pub(crate) type Ticks = mpsc::UnboundedReceiver<Instant>;

struct Pending {
    /// When it was to be made.
    meant: Instant,
    is_answered: bool,
}

/// One connection.
pub(crate) struct Client {
    shared: Shared,
    /// Calls that are always under way in a closed loop; nothing in an open one.
    at_once: usize,
    next_stream: u32,
    pending: HashMap<u32, Pending>,
    used: u32,
    out: Vec<u8>,
}

impl Client {
    pub(crate) fn new(shared: Shared, at_once: usize) -> Self {
        Self { shared, at_once, next_stream: 1, pending: HashMap::new(), used: 0, out: Vec::new() }
    }

    /// Calls until the time is over; in an open loop when `ticks` says so. What has no end then has none.
    pub(crate) async fn run(mut self, address: SocketAddr, mut ticks: Ticks) -> Outcome<()> {
        let mut socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        frames::put_opening(&mut self.out);
        for _ in 0..self.at_once {
            self.begin(Instant::now());
        }
        let end = tokio::time::sleep_until(self.shared.until.into());
        tokio::pin!(end);
        let mut inbound = Vec::new();
        loop {
            socket.write_all(&self.out).await?;
            self.out.clear();
            inbound.reserve(16 * 1024);
            tokio::select! {
                biased;
                () = &mut end => break,
                read = socket.read_buf(&mut inbound) => if read? == 0 {
                    return Err("the server closed a connection".into());
                },
                Some(meant) = ticks.recv(), if self.pending.len() < STREAMS => {
                    self.begin(meant);
                    continue;
                }
            }
            let now = Instant::now();
            frames::take_all(&mut inbound, |frame| self.receive(frame, now))?;
        }
        // What waited for its turn here was made to be made, too.
        let mut waiting = u64::try_from(self.pending.len())?;
        while ticks.try_recv().is_ok() {
            waiting += 1;
        }
        self.shared.tally.borrow_mut().open += waiting;
        Ok(())
    }

    fn begin(&mut self, meant: Instant) {
        let Some(message) = self.shared.calls.next() else { return };
        let (stream, template) = (self.next_stream, &self.shared.calls.template);
        self.next_stream += 2;
        let block = if stream == 1 { &template.first } else { &template.later };
        frames::put(&mut self.out, frames::HEADERS, frames::END_HEADERS, stream, block);
        frames::put(&mut self.out, frames::DATA, frames::END_STREAM, stream, message);
        self.pending.insert(stream, Pending { meant, is_answered: false });
    }

    fn receive(&mut self, frame: &Frame<'_>, now: Instant) -> Outcome<()> {
        match frame.kind {
            frames::DATA => {
                if let Some(pending) = self.pending.get_mut(&frame.stream) {
                    pending.is_answered = true;
                }
                self.used += u32::try_from(frame.payload.len())?;
                if self.used >= HALF_A_WINDOW {
                    let used = mem::take(&mut self.used);
                    frames::put_window(&mut self.out, 0, used);
                }
            }
            frames::HEADERS => {}
            frames::RST_STREAM => {
                self.shared.tally.borrow_mut().reset += 1;
                self.pending.remove(&frame.stream);
                return Ok(());
            }
            _ => return Ok(frames::attend(&mut self.out, frame)?),
        }
        if frame.flags & frames::END_STREAM != 0
            && let Some(ended) = self.pending.remove(&frame.stream)
        {
            let mut tally = self.shared.tally.borrow_mut();
            let record = if ended.is_answered { &mut tally.answered } else { &mut tally.refused };
            record.add(0, now - ended.meant);
            drop(tally);
            if self.at_once > 0 && now < self.shared.until {
                self.begin(now);
            }
        }
        Ok(())
    }
}

/// Tells the connections in turn when to call, so many times a second.
///
/// Without a timer, whose steps of a millisecond would be counted as latency: the core has nothing else to do.
pub(crate) async fn tick(connections: Vec<mpsc::UnboundedSender<Instant>>, rate: f64, until: Instant) {
    let gap = Duration::from_secs_f64(1.0 / rate);
    let (mut due, mut turn) = (Instant::now(), 0);
    while due < until {
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        // One that has gone has said why.
        let _ = connections[turn].send(due);
        turn = (turn + 1) % connections.len();
        due += gap;
        if turn == 0 {
            tokio::task::yield_now().await;
        }
    }
}
