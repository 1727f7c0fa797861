//! The opening of sessions: of users, renewed by refresh tokens, and of nodes, whose heartbeats renew their tokens.

use std::time::Duration;

use cpc_signing::PublicKey;
use cpcd_model::{
    Result,
    id::{NodeId, SessionId, UserId},
    time::Timestamp,
    user::User,
};
use cpcd_store::sql::{KnownKey, NewEvent, Session, SubjectKind, Tx};
use serde_json::json;
use uuid::Uuid;

use super::{
    Config, TokenPair, Tokens,
    refresh::RefreshTokens,
    token::{Grant, Holder},
};
use crate::caller;

/// That a key was used is written no more often.
pub(super) const USE_WITHIN: Duration = Duration::from_secs(60);

/// Opens sessions.
#[derive(Clone)]
pub struct Opener {
    lifetime: Duration,
    refresh: RefreshTokens,
    tokens: Tokens,
}

/// A session to be written, and what its holder gets.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) tokens: TokenPair,
}

impl Opener {
    pub(super) fn new(config: &Config, refresh: RefreshTokens, tokens: Tokens) -> Self {
        Self { lifetime: Duration::from_secs(config.refresh_token_seconds.into()), refresh, tokens }
    }

    /// Prepares the session that a key of a user opens; a bound one is renewed only with a signature of that key.
    pub(super) fn open_user(&self, user: &User, key: &PublicKey, is_bound: bool, now: Timestamp) -> Result<Opened> {
        self.open(user.id, user.permission_epoch, key, is_bound, now)
    }

    /// The same where no more is known of the user than a login needs.
    pub(super) fn open_known(
        &self,
        known: &KnownKey,
        key: &PublicKey,
        is_bound: bool,
        now: Timestamp,
    ) -> Result<Opened> {
        self.open(known.user_id, known.permission_epoch, key, is_bound, now)
    }

    fn open(&self, user: UserId, epoch: u64, key: &PublicKey, is_bound: bool, now: Timestamp) -> Result<Opened> {
        let id = SessionId::begun_at(now);
        let refresh = self.refresh.make(id, 0);
        let token_id = self.refresh.token_id(id, 0);
        let grant = Grant { holder: Holder::User(user), epoch, session: id, token_id, issued_at: now };
        let (access_token, access_expires_at) = self.tokens.issue(&grant)?;
        let session = Session {
            id,
            subject_id: user.uuid(),
            subject_kind: SubjectKind::User,
            created_at: now,
            expires_at: now + self.lifetime,
            refresh_hash: Some(refresh.hash),
            bound_key: is_bound.then_some(*key.as_bytes()),
            opened_with: Some(*key.as_bytes()),
        };
        let tokens = TokenPair {
            access_token,
            access_expires_at,
            refresh_token: refresh.text,
            refresh_expires_at: Some(session.expires_at),
            session_id: id,
        };
        Ok(Opened { session, tokens })
    }

    /// Prepares the session of a node.
    pub(crate) fn open_node(&self, node: NodeId, now: Timestamp) -> Result<Opened> {
        let id = SessionId::begun_at(now);
        let tokens = self.issue_node(node, id, now)?;
        let session = Session {
            id,
            subject_id: node.uuid(),
            subject_kind: SubjectKind::Node,
            created_at: now,
            expires_at: now + self.lifetime,
            refresh_hash: None,
            bound_key: None,
            opened_with: None,
        };
        Ok(Opened { session, tokens })
    }

    /// Gives a node's session a fresh access token if a third of the old one's life, or less, is left; without a statement.
    ///
    /// Nothing once the session has lasted as long as a user's may: the node logs in with its key again.
    ///
    /// # Errors
    /// Only if signing fails.
    pub(crate) fn renew_node(
        &self,
        node: NodeId,
        session: &caller::Session,
        now: Timestamp,
    ) -> Result<Option<TokenPair>> {
        if now + self.tokens.lifetime() / 3 < session.token_expires_at {
            return Ok(None);
        }
        // A session has an end: whoever has nothing but a token of it does not keep it for ever.
        let begun = session.id.begun_ms().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        if begun.is_none_or(|begun| now >= begun + self.lifetime) {
            return Ok(None);
        }
        self.issue_node(node, session.id, now).map(Some)
    }

    fn issue_node(&self, node: NodeId, session_id: SessionId, now: Timestamp) -> Result<TokenPair> {
        let grant = Grant {
            holder: Holder::Node(node),
            epoch: 0,
            session: session_id,
            token_id: Uuid::now_v7(),
            issued_at: now,
        };
        let (access_token, access_expires_at) = self.tokens.issue(&grant)?;
        Ok(TokenPair {
            access_token,
            access_expires_at,
            refresh_token: String::new(),
            refresh_expires_at: None,
            session_id,
        })
    }
}

/// Writes a session and its event.
pub(crate) async fn write(tx: &mut Tx, session: &Session, now: Timestamp) -> Result<()> {
    tx.audit_as(session.subject_kind.as_str(), session.subject_id, Some(session.id.uuid()));
    tx.insert_session(session).await?;
    tx.insert_events(&[event(session)], now).await
}

/// Makes the event of a session that was opened.
pub(crate) fn event(session: &Session) -> NewEvent {
    let payload = json!({ "session_id": session.id.to_string() });
    NewEvent { kind: "session.opened", subject_id: session.subject_id, payload }
}
