//! Login in two steps.

use cpc_signing::{Kind, PublicKey, Purpose};
use cpcd_model::{
    Error, Reason, Result,
    id::SessionId,
    time::{Clock, Timestamp},
};
use cpcd_store::{Store, sql::Priority};

use super::{
    Challenge, Challenges, KEY, Proof, Proofs,
    newcomer::Newcomers,
    opening::{self, Opened, Opener},
    proof,
};

pub use cpc_signing::Kind as SubjectKind;

/// The tokens of a session.
#[derive(Clone)]
pub struct TokenPair {
    /// Access token.
    pub access_token: String,
    /// When it ends.
    pub access_expires_at: Timestamp,
    /// Refresh token; empty for a node, whose heartbeats renew its token.
    pub refresh_token: String,
    /// When the session can no longer be renewed by it.
    pub refresh_expires_at: Option<Timestamp>,
    /// The session.
    pub session_id: SessionId,
}

/// Login by Ed25519 key.
#[derive(Clone)]
pub struct Login {
    store: Store,
    clock: Clock,
    challenges: Challenges,
    proofs: Proofs,
    opener: Opener,
    newcomers: Newcomers,
}

impl Login {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        challenges: Challenges,
        proofs: Proofs,
        opener: Opener,
        newcomers: Newcomers,
    ) -> Self {
        Self { store: store.clone(), clock: clock.clone(), challenges, proofs, opener, newcomers }
    }

    /// First step: gives a challenge for a key. Needs nothing; known and unknown keys look alike.
    ///
    /// # Errors
    /// `KEY_INVALID`, `KEY_WEAK`, `FIELD_INVALID` for a kind or purpose that cannot log in.
    pub fn begin(&self, public_key: &[u8], kind: Kind, purpose: Purpose) -> Result<Challenge> {
        let public_key = super::users::check_key("begin.public_key", public_key)?;
        if kind == Kind::Service {
            return Err(Error::field(
                Reason::FieldInvalid,
                "begin.kind",
                "a service logs in with its token, not with a key",
            ));
        }
        if purpose == Purpose::Register && kind != Kind::Node {
            return Err(Error::field(Reason::FieldInvalid, "begin.purpose", "only a node registers"));
        }
        if purpose == Purpose::Refresh && kind != Kind::User {
            return Err(Error::field(
                Reason::FieldInvalid,
                "begin.purpose",
                "only a user's session is renewed by its key",
            ));
        }
        self.challenges.issue(public_key, kind, purpose, self.clock.now())
    }

    /// Gives the key that a proof is by, if its challenge is one of ours. Needs nothing, and says nothing of the signature.
    #[must_use]
    pub fn key(&self, proof: &Proof) -> Option<PublicKey> {
        self.proofs.key(proof, self.clock.now())
    }

    /// Second step: opens a session for a proof. Needs nothing but the proof. A user whose key is new here may join with it.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID`, `CHALLENGE_EXPIRED`, `CHALLENGE_USED`, `SIGNATURE_INVALID`, `LOGIN_REFUSED`; when joining, those of
    /// [`Joining::admit`](super::Joining::admit) and [`Ticket::redeem`](super::Ticket::redeem), a fault of the user name, and
    /// `USERNAME_TAKEN`.
    pub async fn prove(&self, proof: &Proof) -> Result<TokenPair> {
        let now = self.clock.now();
        let proven = self.proofs.check(proof, Purpose::Login, now).await?;
        let (challenge, key) = (&proven.challenge, &proven.challenge.public_key);
        let (opened, newcomer) = match challenge.kind {
            Kind::User => match self.store.get_user_by_key(key.as_bytes()).await? {
                Some(user) => (self.opener.open_user(&user, proof.bind_to_key, now)?, None),
                None => {
                    let newcomer = self.newcomers.admit(key, proof, now)?;
                    (self.opener.open_user(&newcomer.user, proof.bind_to_key, now)?, Some(newcomer))
                }
            },
            Kind::Node => {
                let node = self.store.get_node_by_key(key.as_bytes()).await?;
                (self.opener.open_node(node.ok_or_else(|| refused("node", key))?.id, now)?, None)
            }
            Kind::Service => return Err(refused("service", key)),
        };
        let Opened { session, tokens } = opened;
        let (challenge_id, expires_at) = (challenge.id, challenge.expires_at);
        self.store
            .write(Priority::Identity, move |tx| {
                Box::pin(async move {
                    proof::use_up(tx, &challenge_id, expires_at).await?;
                    if let Some(newcomer) = newcomer {
                        newcomer.settle(tx, now).await?;
                    }
                    opening::write(tx, &session, now).await
                })
            })
            .await?;
        self.proofs.remember(&proven, now).await;
        Ok(tokens)
    }
}

fn refused(what: &str, key: &PublicKey) -> Error {
    Error::new(Reason::LoginRefused, format!("no {what} here has the key {}", key.peer_id()))
        .with_metadata(KEY, key.peer_id().to_string())
}
