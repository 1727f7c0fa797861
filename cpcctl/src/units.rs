//! Amounts as people write and read them: processor, memory, bandwidth, and how long something is leased.

use std::time::Duration;

use cpc_proto::v1::NodeResources;

/// Reads an amount of processor: `2` and `0.5` are cores, `500m` are thousandths of one.
pub(crate) fn cpu(text: &str) -> Result<u64, String> {
    let fault = || format!("{text}: cores, as in 2 or 0.5, or thousandths of one, as in 500m");
    match text.strip_suffix('m') {
        Some(number) => whole(number).ok_or_else(fault),
        None => scaled(text, 1_000).ok_or_else(fault),
    }
}

/// Reads an amount of memory in bytes: `512MiB`, `1.5GiB`, `2GB`; a number alone is bytes.
pub(crate) fn memory(text: &str) -> Result<u64, String> {
    let fault = || format!("{text}: a number and its unit, as in 512MiB, 1.5GiB or 2GB");
    let (number, unit) = split(text);
    let scale = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "ki" | "kib" => 1 << 10,
        "mi" | "mib" => 1 << 20,
        "gi" | "gib" => 1 << 30,
        "ti" | "tib" => 1 << 40,
        _ => return Err(fault()),
    };
    scaled(number, scale).ok_or_else(fault)
}

/// Reads a bandwidth in bits per second: `100Mbit`, `1.5Gbit`, `64kbit`; a number alone is bits.
pub(crate) fn bandwidth(text: &str) -> Result<u64, String> {
    let fault = || format!("{text}: bits a second, as in 100Mbit, 1.5Gbit or 64kbit");
    let (number, unit) = split(text);
    let unit = unit.to_ascii_lowercase();
    let unit = unit.strip_suffix("/s").unwrap_or(&unit);
    let scale = match unit {
        "" | "bit" => 1,
        "k" | "kbit" | "kbps" => 1_000,
        "m" | "mbit" | "mbps" => 1_000_000,
        "g" | "gbit" | "gbps" => 1_000_000_000,
        _ => return Err(fault()),
    };
    scaled(number, scale).ok_or_else(fault)
}

/// Reads how long something is leased, in whole seconds: `90s`, `10m`, `12h`, `7d`.
pub(crate) fn lease(text: &str) -> Result<u32, String> {
    let (number, unit) = split(text);
    let scale = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(format!("{text}: a time is a number and its unit, as in 90s, 10m, 12h")),
    };
    let seconds = whole(number).and_then(|number| number.checked_mul(scale));
    let seconds = seconds.filter(|seconds| (1..=365 * 86_400).contains(seconds));
    seconds.and_then(|seconds| u32::try_from(seconds).ok()).ok_or_else(|| format!("{text}: between 1s and 365d"))
}

/// Writes an amount of processor, as [`cpu`] reads it.
pub(crate) fn show_cpu(millicores: u64) -> String {
    if millicores.is_multiple_of(1_000) { (millicores / 1_000).to_string() } else { format!("{millicores}m") }
}

