//! The bench's handle on the server process, and the cpu time of a process.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Outcome;
use crate::plan::Candidate;

const ENDED: &str = "the server ended before its time: see its message above, if it left one";

/// A running server; dropping it ends it.
pub(crate) struct Server {
    process: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts this program as the server of a candidate and waits until it listens.
    pub(crate) fn start(candidate: Candidate) -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--serve", candidate.name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = process.stdin.take().expect("stdin is piped");
        let answers = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let mut server = Self { process, ask, answers, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) };
        let port = server.line()?.trim().parse()?;
        server.address.set_port(port);
        Ok(server)
    }

    /// Asks for the open connections of each runtime.
    pub(crate) fn open(&mut self) -> Outcome<Vec<usize>> {
        writeln!(self.ask, "open").map_err(|_| ENDED)?;
        self.line()?.split_whitespace().map(|word| Ok(word.parse()?)).collect()
    }

    /// The cpu time of the server so far.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        cpu(&self.process.id().to_string())
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(ENDED.into()),
            _ => Ok(line),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it is gone already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// User and system time of all threads of a process ("self" for this one), from Linux's `/proc`.
pub(crate) fn cpu(process: &str) -> Outcome<Duration> {
    let path = format!("/proc/{process}/stat");
    let stat = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    // The name in parentheses may hold blanks, so count from its end: utime and stime are fields 14 and 15.
    let (_, fields) = stat.rsplit_once(')').ok_or_else(|| format!("{path} has no name in it"))?;
    let ticks: Vec<u64> = fields.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    // The unit is 1/100 s on every architecture that we ship for.
    Ok(Duration::from_millis(10 * ticks.iter().sum::<u64>()))
}
