//! Rules of addresses, as tables.

use cpc_signing::{
    AddressError, AddressFault, AddressRange, AddressRules, Multiaddr, PeerId, Reach, SecretKey, parse_address,
};
use proptest::prelude::*;

const PUBLIC: AddressRules = AddressRules { allow_private: false, max: 16 };
const OPEN: AddressRules = AddressRules { allow_private: true, max: 16 };
const RELAY: &str = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
const HASHED: &str = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
const CERTHASH: &str = "uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g";

fn own() -> PeerId {
    SecretKey::from_seed(&[4; 32]).public().peer_id()
}

/// Fills in the names of the peers and a certificate's hash.
fn address(text: &str) -> Multiaddr {
    let own = own().to_string();
    let text = text.replace("OWN", &own).replace("RELAY", RELAY).replace("HASHED", HASHED).replace("CERT", CERTHASH);
    parse_address(&text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn judged(rules: AddressRules, text: &str) -> Result<(), AddressFault> {
    rules.check(&own(), &[address(text)]).map_err(|error| error.fault)
}

#[test]
fn dialable_shapes_have_a_reach() {
    for (text, reach) in [
        ("/ip4/8.8.8.8/tcp/4001", Reach::Public),
        ("/ip4/8.8.8.8/tcp/4001/p2p/OWN", Reach::Public),
        ("/ip4/8.8.8.8/tcp/443/tls", Reach::Public),
        ("/ip4/8.8.8.8/tcp/80/ws", Reach::Public),
        ("/ip4/8.8.8.8/tcp/443/wss", Reach::Public),
        ("/ip4/8.8.8.8/tcp/443/tls/ws/p2p/OWN", Reach::Public),
        ("/ip4/8.8.8.8/tcp/443/tls/sni/node.libp2p.direct/ws", Reach::Public),
        ("/ip4/8.8.8.8/udp/4001/quic-v1", Reach::Public),
        ("/ip6/2606:4700::1111/udp/4001/quic-v1/p2p/OWN", Reach::Public),
        ("/ip4/8.8.8.8/udp/4001/quic-v1/webtransport", Reach::Public),
        ("/ip4/8.8.8.8/udp/4001/quic-v1/webtransport/certhash/CERT/certhash/CERT/p2p/OWN", Reach::Public),
        ("/ip4/8.8.8.8/udp/4001/webrtc-direct", Reach::Public),
        ("/ip6/2606:4700::1111/udp/4001/webrtc-direct/certhash/CERT", Reach::Public),
        ("/dns/node.cpc.net/tcp/4001", Reach::Dns),
        ("/dns4/node_1.cpc.net/udp/4001/quic-v1", Reach::Dns),
        ("/dns6/xn--bcher-kva.net/tcp/443/wss", Reach::Dns),
        ("/dnsaddr/bootstrap.libp2p.io", Reach::Dns),
        ("/dnsaddr/bootstrap.libp2p.io/p2p/OWN", Reach::Dns),
        ("/ip4/8.8.8.8/tcp/4001/p2p/RELAY/p2p-circuit", Reach::Relay),
        ("/ip4/8.8.8.8/tcp/4001/p2p/HASHED/p2p-circuit/p2p/OWN", Reach::Relay),
        ("/dns/relay.cpc.net/udp/4001/quic-v1/p2p/RELAY/p2p-circuit/webrtc/p2p/OWN", Reach::Relay),
    ] {
        assert_eq!(Reach::of(&address(text)), Ok(reach), "{text}");
        assert_eq!(judged(PUBLIC, text), Ok(()), "{text}");
    }
    for text in [
        "/ip4/10.0.0.1/tcp/4001",
        "/ip4/127.0.0.1/udp/4001/quic-v1",
        "/ip4/10.0.0.1/tcp/4001/p2p/RELAY/p2p-circuit",
        "/dns/localhost/tcp/4001/p2p/RELAY/p2p-circuit/p2p/OWN",
        "/dns/db/tcp/4001",
    ] {
        assert_eq!(Reach::of(&address(text)), Ok(Reach::Private), "{text}");
        assert_eq!(judged(OPEN, text), Ok(()), "{text}");
        assert!(matches!(judged(PUBLIC, text), Err(AddressFault::NotPublic(_))), "{text}");
    }
}

#[test]
fn other_shapes_are_refused_with_their_fault() {
    use AddressFault::{
        Anonymous, DraftQuic, Incomplete, LocalOnly, Misplaced, Name, PortZero, RelayIsSelf, RelayUnnamed, WrongPeer,
    };
    let onion3 = "/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234";
    for (text, fault) in [
        ("/ip4/8.8.8.8/tcp/0", PortZero),
        ("/ip4/8.8.8.8/udp/0/quic-v1", PortZero),
        ("/memory/1234", LocalOnly("memory")),
        ("/unix/socket", LocalOnly("unix")),
        ("/ip4/8.8.8.8/tcp/1/unix/socket", LocalOnly("unix")),
        (onion3, Anonymous("onion3")),
        ("/onion/aaimaq4ygg2iegci:80", Anonymous("onion")),
        ("/dns/abc.onion/tcp/80", Anonymous("onion")),
        ("/dns/abc.I2P/tcp/80", Anonymous("i2p")),
        ("/ip4/8.8.8.8/udp/4001/quic", DraftQuic),
        ("/ip4/8.8.8.8/udp/4001/quic/p2p/OWN", DraftQuic),
        ("/ip4/8.8.8.8", Incomplete),
        ("/ip4/8.8.8.8/udp/4001", Incomplete),
        ("/dns/node.cpc.net", Incomplete),
        ("/tcp/4001", Misplaced("tcp")),
        ("/p2p/OWN", Misplaced("p2p")),
        ("/p2p-circuit", Misplaced("p2p-circuit")),
        ("/p2p/RELAY/p2p-circuit", Misplaced("p2p")),
        ("/ip4/8.8.8.8/p2p/OWN", Misplaced("p2p")),
        ("/ip4/8.8.8.8/quic-v1", Misplaced("quic-v1")),
        ("/ip4/8.8.8.8/tcp/1/quic-v1", Misplaced("quic-v1")),
        ("/ip4/8.8.8.8/tcp/1/tcp/2", Misplaced("tcp")),
        ("/ip4/8.8.8.8/ip4/8.8.4.4/tcp/1", Misplaced("ip4")),
        ("/ip4/8.8.8.8/udp/1/p2p/OWN", Misplaced("p2p")),
        ("/ip4/8.8.8.8/udp/1/quic-v1/certhash/CERT", Misplaced("certhash")),
        ("/ip4/8.8.8.8/udp/1/quic-v1/ws", Misplaced("ws")),
        ("/ip4/8.8.8.8/tcp/1/ws/ws", Misplaced("ws")),
        ("/ip4/8.8.8.8/tcp/1/ws/tls", Misplaced("tls")),
        ("/ip4/8.8.8.8/tcp/1/x-parity-ws/path", Misplaced("x-parity-ws")),
        ("/ip4/8.8.8.8/tcp/1/sni/cpc.net", Misplaced("sni")),
        ("/ip4/8.8.8.8/tcp/1/http", Misplaced("http")),
        ("/ip4/8.8.8.8/sctp/1", Misplaced("sctp")),
        ("/ip4/8.8.8.8/ipcidr/8/tcp/1", Misplaced("ipcidr")),
        ("/ip6zone/eth0/ip6/fe80::1/tcp/1", Misplaced("ip6zone")),
        ("/dnsaddr/bootstrap.libp2p.io/tcp/1", Misplaced("tcp")),
        ("/ip4/8.8.8.8/tcp/1/p2p/OWN/p2p/OWN", Misplaced("p2p")),
        ("/ip4/8.8.8.8/tcp/1/p2p/OWN/tcp/1", Misplaced("tcp")),
        ("/ip4/8.8.8.8/tcp/1/p2p/RELAY/p2p-circuit/ip4/8.8.8.8/tcp/1", Misplaced("ip4")),
        ("/ip4/8.8.8.8/tcp/1/p2p/RELAY/p2p-circuit/p2p/HASHED/p2p-circuit", Misplaced("p2p-circuit")),
        ("/ip4/8.8.8.8/tcp/1/p2p-circuit", RelayUnnamed),
        ("/ip4/8.8.8.8/tcp/1/p2p/OWN/p2p-circuit", RelayIsSelf),
        ("/ip4/8.8.8.8/tcp/1/p2p/RELAY", WrongPeer),
        ("/ip4/8.8.8.8/tcp/1/p2p/HASHED", WrongPeer),
        ("/ip4/8.8.8.8/tcp/1/p2p/RELAY/p2p-circuit/p2p/RELAY", WrongPeer),
        ("/dnsaddr/bootstrap.libp2p.io/p2p/RELAY", WrongPeer),
        ("/dns/127.0.0.1/tcp/1", Name),
        ("/dns/127.1/tcp/1", Name),
        ("/dns/2130706433/tcp/1", Name),
        ("/dns/0x7f000001/tcp/1", Name),
        ("/dns/0X7F.0x1/tcp/1", Name),
        ("/dns/cpc.net./tcp/1", Name),
        ("/dns/-cpc.net/tcp/1", Name),
        ("/dns/cpc..net/tcp/1", Name),
        ("/dns//tcp/1", Name),
        ("/dns/*.cpc.net/tcp/1", Name),
        ("/dns/b\u{fc}cher.net/tcp/1", Name),
        ("/dns/cpc.net:80/tcp/1", Name),
        ("/dns/user@cpc.net/tcp/1", Name),
        ("/ip4/8.8.8.8/tcp/1/tls/sni/a b/ws", Name),
    ] {
        // No permission makes a shape dialable.
        assert_eq!(judged(OPEN, text), Err(fault), "{text}");
        assert_eq!(judged(PUBLIC, text), Err(fault), "{text}");
        let of_the_list = matches!(fault, WrongPeer | RelayIsSelf);
        assert_eq!(Reach::of(&address(text)).is_err(), !of_the_list, "{text}");
    }
    let long = format!("/dns/{}.net/tcp/1", ["a"; 130].join("."));
    assert_eq!(judged(OPEN, &long), Err(Name));
    assert_eq!(judged(OPEN, &format!("/dns/{}.net/tcp/1", "a".repeat(64))), Err(Name));
    assert_eq!(judged(OPEN, &format!("/dns/{}.net/tcp/1", "a".repeat(63))), Ok(()));
}

/// The first and the last address of each range, and the public ones next to it.
#[test]
fn ranges_begin_and_end_where_they_should() {
    use AddressRange::{
        Benchmark, CarrierNat, Documentation, LinkLocal, LocalName, Loopback, Multicast, Private, Reserved, Translated,
        Unspecified,
    };
    for (hosts, range) in [
        ("0.0.0.0 0.255.255.255 ::", Some(Unspecified)),
        ("127.0.0.0 127.0.0.1 127.255.255.255 ::1", Some(Loopback)),
        ("10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255", Some(Private)),
        ("fc00:: fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fec0:: feff::1", Some(Private)),
        ("100.64.0.0 100.127.255.255", Some(CarrierNat)),
        ("169.254.0.0 169.254.169.254 169.254.255.255 fe80:: febf::1", Some(LinkLocal)),
        ("192.0.2.0 192.0.2.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255", Some(Documentation)),
        ("2001:db8:: 2001:db8:ffff::1 3fff:: 3fff:fff::1", Some(Documentation)),
        ("198.18.0.0 198.19.255.255 2001:2::1 2001:2:0:ffff::1", Some(Benchmark)),
        // 6to4, Teredo, mapped, compatible, NAT64 under both prefixes, 6to4's old relays.
        ("2002:: 2002:808:808::1 2002:ffff::1 2001:0:1::1 2001:0:ffff::1 192.88.99.0 192.88.99.255", Some(Translated)),
        ("::ffff:8.8.8.8 ::ffff:127.0.0.1 ::8.8.8.8 64:ff9b::8.8.8.8 64:ff9b::10.0.0.1 64:ff9b:1::1", Some(Translated)),
        ("224.0.0.0 239.255.255.255 255.255.255.255 ff00:: ff02::1 ffff::1", Some(Multicast)),
        ("::ffff:224.0.0.1 ::ffff:255.255.255.255 64:ff9b::224.0.0.1", Some(Multicast)),
        ("192.0.0.0 192.0.0.255 240.0.0.0 255.255.255.254", Some(Reserved)),
        (
            "100::1 200::1 1fff::1 4000::1 5f00::1 2001:1::1 2001:10::1 2001:20::1 2001:1ff::1 64:ff9b:2::1",
            Some(Reserved),
        ),
        ("1.0.0.0 9.255.255.255 11.0.0.0 126.255.255.255 128.0.0.0 100.63.255.255 100.128.0.0", None),
        ("169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0", None),
        ("192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0", None),
        ("203.0.112.255 203.0.114.0 191.255.255.255 223.255.255.255 8.8.8.8", None),
        ("2000::1 2001:200::1 2001:db7::1 2001:db9::1 2003::1 2606:4700::1111 3ffe::1 3fff:1000::1", None),
        ("db localhost a.localhost printer.local host.INTERNAL x.home.arpa node.example node.test", Some(LocalName)),
        ("cpc.net localhost.cpc.net local.net", None),
    ] {
        for host in hosts.split(' ') {
            let kind = match host.parse::<std::net::IpAddr>() {
                Ok(ip) if ip.is_ipv4() => "ip4",
                Ok(_) => "ip6",
                Err(_) => "dns",
            };
            for text in [format!("/{kind}/{host}/tcp/1"), format!("/{kind}/{host}/udp/1/quic-v1/p2p/RELAY/p2p-circuit")]
            {
                let refused = range.map_or(Ok(()), |range| Err(AddressFault::NotPublic(range)));
                assert_eq!(judged(PUBLIC, &text), refused, "{text}");
                let never = if range == Some(Multicast) { refused } else { Ok(()) };
                assert_eq!(judged(OPEN, &text), never, "{text}");
                let private = Reach::of(&address(&text)) == Ok(Reach::Private);
                assert_eq!(private, range.is_some(), "{text}");
            }
        }
    }
}

#[test]
fn lists_are_short_and_without_repetition() {
    let at = |port: u16| address(&format!("/ip4/8.8.8.8/tcp/{port}"));
    let rules = AddressRules { allow_private: false, max: 3 };
    let check = |list: &[Multiaddr]| rules.check(&own(), list);
    assert_eq!(check(&[]), Ok(()));
    assert_eq!(check(&[at(1), at(2), at(3)]), Ok(()));
    let fault = AddressFault::TooMany { max: 3 };
    assert_eq!(check(&[at(1), at(2), at(3), at(4)]), Err(AddressError { index: 3, fault }));
    let fault = AddressFault::Duplicate { of: 1 };
    assert_eq!(check(&[at(1), at(2), at(2)]), Err(AddressError { index: 2, fault }));
    let named = address("/ip4/8.8.8.8/tcp/2/p2p/OWN");
    assert_eq!(check(&[at(1), at(2), named]), Err(AddressError { index: 2, fault }));
    let (relay, named) =
        ("/ip4/8.8.8.8/tcp/2/p2p/RELAY/p2p-circuit", "/ip4/8.8.8.8/tcp/2/p2p/RELAY/p2p-circuit/p2p/OWN");
    assert_eq!(check(&[at(2), address(relay), address(named)]), Err(AddressError { index: 2, fault }));
    let error = check(&[at(1), at(0)]).unwrap_err();
    assert_eq!(error, AddressError { index: 1, fault: AddressFault::PortZero });
    assert_eq!(error.to_string(), "address 1: it has port 0; name the port that is listened on");
}

#[test]
fn texts_that_are_no_address_are_refused() {
    for (text, fault) in [
        ("", AddressFault::Empty),
        ("ip4/8.8.8.8/tcp/1", AddressFault::NotAMultiaddr),
        ("/", AddressFault::UnknownProtocol),
        ("/ip4/8.8.8.8/tcp/1/", AddressFault::UnknownProtocol),
        ("/nope/1", AddressFault::UnknownProtocol),
        ("/ip4/8.8.8.8/tcp/65536", AddressFault::NotAMultiaddr),
        ("/ip4/8.8.8.8/tcp/-1", AddressFault::NotAMultiaddr),
        ("/ip4/8.8.8/tcp/1", AddressFault::NotAMultiaddr),
        ("/ip4/010.0.0.1/tcp/1", AddressFault::NotAMultiaddr),
        ("/ip6/fe80::1%eth0/tcp/1", AddressFault::NotAMultiaddr),
        ("/ip4/8.8.8.8/tcp", AddressFault::NotAMultiaddr),
        ("/ip4/8.8.8.8/tcp/1/p2p/alice", AddressFault::NotAMultiaddr),
    ] {
        assert_eq!(parse_address(text), Err(fault), "{text:?}");
    }
    let long = format!("/dns/{}/tcp/1", "a".repeat(2000));
    assert_eq!(parse_address(&long), Err(AddressFault::TooLong));
    // The old word for p2p is read, and written as the new one.
    let old = parse_address(&format!("/ip4/8.8.8.8/tcp/1/ipfs/{RELAY}")).unwrap();
    assert_eq!(old.to_string(), format!("/ip4/8.8.8.8/tcp/1/p2p/{RELAY}"));
}

proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text in "(/(ip4|ip6|dns|tcp|udp|p2p|quic-v1|ws|tls|8\\.8\\.8\\.8|::|1|[a-z0-9.]{0,9})){0,9}") {
        if let Ok(address) = parse_address(&text) {
            prop_assert_eq!(parse_address(&address.to_string()), Ok(address.clone()));
            let reach = Reach::of(&address);
            // What may be registered in public can be dialled, and not only from its own network.
            if PUBLIC.check(&own(), std::slice::from_ref(&address)).is_ok() {
                prop_assert!(matches!(reach, Ok(Reach::Public | Reach::Dns | Reach::Relay)));
            }
        }
    }

    #[test]
    fn public_means_public_to_the_standard_library_too(ip: std::net::IpAddr) {
        let kind = if ip.is_ipv4() { "ip4" } else { "ip6" };
        if Reach::of(&address(&format!("/{kind}/{ip}/tcp/1"))) == Ok(Reach::Public) {
            prop_assert!(!(ip.is_loopback() || ip.is_multicast() || ip.is_unspecified()));
            match ip {
                std::net::IpAddr::V4(ip) => {
                    prop_assert!(!(ip.is_private() || ip.is_link_local() || ip.is_documentation() || ip.is_broadcast()));
                }
                std::net::IpAddr::V6(ip) => prop_assert!(!(ip.is_unique_local() || ip.is_unicast_link_local())),
            }
        }
    }
}

