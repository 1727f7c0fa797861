//! What a process takes: cpu time and memory.

use std::time::Duration;

use crate::Outcome;

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

/// Resident memory of a process in MiB, from Linux's `/proc`.
pub(crate) fn resident(process: &str) -> Outcome<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().next().unwrap_or_default().parse::<u64>()? / 1024)
}
