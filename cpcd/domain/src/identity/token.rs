//! Access tokens: HS256 JWTs (RFC 7519) of which nothing is optional.

use std::{future, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpcd_model::{
    Error, Reason, Result,
    id::{NodeId, SessionId, UserId},
    permission::Permissions,
    time::{Clock, Timestamp, elapsed},
    user::UserState,
};
use cpcd_store::Store;
use jsonwebtoken::{Algorithm, Header, Validation};
use moka::future::Cache as Moka;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Config, Revoked, ServerIdentity, ServiceTokens, TokenKeys, service_text::ServiceTexts, verified::Verified,
};
use crate::{
    Caller,
    caller::{Service, Session, Subject},
};

const AUDIENCE: &str = "cpc";
/// Clocks of replicas may differ by so much.
const LEEWAY: Duration = Duration::from_secs(5);
/// Longer tokens are none of ours.
const MAX_TOKEN_BYTES: usize = 2048;

/// Claims of an access token; all are required.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    kind: TokenKind,
    jti: Uuid,
    sid: Uuid,
    iat: u64,
    nbf: u64,
    exp: u64,
    epoch: u64,
}

#[derive(Debug, Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum TokenKind {
    User,
    Node,
}

/// The only header there is: no key, no address of one, no other algorithm (RFC 8725, section 3).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
    kid: String,
}

/// What an access token is issued for; the same always gives the same token.
#[derive(Clone, Copy)]
pub(crate) struct Grant {
    pub(super) holder: Holder,
    /// The user's permission epoch; 0 for a node, which has no permissions to change.
    pub(super) epoch: u64,
    pub(super) session: SessionId,
    pub(super) token_id: Uuid,
    pub(super) issued_at: Timestamp,
}

/// Whose a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    User(UserId),
    Node(NodeId),
}

impl Holder {
    fn uuid(self) -> Uuid {
        match self {
            Self::User(id) => id.uuid(),
            Self::Node(id) => id.uuid(),
        }
    }
}

/// What a token says whose signature holds.
#[derive(Clone)]
struct Said {
    /// The key that signed it.
    kid: Arc<str>,
    holder: Holder,
    session: Session,
    /// Whole seconds since 1970.
    expires_at: u64,
    epoch: u64,
}

/// The same in little room: there may be a million.
#[derive(Clone)]
struct Kept {
    kid: Arc<str>,
    subject: Uuid,
    session: Uuid,
    token: Uuid,
    expires_at: u32,
    epoch: u32,
    is_node: bool,
}

impl From<Kept> for Said {
    fn from(kept: Kept) -> Self {
        let holder = if kept.is_node { Holder::Node(kept.subject.into()) } else { Holder::User(kept.subject.into()) };
        let session = Session {
            id: kept.session.into(),
            token_id: kept.token,
            token_expires_at: Timestamp::from_second(kept.expires_at.into()).unwrap_or_default(),
            permission_epoch: kept.epoch.into(),
        };
        Self { kid: kept.kid, holder, session, expires_at: kept.expires_at.into(), epoch: kept.epoch.into() }
    }
}

/// Issues and verifies access tokens.
#[derive(Clone)]
pub struct Tokens {
    store: Store,
    clock: Clock,
    keys: TokenKeys,
    issuer: Arc<str>,
    lifetime: Duration,
    /// With the number of changes to the subject's permissions that were known before they were read.
    rules: Moka<(UserId, u64), (u64, Arc<Permissions>)>,
    /// The same for those whose token says no epoch: what they hold now, with its epoch.
    current: Moka<UserId, (u64, u64, Arc<Permissions>)>,
    services: ServiceTokens,
    nothing: Arc<Permissions>,
    verified: Arc<Verified<Kept>>,
    revoked: Revoked,
}

