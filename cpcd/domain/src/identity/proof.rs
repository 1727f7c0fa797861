//! Proofs: a challenge that came back signed, good once.

use std::{fmt, time::Duration};

use cpc_signing::{PublicKey, Purpose};
use cpcd_model::{
    Error, Reason, Result,
    text::hex,
    time::{Timestamp, elapsed},
};
use cpcd_store::{Cache, sql::Tx};

use super::{Challenge, Challenges};

/// The field that a proof comes in where nothing else is said.
const FIELD: &str = "proof";

/// A challenge that came back signed.
#[derive(Clone, Default)]
pub struct Proof {
    /// The challenge's bytes.
    pub challenge: Vec<u8>,
    /// Ed25519 signature, 64 bytes.
    pub signature: Vec<u8>,
    /// To join: the code of an invite; empty for none.
    pub invite: String,
    /// To join as a user: the handle; empty for none.
    pub username: String,
    /// Binds the session of a user to the key.
    pub bind_to_key: bool,
}

impl fmt::Debug for Proof {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever has a challenge with its signature, or an invite's code, can do what they are for.
        out.debug_struct("Proof").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Checks proofs, and sees to it that each is good once.
#[derive(Clone)]
pub struct Proofs {
    challenges: Challenges,
    cache: Cache,
}

impl Proven {
    /// Gives the proven key.
    pub(crate) fn key(&self) -> &PublicKey {
        &self.challenge.public_key
    }

    /// Gives what [`use_up`] writes.
    pub(crate) fn one_use(&self) -> Use {
        Use { id: self.challenge.id, expires_at: self.challenge.expires_at }
    }
}

/// The one use of a challenge, to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    id: [u8; 16],
    expires_at: Timestamp,
}

impl Use {
    pub(super) fn new(id: [u8; 16], expires_at: Timestamp) -> Self {
        Self { id, expires_at }
    }

    /// Gives what is written: its id, and until when it is kept.
    pub(super) fn row(self) -> ([u8; 16], Timestamp) {
        (self.id, self.expires_at)
    }

    /// Writes it.
    ///
    /// # Errors
    /// `CHALLENGE_USED` for any other.
    pub(crate) async fn write(self, tx: &mut Tx) -> Result<()> {
        use_up(tx, &self.id, self.expires_at).await
    }
}

/// A proof that holds. It counts once its use is written.
pub(crate) struct Proven {
    pub(crate) challenge: Challenge,
    cache_key: String,
}

impl Proofs {
    pub(super) fn new(challenges: Challenges, cache: &Cache) -> Self {
        Self { challenges, cache: cache.clone() }
    }

    /// Gives the key of a proof's challenge, if that is one of ours and for this purpose: what the purpose asks of a key was
    /// checked when the challenge was given out.
    pub(crate) fn key(&self, proof: &Proof, purpose: Purpose, now: Timestamp) -> Option<PublicKey> {
        let challenge = self.challenges.accept(FIELD, &proof.challenge, now).ok()?;
        (challenge.purpose == purpose).then_some(challenge.public_key)
    }

    /// Gives the bytes of the key of a proof's challenge, if that is one of ours, whether it is still good or not.
    pub(crate) fn key_bytes(&self, proof: &Proof) -> Option<[u8; 32]> {
        self.challenges.key(&proof.challenge)
    }

    /// Checks a proof for a purpose.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID`, `CHALLENGE_EXPIRED`, `CHALLENGE_USED`, `SIGNATURE_INVALID`.
    pub(crate) async fn check(&self, proof: &Proof, purpose: Purpose, now: Timestamp) -> Result<Proven> {
        self.check_in(FIELD, proof, purpose, now).await
    }

    /// Checks a proof for a purpose that came in `field`.
    ///
    /// # Errors
    /// Those of [`Self::check`].
    pub(crate) async fn check_in(
        &self,
        field: &str,
        proof: &Proof,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Proven> {
        let challenge = self.challenges.accept(field, &proof.challenge, now)?;
        if challenge.purpose != purpose {
            let text = format!("was given for another purpose than {}", purpose.as_str());
            return Err(Error::field(Reason::ChallengeInvalid, format!("{field}.challenge"), text));
        }
        self.challenges.check_signature(field, &challenge, &proof.signature)?;
        let cache_key = format!("identity:challenge:{}", hex(&challenge.id));
        match self.cache.get(&cache_key).await {
            Ok(Some(_)) => Err(used()),
            Ok(None) => Ok(Proven { challenge, cache_key }),
            // Without the cache replays go all the way to the row.
            Err(error) => {
                tracing::debug!(%error, "whether a challenge was used is left to the store");
                Ok(Proven { challenge, cache_key })
            }
        }
    }

    /// Remembers that a proof was used.
    ///
    /// The row is what makes it good once: a cache that is away, or forgot, lets replays go there and be refused. It is told only
    /// after the row is written, never before: a claim whose owner died, or whose write failed, would turn away the very proof that
    /// is still good. So of those that come at the same time all go to the row, and those that come later do not.
    pub(crate) async fn remember(&self, proven: &Proven, now: Timestamp) {
        let ttl = elapsed(now, proven.challenge.expires_at).max(Duration::from_secs(1));
        if let Err(error) = self.cache.set(&proven.cache_key, vec![1], ttl).await {
            tracing::debug!(%error, "a used challenge was not put into the cache");
        }
    }
}

/// Writes the one use of a challenge.
///
/// # Errors
/// `CHALLENGE_USED` for any other.
pub(crate) async fn use_up(tx: &mut Tx, id: &[u8; 16], expires_at: Timestamp) -> Result<()> {
    if tx.insert_used_challenge(id, expires_at).await? { Ok(()) } else { Err(used()) }
}

/// Makes the error of a challenge that was used before.
pub(crate) fn used() -> Error {
    Error::field(Reason::ChallengeUsed, "proof.challenge", "has been used; ask for a new one")
}
