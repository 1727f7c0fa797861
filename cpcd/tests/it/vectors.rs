//! Published Ed25519 edge vectors against login and registration: what each of them comes to, on both edges.
//!
//! What the server signs for is never a vector's message, so a vector's signature must never pass. A key is judged at the first step; of
//! one that may only turn out to be known already, whether it has a part of small order beside another, when it would be let in.
//! The library's own judgement of the vectors is in `proto/signing/tests/edge_vectors.rs`.

use std::collections::BTreeMap;

use cpc_proto::v1;
use cpc_signing::{Dialect, Kind, LoginMessage, PublicKey, Purpose, SecretKey};
use curve25519_dalek::{
    EdwardsPoint, Scalar,
    constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION},
};
use http::Method;
use serde::Deserialize;
use sha2::{Digest, Sha512};

use crate::harness::{ADDRESS, Daemon, Engine, reason, record};

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    public_key: String,
    signature: String,
    outcome: String,
    seed: Option<String>,
}

fn read(text: &str) -> Vec<Case> {
    serde_json::from_str::<Vectors>(text).unwrap().cases
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Presents a key, and the signature with it, for a login or a registration; gives what it comes to.
async fn present(daemon: &Daemon, key: &[u8], signature: &[u8], purpose: v1::ChallengePurpose) -> String {
    let kind = match purpose {
        v1::ChallengePurpose::Register => v1::SubjectKind::Node,
        v1::ChallengePurpose::Login
        | v1::ChallengePurpose::Refresh
        | v1::ChallengePurpose::AddKey
        | v1::ChallengePurpose::Confirm
        | v1::ChallengePurpose::Recover
        | v1::ChallengePurpose::Unspecified => v1::SubjectKind::User,
    };
    let begin = v1::ChallengeRequest { public_key: key.to_vec(), kind: kind.into(), purpose: purpose.into() };
    let begin = v1::AuthRequest { step: Some(v1::auth_request::Step::Begin(begin)) };
    let answer = daemon.rest(Method::POST, "/auth", None, Some(&serde_json::to_string(&begin).unwrap())).await;
    let over_rest = if answer.status == 200 { "challenge".to_owned() } else { answer.reason() };
    let challenge = match daemon.identity(None).await.authenticate(begin).await {
        Ok(answer) => match answer.into_inner().result {
            Some(v1::auth_response::Result::Challenge(challenge)) => challenge,
            other => panic!("{other:?}"),
        },
        Err(status) => {
            assert_eq!(reason(&status), over_rest);
            return over_rest;
        }
    };
    assert_eq!(over_rest, "challenge");
    let proof =
        v1::ChallengeProof { challenge: challenge.challenge, signature: signature.to_vec(), ..Default::default() };
    let refused = if purpose == v1::ChallengePurpose::Register {
        let honest = record(&SecretKey::from_seed(&[7; 32]), 1, &[ADDRESS], Dialect::Standard);
        let info = v1::NodeInfo { signed_peer_record: honest, proof: Some(proof), ..Default::default() };
        daemon.registry(None).await.register_node(info).await.map(drop)
    } else {
        let step = Some(v1::auth_request::Step::Proof(proof));
        daemon.identity(None).await.authenticate(v1::AuthRequest { step }).await.map(drop)
    };
    refused.map_or_else(|status| reason(&status), |()| "accepted".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_vector_comes_to_what_it_must() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let sets = [
        ("speccheck", read(include_str!("../../../proto/signing/vectors/speccheck.json"))),
        ("Wycheproof", read(include_str!("../../../proto/signing/vectors/wycheproof.json"))),
        ("RFC 8032", read(include_str!("../../../proto/signing/vectors/rfc8032.json"))),
    ];
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (set, cases) in sets {
        for case in cases {
            // Whatever the library says of the vector's own message: here its signature is of another one.
            let expected = match case.outcome.as_str() {
                "keyWeak" => "KEY_WEAK",
                "keyNotCanonical" | "keyNotOnCurve" | "keyWrongLength" => "KEY_INVALID",
                _ => "SIGNATURE_INVALID",
            };
            let (key, signature) = (unhex(&case.public_key), unhex(&case.signature));
            for purpose in [v1::ChallengePurpose::Login, v1::ChallengePurpose::Register] {
                let is_mixed = expected == "KEY_WEAK" && PublicKey::from_claimed_bytes(&key).is_ok();
                let may_be_known = is_mixed && purpose == v1::ChallengePurpose::Login;
                let expected = if may_be_known { "SIGNATURE_INVALID" } else { expected };
                let got = present(&daemon, &key, &signature, purpose).await;
                assert_eq!(got, expected, "{set}, {purpose:?}, key {}", case.public_key);
                *counts.entry((set, got)).or_default() += 1;
            }
        }
    }
    for ((set, outcome), count) in &counts {
        eprintln!("{set}: {outcome} {count} times (login and registration)");
    }
    assert_eq!(counts.values().sum::<usize>(), 2 * (12 + 151 + 5));
    daemon.stop().await;
}

/// The order of the base point's group (RFC 8032, section 5.1), little endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Gives the same signature with S + L in place of S: it verifies for whoever does not look (RFC 8032, section 5.1.7).
fn with_order_added(signature: &[u8]) -> Vec<u8> {
    let mut bytes = signature.to_vec();
    let mut carry = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn published_keys_log_in_and_no_other_form_of_their_signature_does() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    for (number, case) in read(include_str!("../../../proto/signing/vectors/rfc8032.json")).into_iter().enumerate() {
        let key = SecretKey::from_seed(&unhex(&case.seed.unwrap()).try_into().unwrap());
        assert_eq!(key.public().as_bytes().to_vec(), unhex(&case.public_key));
        let request = v1::CreateUserRequest {
            username: format!("rfc-{number}"),
            public_key: key.public().as_bytes().to_vec(),
            permissions: Vec::new(),
        };
        daemon.local().await.create_user(request).await.unwrap();
        let proof = daemon.proof(&key).await;
        let forms: [(&str, Vec<u8>); 6] = [
            ("S + L", with_order_added(&proof.signature)),
            ("cut", proof.signature[..63].to_vec()),
            ("longer", [&proof.signature[..], &[0]].concat()),
            ("R of small order", [&[1], &[0; 31][..], &proof.signature[32..]].concat()),
            ("R not canonical", [&[0xee], &[0xff; 30][..], &[0x7f], &proof.signature[32..]].concat()),
            ("halves swapped", [&proof.signature[32..], &proof.signature[..32]].concat()),
        ];
        for (form, signature) in forms {
            let wrong = v1::ChallengeProof { signature, ..proof.clone() };
            assert_eq!(reason(&daemon.prove(wrong).await.unwrap_err()), "SIGNATURE_INVALID", "{form}");
        }
        daemon.prove(proof.clone()).await.expect("the honest one is good after all of these");
        let again = v1::ChallengeProof { signature: with_order_added(&proof.signature), ..proof.clone() };
        assert_eq!(reason(&daemon.prove(again).await.unwrap_err()), "SIGNATURE_INVALID", "re-encoded");
        assert_eq!(reason(&daemon.prove(proof).await.unwrap_err()), "CHALLENGE_USED");
        let info = daemon.node_info(&key, record(&key, 1, &[ADDRESS], Dialect::Standard)).await;
        let mut wrong = info.clone();
        wrong.proof.as_mut().unwrap().signature = with_order_added(&info.proof.as_ref().unwrap().signature);
        let refused = daemon.local_registry().await.register_node(wrong).await.unwrap_err();
        assert_eq!(reason(&refused), "SIGNATURE_INVALID");
        daemon.local_registry().await.register_node(info).await.expect("the key of a user may be a node's too");
    }
    daemon.stop().await;
}

/// Signs under a key with a part of small order, so that a strict verifier accepts it: the hash has to be a multiple of eight.
fn sign_with_mixed(secret: Scalar, key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    for nonce in 1_u64.. {
        let nonce = Scalar::from(nonce);
        let commitment = (ED25519_BASEPOINT_POINT * nonce).compress();
        let hash = Sha512::new().chain_update(commitment.0).chain_update(key).chain_update(message).finalize();
        let hash = Scalar::from_bytes_mod_order_wide(&hash.into());
        if hash.as_bytes()[0].is_multiple_of(8) {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&commitment.0);
            signature[32..].copy_from_slice((nonce + hash * secret).as_bytes());
            return signature;
        }
    }
    unreachable!("one nonce in eight is good")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_a_part_of_small_order_is_let_in_nowhere() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("identity.join", "open")]).await;
    let secret = Scalar::from(123_456_789_u64);
    let mixed: EdwardsPoint = ED25519_BASEPOINT_POINT * secret + EIGHT_TORSION[1];
    let bytes = mixed.compress().0;
    let key = PublicKey::from_claimed_bytes(&bytes).expect("it looks like any other");
    let begin = v1::ChallengeRequest {
        public_key: bytes.to_vec(),
        kind: v1::SubjectKind::User.into(),
        purpose: v1::ChallengePurpose::Login.into(),
    };
    let step = Some(v1::auth_request::Step::Begin(begin));
    let answer = daemon.identity(None).await.authenticate(v1::AuthRequest { step }).await.unwrap().into_inner();
    let Some(v1::auth_response::Result::Challenge(challenge)) = answer.result else { panic!("{answer:?}") };
    let expires_at = challenge.expires_at.unwrap();
    let message = LoginMessage {
        server_id: &challenge.server_id,
        kind: Kind::User,
        purpose: Purpose::Login,
        public_key: &key,
        expires_at_ms: u64::try_from(expires_at.seconds * 1000 + i64::from(expires_at.nanos / 1_000_000)).unwrap(),
        challenge: &challenge.challenge,
    };
    let message = message.to_bytes();
    let signature = sign_with_mixed(secret, &bytes, &message);
    assert!(key.verify(&message, &signature).is_ok(), "nothing is wrong but the key");
    let proof = v1::ChallengeProof {
        challenge: challenge.challenge,
        signature: signature.to_vec(),
        username: "mallory".to_owned(),
        ..Default::default()
    };
    assert_eq!(reason(&daemon.prove(proof).await.unwrap_err()), "KEY_WEAK");
    let new =
        v1::CreateUserRequest { username: "mallory".to_owned(), public_key: bytes.to_vec(), permissions: Vec::new() };
    assert_eq!(reason(&daemon.local().await.create_user(new).await.unwrap_err()), "KEY_WEAK");
    for (kind, purpose) in [
        (v1::SubjectKind::Node, v1::ChallengePurpose::Register),
        (v1::SubjectKind::User, v1::ChallengePurpose::AddKey),
        (v1::SubjectKind::User, v1::ChallengePurpose::Recover),
    ] {
        let begin = v1::ChallengeRequest { public_key: bytes.to_vec(), kind: kind.into(), purpose: purpose.into() };
        let step = Some(v1::auth_request::Step::Begin(begin));
        let refused = daemon.identity(None).await.authenticate(v1::AuthRequest { step }).await.unwrap_err();
        assert_eq!(reason(&refused), "KEY_WEAK", "{purpose:?}");
    }
    daemon.stop().await;
}