impl Tokens {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        config: &Config,
        server: &ServerIdentity,
        keys: TokenKeys,
        services: ServiceTokens,
        revoked: Revoked,
    ) -> Self {
        Self {
            store: store.clone(),
            clock: clock.clone(),
            keys,
            issuer: server.id().into(),
            lifetime: Duration::from_secs(config.access_token_seconds.into()),
            rules: Moka::builder().max_capacity(100_000).time_to_live(Duration::from_secs(300)).build(),
            current: Moka::builder().max_capacity(10_000).time_to_live(Duration::from_secs(300)).build(),
            services,
            nothing: Arc::default(),
            verified: Arc::new(Verified::new()),
            revoked,
        }
    }

    /// Gives how long an access token is good.
    pub(crate) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Issues the access token of a session; gives it with its end.
    pub(super) fn issue(&self, grant: &Grant) -> Result<(String, Timestamp)> {
        let now = grant.issued_at;
        let expires_at = Timestamp::from_second((now + self.lifetime).as_second()).map_err(Error::internal)?;
        let seconds = |time: Timestamp| u64::try_from(time.as_second()).map_err(Error::internal);
        let claims = Claims {
            iss: self.issuer.to_string(),
            aud: AUDIENCE.into(),
            sub: grant.holder.uuid(),
            kind: match grant.holder {
                Holder::User(_) => TokenKind::User,
                Holder::Node(_) => TokenKind::Node,
            },
            jti: grant.token_id,
            sid: grant.session.uuid(),
            iat: seconds(now)?,
            nbf: seconds(now)?,
            exp: seconds(expires_at)?,
            epoch: grant.epoch,
        };
        let ring = self.keys.ring();
        let (kid, key) = &ring.signing;
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
        let token = jsonwebtoken::encode(&header, &claims, key).map_err(Error::internal)?;
        Ok((token, expires_at))
    }

    /// Verifies a token and gives the caller that it names.
    ///
    /// # Errors
    /// Those of [`Self::verify_unconfirmed`]; `ENGINE_AWAY` while nobody can say what was revoked in the last five seconds.
    pub async fn verify(&self, token: &str) -> Result<Caller> {
        let caller = self.verify_unconfirmed(token).await?;
        self.revoked.check_confirmed().map(|()| caller)
    }

    /// Verifies a token as [`Self::verify`] does, but goes on while the store is away and with it what was revoked lately.
    ///
    /// For heartbeats, and for public reads that need no SQL; nothing else may be done by such a caller.
    ///
    /// # Errors
    /// `TOKEN_INVALID` if it is not one of ours, `TOKEN_EXPIRED`, `TOKEN_REVOKED` if it was taken back, or its subject is gone or has other permissions by now.
    pub async fn verify_unconfirmed(&self, token: &str) -> Result<Caller> {
        if ServiceTexts::is_one(token) {
            return self.verify_service(token).await;
        }
        let said = match self.said(token) {
            Err(error) if error.reason() == Reason::TokenInvalid && self.has_new_key(token).await? => {
                self.said(token)?
            }
            said => said?,
        };
        let (subject, permissions) = match said.holder {
            Holder::User(id) => (Subject::User(id), self.permissions(id, said.epoch).await?),
            Holder::Node(id) => (Subject::Node(id), self.nothing.clone()),
        };
        Ok(Caller::verified(subject, permissions, said.session))
    }

    /// Verifies a service token: its owner may by now hold less than when it was made.
    async fn verify_service(&self, text: &str) -> Result<Caller> {
        let token = self.services.verify(text).await?;
        let (epoch, held) = self.current_permissions(token.owner_id).await?;
        let permissions = self.services.narrowed(&token, epoch, &held).await;
        let session = Session {
            id: token.id.uuid().into(),
            token_id: token.id.uuid(),
            token_expires_at: token.expires_at,
            permission_epoch: epoch,
        };
        let service = Service { token: token.id, owner: token.owner_id };
        Ok(Caller::verified(Subject::Service(service), permissions, session))
    }

    /// Verifies a node's token for a heartbeat, without leaving the thread and while the store is away: nothing if it is a user's, or signed with a key to be looked for.
    ///
    /// # Errors
    /// As [`Tokens::verify_unconfirmed`].
    pub fn verify_node(&self, token: &str) -> Result<Option<Caller>> {
        let said = match self.said(token) {
            Err(error) if error.reason() == Reason::TokenInvalid => return Ok(None),
            said => said?,
        };
        Ok(match said.holder {
            Holder::User(_) => None,
            Holder::Node(id) => Some(Caller::verified(Subject::Node(id), self.nothing.clone(), said.session)),
        })
    }

    /// Looks for the key that a token was signed with if it is not known here: another replica may have made it.
    async fn has_new_key(&self, token: &str) -> Result<bool> {
        let kid = read_kid(token)?;
        if self.keys.ring().accepted.contains_key(kid.as_str()) {
            return Ok(false);
        }
        self.keys.look_again(&kid).await.map(|()| true)
    }

    /// Gives what a token says, if it may say it now.
    fn said(&self, token: &str) -> Result<Said> {
        let now = self.clock.now();
        let said: Said = self.verified.get_or_verify(token, self.clock.tick(), || self.check(token, now))?.into();
        if !self.keys.ring().accepted.contains_key(&*said.kid) {
            return Err(unknown_key());
        }
        if has_expired(said.expires_at, now) {
            return Err(expired());
        }
        self.revoked.check_token(said.session.token_id, said.session.id, said.holder.uuid())?;
        Ok(said)
    }

    /// Refuses a caller of a stream whose token has expired or was revoked since.
    ///
    /// # Errors
    /// `TOKEN_EXPIRED`, `TOKEN_REVOKED`.
    pub fn check_caller(&self, caller: &Caller) -> Result<()> {
        let (Some(session), Some(subject)) = (caller.session(), caller.subject().holder()) else { return Ok(()) };
        if self.clock.now() >= session.token_expires_at + LEEWAY {
            return Err(expired());
        }
        self.revoked.check_token(session.token_id, session.id, subject)
    }

    /// Waits until a caller's token has expired or is revoked, and says which; for ever if the caller has none.
    pub async fn ended(&self, caller: &Caller) -> Error {
        let (Some(session), Some(subject)) = (caller.session(), caller.subject().holder()) else {
            return future::pending().await;
        };
        let end = session.token_expires_at + LEEWAY;
        let mut changes = self.revoked.changes();
        loop {
            changes.mark_unchanged();
            if let Err(error) = self.revoked.check_token(session.token_id, session.id, subject) {
                return error;
            }
            let mut again = None;
            if let Some(user) = caller.subject().owner() {
                match self.permissions(user, session.permission_epoch).await {
                    Err(error) if error.reason() == Reason::TokenRevoked => return error,
                    // Whether they have changed could not be read: it must be soon.
                    Err(_) => again = Some(Duration::from_secs(1)),
                    Ok(_) => {}
                }
            }
            let now = self.clock.now();
            if now >= end {
                return expired();
            }
            let wait = again.map_or(elapsed(now, end), |again| again.min(elapsed(now, end)));
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn check(&self, token: &str, now: Timestamp) -> Result<Kept> {
        let kid = read_kid(token)?;
        let ring = self.keys.ring();
        let (kid, key) = ring.accepted.get_key_value(&*kid).ok_or_else(unknown_key)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // Times are checked below, against the clock that all deadlines share.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
            .map_err(|error| invalid("its signature or claims do not hold").with_source(error))?
            .claims;
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let leeway = LEEWAY.as_secs();
        if claims.nbf > seconds + leeway || claims.iat > seconds + leeway || claims.exp <= claims.iat {
            return Err(invalid("its times do not hold"));
        }
        if has_expired(claims.exp, now) {
            return Err(expired());
        }
        let is_out_of_range = |_| invalid("its end or epoch is out of range");
        Ok(Kept {
            // The ring's own: one for all tokens.
            kid: kid.clone(),
            subject: claims.sub,
            session: claims.sid,
            token: claims.jti,
            expires_at: u32::try_from(claims.exp).map_err(is_out_of_range)?,
            epoch: u32::try_from(claims.epoch).map_err(is_out_of_range)?,
            is_node: matches!(claims.kind, TokenKind::Node),
        })
    }

    async fn permissions(&self, subject: UserId, epoch: u64) -> Result<Arc<Permissions>> {
        let changes = self.revoked.permission_changes(subject.uuid());
        if let Some((_, known)) = self.rules.get(&(subject, epoch)).await.filter(|(seen, _)| *seen == changes) {
            return Ok(known);
        }
        let gone = || {
            Error::new(
                Reason::TokenRevoked,
                "the token's subject is gone or has other permissions by now; renew the session, or log in again",
            )
        };
        let user = self.store.get_user(subject).await?.ok_or_else(gone)?;
        if user.permission_epoch != epoch || user.state != UserState::Active {
            return Err(gone());
        }
        let permissions = Arc::new(user.permissions);
        self.rules.insert((subject, epoch), (changes, permissions.clone())).await;
        Ok(permissions)
    }

    /// Gives what a user holds now, with its epoch.
    async fn current_permissions(&self, user: UserId) -> Result<(u64, Arc<Permissions>)> {
        let changes = self.revoked.permission_changes(user.uuid());
        if let Some((_, epoch, known)) = self.current.get(&user).await.filter(|(seen, ..)| *seen == changes) {
            return Ok((epoch, known));
        }
        let gone = || Error::new(Reason::TokenRevoked, "the owner of the service token is gone or suspended");
        let found = self.store.get_user(user).await?.filter(|user| user.state == UserState::Active).ok_or_else(gone)?;
        let permissions = Arc::new(found.permissions);
        self.current.insert(user, (changes, found.permission_epoch, permissions.clone())).await;
        Ok((found.permission_epoch, permissions))
    }
}

fn has_expired(expires_at: u64, now: Timestamp) -> bool {
    expires_at.saturating_add(LEEWAY.as_secs()) <= u64::try_from(now.as_second()).unwrap_or_default()
}

fn unknown_key() -> Error {
    invalid("its key is not known")
}

/// Reads which key a token says that it was signed with; refuses whatever is not of the one form that our tokens have.
fn read_kid(token: &str) -> Result<String> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(invalid("it is too long"));
    }
    let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header: StrictHeader = header
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| invalid("its header is not of the one form that is accepted"))?;
    if header.alg != "HS256" || header.typ != "JWT" {
        return Err(invalid("its algorithm or type is not accepted"));
    }
    Ok(header.kid)
}

fn expired() -> Error {
    Error::new(Reason::TokenExpired, "the token has expired; log in again")
}

fn invalid(why: &str) -> Error {
    Error::new(Reason::TokenInvalid, format!("the token cannot be accepted: {why}"))
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
