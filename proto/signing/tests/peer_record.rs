//! Signed peer records: both dialects to the byte, and everything that is not quite one.

mod hex;

use cpc_signing::{
    AddressError, AddressFault, Dialect, Envelope, KeyError, MAX_ENVELOPE_BYTES, MAX_RECORD_ADDRESSES, Multiaddr,
    RecordError, SecretKey, SignedPeerRecord, parse_address,
};
use proptest::prelude::*;
use serde::Deserialize;

use hex::unhex;

/// go-libp2p and js-libp2p open the first, rust-libp2p the second.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    dialect: String,
    seed: String,
    public_key: String,
    peer_id: String,
    seq: String,
    addresses: Vec<String>,
    record: String,
    signature: String,
    envelope: String,
}

fn vectors() -> Vec<(Dialect, Vector)> {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../vectors/peer_record.json")).expect("the vectors are JSON");
    assert_eq!(vectors.iter().map(|v| v.dialect.as_str()).collect::<Vec<_>>(), ["standard", "legacy"]);
    Dialect::ALL.into_iter().zip(vectors).collect()
}

fn addresses(texts: &[&str]) -> Vec<Multiaddr> {
    texts.iter().map(|text| parse_address(text).expect("an address")).collect()
}

fn secret() -> SecretKey {
    SecretKey::from_seed(&[9; 32])
}

/// An envelope around any bytes, honestly signed.
fn sealed(secret: &SecretKey, payload: &[u8]) -> Vec<u8> {
    let dialect = Dialect::Standard;
    Envelope::seal(secret, dialect.domain(), dialect.payload_type(), payload)
}

/// A field of type bytes, short enough for lengths of one byte.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128);
    [&[number << 3 | 2, content.len() as u8], content].concat()
}

fn naming(secret: &SecretKey) -> Vec<u8> {
    field(1, &secret.public().peer_id().to_bytes())
}

#[test]
fn the_interop_vectors_open() {
    for (dialect, vector) in vectors() {
        let bytes = unhex(&vector.envelope);
        let signed = SignedPeerRecord::open(&bytes).unwrap();
        assert_eq!(signed.dialect(), dialect);
        assert_eq!(signed.key().as_bytes().to_vec(), unhex(&vector.public_key));
        assert_eq!(signed.record().peer_id.to_string(), vector.peer_id);
        assert_eq!(signed.record().seq, vector.seq.parse::<u64>().unwrap());
        assert_eq!(signed.record().addresses.iter().map(ToString::to_string).collect::<Vec<_>>(), vector.addresses);
        assert_eq!(signed.as_bytes(), bytes);
        assert_eq!(signed.into_bytes(), bytes);
    }
}

#[test]
fn the_interop_vectors_are_produced_to_the_byte() {
    for (dialect, vector) in vectors() {
        let secret = SecretKey::from_seed(&unhex(&vector.seed).try_into().unwrap());
        let list = addresses(&vector.addresses.iter().map(String::as_str).collect::<Vec<_>>());
        let signed = SignedPeerRecord::sign(&secret, vector.seq.parse().unwrap(), list, dialect).unwrap();
        assert_eq!(signed.as_bytes(), unhex(&vector.envelope), "{}", vector.dialect);

        let envelope = Envelope::decode(signed.as_bytes()).unwrap();
        let (_, payload) = envelope.open(dialect.domain(), dialect.payload_type()).unwrap();
        assert_eq!(payload, unhex(&vector.record));
        assert!(signed.as_bytes().ends_with(&unhex(&vector.signature)));
    }
}

#[test]
fn every_bit_counts() {
    for (_, vector) in vectors() {
        let honest = unhex(&vector.envelope);
        for bit in 0..honest.len() * 8 {
            let mut bent = honest.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(SignedPeerRecord::open(&bent).is_err(), "{} opens with bit {bit} turned", vector.dialect);
        }
    }
}

