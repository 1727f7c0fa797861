//! The deletion of users, and what becomes of what was theirs.
//!
//! At once the name is free, nobody can log in, sessions end, and friendships, grants, invites and webhooks are gone. The row stays, with
//! none of that, until the content is gone, which the cleaner sees to: there may be millions.

use cpcd_model::{
    Result,
    id::UserId,
    permission::{Level, Permissions, Resource, Target},
    time::Clock,
    user::User,
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority},
};
use serde_json::json;

use super::{
    Revoked,
    current::check_current,
    granting::{check_held, check_last, in_person, rules_changed},
    sessions::{end_begun, of_subject},
    users::not_found,
};
use crate::Caller;

/// Deletes users.
#[derive(Clone)]
pub struct Deleting {
    store: Store,
    clock: Clock,
    revoked: Revoked,
}

impl Deleting {
    pub(super) fn new(store: &Store, clock: &Clock, revoked: Revoked) -> Self {
        Self { store: store.clone(), clock: clock.clone(), revoked }
    }

    /// Deletes a user. Needs admin on that user, and to hold all that is taken from them.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `USER_NOT_FOUND`, `LAST_ADMIN`.
    pub async fn delete(&self, caller: &Caller, id: &str) -> Result<()> {
        in_person(caller)?;
        caller.require_some(Resource::Users, Level::Admin)?;
        let id = UserId::parse("id", id)?;
        caller.require_on(Resource::Users, Level::Admin, &Target { object: Some(id.uuid()), ..Target::default() })?;
        let (caller, now) = (caller.clone(), self.clock.now());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let admins = tx.lock_user_and_admins(id, true).await?;
                let user = tx.lock_user(id).await?.ok_or_else(|| not_found(&id.to_string()))?;
                check_current(tx, &caller).await?;
                check_held(&caller, &user.permissions, &Permissions::default())?;
                check_last(&caller, &user, &Permissions::default(), &admins)?;
                let granting = tx.list_granting_friends([id, id]).await?;
                let friends = tx.clear_friends(id).await?;
                tx.delete_grants_of(id).await?;
                let nodes = tx.disown_nodes(id).await?;
                tx.delete_user(id, now).await?;
                end_begun(tx, Some(id.uuid()), now, now).await?;
                let mut revocations = vec![of_subject(id.uuid(), now), rules_changed(id.uuid(), now)];
                if !granting.is_empty() {
                    revocations.extend(friends.iter().map(|friend| rules_changed(friend.uuid(), now)));
                }
                for revocation in &revocations {
                    tx.insert_revocation(revocation, now).await?;
                }
                tx.insert_events(&events(&caller, &user, &friends, nodes.len()), now).await?;
                Ok(revocations)
            })
        });
        write.await?.iter().for_each(|revocation| self.revoked.add(revocation));
        Ok(())
    }
}

fn events(caller: &Caller, user: &User, friends: &[UserId], nodes: usize) -> Vec<NewEvent> {
    let by = caller.subject().uuid().map(|id| id.to_string());
    let payload = json!({ "username": user.username.as_str(), "by": by, "nodes": nodes });
    let gone = NewEvent { kind: "user.deleted", subject_id: user.id.uuid(), payload };
    let removed = |friend: &UserId| {
        let payload = json!({ "for": friend.to_string() });
        NewEvent { kind: "friend.removed", subject_id: user.id.uuid(), payload }
    };
    std::iter::once(gone).chain(friends.iter().map(removed)).collect()
}
