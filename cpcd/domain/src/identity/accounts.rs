//! Accounts that wait for approval, and those that are suspended.
//!
//! Neither opens a session; what is said to them at a login is why. A suspension ends all that the user has begun, sessions and service
//! tokens, and takes nothing else: taken back, everything is there again.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Kind, Reason, Result,
    id::{InviteId, UserId},
    invite::InviteKind,
    permission::{Level, Permissions, Resource, Target},
    time::Clock,
    user::{User, UserState, Username},
};
use cpcd_store::{
    Store, Tx,
    sql::{NewEvent, Priority, Revocation, RevocationTarget},
};
use serde_json::json;

use super::{
    Revoked,
    current::check_current,
    granting::in_person,
    joining::first_beyond,
    sessions,
    users::{beyond, not_found},
};
use crate::{Caller, caller::Subject};

/// The rules that a check may go by are not kept for longer.
const RULES_GONE: Duration = Duration::from_secs(3600);
/// Users that are looked at together.
const CHUNK: u32 = 100;

/// Lets accounts in, suspends them, and takes that back.
#[derive(Clone)]
pub struct Accounts {
    store: Store,
    clock: Clock,
    revoked: Revoked,
    /// What is the server's to give and to take.
    defaults: Arc<Permissions>,
}

impl Accounts {
    pub(super) fn new(store: &Store, clock: &Clock, revoked: Revoked, defaults: Permissions) -> Self {
        Self { store: store.clone(), clock: clock.clone(), revoked, defaults: Arc::new(defaults) }
    }

    /// Lets a user in who waits for approval; one who does not stays as they are. Needs admin on users, or on that user.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `TOKEN_MISSING`, `USER_NOT_FOUND`.
    pub async fn approve(&self, caller: &Caller, id: &str) -> Result<User> {
        let id = judge(caller, id)?;
        let (now, by, caller) = (self.clock.now(), by(caller), caller.clone());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                tx.lock_user(id).await?.ok_or_else(|| not_found(&id.to_string()))?;
                check_current(tx, &caller).await?;
                if tx.approve_user(id).await? {
                    tx.insert_events(&[event("user.approved", id, by.as_deref())], now).await?;
                }
                tx.get_user(id).await
            })
        });
        write.await?.ok_or_else(|| not_found(&id.to_string()))
    }

    /// Suspends a user: their sessions and service tokens end, and they open no more until [`Self::resume`]. Needs admin on users, or on
    /// that user, and to hold what they hold: nobody takes what they do not.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `TOKEN_MISSING`, `USER_NOT_FOUND`, `LAST_ADMIN`, `FIELD_INVALID` for oneself.
    pub async fn suspend(&self, caller: &Caller, id: &str) -> Result<User> {
        let id = judge(caller, id)?;
        self.suspend_one(caller, id).await?;
        self.store.get_user(id).await?.ok_or_else(|| not_found(&id.to_string()))
    }

    /// Takes a suspension back. Needs what suspending needs.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `TOKEN_MISSING`, `USER_NOT_FOUND`.
    pub async fn resume(&self, caller: &Caller, id: &str) -> Result<User> {
        let id = judge(caller, id)?;
        let (now, caller, defaults) = (self.clock.now(), caller.clone(), self.defaults.clone());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let user = tx.lock_user(id).await?.ok_or_else(|| not_found(&id.to_string()))?;
                check_current(tx, &caller).await?;
                // What the user may do again is given anew.
                check_held(&caller, &defaults, &user, "give")?;
                if tx.resume_user(id).await? {
                    tx.insert_events(&[event("user.resumed", id, by(&caller).as_deref())], now).await?;
                }
                tx.get_user(id).await
            })
        });
        write.await?.ok_or_else(|| not_found(&id.to_string()))
    }

    /// Suspends the users who came by an invite, but for the caller; gives how many that were, or would be. Needs admin on users, and to
    /// hold what they hold.
    ///
    /// # Errors
    /// `TOKEN_MISSING`; `PERMISSION_DENIED` or `LAST_ADMIN` if some could not be suspended, after all others were.
    pub async fn suspend_by_invite(&self, caller: &Caller, invite: InviteId, is_dry: bool) -> Result<u64> {
        in_person(caller)?;
        caller.require(Resource::Users, Level::Admin)?;
        let own = caller.subject().owner();
        if is_dry {
            return self.store.count_invite_uses(InviteKind::User, invite, own).await;
        }
        let (mut suspended, mut after, mut left) = (0, None, None);
        loop {
            let users = self.store.list_users_of_invite(invite, after, CHUNK).await?;
            let Some(last) = users.last() else { break };
            after = Some(*last);
            for id in users.into_iter().filter(|id| Some(*id) != own) {
                match self.suspend_one(caller, id).await {
                    Ok(was_suspended) => suspended += u64::from(was_suspended),
                    // Gone since it was listed.
                    Err(error) if error.reason() == Reason::UserNotFound => {}
                    // One who may not be suspended does not keep the others in.
                    Err(error) if error.kind() == Kind::PermissionDenied || error.reason() == Reason::LastAdmin => {
                        left.get_or_insert(error);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        match left {
            None => Ok(suspended),
            Some(error) => Err(error.with_metadata("suspended", suspended.to_string())),
        }
    }

    /// Suspends a user; false if they are suspended.
    async fn suspend_one(&self, caller: &Caller, id: UserId) -> Result<bool> {
        if caller.subject().owner() == Some(id) {
            return Err(Error::field(Reason::FieldInvalid, "id", "is one's own: nobody suspends themselves"));
        }
        let now = self.clock.now();
        let begun = sessions::of_all(RevocationTarget::Subject(id.uuid()), now)?;
        let rules =
            Revocation { target: RevocationTarget::Permissions(id.uuid()), before: now, expires_at: now + RULES_GONE };
        let (caller, defaults) = (caller.clone(), self.defaults.clone());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                // Two who would suspend each other wait here, and the second sees what the first did.
                let admins = tx.lock_user_and_admins(id, false).await?;
                let user = tx.lock_user(id).await?.ok_or_else(|| not_found(&id.to_string()))?;
                check_current(tx, &caller).await?;
                check_held(&caller, &defaults, &user, "take")?;
                if caller.subject() != Subject::LocalAdmin && admins == [id] {
                    let text = format!("{} is the last with admin on users", user.username.as_str());
                    return Err(Error::new(Reason::LastAdmin, text));
                }
                if !tx.suspend_user(id, now).await? {
                    return Ok(false);
                }
                sessions::end_begun(tx, Some(id.uuid()), begun.before, now).await?;
                tx.insert_revocation(&begun, now).await?;
                tx.insert_revocation(&rules, now).await?;
                tx.insert_events(&[event("user.suspended", id, by(&caller).as_deref())], now).await?;
                Ok(true)
            })
        });
        let was_suspended = write.await?;
        if was_suspended {
            self.revoked.add(&begun);
            self.revoked.add(&rules);
        }
        Ok(was_suspended)
    }
}

