//! The keys of users: listed, added, put in the place of another, taken back.
//!
//! A user logs in with any of their keys. A new one proves itself, so that nobody adds a key that they do not have, and the user is there
//! when it is added ([`presence`](super::presence)). With a key go the sessions that it opened.

use cpc_signing::Purpose;
use cpcd_model::{
    Error, Reason, Result,
    id::{KeyId, UserId},
    page,
    permission::{Level, Resource},
    service_token,
    time::{Clock, Timestamp},
    user::UserKey,
};
use cpcd_store::{
    Store, Tx,
    sql::{NewEvent, Priority, Revocation},
};
use serde_json::json;

use super::{
    Proof, Proofs, Revoked,
    current::check_current,
    cut_page,
    granting::in_person,
    presence::Presence,
    proof::Use,
    service_tokens::{self, whose},
    sessions::{self, TOKENS_GONE},
};
use crate::{Caller, caller::Subject};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;
/// Most keys of a user.
pub(super) const MOST: u64 = 20;
/// The field that the proof of a new key comes in.
const FIELD: &str = "proof";

/// The keys of users.
#[derive(Clone)]
pub struct UserKeys {
    store: Store,
    clock: Clock,
    revoked: Revoked,
    proofs: Proofs,
    presence: Presence,
}

/// A key to be added, as it came.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Its proof.
    pub proof: Option<Proof>,
    /// What it is to be called; empty for nothing.
    pub name: String,
}

impl UserKeys {
    pub(super) fn new(store: &Store, clock: &Clock, revoked: Revoked, proofs: Proofs, presence: Presence) -> Self {
        Self { store: store.clone(), clock: clock.clone(), revoked, proofs, presence }
    }

    /// Lists a user's keys; gives the token of the next page. Without a user one's own; needs read on users for those of others.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, or a field's fault.
    pub async fn list(
        &self,
        caller: &Caller,
        user: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<UserKey>, String)> {
        let user = whose(caller, "user_id", user, Level::Read)?;
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("keys:{user}");
        let after = page::decode(&binding, page_token)?
            .map(|id| KeyId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut keys = self.store.list_user_keys(user, after, size + 1).await?;
        let next = cut_page(&mut keys, size, &binding, |key| key.id.to_string());
        Ok((keys, next))
    }

    /// Adds a key to the caller's own. Needs a login as a user who is there, and a proof of the new key.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `CONFIRMATION_REQUIRED`, those of a proof, `KEY_TAKEN`, `QUOTA_EXCEEDED`.
    pub async fn add(&self, caller: &Caller, new: NewKey, confirmation: Option<&Proof>) -> Result<UserKey> {
        self.put(caller, new, None, confirmation).await
    }

    /// Puts a new key in the place of one of the caller's own, at once: there is no moment without a key, and none with both.
    ///
    /// # Errors
    /// Those of [`Self::add`] and [`Self::revoke`].
    pub async fn rotate(
        &self,
        caller: &Caller,
        old: &str,
        new: NewKey,
        confirmation: Option<&Proof>,
    ) -> Result<UserKey> {
        self.put(caller, new, Some(old), confirmation).await
    }

    async fn put(
        &self,
        caller: &Caller,
        new: NewKey,
        old: Option<&str>,
        confirmation: Option<&Proof>,
    ) -> Result<UserKey> {
        let user = caller.require_user()?;
        let proof = new.proof.ok_or_else(|| Error::required(FIELD))?;
        let name = name(&new.name)?;
        let old = old.map(|id| KeyId::parse("id", id)).transpose()?;
        let now = self.clock.now();
        let present = self.presence.require(caller, confirmation, now).await?;
        let proven = self.proofs.check_in(FIELD, &proof, Purpose::AddKey, now).await?;
        let key = UserKey {
            id: KeyId::generate(),
            user_id: user,
            public_key: *proven.key().as_bytes(),
            name,
            created_at: now,
            last_used_at: None,
        };
        let (uses, added, caller) = ([Some(proven.one_use()), present.one_use()], key.clone(), caller.clone());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let keys = lock(tx, user, uses).await?;
                check_current(tx, &caller).await?;
                if old.is_none() && keys.len() as u64 >= MOST {
                    let text = format!("a user may have {MOST} keys; revoke one");
                    return Err(Error::new(Reason::QuotaExceeded, text));
                }
                tx.insert_user_key(FIELD, &added).await?;
                tx.insert_events(&[event("user.key_added", &added)], now).await?;
                match old {
                    Some(old) => {
                        let old =
                            keys.into_iter().find(|key| key.id == old).ok_or_else(|| not_found(&old.to_string()))?;
                        revoke(tx, &old, now).await
                    }
                    None => Ok(Vec::new()),
                }
            })
        });
        let ended = write.await?;
        ended.into_iter().for_each(|id| self.revoked.add(&sessions::of_session(id, now)));
        self.proofs.remember(&proven, now).await;
        self.presence.remember(&present, now).await;
        Ok(key)
    }

    /// Takes a key back and ends what it opened: sessions, and the service tokens and recovery codes that were made in them. Needs a login as the user whose it is and who is there, or admin on users.
    ///
    /// # Errors
    /// `KEY_NOT_FOUND`, also for those who may not know of it; `LAST_KEY`; `TOKEN_MISSING`, `PERMISSION_DENIED`,
    /// `CONFIRMATION_REQUIRED` and those of a proof.
    pub async fn revoke(&self, caller: &Caller, id: &str, confirmation: Option<&Proof>) -> Result<UserKey> {
        if caller.subject() == Subject::Anonymous {
            caller.require(Resource::Users, Level::Admin)?;
        }
        in_person(caller)?;
        let parsed = KeyId::parse("id", id)?;
        let user = match self.store.get_user_key(parsed).await? {
            Some(key) => Some(key.user_id),
            // The one key of an account that an older version made.
            None => self.store.get_user(parsed.uuid().into()).await?.map(|user| user.id),
        };
        let now = self.clock.now();
        let is_own = user.is_some_and(|user| caller.subject() == Subject::User(user));
        let present = if is_own {
            Some(self.presence.require(caller, confirmation, now).await?)
        } else {
            caller.require(Resource::Users, Level::Read).map_err(|_| not_found(id))?;
            caller.require(Resource::Users, Level::Admin)?;
            None
        };
        let user = user.ok_or_else(|| not_found(id))?;
        let (used, caller) = (present.as_ref().and_then(super::presence::Present::one_use), caller.clone());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let keys = lock(tx, user, [used, None]).await?;
                check_current(tx, &caller).await?;
                let last = keys.len() == 1;
                let key =
                    keys.into_iter().find(|key| key.id == parsed).ok_or_else(|| not_found(&parsed.to_string()))?;
                if last {
                    return Err(Error::new(Reason::LastKey, "the user would have no key left; add another first"));
                }
                let ended = revoke(tx, &key, now).await?;
                let tokens = end_made(tx, &key, now).await?;
                Ok((key, ended, tokens))
            })
        });
        let (key, ended, tokens) = write.await?;
        ended.into_iter().for_each(|id| self.revoked.add(&sessions::of_session(id, now)));
        tokens.iter().for_each(|revocation| self.revoked.add(revocation));
        if let Some(present) = &present {
            self.presence.remember(present, now).await;
        }
        Ok(key)
    }
}

