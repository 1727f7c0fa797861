//! The signed bytes, against vectors that were computed by another program.

mod hex;

use cpc_signing::{Kind, LoginMessage, PublicKey, Purpose, SecretKey};
use serde::Deserialize;

use hex::unhex;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    name: String,
    server_id: String,
    kind: String,
    purpose: String,
    seed: String,
    public_key: String,
    expires_at_ms: String,
    challenge: String,
    message: String,
    signature: String,
}

#[test]
fn vectors_hold_byte_for_byte() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../vectors/login.json")).unwrap();
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let public_key = PublicKey::from_bytes(&unhex(&vector.public_key)).unwrap();
        let secret = SecretKey::from_seed(&unhex(&vector.seed).try_into().unwrap());
        assert_eq!(secret.public(), public_key, "{}", vector.name);
        let challenge = unhex(&vector.challenge);
        let message = LoginMessage {
            server_id: &vector.server_id,
            kind: [Kind::User, Kind::Node, Kind::Service].into_iter().find(|k| k.as_str() == vector.kind).unwrap(),
            purpose: [Purpose::Login, Purpose::Register].into_iter().find(|p| p.as_str() == vector.purpose).unwrap(),
            public_key: &public_key,
            expires_at_ms: vector.expires_at_ms.parse().unwrap(),
            challenge: &challenge,
        };
        assert_eq!(message.to_bytes(), unhex(&vector.message), "{}", vector.name);
        assert_eq!(secret.sign(&message.to_bytes()).to_vec(), unhex(&vector.signature), "{}", vector.name);
        assert_eq!(public_key.verify(&message.to_bytes(), &unhex(&vector.signature)), Ok(()), "{}", vector.name);
    }
}

/// What a signature is good for: changing any part changes the bytes, moving a byte between parts too.
#[test]
fn each_part_is_bound() {
    let secret = SecretKey::from_seed(&[7; 32]);
    let (key, other) = (secret.public(), SecretKey::from_seed(&[8; 32]).public());
    let base = LoginMessage {
        server_id: "server",
        kind: Kind::User,
        purpose: Purpose::Login,
        public_key: &key,
        expires_at_ms: 1,
        challenge: b"challenge",
    };
    let changed = [
        LoginMessage { server_id: "serveruser", ..base },
        LoginMessage { kind: Kind::Node, ..base },
        LoginMessage { kind: Kind::Service, ..base },
        LoginMessage { purpose: Purpose::Register, ..base },
        LoginMessage { purpose: Purpose::Refresh, ..base },
        LoginMessage { public_key: &other, ..base },
        LoginMessage { expires_at_ms: 2, ..base },
        LoginMessage { challenge: b"challengf", ..base },
        LoginMessage { challenge: b"", ..base },
    ];
    let signature = secret.sign(&base.to_bytes());
    assert!(key.verify(&base.to_bytes(), &signature).is_ok());
    for message in changed {
        assert!(key.verify(&message.to_bytes(), &signature).is_err(), "{message:?}");
    }
}
