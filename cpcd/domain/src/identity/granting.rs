//! Granting: what a user may do is changed by those who hold it themselves.

use std::time::Duration;

use cpcd_model::{
    Error, Reason, Result,
    id::UserId,
    permission::{Level, Permissions, Resource, Rule, Target},
    time::{Clock, Timestamp},
    user::User,
};
use cpcd_store::{
    Store, Tx,
    sql::{NewEvent, Priority, Revocation, RevocationTarget},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Revoked,
    current::check_current,
    users::{beyond, not_found},
};
use crate::{Caller, caller::Subject};

/// The rules that a check may go by are not kept for longer.
const RULES_GONE: Duration = Duration::from_secs(3600);

/// A change of what a user may do, as it came.
#[derive(Clone, Debug)]
pub struct PermissionChange {
    /// Whose.
    pub user_id: String,
    /// What the user may do from now on, in place of all before.
    pub rules: Vec<Rule>,
    /// The epoch that the change was made from; 0 if it is all the same.
    pub expected_epoch: u64,
    /// Whether it is only to be said what would be.
    pub is_dry: bool,
}

/// Changes what users may do.
#[derive(Clone)]
pub struct Granting {
    store: Store,
    clock: Clock,
    revoked: Revoked,
}

impl Granting {
    pub(super) fn new(store: &Store, clock: &Clock, revoked: Revoked) -> Self {
        Self { store: store.clone(), clock: clock.clone(), revoked }
    }

    /// Changes what a user may do. Needs admin on that user, and to hold what is given and what is taken.
    ///
    /// The user's tokens are good no longer, here at once; their sessions are, and bring tokens with what is new.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `USER_NOT_FOUND`, `WRITE_CONFLICT` if the epoch is another, `LAST_ADMIN`, a field's fault.
    pub async fn update(&self, caller: &Caller, change: PermissionChange) -> Result<User> {
        caller.require_some(Resource::Users, Level::Admin)?;
        in_person(caller)?;
        let id = UserId::parse("id", &change.user_id)?;
        caller.require_on(Resource::Users, Level::Admin, &Target { object: Some(id.uuid()), ..Target::default() })?;
        let permissions = Permissions::new(change.rules)?;
        let now = self.clock.now();
        let revocation = rules_changed(id.uuid(), now);
        let caller = caller.clone();
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                // Always with the user: two who would take each other's place wait here, and the second sees what the first did.
                let admins = tx.lock_user_and_admins(id, false).await?;
                let user = tx.lock_user(id).await?.ok_or_else(|| not_found(&id.to_string()))?;
                check_epoch(&user, change.expected_epoch)?;
                check_current(tx, &caller).await?;
                check_held(&caller, &user.permissions, &permissions)?;
                check_last(&caller, &user, &permissions, &admins)?;
                if user.permissions.are(&permissions) {
                    return Ok((user, false));
                }
                let before = user.permissions.clone();
                let user = User { permission_epoch: user.permission_epoch + 1, permissions, ..user };
                if !change.is_dry {
                    let words = |rules: &Permissions| rules.rules().iter().map(ToString::to_string).collect::<Vec<_>>();
                    tx.audit("user", &id, json!({ "before": words(&before), "after": words(&user.permissions) }));
                    record(tx, &caller, &user, &revocation).await?;
                }
                Ok((user, !change.is_dry))
            })
        });
        let (user, has_changed) = write.await?;
        if has_changed {
            self.revoked.add(&revocation);
        }
        Ok(user)
    }
}

/// Makes what has everybody read a subject's rules again; their tokens stay good as long as the epoch is the same.
pub(crate) fn rules_changed(subject: Uuid, now: Timestamp) -> Revocation {
    Revocation { target: RevocationTarget::Permissions(subject), before: now, expires_at: now + RULES_GONE }
}

/// Refuses a program: who may do what is decided by people.
pub(crate) fn in_person(caller: &Caller) -> Result<()> {
    match caller.subject() {
        Subject::Service(_) => caller.require_user().map(drop),
        Subject::User(_) | Subject::Node(_) | Subject::Anonymous | Subject::LocalAdmin | Subject::System => Ok(()),
    }
}

async fn record(tx: &mut Tx, caller: &Caller, user: &User, revocation: &Revocation) -> Result<()> {
    let now = revocation.before;
    tx.update_user_permissions(user.id, &user.permissions, user.permission_epoch).await?;
    let by = caller.subject().uuid().map(|id| id.to_string());
    let payload = json!({ "epoch": user.permission_epoch, "by": by });
    tx.insert_events(&[NewEvent { kind: "user.permissions", subject_id: user.id.uuid(), payload }], now).await?;
    tx.insert_revocation(revocation, now).await
}

fn check_epoch(user: &User, expected: u64) -> Result<()> {
    if expected == 0 || expected == user.permission_epoch {
        return Ok(());
    }
    let text = format!("the permissions of {} were changed since; look at them again", user.username.as_str());
    Err(Error::new(Reason::WriteConflict, text).with_metadata("permission_epoch", user.permission_epoch.to_string()))
}

/// Refuses what is given or taken by somebody who does not hold it.
pub(super) fn check_held(caller: &Caller, before: &Permissions, after: &Permissions) -> Result<()> {
    let held = caller.permissions();
    let missing = |rules: &Permissions, others: &Permissions| {
        rules.rules().iter().find(|rule| !others.cover(rule) && !held.cover(rule)).cloned()
    };
    if let Some(rule) = missing(after, before) {
        return Err(beyond(&rule, "give"));
    }
    match missing(before, after) {
        Some(rule) => Err(beyond(&rule, "take")),
        None => Ok(()),
    }
}

/// Refuses that nobody is left with admin on users; the local administrator can always make another.
pub(super) fn check_last(caller: &Caller, user: &User, after: &Permissions, admins: &[UserId]) -> Result<()> {
    let is_local = caller.subject() == Subject::LocalAdmin;
    if is_local || admins != [user.id] || after.allow(Resource::Users, Level::Admin) {
        return Ok(());
    }
    let text = format!("{} is the last with admin on users; give it to somebody else first", user.username.as_str());
    Err(Error::new(Reason::LastAdmin, text))
}
