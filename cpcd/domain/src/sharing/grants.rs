//! Grants on single things: made, listed, revoked.

use cpcd_model::{
    Error, Reason, Result,
    grant::{Grant, Grantee, MOST_ON_OBJECT, most_held},
    id::{AllocationId, ContentId, GrantId, NodeId, UserId},
    page,
    permission::{Level, Resource, Target},
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store, Tx,
    sql::{NewEvent, Priority, Revocation},
};
use serde_json::json;
use uuid::Uuid;

use super::things::{Thing, Things};
use crate::{
    Caller,
    caller::Subject,
    identity::{ANYBODY, Named, Revoked, check_current, cut_page, find_user, in_person, rules_changed, whose},
};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;

/// To whom something is to be opened, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// To a user.
    User(Named),
    /// To the friends of its owner.
    Friends,
}

/// A grant to be made, as it came.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What the thing is.
    pub resource: Resource,
    /// Which it is.
    pub object: String,
    /// To whom.
    pub to: To,
    /// How much.
    pub level: Level,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// Which grants to list, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Those on a thing.
    On(Resource, String),
    /// Those to a user; empty means the caller.
    To(String),
}

/// The grants.
#[derive(Clone)]
pub struct Grants {
    store: Store,
    clock: Clock,
    revoked: Revoked,
    things: Things,
}

impl Grants {
    pub(super) fn new(store: &Store, clock: &Clock, revoked: Revoked, things: Things) -> Self {
        Self { store: store.clone(), clock: clock.clone(), revoked, things }
    }

