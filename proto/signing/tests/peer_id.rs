//! Peer ids in their text forms.

use cpc_signing::{PeerId, PublicKey, SecretKey};
use proptest::prelude::*;

/// The key of libp2p's specification of peer ids, and its three text forms.
const KEY: [u8; 32] = [
    0x1e, 0xd1, 0xe8, 0xfa, 0xe2, 0xc4, 0xa1, 0x44, 0xb8, 0xbe, 0x8f, 0xd4, 0xb4, 0x7b, 0xf3, 0xd3, 0xb3, 0x4b, 0x87,
    0x1c, 0x3c, 0xac, 0xf6, 0x01, 0x0f, 0x0e, 0x42, 0xd4, 0x74, 0xfc, 0xe2, 0x7e,
];
const BASE58: &str = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
const BASE32: &str = "bafzaajaiaejcahwr5d5ofrfbis4l5d6uwr57hu5tjodrypfm6yaq6dsc2r2pzyt6";
const BASE36: &str = "k51qzi5uqu5dgy8qsq67hbz73jqkw87l3fgf4a91qb0d9b5173tir7n4vxk1oe";

#[test]
fn the_specified_key_has_its_three_forms() {
    let key = PublicKey::from_bytes(&KEY).unwrap();
    assert_eq!(key.peer_id().to_string(), BASE58);
    for text in [BASE58, BASE32, BASE36] {
        let id = PeerId::parse(text).unwrap();
        assert_eq!(id, key.peer_id());
        assert_eq!(id.public_key(), Some(key));
        assert_eq!(id.to_string(), BASE58);
    }
    assert_eq!(PeerId::from_bytes(&key.peer_id().to_bytes()), Ok(key.peer_id()));
}

#[test]
fn hashed_ids_parse_but_hold_no_key() {
    let text = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    let id = PeerId::parse(text).unwrap();
    assert_eq!(id.to_string(), text);
    assert_eq!(id.public_key(), None);
}

#[test]
fn a_weak_key_in_a_peer_id_is_not_given_out() {
    let mut bytes = vec![0x00, 0x24, 0x08, 0x01, 0x12, 0x20, 1];
    bytes.resize(38, 0);
    assert_eq!(PeerId::from_bytes(&bytes).unwrap().public_key(), None);
}

#[test]
fn other_texts_are_refused() {
    for text in [
        "",
        "1",
        "Qm",
        "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3p",
        "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        "/ipfs/12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq",
        "z12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq",
        "alice",
        "\u{e9}",
    ] {
        assert!(PeerId::parse(text).is_err(), "{text:?}");
    }
    assert!(PeerId::parse(&"1".repeat(100_000)).is_err());
}

proptest! {
    #[test]
    fn ids_come_back_from_text(seed: [u8; 32]) {
        let id = SecretKey::from_seed(&seed).public().peer_id();
        prop_assert_eq!(PeerId::parse(&id.to_string()), Ok(id));
        prop_assert!(id.to_string().starts_with("12D3KooW"));
    }

    #[test]
    fn any_text_is_judged_without_panic(text in "\\PC{0,80}") {
        let _ = PeerId::parse(&text);
    }
}