/// Says why a user opens no session, if they do not.
pub(super) fn check_state(state: UserState, username: &Username) -> Result<()> {
    match state {
        UserState::Active => Ok(()),
        UserState::Pending => Err(pending(username)),
        UserState::Suspended => {
            let text = format!("the account {} is suspended; ask an administrator", username.as_str());
            Err(Error::new(Reason::UserSuspended, text))
        }
    }
}

/// Makes the error of a user who waits.
pub(super) fn pending(username: &Username) -> Error {
    let text = format!("the account {} waits for an administrator's approval; log in again later", username.as_str());
    Error::new(Reason::ApprovalPending, text)
}

/// Adds a user who waits, if that many may.
pub(super) async fn require_room(tx: &mut Tx, most: u32) -> Result<()> {
    let waiting = tx.count_pending_users().await?;
    if waiting < u64::from(most) {
        return Ok(());
    }
    let text = format!("{waiting} users wait for approval, and {most} may; an invite lets a user in without");
    let error = Error::new(Reason::QuotaExceeded, text).with_metadata("limit", "pending_users");
    Err(error.with_metadata("used", waiting.to_string()).with_metadata("most", most.to_string()))
}

fn judge(caller: &Caller, id: &str) -> Result<UserId> {
    in_person(caller)?;
    caller.require_some(Resource::Users, Level::Admin)?;
    let id = UserId::parse("id", id)?;
    caller.require_on(Resource::Users, Level::Admin, &Target { object: Some(id.uuid()), ..Target::default() })?;
    Ok(id)
}

fn check_held(caller: &Caller, defaults: &Permissions, user: &User, verb: &str) -> Result<()> {
    match first_beyond(caller.permissions(), defaults, &user.permissions)? {
        Some(rule) => Err(beyond(&rule, verb)),
        None => Ok(()),
    }
}

fn by(caller: &Caller) -> Option<String> {
    caller.subject().uuid().map(|id| id.to_string())
}

fn event(kind: &'static str, user: UserId, by: Option<&str>) -> NewEvent {
    NewEvent { kind, subject_id: user.uuid(), payload: json!({ "by": by }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_opens_no_session_is_told_why() {
        let bob = Username::parse("username", "bob").unwrap();
        assert!(check_state(UserState::Active, &bob).is_ok());
        for (state, reason) in
            [(UserState::Pending, Reason::ApprovalPending), (UserState::Suspended, Reason::UserSuspended)]
        {
            assert_eq!(check_state(state, &bob).unwrap_err().reason(), reason);
        }
    }
}
