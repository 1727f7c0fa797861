//! Published Ed25519 vectors, each with what it gives here.
//!
//! | vectors | here |
//! |---|---|
//! | RFC 8032 7.1, all five | signed to the byte and accepted |
//! | speccheck 0 to 5, 8, 9 | the key is weak: small order (0, 1) or mixed (2 to 5, 8, 9) |
//! | speccheck 3 | the key is weak, although dalek's `verify_strict` accepts the signature: the key is of mixed order |
//! | speccheck 6, 7 | the signature does not verify: S is not below L |
//! | speccheck 10, 11 | the key is not in its canonical encoding |
//! | Wycheproof | what it calls valid is accepted; what it calls invalid does not verify |

mod hex;

use cpc_signing::{Envelope, EnvelopeError, KeyError, PublicKey, SecretKey};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, de::DeserializeOwned};

use hex::unhex;

#[derive(Deserialize)]
struct File<Case> {
    source: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    public_key: String,
    message: String,
    signature: String,
    outcome: String,
}

impl Signed {
    /// What a login or a registration says to this key and this signature, in the words of the vectors.
    fn judged(&self) -> &'static str {
        match PublicKey::from_bytes(&unhex(&self.public_key)) {
            Err(KeyError::Weak) => "keyWeak",
            Err(KeyError::NotCanonical) => "keyNotCanonical",
            Err(KeyError::NotOnCurve) => "keyNotOnCurve",
            Err(KeyError::WrongLength { .. }) => "keyWrongLength",
            Ok(key) => match key.verify(&unhex(&self.message), &unhex(&self.signature)) {
                Ok(()) => "accepted",
                Err(_) => "signature",
            },
        }
    }
}

#[derive(Deserialize)]
struct Rfc {
    name: String,
    seed: String,
    #[serde(flatten)]
    signed: Signed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Speccheck {
    id: usize,
    comment: String,
    dalek_strict: bool,
    #[serde(flatten)]
    signed: Signed,
}

#[derive(Deserialize)]
struct Wycheproof {
    id: usize,
    comment: String,
    flag: String,
    #[serde(flatten)]
    signed: Signed,
}

fn read<Case: DeserializeOwned>(text: &str, count: usize) -> Vec<Case> {
    let file: File<Case> = serde_json::from_str(text).expect("the vectors are JSON");
    assert_eq!(file.cases.len(), count, "{}", file.source);
    file.cases
}

fn speccheck() -> Vec<Speccheck> {
    read(include_str!("../vectors/speccheck.json"), 12)
}

#[test]
fn rfc_8032_is_signed_and_accepted() {
    for Rfc { name, seed, signed } in read(include_str!("../vectors/rfc8032.json"), 5) {
        let secret = SecretKey::from_seed(&unhex(&seed).try_into().unwrap());
        assert_eq!(secret.public().as_bytes().to_vec(), unhex(&signed.public_key), "{name}");
        assert_eq!(secret.sign(&unhex(&signed.message)).to_vec(), unhex(&signed.signature), "{name}");
        assert_eq!((signed.judged(), signed.outcome.as_str()), ("accepted", "accepted"), "{name}");
    }
}

#[test]
fn speccheck_is_refused_to_the_last_case() {
    for (index, Speccheck { id, comment, signed, .. }) in speccheck().into_iter().enumerate() {
        assert_eq!(id, index);
        assert_eq!(signed.judged(), signed.outcome, "case {id}: {comment}");
        assert_ne!(signed.outcome, "accepted", "case {id}: {comment}");
    }
}

/// Shows where we are stricter than the strict check of the library: without the test of the key, case 3 would pass.
#[test]
fn speccheck_3_passes_the_strict_check_alone() {
    for Speccheck { id, comment, dalek_strict, signed } in speccheck() {
        let strict = VerifyingKey::from_bytes(&unhex(&signed.public_key).try_into().unwrap())
            .and_then(|key| {
                key.verify_strict(&unhex(&signed.message), &Signature::from_slice(&unhex(&signed.signature))?)
            })
            .is_ok();
        assert_eq!(strict, dalek_strict, "case {id}: {comment}");
        assert_eq!(strict, id == 3, "case {id}: {comment}");
    }
}

#[test]
fn wycheproof_is_judged_as_published() {
    let cases: Vec<Wycheproof> = read(include_str!("../vectors/wycheproof.json"), 151);
    let accepted = cases.iter().filter(|case| case.signed.outcome == "accepted").count();
    assert_eq!((accepted, cases.len() - accepted), (88, 63));
    for Wycheproof { id, comment, flag, signed } in cases {
        assert_eq!(signed.judged(), signed.outcome, "case {id}, {flag}: {comment}");
    }
}

/// An envelope reads the same keys: a record signed by one that is weak or misspelled is refused for its key.
#[test]
fn envelopes_refuse_the_same_keys() {
    let honest = Envelope::seal(&SecretKey::from_seed(&[5; 32]), b"domain", b"type", b"payload");
    for Speccheck { id, signed, .. } in speccheck() {
        let mut bytes = honest.clone();
        bytes[6..38].copy_from_slice(&unhex(&signed.public_key));
        bytes.truncate(honest.len() - 64);
        bytes.extend(unhex(&signed.signature));
        let refused = Envelope::decode(&bytes).and_then(|it| it.open(b"domain", b"type").map(|_| ())).unwrap_err();
        let expected = match signed.outcome.as_str() {
            "keyWeak" => EnvelopeError::Key(KeyError::Weak),
            "keyNotCanonical" => EnvelopeError::Key(KeyError::NotCanonical),
            _ => EnvelopeError::Signature,
        };
        assert_eq!(refused, expected, "case {id}");
    }
}