#[test]
fn every_byte_counts() {
    for (_, vector) in vectors() {
        let honest = unhex(&vector.envelope);
        for length in 0..honest.len() {
            assert!(SignedPeerRecord::open(&honest[..length]).is_err(), "{length} bytes");
            assert!(SignedPeerRecord::open(&honest[length + 1..]).is_err(), "from byte {}", length + 1);
        }
        for extra in 0..=u8::MAX {
            assert!(SignedPeerRecord::open(&[&honest[..], &[extra]].concat()).is_err(), "{extra} follows");
        }
    }
}

#[test]
fn dialects_do_not_mix() {
    let payload = naming(&secret());
    for (domain, payload_type, expected) in [
        (Dialect::Standard.domain(), Dialect::Legacy.payload_type(), RecordError::Signature),
        (Dialect::Legacy.domain(), Dialect::Standard.payload_type(), RecordError::Signature),
        (b"libp2p-relay-rsvp", &[0x03, 0x02], RecordError::NotARecord),
        (Dialect::Standard.domain(), &[], RecordError::NotARecord),
    ] {
        let bytes = Envelope::seal(&secret(), domain, payload_type, &payload);
        assert_eq!(SignedPeerRecord::open(&bytes), Err(expected));
    }
    assert_eq!(SignedPeerRecord::open(&sealed(&secret(), &payload)).map(|it| it.dialect()), Ok(Dialect::Standard));
}

#[test]
fn nobody_speaks_for_another() {
    let other = SecretKey::from_seed(&[8; 32]);
    assert_eq!(SignedPeerRecord::open(&sealed(&secret(), &naming(&other))), Err(RecordError::KeyMismatch));
    // The other's key in front of the own signature.
    let mut bytes = sealed(&secret(), &naming(&other));
    bytes[6..38].copy_from_slice(other.public().as_bytes());
    assert_eq!(SignedPeerRecord::open(&bytes), Err(RecordError::Signature));
    // The hash of the own key is another name; Ed25519 keys do not go by it.
    assert_eq!(SignedPeerRecord::open(&sealed(&secret(), &field(1, &[0x12; 34]))), Err(RecordError::KeyMismatch));
    assert!(matches!(SignedPeerRecord::open(&sealed(&secret(), b"")), Err(RecordError::Malformed(_))));
}

#[test]
fn nothing_is_read_before_the_signature_holds() {
    let payload = [naming(&secret()), field(3, &field(1, &[0xff; 9]))].concat();
    let mut bytes = sealed(&secret(), &payload);
    let fault = AddressFault::NotAMultiaddr;
    let honest = RecordError::Address(AddressError { index: 0, fault });
    assert_eq!(SignedPeerRecord::open(&bytes), Err(honest));
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(SignedPeerRecord::open(&bytes), Err(RecordError::Signature));
}

#[test]
fn envelopes_are_read_strictly() {
    let honest = sealed(&secret(), &naming(&secret()));
    let (key, rest) = honest.split_at(38);
    let (body, signature) = rest.split_at(rest.len() - 66);
    let open = |parts: &[&[u8]]| SignedPeerRecord::open(&parts.concat());

    // Protobuf leaves the order open; what came is kept.
    let turned = open(&[signature, body, key]).unwrap();
    assert_eq!(turned.as_bytes(), [signature, body, key].concat());
    assert_ne!(turned.as_bytes(), honest);

    for (parts, what) in [
        (vec![&honest[..], key], "a key twice"),
        (vec![&honest, signature], "a signature twice"),
        (vec![&honest, body], "payload and type twice"),
        (vec![&honest, &[4 << 3 | 2, 0]], "the unused field"),
        (vec![&honest, &[6 << 3, 0]], "an unknown field"),
        (vec![body, signature], "no key"),
        (vec![key, body], "no signature"),
        (vec![b"\x08\x00", body, signature], "a number for a key"),
        (vec![&[0x8a, 0x00], &key[1..], body, signature], "a long tag"),
        (vec![&[0x0a, 0xa4, 0x00], &key[2..], body, signature], "a long length"),
    ] {
        assert!(matches!(open(&parts), Err(RecordError::Malformed(_))), "{what}");
    }
}

