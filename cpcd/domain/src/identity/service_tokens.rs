//! Service tokens: made, listed, taken back, and known again when a program shows one.
//!
//! A program with a service token acts in the name of the token's owner, with what the token says and the owner holds at that moment;
//! what it makes belongs to the owner. It is not the owner: whatever has to do with who the owner is, it cannot touch.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    id::{ServiceTokenId, UserId},
    page,
    permission::{Level, Permissions, Resource, Rule, Scope, Target},
    service_token::{self, ServiceToken},
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority, Revocation, RevocationTarget},
};
use moka::future::Cache as Moka;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    Config, Proof, Revoked, current::check_current, cut_page, granting::in_person, presence::Presence,
    service_text::ServiceTexts, users::beyond, uses::Uses,
};
use crate::{Caller, caller::Subject};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;
const DEFAULT_TTL_SECONDS: u64 = 90 * 86_400;
const MAX_TTL_SECONDS: u64 = 365 * 86_400;
/// Tokens that are known without asking the store. What can change of them is asked each time.
const KNOWN: u64 = 10_000;
const KNOWN_FOR: Duration = Duration::from_secs(300);

/// A service token to be made, as it came.
#[derive(Clone, Debug)]
pub struct ServiceTokenDraft {
    /// What it is to be called.
    pub name: String,
    /// What it may do at most.
    pub rules: Vec<Rule>,
    /// How long it is good; 0 means ninety days.
    pub ttl_seconds: u64,
}

/// The service tokens.
#[derive(Clone)]
pub struct ServiceTokens {
    store: Store,
    clock: Clock,
    revoked: Revoked,
    texts: ServiceTexts,
    presence: Presence,
    uses: Uses,
    most: u32,
    known: Moka<[u8; 32], Arc<ServiceToken>>,
    narrowed: Moka<(ServiceTokenId, u64), Arc<Permissions>>,
}

