//! The bench's handle on the server process.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Outcome;
use crate::plan::Candidate;
use crate::shared::process::cpu;

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
