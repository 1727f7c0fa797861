//! Host names: which are some, and which only a local network knows.

use super::AddressFault;

const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Last labels that are set aside for local use or for nothing at all (RFC 2606, 6761, 6762, 8375, 9476 and use).
const LOCAL: [&str; 12] = [
    "alt",
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "test",
];
/// Last labels that name an anonymous network.
const ANONYMOUS: [&str; 2] = ["onion", "i2p"];

/// Refuses what is no host name, and what a resolver reads as an IP address: that would go around the ranges.
pub(super) fn check(name: &str) -> Result<(), AddressFault> {
    if name.len() > MAX_NAME || !name.split('.').all(is_label) {
        return Err(AddressFault::Name);
    }
    let last = last_label(name);
    let hexadecimal = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if hexadecimal || last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AddressFault::Name);
    }
    match ANONYMOUS.into_iter().find(|network| last == *network) {
        Some(network) => Err(AddressFault::Anonymous(network)),
        None => Ok(()),
    }
}

/// Tells whether only a local network can know the name.
pub(super) fn is_local(name: &str) -> bool {
    !name.contains('.') || LOCAL.contains(&last_label(name).as_str())
}

fn last_label(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase()
}

/// Letters, digits and hyphens; underscores too, which are common in names of containers.
fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && !label.starts_with('-')
        && !label.ends_with('-')
}
