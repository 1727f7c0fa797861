//! The command line.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use crate::Outcome;

/// Which call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Search,
    Login,
}

/// What is offered to whom.
pub(crate) struct Options {
    pub(crate) address: SocketAddr,
    /// The daemon's process, for its memory and its cpu time.
    pub(crate) pid: String,
    pub(crate) kind: Kind,
    /// A file with what is searched for, one search a line.
    pub(crate) queries: PathBuf,
    /// How many times what is taken at most.
    pub(crate) times: f64,
    /// How long more is offered than is taken.
    pub(crate) seconds: Duration,
    pub(crate) connections: usize,
}

/// Reads the arguments; nothing without `--bench`, which `cargo bench` adds.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Outcome<Option<Options>> {
    let (mut address, mut pid, mut is_full) = (None, None, false);
    let mut options = Options {
        address: SocketAddr::from(([127, 0, 0, 1], 50051)),
        pid: String::new(),
        kind: Kind::Search,
        queries: PathBuf::new(),
        times: 10.0,
        seconds: Duration::from_secs(10),
        connections: 64,
    };
    let mut rest = arguments;
    while let Some(name) = rest.next() {
        if name == "--bench" {
            is_full = true;
            continue;
        }
        let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--address" => address = Some(value.parse()?),
            "--pid" => pid = Some(value),
            "--call" => {
                options.kind = match value.as_str() {
                    "search" => Kind::Search,
                    "login" => Kind::Login,
                    other => return Err(format!("--call is search or login, not {other}").into()),
                }
            }
            "--queries" => options.queries = value.into(),
            "--times" => options.times = value.parse()?,
            "--seconds" => options.seconds = Duration::from_secs_f64(value.parse()?),
            "--connections" => options.connections = value.parse()?,
            other => return Err(format!("{other} is not known").into()),
        }
    }
    if !is_full {
        return Ok(None);
    }
    options.address = address.ok_or("--address is required")?;
    options.pid = pid.ok_or("--pid is required")?;
    Ok(Some(options))
}