impl ServiceTokens {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        config: &Config,
        texts: ServiceTexts,
        revoked: Revoked,
        presence: Presence,
    ) -> Self {
        Self {
            store: store.clone(),
            clock: clock.clone(),
            revoked,
            texts,
            presence,
            uses: Uses::new(store),
            most: config.service_tokens_per_user,
            known: Moka::builder().max_capacity(KNOWN).time_to_live(KNOWN_FOR).build(),
            narrowed: Moka::builder().max_capacity(KNOWN).time_to_live(KNOWN_FOR).build(),
        }
    }

    /// Makes a service token for the user who calls; gives it with its text, which nobody can give again. Needs a login as a user who
    /// is there, and to hold what is given: beside the user's rules that is read on their own nodes and allocations.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `CONFIRMATION_REQUIRED` and those of a proof, `QUOTA_EXCEEDED`, or a field's fault.
    pub async fn create(
        &self,
        caller: &Caller,
        draft: ServiceTokenDraft,
        confirmation: Option<&Proof>,
    ) -> Result<(ServiceToken, Zeroizing<String>)> {
        let owner_id = caller.require_user()?;
        let name = service_token::name("name", &draft.name)?;
        if draft.rules.is_empty() {
            let text = "must be given: a service token may do what it says, and nothing else";
            return Err(Error::field(Reason::FieldRequired, "permissions", text));
        }
        let permissions = Permissions::new(draft.rules)?;
        if let Some(rule) = held_with_own(owner_id, caller.permissions()).first_missing(&permissions) {
            return Err(beyond(rule, "give"));
        }
        let ttl = match draft.ttl_seconds {
            0 => DEFAULT_TTL_SECONDS,
            ttl if ttl <= MAX_TTL_SECONDS => ttl,
            _ => {
                let text = format!("must be at most {MAX_TTL_SECONDS}");
                return Err(Error::field(Reason::FieldInvalid, "ttl_seconds", text));
            }
        };
        let now = self.clock.now();
        let present = self.presence.require(caller, confirmation, now).await?;
        let token = ServiceToken {
            id: ServiceTokenId::made_at(now),
            owner_id,
            name,
            permissions,
            created_at: now,
            expires_at: now + Duration::from_secs(ttl),
            last_used_at: None,
            revoked_at: None,
        };
        let (text, hash) = self.texts.make(token.id)?;
        let (new, used, most, caller) = (token.clone(), present.one_use(), self.most, caller.clone());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                if let Some(used) = used {
                    used.write(tx).await?;
                }
                let session = caller.session().map(|session| session.id);
                // Keeps others from the user, so that what is asked next is so when it is written.
                let has_room = tx.insert_service_token(&new, session, &hash, most).await?;
                check_current(tx, &caller).await?;
                if !has_room {
                    let text = format!("a user may have {most} service tokens; revoke one");
                    return Err(Error::new(Reason::QuotaExceeded, text));
                }
                let payload = json!({ "owner_id": new.owner_id.to_string(), "name": new.name });
                let event = NewEvent { kind: "service_token.created", subject_id: new.id.uuid(), payload };
                tx.insert_events(&[event], now).await
            })
        });
        write.await?;
        self.presence.remember(&present, now).await;
        Ok((token, text))
    }

    /// Lists a user's service tokens, oldest first; gives the token of the next page. Without a user one's own; needs read on users for
    /// those of others.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, or a field's fault.
    pub async fn list(
        &self,
        caller: &Caller,
        owner: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<ServiceToken>, String)> {
        let owner = whose(caller, "owner_id", owner, Level::Read)?;
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("service tokens:{owner}");
        let after = page::decode(&binding, page_token)?
            .map(|id| ServiceTokenId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut tokens = self.store.list_service_tokens(owner, after, size + 1).await?;
        let next = cut_page(&mut tokens, size, &binding, |token| token.id.to_string());
        Ok((tokens, next))
    }

    /// Takes a service token back; doing so again changes nothing. Needs to own it, or admin on users.
    ///
    /// # Errors
    /// `SERVICE_TOKEN_NOT_FOUND`, also for those who may not know of it; `PERMISSION_DENIED`, `TOKEN_MISSING`.
    pub async fn revoke(&self, caller: &Caller, id: &str) -> Result<ServiceToken> {
        if caller.subject() == Subject::Anonymous {
            caller.require(Resource::Users, Level::Admin)?;
        }
        in_person(caller)?;
        let parsed = ServiceTokenId::parse("id", id)?;
        let found = self.store.get_service_token(parsed).await?;
        let is_own = found.as_ref().is_some_and(|token| caller.subject() == Subject::User(token.owner_id));
        if !is_own {
            caller.require(Resource::Users, Level::Read).map_err(|_| not_found(id))?;
            caller.require(Resource::Users, Level::Admin)?;
        }
        let token = found.ok_or_else(|| not_found(id))?;
        let now = self.clock.now();
        let (revocation, caller) = (of_token(token.id, token.expires_at, now), caller.clone());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                check_current(tx, &caller).await?;
                if !tx.revoke_service_token(token.id, now).await? {
                    return Ok(());
                }
                tx.insert_revocation(&revocation, now).await?;
                let payload = json!({ "owner_id": token.owner_id.to_string() });
                let event = NewEvent { kind: "service_token.revoked", subject_id: token.id.uuid(), payload };
                tx.insert_events(&[event], now).await
            })
        });
        write.await?;
        self.revoked.add(&revocation);
        self.store.get_service_token(parsed).await?.ok_or_else(|| not_found(id))
    }

    /// Gives the service token that a caller has; nothing for callers who have none.
    ///
    /// # Errors
    /// `TOKEN_REVOKED` if it is gone.
    pub async fn own(&self, caller: &Caller) -> Result<Option<ServiceToken>> {
        let Subject::Service(service) = caller.subject() else { return Ok(None) };
        self.store.get_service_token(service.token).await?.ok_or_else(gone).map(Some)
    }

    /// Writes when tokens were used, until `stop`.
    pub async fn follow_uses(self, stop: CancellationToken) {
        self.uses.run(&stop).await;
    }

    /// Gives the token of a text that a program shows.
    ///
    /// # Errors
    /// `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`.
    pub(super) async fn verify(&self, text: &str) -> Result<Arc<ServiceToken>> {
        let presented = self.texts.read(text)?;
        let token = match self.known.get(&presented.hash).await {
            Some(token) => token,
            None => {
                let token = self.store.get_service_token_by_hash(presented.id, &presented.hash).await?;
                let token = Arc::new(token.ok_or_else(gone)?);
                self.known.insert(presented.hash, token.clone()).await;
                token
            }
        };
        // What is kept was read a while ago: what was revoked since is in the set that follows the store.
        let id = token.id.uuid();
        self.revoked.check_token(id, id.into(), token.owner_id.uuid())?;
        if token.revoked_at.is_some() {
            return Err(gone());
        }
        let now = self.clock.now();
        if now >= token.expires_at {
            return Err(Error::new(Reason::TokenExpired, "the service token has ended; make a new one"));
        }
        self.uses.note(token.id, now);
        Ok(token)
    }

    /// Gives what a token may do while its owner holds this, as of an epoch.
    pub(super) async fn narrowed(&self, token: &ServiceToken, epoch: u64, held: &Permissions) -> Arc<Permissions> {
        let key = (token.id, epoch);
        if let Some(known) = self.narrowed.get(&key).await {
            return known;
        }
        let narrowed = Arc::new(token.permissions.within(&held_with_own(token.owner_id, held)));
        self.narrowed.insert(key, narrowed.clone()).await;
        narrowed
    }
}