#[test]
fn keys_have_one_encoding_and_one_type() {
    let (secret, payload) = (secret(), naming(&secret()));
    let honest = sealed(&secret, &payload);
    let point = secret.public();
    let point = point.as_bytes();
    let with_key = |key: &[u8]| SignedPeerRecord::open(&[&field(1, key), &honest[38..]].concat());

    assert!(with_key(&[&[8, 1, 0x12, 0x20], &point[..]].concat()).is_ok());
    for key in [
        [&[0x12, 0x20], &point[..], &[8, 1]].concat(),
        [&[8, 0x81, 0, 0x12, 0x20], &point[..]].concat(),
        [&[8, 1, 0x12, 0xa0, 0], &point[..]].concat(),
        [&[8, 1, 0x12, 0x20], &point[..], &[0x18, 1]].concat(),
        point.to_vec(),
        vec![],
    ] {
        let refused = with_key(&key);
        let expected =
            matches!(refused, Err(RecordError::Malformed(_) | RecordError::Key(KeyError::WrongLength { .. })));
        assert!(expected, "{key:02x?}: {refused:?}");
    }
    for kind in [0, 2, 3] {
        assert_eq!(with_key(&[&[8, kind, 0x12, 0x20], &point[..]].concat()), Err(RecordError::KeyType));
    }
    let mut weak = [0; 36];
    weak[..5].copy_from_slice(&[8, 1, 0x12, 0x20, 1]);
    assert_eq!(with_key(&weak), Err(RecordError::Key(KeyError::Weak)));
}

#[test]
fn records_may_grow_fields_but_not_repeat_them() {
    let name = naming(&secret());
    let open = |parts: &[&[u8]]| SignedPeerRecord::open(&sealed(&secret(), &parts.concat()));

    let grown = open(&[&name, &field(9, b"later"), &[10 << 3, 1], &[0x10, 7]]).unwrap();
    assert_eq!((grown.record().seq, grown.record().addresses.len()), (7, 0));
    assert_eq!(open(&[&name]).unwrap().record().seq, 0);

    for (parts, what) in [
        (vec![&name[..], &name], "two names"),
        (vec![&name, &[0x10, 1, 0x10, 2]], "two sequence numbers"),
        (vec![&name, &[0x12, 1, 1]], "a sequence number in bytes"),
        (vec![&name, &[0x18, 1]], "a number for an address"),
        (vec![&name, &[0x1a, 6, 0x0a, 1, 4, 0x0a, 1, 4]], "two addresses in one"),
        (vec![&name, &[0x1b]], "a group"),
        (vec![&[0x10, 7]], "no name"),
    ] {
        assert!(matches!(open(&parts), Err(RecordError::Malformed(_))), "{what}");
    }
}

#[test]
fn addresses_must_be_readable() {
    let good = [0x04, 192, 0, 2, 1, 0x06, 0x0f, 0xa1];
    for (bytes, fault) in [
        (&[][..], AddressFault::Empty),
        (&good[..7], AddressFault::NotAMultiaddr),
        (&[0x04, 192, 0], AddressFault::NotAMultiaddr),
        (&[0xff, 0x7f], AddressFault::UnknownProtocol),
        // 0x04 with a bit beyond the 32 that a code has.
        (&[0x84, 0x80, 0x80, 0x80, 0x10, 192, 0, 2, 1], AddressFault::NotCanonical),
        // ws with a path that is the default one.
        (&[0xa2, 0x25, 1, b'/'], AddressFault::NotCanonical),
    ] {
        let payload = [naming(&secret()), field(3, &field(1, &good)), field(3, &field(1, bytes))].concat();
        let refused = SignedPeerRecord::open(&sealed(&secret(), &payload)).unwrap_err();
        assert_eq!(refused, RecordError::Address(AddressError { index: 1, fault }), "{bytes:02x?}");
    }
}

