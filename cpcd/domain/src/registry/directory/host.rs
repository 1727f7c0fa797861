//! How a node is reached, and in which network.

use std::net::IpAddr;

use cpc_signing::{AddressHost, Reach, parse_address};

use super::hash;

/// It has a public address of its own.
pub(super) const PUBLIC: u8 = 1;
/// It has an address of its own that only its network reaches.
pub(super) const PRIVATE: u8 = 2;
/// It is reached through a relay.
pub(super) const RELAYED: u8 = 4;

/// Bits of IPv4 and of IPv6 that make a network: what one provider has, and not what one customer has.
const BITS: (u32, u32) = (16, 32);

/// Gives the network of a node, 0 for none, and how it is reached.
pub(super) fn judge(addresses: &[String]) -> (u32, u8) {
    let (mut networks, mut reaches) = ([0; 3], 0);
    for text in addresses {
        let Ok(address) = parse_address(text) else { continue };
        let (Ok(reach), Ok(host)) = (Reach::of(&address), AddressHost::of(&address)) else { continue };
        // The network of its own address says more than a name's, and a name's more than a relay's.
        let rank = match reach {
            Reach::Public => 0,
            Reach::Dns => 1,
            Reach::Relay => 2,
            Reach::Private => {
                reaches |= PRIVATE;
                continue;
            }
        };
        reaches |= if rank == 2 { RELAYED } else { PUBLIC };
        if networks[rank] == 0 {
            networks[rank] = network(&host);
        }
    }
    (networks.into_iter().find(|network| *network != 0).unwrap_or_default(), reaches)
}

/// Gives the number of a network; never 0.
fn network(host: &AddressHost) -> u32 {
    match host {
        AddressHost::Ip(IpAddr::V4(ip)) => 1 << 16 | ip.to_bits() >> (32 - BITS.0),
        AddressHost::Ip(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.octets();
            1 << 31 | u32::from_be_bytes([a, b, c, d])
        }
        // Names cost nothing below the domain that was paid for.
        AddressHost::Name(name) => {
            let domain: Vec<_> = name.trim_end_matches('.').rsplit('.').take(2).collect();
            1 << 30 | hash::low(hash::of(domain.join(".").to_ascii_lowercase().as_bytes()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(addresses: &[&str]) -> (u32, u8) {
        judge(&addresses.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn one_network_is_one_number() {
        let relay = "/ip4/9.9.1.1/tcp/1/p2p/12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq/p2p-circuit";
        assert_eq!(of(&[]), (0, 0));
        assert_eq!(of(&["/ip4/192.168.1.7/tcp/1"]), (0, PRIVATE));
        assert_eq!(of(&["/ip4/8.8.8.8/tcp/1"]), of(&["/ip4/8.8.4.4/udp/1/quic-v1"]));
        assert_ne!(of(&["/ip4/8.8.8.8/tcp/1"]).0, of(&["/ip4/8.9.8.8/tcp/1"]).0);
        assert_eq!(of(&["/ip6/2606:4700::1/tcp/1"]), of(&["/ip6/2606:4700:ffff::1/tcp/1"]));
        assert_eq!(of(&["/dns4/a.example.org/tcp/1"]), of(&["/dns4/b.Example.org/tcp/1"]));
        assert_eq!(of(&[relay]).1, RELAYED);
        assert_eq!(of(&[relay]).0, of(&["/ip4/9.9.9.9/tcp/1"]).0);
        assert_eq!(of(&[relay, "/ip4/8.8.8.8/tcp/1"]), (of(&["/ip4/8.8.8.8/tcp/1"]).0, RELAYED | PUBLIC));
    }
}