/// Keeps others from a user's keys, uses proofs up, and gives the keys.
async fn lock(tx: &mut Tx, user: UserId, uses: [Option<Use>; 2]) -> Result<Vec<UserKey>> {
    tx.lock_user(user).await?.ok_or_else(|| super::users::not_found(&user.to_string()))?;
    for used in uses.into_iter().flatten() {
        used.write(tx).await?;
    }
    tx.ensure_user_key(user).await?;
    tx.get_user_keys(user).await
}

/// Takes a key back; gives the sessions that ended with it.
async fn revoke(tx: &mut Tx, key: &UserKey, now: Timestamp) -> Result<Vec<cpcd_model::id::SessionId>> {
    if !tx.delete_user_key(key.user_id, key.id).await? {
        return Err(not_found(&key.id.to_string()));
    }
    tx.update_first_key(key.user_id).await?;
    let ended = tx.end_sessions_of_key(key.user_id, &key.public_key, now, now + TOKENS_GONE).await?;
    tx.insert_events(&[event("user.key_revoked", key)], now).await?;
    Ok(ended)
}

/// Ends what was made in the sessions that a key opened, and lasts longer than they do: somebody else may have had the key.
async fn end_made(tx: &mut Tx, key: &UserKey, now: Timestamp) -> Result<Vec<Revocation>> {
    tx.delete_recovery_codes_of_key(key.user_id, &key.public_key).await?;
    let tokens = tx.revoke_service_tokens_of_key(key.user_id, &key.public_key, now).await?;
    let revocations: Vec<_> = tokens.into_iter().map(|(id, ends)| service_tokens::of_token(id, ends, now)).collect();
    for revocation in &revocations {
        tx.insert_revocation(revocation, now).await?;
    }
    Ok(revocations)
}

fn event(kind: &'static str, key: &UserKey) -> NewEvent {
    let payload = json!({ "key_id": key.id.to_string(), "name": key.name });
    NewEvent { kind, subject_id: key.user_id.uuid(), payload }
}

/// Checks what a key is to be called.
pub(super) fn name(given: &str) -> Result<String> {
    if given.is_empty() { Ok(String::new()) } else { service_token::name("name", given) }
}

fn not_found(id: &str) -> Error {
    Error::new(Reason::KeyNotFound, format!("there is no key {id}"))
}
