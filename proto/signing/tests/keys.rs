//! Keys and signatures: what two verifiers could judge differently is not taken. Published vectors: `edge_vectors.rs`.

mod hex;

use cpc_signing::{KeyError, PublicKey, SecretKey};
use curve25519_dalek::{
    constants::EIGHT_TORSION,
    edwards::{CompressedEdwardsY, EdwardsPoint},
    scalar::Scalar,
    traits::Identity,
};
use ed25519_dalek::{Signature, SigningKey, Verifier};
use proptest::prelude::*;
use sha2::{Digest, Sha512};

use hex::unhex;

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

/// The one signature that tells strict verification of a good key from the plain one: its owner takes r = 0.
#[test]
fn a_signature_without_its_random_part_is_refused() {
    let (seed, message) = ([3; 32], b"message");
    let owner = SigningKey::from_bytes(&seed);
    let r = EdwardsPoint::identity().compress();
    let hash = Sha512::new().chain_update(r.as_bytes()).chain_update(owner.verifying_key()).chain_update(message);
    let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let signature = [*r.as_bytes(), (k * owner.to_scalar()).to_bytes()].concat();
    assert!(owner.verifying_key().verify(message, &Signature::from_slice(&signature).unwrap()).is_ok());
    assert!(SecretKey::from_seed(&seed).public().verify(message, &signature).is_err());
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
