//! Challenges: nothing is stored before the proof.
//!
//! A challenge is a blob under a keyed MAC that says for which key, kind, purpose and time it is good, so that a flood of requests
//! for challenges leaves nothing behind. What makes it good once is the row that its use writes.

use std::{sync::Arc, time::Duration};

use aws_lc_rs::{hmac, rand};
use cpc_signing::{Kind, LoginMessage, PublicKey, Purpose};
use cpcd_model::{Error, Reason, Result, time::Timestamp};

use super::{Config, RootKey, ServerIdentity};

const VERSION: u8 = 1;
const ID_LEN: usize = 16;
/// Where the key is, behind the version, the id, the kind and the purpose.
const KEY_AT: usize = 1 + ID_LEN + 1 + 1;
const BODY_LEN: usize = KEY_AT + 32 + 8;
const MAC_LEN: usize = 32;

/// Under this name the error of a proof says of which key it was.
pub const KEY: &str = "key";

/// A challenge that was given out, or has come back.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Random; names its one use.
    pub id: [u8; ID_LEN],
    /// Whose key.
    pub kind: Kind,
    /// What for.
    pub purpose: Purpose,
    /// The key that it is for.
    pub public_key: PublicKey,
    /// When it stops being good, in whole milliseconds.
    pub expires_at: Timestamp,
    /// The bytes that travel.
    pub blob: Vec<u8>,
}

/// Makes challenges and knows its own.
#[derive(Clone)]
pub struct Challenges {
    key: Arc<hmac::Key>,
    server_id: Arc<str>,
    lifetime: Duration,
}

impl Challenges {
    pub(super) fn new(root: &RootKey, server: &ServerIdentity, config: &Config) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, root.derive("challenge").as_ref());
        Self {
            key: Arc::new(key),
            server_id: server.id().into(),
            lifetime: Duration::from_secs(config.challenge_seconds.into()),
        }
    }

    /// Makes a challenge for a key. The answer does not depend on whether the key is known.
    ///
    /// # Errors
    /// Only if the system gives no random bytes.
    pub fn issue(&self, public_key: PublicKey, kind: Kind, purpose: Purpose, now: Timestamp) -> Result<Challenge> {
        let mut id = [0; ID_LEN];
        rand::fill(&mut id).map_err(|_| Error::internal("the system gives no random bytes"))?;
        let expires_ms = (now + self.lifetime).as_millisecond();
        let mut blob = Vec::with_capacity(BODY_LEN + MAC_LEN);
        blob.push(VERSION);
        blob.extend_from_slice(&id);
        blob.push(kind_code(kind));
        blob.push(purpose_code(purpose));
        blob.extend_from_slice(public_key.as_bytes());
        blob.extend_from_slice(&expires_ms.to_be_bytes());
        let mac = hmac::sign(&self.key, &blob);
        blob.extend_from_slice(mac.as_ref());
        let expires_at = Timestamp::from_millisecond(expires_ms).map_err(Error::internal)?;
        Ok(Challenge { id, kind, purpose, public_key, expires_at, blob })
    }

    /// Gives the bytes of the key that a challenge is for, if it is one of ours.
    pub(super) fn key(&self, blob: &[u8]) -> Option<[u8; 32]> {
        let (body, mac) = blob.split_at_checked(BODY_LEN)?;
        hmac::verify(&self.key, body, mac).ok()?;
        body.get(KEY_AT..)?.first_chunk().copied()
    }

    /// Reads a challenge that has come back in `field`; says nothing yet of its signature or of its use.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID` if it is not one of ours, `CHALLENGE_EXPIRED`.
    pub fn accept(&self, field: &str, blob: &[u8], now: Timestamp) -> Result<Challenge> {
        let field = format!("{field}.challenge");
        let foreign = || Error::field(Reason::ChallengeInvalid, &field, "is not a challenge of this server");
        let (body, mac) = blob.split_at_checked(BODY_LEN).ok_or_else(foreign)?;
        hmac::verify(&self.key, body, mac).map_err(|_| foreign())?;
        let challenge = parse(body, blob).ok_or_else(foreign)?;
        if now >= challenge.expires_at {
            return Err(Error::field(Reason::ChallengeExpired, &field, "has expired; ask for a new one"));
        }
        Ok(challenge)
    }

    /// Checks the signature over a challenge, which came in `field`.
    ///
    /// # Errors
    /// `SIGNATURE_INVALID`.
    pub fn check_signature(&self, field: &str, challenge: &Challenge, signature: &[u8]) -> Result<()> {
        let message = LoginMessage {
            server_id: &self.server_id,
            kind: challenge.kind,
            purpose: challenge.purpose,
            public_key: &challenge.public_key,
            expires_at_ms: u64::try_from(challenge.expires_at.as_millisecond()).unwrap_or_default(),
            challenge: &challenge.blob,
        };
        challenge.public_key.verify(&message.to_bytes(), signature).map_err(|_| {
            let text = "does not fit the challenge and its key";
            Error::field(Reason::SignatureInvalid, format!("{field}.signature"), text)
                .with_metadata(KEY, challenge.public_key.peer_id().to_string())
        })
    }
}

fn parse(body: &[u8], blob: &[u8]) -> Option<Challenge> {
    let (&version, rest) = body.split_first()?;
    let (id, rest) = rest.split_first_chunk::<ID_LEN>()?;
    let (&[kind, purpose], rest) = rest.split_first_chunk::<2>()?;
    let (public_key, expires) = rest.split_first_chunk::<32>()?;
    let expires_ms = i64::from_be_bytes(*expires.first_chunk::<8>()?);
    if version != VERSION {
        return None;
    }
    Some(Challenge {
        id: *id,
        kind: [Kind::User, Kind::Node, Kind::Service].into_iter().find(|known| kind_code(*known) == kind)?,
        purpose: Purpose::ALL.into_iter().find(|known| purpose_code(*known) == purpose)?,
        // It was looked at when the challenge was given out, and the MAC says that it is the same.
        public_key: PublicKey::from_accepted_bytes(public_key).ok()?,
        expires_at: Timestamp::from_millisecond(expires_ms).ok()?,
        blob: blob.to_vec(),
    })
}

const fn kind_code(kind: Kind) -> u8 {
    match kind {
        Kind::User => 1,
        Kind::Node => 2,
        Kind::Service => 3,
    }
}

const fn purpose_code(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Login => 1,
        Purpose::Register => 2,
        Purpose::Refresh => 3,
        Purpose::AddKey => 4,
        Purpose::Confirm => 5,
        Purpose::Recover => 6,
    }
}