#[test]
fn sizes_are_bounded() {
    let at = |port: usize| parse_address(&format!("/ip4/192.0.2.1/tcp/{port}")).unwrap();
    let list = |count: usize| (1..=count).map(at).collect::<Vec<_>>();
    let full = SignedPeerRecord::sign(&secret(), 1, list(MAX_RECORD_ADDRESSES), Dialect::Standard).unwrap();
    assert_eq!(full.record().addresses.len(), 64);
    let over = SignedPeerRecord::sign(&secret(), 1, list(MAX_RECORD_ADDRESSES + 1), Dialect::Standard);
    assert_eq!(over, Err(RecordError::TooManyAddresses));

    let mut name = naming(&secret());
    name.extend([0x4a, 0x80, 0x40]);
    name.resize(name.len() + MAX_ENVELOPE_BYTES, 0);
    let got = sealed(&secret(), &name).len();
    assert_eq!(SignedPeerRecord::open(&sealed(&secret(), &name)), Err(RecordError::TooLong { got }));
    // The longest that is read: the same, shorter by what the rest of the envelope takes.
    let (mut fits, over) = (naming(&secret()), got - MAX_ENVELOPE_BYTES);
    let filler = MAX_ENVELOPE_BYTES - over;
    fits.extend([0x4a, (filler & 0x7f) as u8 | 0x80, (filler >> 7) as u8]);
    fits.resize(fits.len() + filler, 0);
    let fits = sealed(&secret(), &fits);
    assert_eq!(fits.len(), MAX_ENVELOPE_BYTES);
    assert!(SignedPeerRecord::open(&fits).is_ok());
}

fn any_address() -> impl Strategy<Value = Multiaddr> {
    let host = prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|ip| format!("/ip4/{ip}")),
        any::<std::net::Ipv6Addr>().prop_map(|ip| format!("/ip6/{ip}")),
        "[a-z]{1,20}\\.[a-z]{2,10}".prop_map(|name| format!("/dns/{name}")),
    ];
    (host, any::<u16>(), 0..3_usize).prop_map(|(host, port, how)| {
        let text = match how {
            0 => format!("{host}/tcp/{port}/tls/ws"),
            1 => format!("{host}/udp/{port}/quic-v1"),
            _ => format!("{host}/tcp/{port}"),
        };
        parse_address(&text).expect("a well-formed address")
    })
}

proptest! {
    #[test]
    fn what_is_signed_opens(
        seed: [u8; 32], seq: u64, list in prop::collection::vec(any_address(), 0..MAX_RECORD_ADDRESSES),
        dialect in prop::sample::select(&Dialect::ALL[..]),
    ) {
        let secret = SecretKey::from_seed(&seed);
        let signed = SignedPeerRecord::sign(&secret, seq, list.clone(), dialect).unwrap();
        let opened = SignedPeerRecord::open(signed.as_bytes()).unwrap();
        prop_assert_eq!(&opened, &signed);
        prop_assert_eq!(opened.dialect(), dialect);
        prop_assert_eq!(opened.key(), secret.public());
        prop_assert_eq!(opened.record().seq, seq);
        prop_assert_eq!(&opened.record().addresses, &list);
    }

    #[test]
    fn any_bytes_are_judged_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(SignedPeerRecord::open(&bytes).is_err());
    }

    #[test]
    fn any_signed_payload_is_judged_without_panic(
        before in prop::collection::vec(any::<u8>(), 0..40), after in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let payload = [before, naming(&secret()), after].concat();
        if let Ok(opened) = SignedPeerRecord::open(&sealed(&secret(), &payload)) {
            prop_assert_eq!(opened.record().peer_id, secret().public().peer_id());
        }
    }

    #[test]
    fn any_signed_address_is_judged_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let payload = [naming(&secret()), field(3, &field(1, &bytes))].concat();
        if let Ok(opened) = SignedPeerRecord::open(&sealed(&secret(), &payload)) {
            prop_assert_eq!(opened.record().addresses[0].as_ref(), &bytes[..]);
        }
    }
}
