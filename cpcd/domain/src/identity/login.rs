//! Login in two steps.

use cpc_signing::{Kind, PublicKey, Purpose};
use cpcd_model::{
    Error, Reason, Result,
    id::SessionId,
    time::{Clock, Timestamp},
};
use cpcd_store::{Store, sql::Priority};

use super::{
    Challenge, Challenges, KEY, Proof, Proofs, accounts,
    entrance::Entrance,
    newcomer::{Newcomer, Newcomers},
    opening::{self, Opened, Opener},
    proof::{Proven, Use},
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
    entrance: Entrance,
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
        let entrance = Entrance::new(store, &opener);
        Self { store: store.clone(), clock: clock.clone(), challenges, proofs, opener, entrance, newcomers }
    }

    /// First step: gives a challenge for a key. Needs nothing; known and unknown keys look alike.
    ///
    /// # Errors
    /// `KEY_INVALID`, `KEY_WEAK`, `FIELD_INVALID` for a kind or purpose that cannot log in.
    pub fn begin(&self, public_key: &[u8], kind: Kind, purpose: Purpose) -> Result<Challenge> {
        // A login is by a key that is known; that of a newcomer is looked at in full when it is let in.
        let check = match purpose {
            Purpose::Login | Purpose::Refresh | Purpose::Confirm => super::users::check_claimed_key,
            Purpose::Register | Purpose::AddKey | Purpose::Recover => super::users::check_key,
        };
        let public_key = check("begin.public_key", public_key)?;
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
        let is_of_users = match purpose {
            Purpose::Login | Purpose::Register => false,
            Purpose::Refresh | Purpose::AddKey | Purpose::Confirm | Purpose::Recover => true,
        };
        if is_of_users && kind != Kind::User {
            let text = format!("{} is for the keys of users only", purpose.as_str());
            return Err(Error::field(Reason::FieldInvalid, "begin.purpose", text));
        }
        self.challenges.issue(public_key, kind, purpose, self.clock.now())
    }

    /// Gives the bytes of the key that a proof is by, if its challenge is one of ours. Needs nothing, and says nothing of the signature.
    #[must_use]
    pub fn key(&self, proof: &Proof) -> Option<[u8; 32]> {
        self.proofs.key_bytes(proof)
    }

    /// Second step: opens a session for a proof. Needs nothing but the proof. A user whose key is new here may join with it.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID`, `CHALLENGE_EXPIRED`, `CHALLENGE_USED`, `SIGNATURE_INVALID`, `LOGIN_REFUSED`, `APPROVAL_PENDING` (also of
    /// an account that this has made), `USER_SUSPENDED`; when joining, `KEY_WEAK`, those of
    /// [`Joining::admit`](super::Joining::admit) and [`Ticket::redeem`](super::Ticket::redeem), a fault of the user name, and
    /// `USERNAME_TAKEN`.
    pub async fn prove(&self, proof: &Proof) -> Result<TokenPair> {
        let now = self.clock.now();
        let proven = self.proofs.check(proof, Purpose::Login, now).await?;
        let (challenge, key) = (&proven.challenge, &proven.challenge.public_key);
        let (opened, newcomer) = match challenge.kind {
            Kind::User => {
                if let Some(tokens) = self.entrance.enter(key, proven.one_use(), proof.bind_to_key, now).await? {
                    self.proofs.remember(&proven, now).await;
                    return Ok(tokens);
                }
                let newcomer = self.newcomers.admit(key, proof, now)?;
                if newcomer.is_pending() {
                    return Err(self.wait(newcomer, &proven, now).await?);
                }
                (self.opener.open_user(&newcomer.user, key, proof.bind_to_key, now)?, Some(newcomer))
            }
            Kind::Node => {
                let node = self.store.get_node_by_key(key.as_bytes()).await?;
                (self.opener.open_node(node.ok_or_else(|| refused("node", key))?.id, now)?, None)
            }
            Kind::Service => return Err(refused("service", key)),
        };
        let (used, key) = (proven.one_use(), *key);
        let tokens = self.open(opened, &key, used, newcomer, now).await?;
        self.proofs.remember(&proven, now).await;
        Ok(tokens)
    }

    /// Opens a session for a key that was proven in another way; without a kind whose key it is decides, a user's first.
    ///
    /// # Errors
    /// `CHALLENGE_USED`, `LOGIN_REFUSED`, `APPROVAL_PENDING`, `USER_SUSPENDED`.
    pub(super) async fn open_known(
        &self,
        kind: Option<Kind>,
        key: &PublicKey,
        used: Use,
        now: Timestamp,
    ) -> Result<TokenPair> {
        let bytes = key.as_bytes();
        if kind != Some(Kind::Node)
            && let Some(tokens) = self.entrance.enter(key, used, false, now).await?
        {
            return Ok(tokens);
        }
        if kind == Some(Kind::User) {
            return Err(refused("user", key));
        }
        let node = self.store.get_node_by_key(bytes).await?;
        let what = if kind.is_none() { "user and no node" } else { "node" };
        let opened = self.opener.open_node(node.ok_or_else(|| refused(what, key))?.id, now)?;
        self.open(opened, key, used, None, now).await
    }

    /// Writes a session, and that a proof was used by it.
    async fn open(
        &self,
        opened: Opened,
        key: &PublicKey,
        used: Use,
        newcomer: Option<Newcomer>,
        now: Timestamp,
    ) -> Result<TokenPair> {
        let (Opened { session, tokens }, key) = (opened, *key);
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                used.write(tx).await?;
                if let Some(newcomer) = newcomer {
                    newcomer.settle(tx, now).await?;
                    tx.note_user_keys_use(&[*key.as_bytes()], now, opening::USE_WITHIN).await?;
                }
                opening::write(tx, &session, now).await
            })
        });
        write.await.map(|()| tokens)
    }

    /// Makes the account of somebody who then waits for approval; gives what they are told.
    async fn wait(&self, newcomer: Newcomer, proven: &Proven, now: Timestamp) -> Result<Error> {
        let (used, told) = (proven.one_use(), accounts::pending(&newcomer.user.username));
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                used.write(tx).await?;
                newcomer.settle(tx, now).await
            })
        });
        write.await?;
        self.proofs.remember(proven, now).await;
        Ok(told)
    }
}

/// Makes the error of a key that is nobody's here.
pub(super) fn refused(what: &str, key: &PublicKey) -> Error {
    Error::new(Reason::LoginRefused, format!("no {what} here has the key {}", key.peer_id()))
        .with_metadata(KEY, key.peer_id().to_string())
}
