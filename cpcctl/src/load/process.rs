//! What a process of this machine has used, from Linux's `/proc`.

use std::{fs, time::Duration};

use crate::{
    exit::Exit,
    failure::{Failure, Result},
};

/// Cpu time and memory of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    /// User and system time of all its threads.
    pub(crate) cpu: Duration,
    /// What of its memory is resident, in bytes.
    pub(crate) resident: u64,
}

/// Reads what a process has used so far.
pub(crate) fn read(pid: u32) -> Result<Used> {
    let file = |name: &str| {
        let path = format!("/proc/{pid}/{name}");
        fs::read_to_string(&path).map_err(|error| {
            Failure::new(Exit::NotFound, "PROCESS_NOT_FOUND", format_args!("cannot read {path}: {error}"))
                .hint("--daemon-pid takes the id of a process on this machine, and needs Linux")
        })
    };
    let (stat, status) = (file("stat")?, file("status")?);
    parse(&stat, &status).ok_or_else(|| {
        Failure::new(Exit::Failure, "PROCESS_UNREADABLE", format_args!("/proc/{pid} is not written as it should be"))
    })
}

fn parse(stat: &str, status: &str) -> Option<Used> {
    // The name in parentheses may hold blanks, so count from its end: utime and stime are fields 14 and 15.
    let mut ticks = stat.rsplit_once(')')?.1.split_whitespace().skip(11).map(str::parse::<u64>);
    let ticks = ticks.next()?.ok()? + ticks.next()?.ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = resident.split_whitespace().next()?.parse().ok()?;
    // The unit is 1/100 s on every architecture that we ship for.
    Some(Used { cpu: Duration::from_millis(10 * ticks), resident: kib << 10 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_blanks_is_no_obstacle() {
        let stat = "42 (a ) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0";
        let used = parse(stat, "Name:\ta\nVmRSS:\t    2048 kB\n").unwrap();
        assert_eq!((used.cpu, used.resident), (Duration::from_secs(2), 2 << 20));
        assert!(parse("42", "").is_none());
    }
}
