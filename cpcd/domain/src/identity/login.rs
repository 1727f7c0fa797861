//! Login in two steps.

use std::time::Duration;

use cpc_signing::{Kind, PublicKey, Purpose};
use cpcd_model::{
    Error, Reason, Result,
    id::SessionId,
    time::{Clock, Timestamp, elapsed},
};
use cpcd_store::{
    Cache, Store,
    sql::{NewEvent, Priority, Session, SubjectKind as StoredKind},
};
use serde_json::json;

use super::{Challenge, Challenges, Config, Tokens, newcomer::Newcomers, refresh::RefreshTokens, token::Grant};

pub use cpc_signing::Kind as SubjectKind;

/// A challenge that came back signed.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The challenge's bytes.
    pub challenge: Vec<u8>,
    /// Ed25519 signature, 64 bytes.
    pub signature: Vec<u8>,
    /// To join: the code of an invite; empty for none.
    pub invite: String,
    /// To join as a user: the handle; empty for none.
    pub username: String,
}

/// The tokens of a session.
#[derive(Clone)]
pub struct TokenPair {
    /// Access token.
    pub access_token: String,
    /// When it ends.
    pub access_expires_at: Timestamp,
    /// Refresh token.
    pub refresh_token: String,
    /// When the session can no longer be renewed.
    pub refresh_expires_at: Timestamp,
    /// The session.
    pub session_id: SessionId,
}

/// Login by Ed25519 key.
#[derive(Clone)]
pub struct Login {
    store: Store,
    cache: Cache,
    clock: Clock,
    lifetime: Duration,
    challenges: Challenges,
    refresh: RefreshTokens,
    tokens: Tokens,
    newcomers: Newcomers,
}

impl Login {
    #[expect(clippy::too_many_arguments, reason = "each is one of its parts")]
    pub(super) fn new(
        store: &Store,
        cache: &Cache,
        clock: &Clock,
        config: &Config,
        challenges: Challenges,
        refresh: RefreshTokens,
        tokens: Tokens,
        newcomers: Newcomers,
    ) -> Self {
        let lifetime = Duration::from_secs(config.refresh_token_seconds.into());
        let (store, cache, clock) = (store.clone(), cache.clone(), clock.clone());
        Self { store, cache, clock, lifetime, challenges, refresh, tokens, newcomers }
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
        self.challenges.issue(public_key, kind, purpose, self.clock.now())
    }

    /// Second step: opens a session for a proof. Needs nothing but the proof. A user whose key is new here may join with it.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID`, `CHALLENGE_EXPIRED`, `CHALLENGE_USED`, `SIGNATURE_INVALID`, `LOGIN_REFUSED`; when joining, those of
    /// [`Joining::admit`](super::Joining::admit) and [`Ticket::redeem`](super::Ticket::redeem), a fault of the user name, and
    /// `USERNAME_TAKEN`.
    pub async fn prove(&self, proof: &Proof) -> Result<TokenPair> {
        let now = self.clock.now();
        let challenge = self.challenges.accept(&proof.challenge, now)?;
        if challenge.purpose != Purpose::Login {
            return Err(Error::field(
                Reason::ChallengeInvalid,
                "proof.challenge",
                "was given for another purpose than login",
            ));
        }
        self.challenges.check_signature(&challenge, &proof.signature)?;
        let cache_key = format!("cpc:identity:challenge:{}", hex(&challenge.id));
        if self.cache.get(&cache_key).await?.is_some() {
            return Err(used());
        }
        let user = match challenge.kind {
            Kind::User => self.store.get_user_by_key(challenge.public_key.as_bytes()).await?,
            Kind::Node | Kind::Service => None,
        };
        let (user, newcomer) = match (user, challenge.kind) {
            (Some(user), _) => (user, None),
            (None, Kind::User) => {
                let newcomer = self.newcomers.admit(&challenge.public_key, proof, now)?;
                (newcomer.user.clone(), Some(newcomer))
            }
            (None, Kind::Node | Kind::Service) => return Err(refused(&challenge.public_key)),
        };
        let session_id = SessionId::begun_at(now);
        let refresh = self.refresh.make(session_id, 0);
        let session = Session {
            id: session_id,
            subject_id: user.id.uuid(),
            subject_kind: StoredKind::User,
            created_at: now,
            expires_at: now + self.lifetime,
            refresh_hash: Some(refresh.hash),
        };
        let refresh_expires_at = session.expires_at;
        let grant = Grant {
            user: user.id,
            epoch: user.permission_epoch,
            session: session_id,
            token_id: self.refresh.token_id(session_id, 0),
            issued_at: now,
        };
        let (access_token, access_expires_at) = self.tokens.issue(&grant)?;
        let (challenge_id, expires_at) = (challenge.id, challenge.expires_at);
        self.store
            .write(Priority::Identity, move |tx| {
                Box::pin(async move {
                    if !tx.insert_used_challenge(&challenge_id, expires_at).await? {
                        return Err(used());
                    }
                    if let Some(newcomer) = newcomer {
                        newcomer.settle(tx, now).await?;
                    }
                    tx.insert_session(&session).await?;
                    let event = NewEvent {
                        kind: "session.opened",
                        subject_id: session.subject_id,
                        payload: json!({ "session_id": session.id.to_string() }),
                    };
                    tx.insert_events(&[event], now).await
                })
            })
            .await?;
        // The row is what makes it good once; the cache only spares replays the way there, so its failure is no failure.
        let ttl = elapsed(now, expires_at).max(Duration::from_secs(1));
        if let Err(error) = self.cache.set(&cache_key, vec![1], ttl).await {
            tracing::debug!(%error, "a used challenge was not put into the cache");
        }
        Ok(TokenPair { access_token, access_expires_at, refresh_token: refresh.text, refresh_expires_at, session_id })
    }
}

fn used() -> Error {
    Error::field(Reason::ChallengeUsed, "proof.challenge", "has been used; ask for a new one")
}

fn refused(key: &PublicKey) -> Error {
    Error::new(Reason::LoginRefused, format!("no user here has the key {}", key.peer_id()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
