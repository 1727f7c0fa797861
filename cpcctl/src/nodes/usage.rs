//! What the machine has, and what of it is in use.

use std::time::{Duration, Instant};

use cpc_proto::v1::NodeResources;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, Networks, RefreshKind, System};

/// Less is too short to tell how busy a processor was.
pub(crate) const SHORTEST: Duration = Duration::from_millis(250);

/// Measures the machine from one look to the next; on a system that does not tell, everything is 0, which means not known.
pub(crate) struct Usage {
    system: Option<System>,
    networks: Option<Networks>,
    looked: Instant,
}

impl Usage {
    /// Takes the first look.
    pub(crate) fn new() -> Self {
        let system = System::new_with_specifics(what()).ok();
        Self { system, networks: Networks::new_with_refreshed_list().ok(), looked: Instant::now() }
    }

    /// Gives what the machine has; bandwidth is not for it to know.
    pub(crate) fn capacity(&self) -> NodeResources {
        let Some(system) = &self.system else { return NodeResources::default() };
        NodeResources {
            cpu_millicores: system.cpus().len() as u64 * 1000,
            memory_bytes: system.total_memory(),
            bandwidth_bits_per_second: 0,
        }
    }

    /// Gives what was in use since the last look: processor and network on average, memory as it is now.
    pub(crate) fn look(&mut self) -> NodeResources {
        let seconds = self.looked.elapsed().as_secs_f64().max(0.001);
        self.looked = Instant::now();
        let mut used = NodeResources::default();
        if let Some(system) = &mut self.system {
            system.refresh_specifics(what());
            used.cpu_millicores = millicores(system.global_cpu_usage(), system.cpus().len() as u64);
            used.memory_bytes = system.used_memory();
        }
        if let Some(networks) = &mut self.networks {
            networks.refresh(true);
            let traffic = networks.iter().filter(|(name, _)| !is_loopback(&name.to_string_lossy()));
            let bytes: u64 = traffic.map(|(_, data)| data.received() + data.transmitted()).sum();
            used.bandwidth_bits_per_second = per_second(bytes, seconds);
        }
        used
    }
}

fn is_loopback(name: &str) -> bool {
    name == "lo" || name.starts_with("lo0")
}

fn what() -> RefreshKind {
    let cpu = CpuRefreshKind::nothing().with_usage();
    RefreshKind::nothing().with_cpu(cpu).with_memory(MemoryRefreshKind::nothing().with_ram())
}

/// Turns the share of all processors, in percent, into thousandths of one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number, and not below zero")]
fn millicores(percent: f32, cores: u64) -> u64 {
    let cores = u16::try_from(cores).unwrap_or(u16::MAX);
    (f64::from(percent.clamp(0.0, 100.0)) * 10.0 * f64::from(cores)).round() as u64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rate, and not below zero"
)]
fn per_second(bytes: u64, seconds: f64) -> u64 {
    (bytes as f64 * 8.0 / seconds).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_become_amounts() {
        assert_eq!(millicores(50.0, 8), 4000);
        assert_eq!(millicores(130.0, 2), 2000);
        assert_eq!(millicores(0.0, 2), 0);
        assert_eq!(per_second(1_000, 2.0), 4_000);
    }

    #[test]
    fn a_machine_has_something_and_uses_some_of_it() {
        let mut usage = Usage::new();
        let capacity = usage.capacity();
        assert!(capacity.cpu_millicores >= 1000 && capacity.memory_bytes > 1 << 20, "{capacity:?}");
        let used = usage.look();
        assert!((1..=capacity.memory_bytes).contains(&used.memory_bytes), "{used:?}");
        assert!(used.cpu_millicores <= capacity.cpu_millicores, "{used:?}");
    }
}