    /// Opens a thing to somebody, or changes how much and how long. Needs admin on it, which its owner has.
    ///
    /// # Errors
    /// That the thing is not there, or not for the caller; `PERMISSION_DENIED`, `USER_NOT_FOUND`, `QUOTA_EXCEEDED`, a field's fault.
    pub async fn create(&self, caller: &Caller, draft: Draft) -> Result<Grant> {
        require_login(caller, draft.resource)?;
        let object = object(draft.resource, &draft.object)?;
        let thing = self.thing(caller, draft.resource, object).await?;
        let until = require_admin(caller, &thing)?;
        let now = self.clock.now();
        if let Some(until) = until {
            check_given_on(&draft, until)?;
        }
        if draft.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::field(Reason::FieldInvalid, "expires_at", "lies in the past"));
        }
        let (grantee, username) = match &draft.to {
            To::User(named) => {
                let user = find_user(&self.store, named).await?;
                if thing.owner == Some(user.id) {
                    let text = "owns it, and needs no grant";
                    return Err(Error::field(Reason::FieldInvalid, named.field(), text));
                }
                (Grantee::User(user.id), Some(user.username))
            }
            To::Friends => {
                let owner = thing.owner.ok_or_else(|| {
                    Error::field(Reason::FieldInvalid, "friends", "it belongs to no user, who could have friends")
                })?;
                (Grantee::FriendsOf(owner), None)
            }
        };
        let new = Grant {
            id: GrantId::generate(),
            resource: draft.resource,
            object,
            grantee,
            username,
            level: draft.level,
            granted_by: user_of(caller),
            created_at: now,
            expires_at: draft.expires_at,
        };
        let owner = thing.owner;
        let caller = caller.clone();
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                check_current(tx, &caller).await?;
                put(tx, new, owner, now).await
            })
        });
        let (grant, revocation) = write.await?;
        revocation.iter().for_each(|revocation| self.revoked.add(revocation));
        Ok(grant)
    }

    /// Lists grants in the order in which they were made; gives the token of the next page.
    ///
    /// Those on a thing: all with admin on it, else the caller's own. Those to a user: the caller's own, with admin on users anybody's;
    /// what is held as a friend is not among them.
    ///
    /// # Errors
    /// That the thing is not there, or not for the caller; `TOKEN_MISSING`, `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, a field's fault.
    pub async fn list(
        &self,
        caller: &Caller,
        asked: Asked,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<Grant>, String)> {
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("grants:{asked:?}");
        let after = || {
            page::decode(&binding, page_token)?
                .map(|id| GrantId::parse("page_token", &id).map_err(|_| page::invalid()))
                .transpose()
        };
        let mut grants = match &asked {
            Asked::On(resource, id) => {
                require_login(caller, *resource)?;
                let object = object(*resource, id)?;
                let thing = self.thing(caller, *resource, object).await?;
                let of = match (thing.has_admin(caller), user_of(caller)) {
                    (true, _) => None,
                    (false, Some(own)) => Some(own),
                    (false, None) => return Ok((Vec::new(), String::new())),
                };
                self.store.list_grants_on((*resource, object), of, after()?, size + 1).await?
            }
            Asked::To(user) => {
                let user = whose(caller, user)?;
                if caller.subject().uuid() != Some(user.uuid()) && self.store.get_user(user).await?.is_none() {
                    return Err(Error::new(Reason::UserNotFound, format!("there is no user {user}")));
                }
                self.store.list_grants_to(user, after()?, size + 1).await?
            }
        };
        let next = cut_page(&mut grants, size, &binding, |grant| grant.id.to_string());
        Ok((grants, next))
    }

    /// Takes a grant back. Needs admin on the thing, which its owner has, or to be the one to whom it was opened.
    ///
    /// # Errors
    /// `GRANT_NOT_FOUND`, also for who may know neither the grant nor the thing; `PERMISSION_DENIED`.
    pub async fn revoke(&self, caller: &Caller, id: &str) -> Result<()> {
        require_login(caller, Resource::Users)?;
        let id = GrantId::parse("id", id)?;
        let grant = self.store.get_grant(id).await?.ok_or_else(|| not_found(id))?;
        let is_holder = user_of(caller).is_some_and(|own| grant.grantee == Grantee::User(own));
        if !is_holder {
            let thing = self.things.find(caller, grant.resource, grant.object).await?;
            let has_admin = match &thing {
                Some(thing) => thing.has_admin(caller),
                None => caller.may(grant.resource, Level::Admin, &Target::default()),
            };
            if !has_admin {
                // Whoever may know of the thing by a right of their own is told what they lack.
                if thing.is_none() || !caller.permissions().allow(grant.resource, Level::Read) {
                    return Err(not_found(id));
                }
                caller.require(grant.resource, Level::Admin)?;
            }
        }
        let now = self.clock.now();
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                if !tx.delete_grant(id).await? {
                    return Err(not_found(id));
                }
                let revocation = changed(&grant, now);
                tx.insert_revocation(&revocation, now).await?;
                tx.insert_events(&[event("grant.revoked", &grant)], now).await?;
                Ok(revocation)
            })
        });
        self.revoked.add(&write.await?);
        Ok(())
    }

    async fn thing(&self, caller: &Caller, resource: Resource, object: Uuid) -> Result<Thing> {
        self.things.find(caller, resource, object).await?.ok_or_else(|| nothing(resource, object))
    }
}

/// Writes a grant, or how much and how long in place of the one that is there.
async fn put(tx: &mut Tx, new: Grant, owner: Option<UserId>, now: Timestamp) -> Result<(Grant, Option<Revocation>)> {
    let holder = match new.grantee {
        Grantee::User(user) | Grantee::FriendsOf(user) => user,
    };
    let users: Vec<_> = [Some(holder), owner].into_iter().flatten().collect();
    if !tx.lock_users(&users).await?.contains(&holder) {
        return Err(Error::new(Reason::UserNotFound, format!("there is no user {holder}")));
    }
    let grant = match tx.get_grant_of(new.resource, new.object, new.grantee).await? {
        Some(there) => {
            if there.level == new.level && there.expires_at == new.expires_at {
                return Ok((there, None));
            }
            Grant { id: there.id, created_at: there.created_at, ..new }
        }
        None => {
            let (on, held) = (MOST_ON_OBJECT, most_held(new.resource));
            limit(tx.count_grants_on(new.resource, new.object).await?, on, "grants_on_object")?;
            limit(tx.count_grants_of(new.grantee, new.resource).await?, held, "grants_of_grantee")?;
            new
        }
    };
    tx.upsert_grant(&grant).await?;
    let revocation = changed(&grant, now);
    tx.insert_revocation(&revocation, now).await?;
    tx.insert_events(&[event("grant.created", &grant)], now).await?;
    Ok((grant, Some(revocation)))
}

