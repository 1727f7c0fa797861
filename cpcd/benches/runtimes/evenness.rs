//! How evenly connections spread over the runtimes, when they come and after many of them have gone.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::child::Server;
use crate::plan::{CANDIDATES, Placement};

/// Numbers of connections that are tried.
const CONNECTIONS: [usize; 3] = [8, 32, 256];

/// The spread of one placement with so many connections, one pair (fewest, most) a trial.
pub(crate) struct Spread {
    pub(crate) candidate: &'static str,
    pub(crate) connections: usize,
    /// All fresh.
    pub(crate) fresh: Vec<(usize, usize)>,
    /// After a random half went and as many came.
    pub(crate) churned: Vec<(usize, usize)>,
}

/// Measures all placements that have a runtime per core.
pub(crate) fn measure(trials: usize) -> Outcome<Vec<Spread>> {
    let mut spreads = Vec::new();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for candidate in CANDIDATES {
        if candidate.hop || candidate.placement == Placement::Shared {
            continue;
        }
        let mut server = Server::start(candidate)?;
        for connections in CONNECTIONS {
            let (mut fresh, mut churned) = (Vec::new(), Vec::new());
            for _ in 0..trials {
                let mut open = connect(&server, connections)?;
                fresh.push(settle(&mut server, connections)?);
                dice.shuffle(&mut open);
                open.truncate(connections / 2);
                settle(&mut server, connections / 2)?;
                open.extend(connect(&server, connections - connections / 2)?);
                churned.push(settle(&mut server, connections)?);
                drop(open);
                settle(&mut server, 0)?;
            }
            spreads.push(Spread { candidate: candidate.name, connections, fresh, churned });
        }
    }
    Ok(spreads)
}

fn connect(server: &Server, connections: usize) -> Outcome<Vec<TcpStream>> {
    (0..connections).map(|_| Ok(TcpStream::connect(server.address)?)).collect()
}

/// Waits until so many connections are open and answers the fewest and the most on a runtime.
fn settle(server: &mut Server, connections: usize) -> Outcome<(usize, usize)> {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let open = server.open()?;
        if open.iter().sum::<usize>() == connections {
            return Ok((open.iter().min().copied().unwrap_or(0), open.iter().max().copied().unwrap_or(0)));
        }
        if Instant::now() > deadline {
            return Err(format!("the server has {open:?} connections where {connections} should be open").into());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Xorshift: the same choice in each run, without a crate.
struct Dice(u64);

impl Dice {
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            items.swap(last, (self.0 % (last as u64 + 1)) as usize);
        }
    }
}
