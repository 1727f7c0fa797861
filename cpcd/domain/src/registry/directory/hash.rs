//! Hashes that are alike on every replica and in every version: cursors hold some of them. They tell apart and protect nothing.

use cpcd_model::labels::Labels;

/// Hashes bytes (FNV-1a, 64 bits), and mixes what comes of it.
pub(super) fn of(bytes: &[u8]) -> u64 {
    mix(bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
}

/// Spreads each bit over all (the end of `SplitMix64`).
pub(super) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Gives the lower half of a hash.
pub(super) fn low(hash: u64) -> u32 {
    u32::try_from(hash & 0xffff_ffff).unwrap_or_default()
}

/// Gives two bits for each label: who lacks one of them lacks the label, and who has all of them probably has all labels.
pub(super) fn signature(labels: &Labels) -> u32 {
    labels.iter().fold(0, |bits, (name, value)| {
        let hash = of(format!("{name}={value}").as_bytes());
        bits | 1 << (hash & 31) | 1 << (hash >> 5 & 31)
    })
}

/// Shortens a key so that many fit: two of a million share one with a chance of one to nine thousand each.
pub(super) fn fingerprint(key: &[u8; 32]) -> u32 {
    low(of(key))
}
