//! Filters of addresses and protocols, as the specification has them (IPIP-484).

use cpc_signing::{PeerId, parse_address, protocol_names};

use crate::rest::parameters::Parameters;

/// What stands for peers of whom nothing is known.
const UNKNOWN: &str = "unknown";

/// Which addresses and peers are asked for.
pub(super) struct Filters {
    wanted: Vec<String>,
    unwanted: Vec<String>,
    with_unknown_addresses: bool,
    with_unknown_protocols: bool,
}

impl Filters {
    /// Reads them; other parameters are somebody else's.
    pub(super) fn read(query: &Parameters) -> Self {
        let of = |wanted: &str| -> Vec<String> {
            let values = query.iter().filter(|(name, _)| name == wanted).flat_map(|(_, value)| value.split(','));
            values.map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect()
        };
        let (addresses, protocols) = (of("filter-addrs"), of("filter-protocols"));
        let with_unknown_addresses = addresses.is_empty() || addresses.iter().any(|name| name == UNKNOWN);
        // Which protocols a node speaks is never known here.
        let with_unknown_protocols = protocols.is_empty() || protocols.iter().any(|name| name == UNKNOWN);
        let (unwanted, wanted): (Vec<_>, Vec<_>) =
            addresses.into_iter().filter(|name| name != UNKNOWN).partition(|name| name.starts_with('!'));
        let unwanted = unwanted.into_iter().map(|name| name[1..].to_owned()).collect();
        Self { wanted, unwanted, with_unknown_addresses, with_unknown_protocols }
    }

    /// Gives the addresses of a peer that pass, without its own name at their ends; nothing if the peer does not.
    pub(super) fn pass(&self, peer_id: &PeerId, addresses: Vec<String>) -> Option<Vec<String>> {
        if !self.with_unknown_protocols {
            return None;
        }
        let own = format!("/p2p/{peer_id}");
        let passed = addresses.into_iter().filter(|address| self.passes(address));
        let passed: Vec<_> =
            passed.map(|address| address.strip_suffix(&own).map(str::to_owned).unwrap_or(address)).collect();
        let is_filtered = !self.wanted.is_empty() || !self.unwanted.is_empty();
        (!passed.is_empty() || is_filtered && self.with_unknown_addresses).then_some(passed)
    }

    fn passes(&self, address: &str) -> bool {
        let Ok(address) = parse_address(address) else { return false };
        let mut names = protocol_names(&address);
        // Two spellings of one transport.
        if names.windows(2).any(|two| two == ["tls", "ws"]) {
            names.push("wss");
        }
        let has = |name: &String| names.contains(&name.as_str());
        !self.unwanted.iter().any(has) && (self.wanted.is_empty() || self.wanted.iter().any(has))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";

    #[test]
    fn addresses_are_wanted_by_any_and_unwanted_by_one() {
        let tcp = "/ip4/8.8.8.8/tcp/4001".to_owned();
        let quic = "/ip4/8.8.8.8/udp/4001/quic-v1".to_owned();
        let web = "/dns4/example.org/tcp/443/tls/ws".to_owned();
        let relayed = "/ip4/9.9.9.9/tcp/1/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N/p2p-circuit".to_owned();
        let peer_id = PeerId::parse(PEER).unwrap();
        let of = |filter: &str, protocols: &str| {
            let query = [("filter-addrs", filter), ("filter-protocols", protocols), ("other", "x")];
            let query = query.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            let addresses = vec![format!("{tcp}/p2p/{PEER}"), quic.clone(), web.clone(), relayed.clone()];
            Filters::read(&query).pass(&peer_id, addresses)
        };
        let some = |addresses: &[&String]| Some(addresses.iter().map(|one| (*one).clone()).collect::<Vec<_>>());
        assert_eq!(of("", ""), some(&[&tcp, &quic, &web, &relayed]));
        assert_eq!(of("quic-v1,WSS", ""), some(&[&quic, &web]));
        assert_eq!(of("!p2p-circuit", ""), some(&[&tcp, &quic, &web]));
        assert_eq!(of("tcp,!p2p-circuit,!ws", ""), some(&[&tcp]));
        assert_eq!(of("webtransport", ""), None);
        assert_eq!(of("webtransport,unknown", ""), some(&[]));
        assert_eq!(of("", "transport-bitswap"), None);
        assert_eq!(of("tcp,!p2p-circuit", "transport-bitswap,unknown"), some(&[&tcp, &web]));
    }
}
