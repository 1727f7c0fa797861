//! Which core runs what, by util-linux's `taskset`.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::Outcome;

/// The server's core.
const SERVER: &str = "0";
/// The generator's core.
const GENERATOR: &str = "1";

/// Gives the command that runs a program on the server's core.
pub(crate) fn server(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", SERVER]).arg(program);
    command
}

/// Keeps this thread, which is the only one, on the generator's core; on a machine with a single one nothing is kept apart.
pub(crate) fn generator() -> Outcome<()> {
    if std::thread::available_parallelism().is_ok_and(|cores| cores.get() < 2) {
        return Ok(());
    }
    let pid = std::process::id().to_string();
    let pinned = Command::new("taskset").args(["--cpu-list", "--pid", GENERATOR, &pid]).stdout(Stdio::null()).status();
    match pinned {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("taskset cannot keep the generator on core {GENERATOR}: {status}").into()),
        Err(error) => Err(format!("taskset (of util-linux) is needed: {error}").into()),
    }
}