/// Writes an amount of memory, as [`memory`] reads it: in the largest unit that says it exactly.
pub(crate) fn show_memory(bytes: u64) -> String {
    largest(bytes, &[(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")], "B")
}

/// Writes a bandwidth, as [`bandwidth`] reads it.
pub(crate) fn show_bandwidth(bits: u64) -> String {
    largest(bits, &[(1_000_000_000, "Gbit"), (1_000_000, "Mbit"), (1_000, "kbit")], "bit")
}

/// Writes the amounts of which there are any, as they are asked for.
pub(crate) fn show_resources(resources: &NodeResources) -> String {
    let amounts = [
        (resources.cpu_millicores, "cpu", show_cpu as fn(u64) -> String),
        (resources.memory_bytes, "memory", show_memory),
        (resources.bandwidth_bits_per_second, "bandwidth", show_bandwidth),
    ];
    let said = amounts.iter().filter(|(amount, ..)| *amount > 0);
    said.map(|(amount, name, show)| format!("{name} {}", show(*amount))).collect::<Vec<_>>().join(", ")
}

/// Writes a time that is left, in its two largest units: `4m 12s`.
pub(crate) fn show_time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m {}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

fn largest(amount: u64, units: &[(u64, &str)], smallest: &str) -> String {
    let fits = units.iter().find(|(scale, _)| amount >= *scale && amount.is_multiple_of(*scale));
    fits.map_or_else(|| format!("{amount}{smallest}"), |(scale, unit)| format!("{}{unit}", amount / scale))
}

/// Parts a number from its unit.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.strip_prefix(' ').unwrap_or(unit))
}

fn whole(text: &str) -> Option<u64> {
    text.chars().all(|letter| letter.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Multiplies a decimal number without rounding; none if a part of the smallest unit is left over.
fn scaled(text: &str, scale: u64) -> Option<u64> {
    let (whole_part, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.ends_with('.') || fraction.len() > 12 {
        return None;
    }
    let amount = whole(whole_part)?.checked_mul(scale)?;
    if fraction.is_empty() {
        return Some(amount);
    }
    let parts = u128::from(whole(fraction)?) * u128::from(scale);
    let base = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    if !parts.is_multiple_of(base) {
        return None;
    }
    amount.checked_add(u64::try_from(parts / base).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_is_cores_or_thousandths() {
        for (text, millicores) in [("2", 2_000), ("0.5", 500), ("500m", 500), ("1.25", 1_250), ("0", 0)] {
            assert_eq!(cpu(text), Ok(millicores), "{text}");
        }
        for text in ["", "m", "-1", "0.5m", "2 cores", "1.", ".5", "0.0001", "18446744073709551615", "1e3"] {
            assert!(cpu(text).is_err(), "{text}");
        }
    }

    #[test]
    fn memory_has_binary_and_decimal_units() {
        let cases = [
            ("512MiB", 512 << 20),
            ("1.5GiB", 3 << 29),
            ("2GB", 2_000_000_000),
            ("64Ki", 64 << 10),
            ("1 GiB", 1 << 30),
            ("1048576", 1 << 20),
            ("1mib", 1 << 20),
        ];
        for (text, bytes) in cases {
            assert_eq!(memory(text), Ok(bytes), "{text}");
        }
        for text in ["", "MiB", "-1MiB", "0.3B", "5 parsecs", "99999999TiB", "1.2.3GiB"] {
            assert!(memory(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bandwidth_is_bits() {
        for (text, bits) in
            [("100Mbit", 100_000_000), ("1.5Gbit", 1_500_000_000), ("64kbit/s", 64_000), ("10Mbps", 10_000_000)]
        {
            assert_eq!(bandwidth(text), Ok(bits), "{text}");
        }
        for text in ["", "Mbit", "10MiB", "10MB", "-1Mbit"] {
            assert!(bandwidth(text).is_err(), "{text}");
        }
    }

    #[test]
    fn leases_are_whole_seconds() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("12h", 43_200), ("7d", 604_800)] {
            assert_eq!(lease(text), Ok(seconds), "{text}");
        }
        for text in ["", "10", "0s", "500ms", "1.5h", "366d", "-1m", "99999999999999999999d"] {
            assert!(lease(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for amount in [0, 1, 999, 1_000, 1_500, 1 << 20, 3 << 29, (1 << 30) + 1, 7_000_000_000] {
            assert_eq!(cpu(&show_cpu(amount)), Ok(amount));
            assert_eq!(memory(&show_memory(amount)), Ok(amount));
            assert_eq!(bandwidth(&show_bandwidth(amount)), Ok(amount));
        }
        assert_eq!(
            (show_cpu(1_500), show_memory(512 << 20), show_bandwidth(100_000_000)),
            ("1500m".to_owned(), "512MiB".to_owned(), "100Mbit".to_owned())
        );
        assert_eq!(show_time(Duration::from_secs(252)), "4m 12s");
        assert_eq!(show_time(Duration::from_secs(90_000)), "1d 1h");
    }
}