#[test]
fn targets_of_tcp_are_told_from_others() {
    use cpc_signing::{AddressHost, Family, TcpTarget, is_private, is_public};
    let of = |text: &str| TcpTarget::of(&parse_address(text).unwrap());
    let ip = AddressHost::Ip("8.8.8.8".parse().unwrap());
    assert_eq!(of("/ip4/8.8.8.8/tcp/4001"), Some(TcpTarget { host: ip.clone(), family: Family::V4, port: 4001 }));
    assert_eq!(of("/ip4/8.8.8.8/tcp/443/tls/ws").map(|target| target.port), Some(443));
    let name = AddressHost::Name("example.org".into());
    assert_eq!(of("/dns6/example.org/tcp/1"), Some(TcpTarget { host: name, family: Family::V6, port: 1 }));
    let relay = "/p2p/12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq/p2p-circuit";
    for other in ["/ip4/8.8.8.8/udp/4001/quic-v1", &format!("/ip4/8.8.8.8/tcp/4001{relay}"), "/dnsaddr/example.org"] {
        assert_eq!(of(other), None, "{other}");
        assert!(AddressHost::of(&parse_address(other).unwrap()).is_ok(), "{other}");
    }
    let ranges = |text: &str| (is_public(text.parse().unwrap()), is_private(text.parse().unwrap()));
    assert_eq!(ranges("8.8.8.8"), (true, false));
    assert_eq!(ranges("127.0.0.1"), (false, true));
    assert_eq!(ranges("0.0.0.0"), (false, false));
    assert_eq!(ranges("224.0.0.1"), (false, false));
}
