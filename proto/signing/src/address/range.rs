//! Ranges of IP addresses that are not public, after IANA's two registries of special-purpose addresses.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Why an address cannot be reached from everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressRange {
    /// No machine, or the own one: `0.0.0.0/8`, `::`.
    Unspecified,
    /// The own machine.
    Loopback,
    /// The own link.
    LinkLocal,
    /// A private network (RFC 1918, RFC 4193).
    Private,
    /// Shared by a provider's customers (RFC 6598).
    CarrierNat,
    /// For documentation.
    Documentation,
    /// For benchmarks.
    Benchmark,
    /// An IPv4 address in IPv6's clothes, or a tunnel's: mapped, translated, 6to4, Teredo.
    Translated,
    /// No single machine: multicast, broadcast. Taken by no rule.
    Multicast,
    /// Not given out, or for a protocol's own use.
    Reserved,
    /// A name that only a local network knows.
    LocalName,
}

impl AddressRange {
    /// Says what keeps an IP address from being public; nothing if it is.
    #[must_use]
    pub fn of(ip: IpAddr) -> Option<Self> {
        range(ip)
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unspecified => "the unspecified address",
            Self::Loopback => "a loopback address",
            Self::LinkLocal => "a link-local address",
            Self::Private => "an address of a private network",
            Self::CarrierNat => "an address behind a provider's translation",
            Self::Documentation => "an address for documentation",
            Self::Benchmark => "an address for benchmarks",
            Self::Translated => "an IPv4 address in another form, or a tunnel's",
            Self::Multicast => "a multicast or broadcast address",
            Self::Reserved => "a reserved address",
            Self::LocalName => "a name that only a local network knows",
        })
    }
}

use AddressRange::{
    Benchmark, CarrierNat, Documentation, LinkLocal, Loopback, Multicast, Private, Reserved, Translated, Unspecified,
};

/// Prefix, its length, what it is; the first that fits counts.
const V4: [([u8; 4], u32, AddressRange); 16] = [
    ([0, 0, 0, 0], 8, Unspecified),
    ([10, 0, 0, 0], 8, Private),
    ([100, 64, 0, 0], 10, CarrierNat),
    ([127, 0, 0, 0], 8, Loopback),
    ([169, 254, 0, 0], 16, LinkLocal),
    ([172, 16, 0, 0], 12, Private),
    ([192, 0, 0, 0], 24, Reserved),
    ([192, 0, 2, 0], 24, Documentation),
    ([192, 88, 99, 0], 24, Translated),
    ([192, 168, 0, 0], 16, Private),
    ([198, 18, 0, 0], 15, Benchmark),
    ([198, 51, 100, 0], 24, Documentation),
    ([203, 0, 113, 0], 24, Documentation),
    ([224, 0, 0, 0], 4, Multicast),
    ([255, 255, 255, 255], 32, Multicast),
    ([240, 0, 0, 0], 4, Reserved),
];

/// The same for IPv6, by its upper half; what lies below that is told apart in [`v6`].
const V6: [([u16; 4], u32, AddressRange); 11] = [
    ([0x0064, 0xff9b, 0x0001, 0], 48, Translated),
    ([0x2001, 0, 0, 0], 32, Translated),
    ([0x2001, 0x0002, 0, 0], 48, Benchmark),
    ([0x2001, 0, 0, 0], 23, Reserved),
    ([0x2001, 0x0db8, 0, 0], 32, Documentation),
    ([0x2002, 0, 0, 0], 16, Translated),
    ([0x3fff, 0, 0, 0], 20, Documentation),
    ([0xfc00, 0, 0, 0], 7, Private),
    ([0xfe80, 0, 0, 0], 10, LinkLocal),
    ([0xfec0, 0, 0, 0], 10, Private),
    ([0xff00, 0, 0, 0], 8, Multicast),
];

/// Says what keeps an address from being public; nothing if it is.
pub(super) fn range(ip: IpAddr) -> Option<AddressRange> {
    match ip {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => v6(ip),
    }
}

fn v4(ip: Ipv4Addr) -> Option<AddressRange> {
    let within = |prefix: [u8; 4], length: u32| (ip.to_bits() ^ u32::from_be_bytes(prefix)).leading_zeros() >= length;
    V4.iter().find(|(prefix, length, _)| within(*prefix, *length)).map(|(_, _, range)| *range)
}

fn v6(ip: Ipv6Addr) -> Option<AddressRange> {
    if ip == Ipv6Addr::UNSPECIFIED {
        return Some(Unspecified);
    }
    if ip == Ipv6Addr::LOCALHOST {
        return Some(Loopback);
    }
    // Mapped, compatible and translated by the well-known prefix: the IPv4 address is in the last four bytes.
    if let [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] = ip.segments() {
        let inner = v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
        return Some(if inner == Some(Multicast) { Multicast } else { Translated });
    }
    let upper = |groups: [u16; 4]| groups.into_iter().fold(0, |bits, group| bits << 16 | u64::from(group));
    let own = upper(ip.segments().first_chunk().copied().expect("eight groups have a first four"));
    let within = |prefix: [u16; 4], length: u32| (own ^ upper(prefix)).leading_zeros() >= length;
    let special = V6.iter().find(|(prefix, length, _)| within(*prefix, *length)).map(|(_, _, range)| *range);
    // All but 2000::/3 waits to be given out.
    special.or((!within([0x2000, 0, 0, 0], 3)).then_some(Reserved))
}
