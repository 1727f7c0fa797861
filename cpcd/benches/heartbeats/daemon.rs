//! The servers: a real daemon on its folder, or the empty handler; each a process on the server's core.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::shared::pin;
use crate::shared::process::{cpu, resident};

/// How long a start may take: the daemon reads all nodes.
const START: Duration = Duration::from_secs(600);

/// A running server; dropping it ends it.
pub(crate) struct Server {
    process: Child,
    /// Where it takes calls.
    pub(crate) address: SocketAddr,
    metrics: Option<SocketAddr>,
}

impl Server {
    /// Starts a daemon; tokens are good for a day, so that a long run needs no others, and one thread serves, for one core.
    pub(crate) fn daemon(folder: &Path) -> Outcome<Self> {
        Self::daemon_with(folder, &[])
    }

    /// Starts a daemon with some more settings.
    pub(crate) fn daemon_with(folder: &Path, settings: &[(&str, &str)]) -> Outcome<Self> {
        let addresses = folder.join("addresses.json");
        let _ = std::fs::remove_file(&addresses);
        let mut process = pin::server(env!("CARGO_BIN_EXE_cpcd"))
            .args(["--grpc-listen", "127.0.0.1:0"])
            .args(["--rest-listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.join("data"))
            .arg("--addr-file")
            .arg(&addresses)
            .env("CPCD_IDENTITY__JOIN", "open")
            .env("CPCD_IDENTITY__ACCESS_TOKEN_SECONDS", "86400")
            .env("CPCD_SERVER__GRPC_THREADS", "1")
            // Shape B has as many calls under way as are allowed by default.
            .env("CPCD_LIMITS__CALLS", "4096")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(folder.join("cpcd.log"))?)
            .spawn()?;
        let start = Instant::now();
        let read = loop {
            if let Some(read) = std::fs::read(&addresses).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
                break read;
            }
            if process.try_wait()?.is_some() || start.elapsed() > START {
                return Err(format!("cpcd did not start: {}", std::fs::read_to_string(folder.join("cpcd.log"))?).into());
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let read: serde_json::Value = read;
        let address = |name: &str| {
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(read[name].as_str().unwrap_or_default().parse()?)
        };
        Ok(Self { process, address: address("grpc")?, metrics: Some(address("rest")?) })
    }

    /// Starts the empty handler.
    pub(crate) fn empty() -> Outcome<Self> {
        let mut command = pin::server(std::env::current_exe()?);
        let mut process = command.arg("--serve-empty").stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("stdout is piped")).read_line(&mut line)?;
        let port: u16 = line.trim().parse().map_err(|_| "the empty handler did not start")?;
        Ok(Self { process, address: SocketAddr::from(([127, 0, 0, 1], port)), metrics: None })
    }

    /// Takes over another server.
    pub(crate) fn of(process: Child, address: SocketAddr) -> Self {
        Self { process, address, metrics: None }
    }

    /// The cpu time of the whole process so far.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        cpu(&self.process.id().to_string())
    }

    /// Resident memory in MiB.
    pub(crate) fn resident(&self) -> Outcome<u64> {
        resident(&self.process.id().to_string())
    }

    /// How many statements each cause has had so far; none of the empty handler.
    pub(crate) fn statements(&self) -> Outcome<Vec<(String, u64)>> {
        let text = self.metrics()?;
        let counts =
            text.lines().filter_map(|line| line.strip_prefix("cpcd_statements_total{cause=\"")?.split_once("\"} "));
        counts.map(|(cause, count)| Ok((cause.to_owned(), count.trim().parse()?))).collect()
    }

    /// What the daemon's metrics say whose line begins so.
    pub(crate) fn gauges(&self, prefix: &str) -> Outcome<Vec<(String, f64)>> {
        let text = self.metrics()?;
        let lines = text.lines().filter(|line| line.starts_with(prefix)).filter_map(|line| line.rsplit_once(' '));
        lines.map(|(name, value)| Ok((name.to_owned(), value.parse()?))).collect()
    }

    fn metrics(&self) -> Outcome<String> {
        let Some(address) = self.metrics else { return Ok(String::new()) };
        let mut socket = TcpStream::connect(address)?;
        socket.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut text = String::new();
        socket.read_to_string(&mut text)?;
        Ok(text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A daemon that is told to end writes what it has heard, and gives its lease back.
        let asked = rustix::process::Pid::from_raw(self.process.id().cast_signed());
        let _ = asked.map(|pid| rustix::process::kill_process(pid, rustix::process::Signal::TERM));
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
