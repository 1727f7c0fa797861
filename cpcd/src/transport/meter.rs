//! Counts the HTTP/2 frames that cost us and bring nothing: floods of them end their connection.

use std::time::Duration;

use tokio::time::Instant;

/// What a connection may have in store.
const MOST: u32 = 4_000;
/// What comes back in a second.
const PER_SECOND: u32 = 400;
/// What a request earns: its own pings and what closes it.
const EARNED: u32 = 4;
/// So many bytes of ours earn one: the window updates for them.
const BYTES: usize = 64;
/// What taking a request back costs: more than it earned, so that nobody lives on requests taken back.
const RESET: u32 = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const WINDOW_UPDATE: u8 = 8;

/// Length of a frame's head (RFC 9113, section 4.1).
const HEAD: usize = 9;

/// Follows the frames of a connection that speaks HTTP/2, from the byte behind the preface.
pub(super) struct Meter {
    head: [u8; HEAD],
    read: usize,
    /// What is left of the frame's payload.
    payload: usize,
    left: u32,
    filled: Instant,
    /// Bytes of ours that have not earned anything yet.
    sent: usize,
}

impl Meter {
    pub(super) fn new() -> Self {
        Self { head: [0; HEAD], read: 0, payload: 0, left: MOST, filled: Instant::now(), sent: 0 }
    }

    /// Takes what came; gives whether the connection may go on.
    pub(super) fn goes_on(&mut self, mut bytes: &[u8], now: impl Fn() -> Instant) -> bool {
        while !bytes.is_empty() {
            if self.payload > 0 {
                let passed = self.payload.min(bytes.len());
                self.payload -= passed;
                bytes = &bytes[passed..];
                continue;
            }
            let taken = (HEAD - self.read).min(bytes.len());
            self.head[self.read..self.read + taken].copy_from_slice(&bytes[..taken]);
            self.read += taken;
            bytes = &bytes[taken..];
            if self.read == HEAD {
                self.read = 0;
                if !self.count(&now) {
                    return false;
                }
            }
        }
        true
    }

    /// Takes note of what was sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.sent += bytes;
        self.earn(u32::try_from(self.sent / BYTES).unwrap_or(MOST));
        self.sent %= BYTES;
    }

    fn earn(&mut self, earned: u32) {
        self.left = self.left.saturating_add(earned).min(MOST);
    }

    fn count(&mut self, now: impl Fn() -> Instant) -> bool {
        let [high, middle, low, kind, ..] = self.head;
        self.payload = u32::from_be_bytes([0, high, middle, low]) as usize;
        let cost = match kind {
            HEADERS => {
                self.earn(EARNED);
                return true;
            }
            DATA if self.payload > 0 => return true,
            // The end of a request may come in a frame of its own; one a request, and it has earned it.
            DATA | PRIORITY | WINDOW_UPDATE => 1,
            RST_STREAM => RESET,
            // SETTINGS, PING, GOAWAY, CONTINUATION, and what nobody knows.
            _ => 2,
        };
        if self.left < cost {
            self.refill(now());
        }
        match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.duration_since(self.filled).min(Duration::from_secs(3600));
        let came = u32::try_from(passed.as_millis()).unwrap_or(u32::MAX).saturating_mul(PER_SECOND) / 1000;
        if came > 0 {
            self.earn(came);
            self.filled = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, length: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, length, kind, 0, 0, 0, 0, 1];
        frame.extend(vec![0; length.into()]);
        frame
    }

    fn lasts(frames: &[Vec<u8>], rounds: usize) -> usize {
        let (mut meter, now) = (Meter::new(), Instant::now());
        let round: Vec<u8> = frames.concat();
        // Cut where no frame ends.
        (0..rounds).find(|_| !round.chunks(7).all(|part| meter.goes_on(part, || now))).unwrap_or(rounds)
    }

    #[test]
    fn floods_end_and_calls_do_not() {
        assert_eq!(lasts(&[frame(6, 8)], 100_000), 2_000, "pings");
        assert_eq!(lasts(&[frame(4, 0)], 100_000), 2_000, "settings");
        assert_eq!(lasts(&[frame(DATA, 0)], 100_000), 4_000, "empty data");
        assert!(lasts(&[frame(HEADERS, 30), frame(RST_STREAM, 4)], 100_000) < 1_000, "requests taken back");
        assert!(
            lasts(&[frame(HEADERS, 30), frame(9, 30), frame(9, 30), frame(9, 30)], 100_000) < 2_001,
            "continuations"
        );
        let call = [frame(HEADERS, 30), frame(DATA, 60), frame(DATA, 0), frame(WINDOW_UPDATE, 4), frame(6, 8)];
        assert_eq!(lasts(&call, 100_000), 100_000, "honest calls");
    }

    #[test]
    fn who_takes_much_may_say_so() {
        let (mut meter, now) = (Meter::new(), Instant::now());
        for _ in 0..100_000 {
            meter.sent(109);
            assert!(meter.goes_on(&frame(WINDOW_UPDATE, 4), || now));
        }
    }

    #[test]
    fn what_was_spent_comes_back() {
        let mut meter = Meter::new();
        let now = meter.filled;
        let later = now + Duration::from_secs(1);
        let pings = |count: usize| frame(6, 8).repeat(count);
        assert!(meter.goes_on(&pings(2_000), || now));
        assert!(meter.goes_on(&pings(200), || later));
        assert!(!meter.goes_on(&pings(1), || later));
    }
}
