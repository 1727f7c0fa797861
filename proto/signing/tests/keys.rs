//! Keys and signatures: what RFC 8032 gives is taken, what two verifiers could judge differently is not.

use cpc_signing::{KeyError, PublicKey, SecretKey};
use curve25519_dalek::{
    constants::EIGHT_TORSION,
    edwards::{CompressedEdwardsY, EdwardsPoint},
};
use proptest::prelude::*;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal")).collect()
}

/// RFC 8032 7.1, tests 1 to 3: seed, public key, message, signature.
const RFC_8032: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

#[test]
fn rfc_8032_holds() {
    for [seed, public, message, signature] in RFC_8032 {
        let secret = SecretKey::from_seed(&unhex(seed).try_into().unwrap());
        let public = PublicKey::from_bytes(&unhex(public)).unwrap();
        assert_eq!(secret.public(), public);
        assert_eq!(secret.sign(&unhex(message)).to_vec(), unhex(signature));
        assert_eq!(public.verify(&unhex(message), &unhex(signature)), Ok(()));
    }
}

#[test]
fn points_of_small_order_are_weak() {
    for point in EIGHT_TORSION {
        assert_eq!(PublicKey::from_bytes(point.compress().as_bytes()), Err(KeyError::Weak));
    }
}

#[test]
fn keys_of_mixed_order_are_weak() {
    let honest = point(&SecretKey::from_seed(&[1; 32]).public());
    for torsion in &EIGHT_TORSION[1..] {
        assert_eq!(PublicKey::from_bytes((honest + torsion).compress().as_bytes()), Err(KeyError::Weak));
    }
    // From the paper "Taming the many EdDSAs", vectors 0, 2 and 3.
    for key in [
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    ] {
        assert_eq!(PublicKey::from_bytes(&unhex(key)), Err(KeyError::Weak), "{key}");
    }
}

#[test]
fn other_spellings_of_a_point_are_refused() {
    let mut taken_as_points = 0;
    // y = p + n is a second spelling of y = n; all there are, with both signs of x.
    for n in 0..19_u8 {
        for sign in [0, 0x80] {
            let mut bytes = [0xff; 32];
            bytes[0] = 0xed + n;
            bytes[31] = 0x7f | sign;
            if CompressedEdwardsY(bytes).decompress().is_some() {
                taken_as_points += 1;
                assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyError::NotCanonical), "{bytes:02x?}");
            } else {
                assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyError::NotOnCurve), "{bytes:02x?}");
            }
        }
    }
    assert!(taken_as_points > 0, "the curve library refuses them all: this test shows nothing");
    // x = 0 with the sign of a negative x: y = 1 and y = -1.
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    let mut one = [0; 32];
    (one[0], one[31]) = (1, 0x80);
    for bytes in [one, minus_one] {
        assert!(matches!(PublicKey::from_bytes(&bytes), Err(KeyError::NotCanonical | KeyError::NotOnCurve)));
    }
}

#[test]
fn half_of_all_numbers_are_no_points() {
    let mut bytes = [0; 32];
    bytes[0] = 2;
    assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyError::NotOnCurve));
}

#[test]
fn lengths_are_named() {
    for got in [0, 31, 33, 64] {
        assert_eq!(PublicKey::from_bytes(&vec![1; got]), Err(KeyError::WrongLength { got }));
    }
    let secret = SecretKey::generate();
    let signature = secret.sign(b"message");
    assert!(secret.public().verify(b"message", &signature[..63]).is_err());
    assert!(secret.public().verify(b"message", &[&signature[..], &[0]].concat()).is_err());
    assert!(secret.public().verify(b"message", &[]).is_err());
}

#[test]
fn a_signature_has_one_spelling() {
    let secret = SecretKey::from_seed(&[3; 32]);
    let mut signature = secret.sign(b"message");
    // S + L is the same number to a verifier that does not look.
    let order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert!(secret.public().verify(b"message", &signature).is_err());
    // R of small order, S = 0.
    for torsion in EIGHT_TORSION {
        let forged = [torsion.compress().as_bytes(), &[0; 32][..]].concat();
        assert!(secret.public().verify(b"message", &forged).is_err());
    }
}

#[test]
fn generated_keys_differ_and_come_back_from_their_seed() {
    let (one, two) = (SecretKey::generate(), SecretKey::generate());
    assert_ne!(one.public(), two.public());
    assert_eq!(SecretKey::from_seed(&one.seed()).public(), one.public());
    assert_eq!(PublicKey::from_bytes(one.public().as_bytes()), Ok(one.public()));
}

#[test]
fn debug_shows_no_secret() {
    let secret = SecretKey::from_seed(&[0xa5; 32]);
    assert_eq!(format!("{secret:?}"), format!("SecretKey(of {})", secret.public().peer_id()));
}

fn point(key: &PublicKey) -> EdwardsPoint {
    CompressedEdwardsY(*key.as_bytes()).decompress().expect("a key is a point")
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_nothing_else(
        seed: [u8; 32], message in prop::collection::vec(any::<u8>(), 1..200), at: prop::sample::Index, bit in 0_u8..8,
    ) {
        let secret = SecretKey::from_seed(&seed);
        let signature = secret.sign(&message);
        prop_assert_eq!(secret.public().verify(&message, &signature), Ok(()));

        let mut bent = message.clone();
        bent[at.index(message.len())] ^= 1 << bit;
        prop_assert!(secret.public().verify(&bent, &signature).is_err());

        let mut bent = signature;
        bent[at.index(64)] ^= 1 << bit;
        prop_assert!(secret.public().verify(&message, &bent).is_err());
    }

    #[test]
    fn any_bytes_are_judged_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..70)) {
        if let Ok(key) = PublicKey::from_bytes(&bytes) {
            prop_assert_eq!(&key.as_bytes()[..], &bytes[..]);
            prop_assert_eq!(key.peer_id().public_key(), Some(key));
        }
    }
}