/// Gives whose things are asked for: one's own, or with a level on users those of somebody else.
pub(super) fn whose(caller: &Caller, field: &str, given: &str, level: Level) -> Result<UserId> {
    let own = match caller.subject() {
        Subject::User(own) => Some(own),
        // Nodes have none, which is no secret.
        Subject::Node(own) => Some(own.uuid().into()),
        Subject::Service(_) | Subject::Anonymous | Subject::LocalAdmin | Subject::System => None,
    };
    if let Some(own) = own.filter(|own| given.is_empty() || given == own.to_string()) {
        return Ok(own);
    }
    caller.require_some(Resource::Users, level)?;
    let asked = UserId::parse(field, given)?;
    let target = Target { object: Some(asked.uuid()), ..Target::default() };
    caller.require_on(Resource::Users, level, &target)?;
    Ok(asked)
}

/// Makes what has a service token refused everywhere, until its own end refuses it.
pub(super) fn of_token(id: ServiceTokenId, ends: Timestamp, now: Timestamp) -> Revocation {
    let expires_at = ends.max(now) + Duration::from_secs(60);
    Revocation { target: RevocationTarget::Token(id.uuid()), before: now, expires_at }
}

/// Gives what a user holds, with what every user may: see what is their own.
fn held_with_own(owner: UserId, held: &Permissions) -> Permissions {
    let scope = Scope { owner: Some(owner), ..Scope::default() };
    let own = [Resource::Nodes, Resource::Allocations]
        .map(|resource| Rule { scope: Some(scope.clone()), ..Rule::on(resource, Level::Read) });
    match Permissions::new(own.to_vec()) {
        Ok(own) => held.with(&own),
        Err(_) => held.clone(),
    }
}

/// Takes back the service tokens of a subject, or of everybody, that were made no later than `before`, as their sessions are ended.
pub(super) async fn end_made(
    tx: &mut cpcd_store::Tx,
    subject: Option<Uuid>,
    before: Timestamp,
    now: Timestamp,
) -> Result<()> {
    tx.revoke_service_tokens_made_before(subject, before + Duration::from_millis(1), now).await.map(drop)
}

fn gone() -> Error {
    Error::new(Reason::TokenRevoked, "the service token was revoked, or its owner is gone")
}

fn not_found(id: &str) -> Error {
    Error::new(Reason::ServiceTokenNotFound, format!("there is no service token {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_may_see_of_their_own_can_be_given() {
        let (own, other) = (UserId::generate(), UserId::generate());
        let held = Permissions::new(vec![Rule::on(Resource::Content, Level::Write)]).unwrap();
        let all = held_with_own(own, &held);
        let nodes_of = |owner, level| Rule {
            scope: Some(Scope { owner: Some(owner), ..Scope::default() }),
            ..Rule::on(Resource::Nodes, level)
        };
        assert!(all.cover(&nodes_of(own, Level::Read)) && !all.cover(&nodes_of(own, Level::Write)));
        assert!(!all.cover(&nodes_of(other, Level::Read)) && !all.cover(&Rule::on(Resource::Nodes, Level::Read)));
        assert!(all.cover(&Rule::on(Resource::Content, Level::Write)));
    }
}