/// Makes what has the rules read again of whoever holds a grant.
fn changed(grant: &Grant, now: Timestamp) -> Revocation {
    match grant.grantee {
        Grantee::User(user) => rules_changed(user.uuid(), now),
        Grantee::FriendsOf(_) => rules_changed(ANYBODY, now),
    }
}

fn event(kind: &'static str, grant: &Grant) -> NewEvent {
    let (user, friends_of) = match grant.grantee {
        Grantee::User(user) => (Some(user.to_string()), None),
        Grantee::FriendsOf(owner) => (None, Some(owner.to_string())),
    };
    let payload = json!({
        "resource": grant.resource.as_str(),
        "object_id": grant.object,
        "user_id": user,
        "friends_of": friends_of,
        "level": grant.level.as_str(),
        "by": grant.granted_by.map(|by| by.to_string()),
    });
    NewEvent { kind, subject_id: grant.id.uuid(), payload }
}

fn limit(count: u64, most: u32, of: &str) -> Result<()> {
    if count < u64::from(most) {
        return Ok(());
    }
    let what = if of == "grants_on_object" { "on it" } else { "of such things to them" };
    let text = format!("there are {most} grants {what}, as many as may be; revoke one");
    let error = Error::new(Reason::QuotaExceeded, text);
    Err(error.with_metadata("quota", of).with_metadata("limit", most.to_string()))
}

fn user_of(caller: &Caller) -> Option<UserId> {
    match caller.subject() {
        Subject::User(id) => Some(id),
        Subject::Anonymous | Subject::Service(_) | Subject::Node(_) | Subject::LocalAdmin | Subject::System => None,
    }
}

fn require_login(caller: &Caller, resource: Resource) -> Result<()> {
    in_person(caller)?;
    if caller.subject() == Subject::Anonymous { caller.require(resource, Level::Admin) } else { Ok(()) }
}

/// Gives until when somebody has admin who has it by a grant that ends; nothing for those who have it by themselves.
fn require_admin(caller: &Caller, thing: &Thing) -> Result<Option<Timestamp>> {
    if thing.is_own(caller) {
        return Ok(None);
    }
    let target = thing.target();
    caller.require_on(thing.resource, Level::Admin, &target)?;
    if caller.effective().allow_on(thing.resource, Level::Admin, &target) {
        return Ok(None);
    }
    Ok(caller.granted().on(thing.resource, Level::Admin, &target).and_then(|held| held.expires_at))
}

/// Refuses that somebody gives on what they were given for longer than they have it.
fn check_given_on(draft: &Draft, until: Timestamp) -> Result<()> {
    if draft.expires_at.is_some_and(|end| end <= until) {
        return Ok(());
    }
    let text = format!("must be given and at most {until}: what you give on was given to you until then");
    Err(Error::field(Reason::FieldInvalid, "expires_at", text))
}

/// Reads the id of a thing that can be granted.
fn object(resource: Resource, text: &str) -> Result<Uuid> {
    match resource {
        Resource::Nodes => NodeId::parse("object_id", text).map(NodeId::uuid),
        Resource::Allocations => AllocationId::parse("object_id", text).map(AllocationId::uuid),
        Resource::Content => ContentId::parse("object_id", text).map(ContentId::uuid),
        Resource::Users | Resource::Metrics | Resource::System => {
            let text = "must be nodes, allocations or content";
            Err(Error::field(Reason::FieldInvalid, "resource", text))
        }
    }
}

/// Makes the error of a thing that is not there, or not for the caller: as the thing's own calls have it.
fn nothing(resource: Resource, object: Uuid) -> Error {
    let (reason, what) = match resource {
        Resource::Nodes => (Reason::NodeNotFound, "node"),
        Resource::Allocations => (Reason::AllocationNotFound, "allocation"),
        Resource::Content | Resource::Users | Resource::Metrics | Resource::System => {
            (Reason::ContentNotFound, "content")
        }
    };
    Error::new(reason, format!("there is no {what} {}", object.hyphenated()))
}

fn not_found(id: GrantId) -> Error {
    Error::new(Reason::GrantNotFound, format!("there is no grant {id}"))
}
