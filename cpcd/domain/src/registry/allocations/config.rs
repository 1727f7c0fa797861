//! Settings of allocations.

use cpcd_model::{Error, Reason, Result, node::Resources};
use cpcd_store::sql::Totals;
use serde::{Deserialize, Serialize};

/// Section `[registry.allocations]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationConfig {
    /// How long an allocation is leased for whoever does not say.
    pub ttl_seconds: u32,
    /// The shortest lease.
    pub min_ttl_seconds: u32,
    /// The longest lease.
    pub max_ttl_seconds: u32,
    /// Most allocations of an owner; 0 means no limit, here as below.
    pub most_of_owner: u64,
    /// Most thousandths of processor cores of an owner.
    pub most_cpu_millicores: u64,
    /// Most memory of an owner.
    pub most_memory_bytes: u64,
    /// Most bandwidth of an owner.
    pub most_bandwidth_bits_per_second: u64,
}

impl AllocationConfig {
    /// What tests take.
    #[cfg(any(test, feature = "trials"))]
    pub(in crate::registry) const USUAL: Self = Self {
        ttl_seconds: 300,
        min_ttl_seconds: 10,
        max_ttl_seconds: 86_400,
        most_of_owner: 0,
        most_cpu_millicores: 0,
        most_memory_bytes: 0,
        most_bandwidth_bits_per_second: 0,
    };

    /// Checks the values.
    ///
    /// # Errors
    /// `FIELD_INVALID` naming the setting.
    pub(in crate::registry) fn validate(&self) -> Result<()> {
        let range = |name: &str, value: u32, min: u32, max: u32| {
            if (min..=max).contains(&value) {
                return Ok(());
            }
            let text = format!("is {value} and must be from {min} to {max}");
            Err(Error::field(Reason::FieldInvalid, format!("registry.allocations.{name}"), text))
        };
        range("min_ttl_seconds", self.min_ttl_seconds, 1, 86_400)?;
        range("max_ttl_seconds", self.max_ttl_seconds, self.min_ttl_seconds, 30 * 86_400)?;
        range("ttl_seconds", self.ttl_seconds, self.min_ttl_seconds, self.max_ttl_seconds)
    }

    /// Reads the length of a lease; 0 means the default.
    ///
    /// # Errors
    /// `FIELD_INVALID` if it is too short or too long.
    pub(super) fn ttl(&self, seconds: u32) -> Result<u32> {
        let (min, max) = (self.min_ttl_seconds, self.max_ttl_seconds);
        match seconds {
            0 => Ok(self.ttl_seconds),
            seconds if (min..=max).contains(&seconds) => Ok(seconds),
            seconds => Err(Error::field(
                Reason::FieldInvalid,
                "ttl_seconds",
                format!("is {seconds} and must be from {min} to {max}, or 0 for {}", self.ttl_seconds),
            )),
        }
    }

    /// Gives what an owner may have at most; 0 means no limit.
    pub(super) fn quota(&self) -> Totals {
        Totals {
            allocations: self.most_of_owner,
            resources: Resources {
                cpu_millicores: self.most_cpu_millicores,
                memory_bytes: self.most_memory_bytes,
                bandwidth_bits_per_second: self.most_bandwidth_bits_per_second,
            },
        }
    }
}
