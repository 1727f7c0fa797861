//! Friends: asked for, taken, ended, blocked, and listed.
//!
//! Both sides are changed in one transaction that holds both users, in the order of their ids. Nothing that somebody is answered or told
//! depends on whether the other blocks them (`cpcd_model::friend`): the same rows are read and counted, only that the one who blocks is
//! not told of what the other does.

use cpcd_model::{
    Error, Reason, Result,
    friend::{Acquaintance, FriendAction, MOST_BLOCKED, MOST_FRIENDS, Pair, Relation, Stance},
    id::UserId,
    page,
    permission::{Level, Resource, Target},
    time::{Clock, Timestamp},
    user::{User, Username},
};
use cpcd_store::{
    Store, Tx,
    sql::{FriendList, NewEvent, Priority, Revocation},
};
use serde_json::{Value, json};

use super::{
    Config, Revoked, cut_page,
    granting::{in_person, rules_changed},
    users::not_found,
};
use crate::{Caller, caller::Subject};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;

/// How another user is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By id.
    Id(String),
    /// By handle.
    Username(String),
}

/// How the caller and another user stand now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The other user.
    pub id: UserId,
    /// Their handle.
    pub username: Username,
    /// How they stand to the caller, as far as the caller may know.
    pub relation: Relation,
    /// Whether that was changed.
    pub has_changed: bool,
}

/// What to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Friends.
    Friends,
    /// Those who have asked.
    Incoming,
    /// Those who were asked.
    Outgoing,
    /// Those who are blocked.
    Blocked,
    /// Friends who are friends of another user, too.
    Mutual(Named),
}

/// The friends of users.
#[derive(Clone)]
pub struct Friends {
    store: Store,
    clock: Clock,
    revoked: Revoked,
    limits: Limits,
}

#[derive(Clone, Copy)]
struct Limits {
    outgoing: u32,
    incoming: u32,
}

impl Friends {
    pub(super) fn new(store: &Store, clock: &Clock, revoked: Revoked, config: &Config) -> Self {
        let limits = Limits { outgoing: config.friend_requests, incoming: config.friend_requests_received };
        Self { store: store.clone(), clock: clock.clone(), revoked, limits }
    }

    /// Changes how the caller and another user stand. Needs a login as a user.
    ///
    /// What holds already is no error. Who is friends with whom shows with the next call.
    ///
    /// # Errors
    /// `USER_NOT_FOUND`, `USER_BLOCKED`, `FRIEND_REQUEST_NOT_FOUND`, `FRIEND_REQUEST_NOT_YOURS`, `QUOTA_EXCEEDED`, `FIELD_INVALID` for
    /// oneself.
    pub async fn manage(&self, caller: &Caller, action: FriendAction, named: Named) -> Result<Standing> {
        let own = caller.require_user()?;
        let (other, field) = (find(&self.store, &named).await?, named.field());
        if other.id == own {
            return Err(Error::field(Reason::FieldInvalid, field, "names yourself"));
        }
        let (id, limits, now) = (other.id, self.limits, self.clock.now());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let before = tx.lock_pair(own, id).await?.ok_or_else(|| not_found(&id.to_string()))?;
                let after = before.after(action)?;
                if after == before {
                    return Ok((before, after, Vec::new()));
                }
                check_limits(tx, (own, id), before, after, limits).await?;
                tx.set_pair((own, id), before, after, now).await?;
                record(tx, (own, id), before, after, now).await?;
                // What the caller did, whether anybody is told of it or not.
                tx.audit("friend", &id, json!({ "action": action.as_str() }));
                let revocations = changed_rules(tx, (own, id), before, after, now).await?;
                Ok((before, after, revocations))
            })
        });
        let (before, after, revocations) = write.await?;
        revocations.iter().for_each(|revocation| self.revoked.add(revocation));
        let has_changed = before.relation() != after.relation();
        Ok(Standing { id, username: other.username, relation: after.relation(), has_changed })
    }

    /// Lists how others stand to the caller, or to another user, in the order of their ids; gives the token of the next page.
    ///
    /// Needs a login as a user for one's own, admin on users for those of others. Mutual friends are shown of a friend and of whoever
    /// has asked to be one, else they need read on that user.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `USER_NOT_FOUND`, `PAGE_TOKEN_INVALID`, or a field's fault.
    pub async fn list(
        &self,
        caller: &Caller,
        user: &str,
        listed: Listed,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<Acquaintance>, String)> {
        let user = whose(caller, user)?;
        if caller.subject().uuid() != Some(user.uuid()) && self.store.get_user(user).await?.is_none() {
            return Err(not_found(&user.to_string()));
        }
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let list = match listed {
            Listed::Friends => FriendList::Friends,
            Listed::Incoming => FriendList::Incoming,
            Listed::Outgoing => FriendList::Outgoing,
            Listed::Blocked => FriendList::Blocked,
            Listed::Mutual(named) => FriendList::Mutual(self.mutual_with(caller, user, &named).await?),
        };
        let binding = format!("friends:{user}:{list:?}");
        let after = page::decode(&binding, page_token)?
            .map(|id| UserId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut found = self.store.list_friends(user, list, after, size + 1).await?;
        let next = cut_page(&mut found, size, &binding, |one| one.id.to_string());
        Ok((found, next))
    }

    /// Finds the user with whom mutual friends are asked for, if the caller may know of them.
    async fn mutual_with(&self, caller: &Caller, user: UserId, named: &Named) -> Result<UserId> {
        let other = find(&self.store, named).await?.id;
        if caller.subject() == Subject::User(user) {
            let relation = self.store.get_pair(user, other).await?.relation();
            if matches!(relation, Relation::Friends | Relation::Incoming) {
                return Ok(other);
            }
        }
        let target = Target { object: Some(other.uuid()), ..Target::default() };
        caller.require_on(Resource::Users, Level::Read, &target).map(|()| other)
    }
}

impl Named {
    /// Gives the field that names.
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::Username(_) => "username",
        }
    }
}

/// Finds a user whom anybody who is logged in may address.
///
/// # Errors
/// `USER_NOT_FOUND`, or a field's fault.
pub(crate) async fn find(store: &Store, named: &Named) -> Result<User> {
    let (user, name) = match named {
        Named::Id(id) => (store.get_user(UserId::parse("id", id)?).await?, id),
        Named::Username(name) => (store.get_user_by_name(Username::parse("username", name)?.as_str()).await?, name),
    };
    user.ok_or_else(|| not_found(name))
}

/// Gives whose list is asked for: the caller's own, or with admin on users that of another.
///
/// # Errors
/// `PERMISSION_DENIED`, `TOKEN_MISSING`, or the field's fault.
pub(crate) fn whose(caller: &Caller, user: &str) -> Result<UserId> {
    in_person(caller)?;
    let own = caller.subject().uuid();
    match (user, own) {
        // A node has an id too, and neither friends nor grants.
        ("", Some(own)) => Ok(own.into()),
        ("", None) => {
            caller.require(Resource::Users, Level::Admin)?;
            Err(Error::required("user_id"))
        }
        (user, own) => {
            let asked = UserId::parse("user_id", user);
            if !asked.as_ref().is_ok_and(|asked| Some(asked.uuid()) == own) {
                caller.require(Resource::Users, Level::Admin)?;
            }
            asked
        }
    }
}

/// Refuses what would be more than may be. What is counted is the same whether one of them blocks the other or not.
async fn check_limits(
    tx: &mut Tx,
    (own, other): (UserId, UserId),
    before: Pair,
    after: Pair,
    limits: Limits,
) -> Result<()> {
    let is_new = |stance| before.mine != Some(stance) && after.mine == Some(stance);
    if is_new(Stance::Friend) {
        limit(tx.count_stances(own, Stance::Friend).await?, MOST_FRIENDS, "friends", "a user may have {} friends")?;
        let text = "the other has {} friends, as many as a user may have";
        limit(tx.count_stances(other, Stance::Friend).await?, MOST_FRIENDS, "friends_of_other", text)?;
    }
    if is_new(Stance::Requested) {
        let text = "{} requests wait for an answer already; cancel one, or wait";
        limit(tx.count_stances(own, Stance::Requested).await?, limits.outgoing, "requests", text)?;
        let text = "{} requests wait for the other's answer already; try again later";
        limit(tx.count_requests_to(other).await?, limits.incoming, "requests_of_other", text)?;
    }
    if is_new(Stance::Blocked) {
        limit(tx.count_stances(own, Stance::Blocked).await?, MOST_BLOCKED, "blocked", "a user may block {} users")?;
    }
    Ok(())
}

fn limit(count: u64, most: u32, of: &str, text: &str) -> Result<()> {
    if count < u64::from(most) {
        return Ok(());
    }
    let error = Error::new(Reason::QuotaExceeded, text.replace("{}", &most.to_string()));
    Err(error.with_metadata("quota", of).with_metadata("limit", most.to_string()))
}

/// Writes what each of the two is told: what changed for them to see. So whoever blocks hears nothing of the other, and the other the
/// same as if the friendship had been ended, or the request declined. What is written for the caller is told by as many rows whether the
/// other may hear of it or not: places in the stream are numbered, and two that are apart would say what stands between them.
async fn record(tx: &mut Tx, (own, other): (UserId, UserId), before: Pair, after: Pair, now: Timestamp) -> Result<()> {
    let sides = [(own, other, before, after), (other, own, before.turned(), after.turned())];
    let event = |(of, about, before, after): (UserId, UserId, Pair, Pair)| {
        let (kind, direction) = news(before.relation(), after.relation())?;
        let payload = json!({ "for": of.to_string(), "direction": direction.map_or(Value::Null, Value::from) });
        Some(NewEvent { kind, subject_id: about.uuid(), payload })
    };
    let [mine, theirs] = sides.map(event);
    let for_nobody =
        |mine: &NewEvent| NewEvent { kind: mine.kind, subject_id: own.uuid(), payload: json!({ "for": null }) };
    let theirs = theirs.or_else(|| mine.as_ref().map(for_nobody));
    let events: Vec<_> = [mine, theirs].into_iter().flatten().collect();
    if events.is_empty() { Ok(()) } else { tx.insert_events(&events, now).await }
}

/// Says what somebody is told when another stands to them otherwise than before.
fn news(before: Relation, after: Relation) -> Option<(&'static str, Option<&'static str>)> {
    use Relation::{Blocked, Friends, Incoming, None as Nothing, Outgoing};
    match (before, after) {
        // What the other did is nothing that one could see.
        (before, after) if before == after => None,
        (_, Friends) => Some(("friend.accepted", None)),
        (Friends, _) => Some(("friend.removed", None)),
        (_, Incoming) => Some(("friend.requested", Some("incoming"))),
        (_, Outgoing) => Some(("friend.requested", Some("outgoing"))),
        (Incoming, _) => Some(("friend.withdrawn", Some("incoming"))),
        (Outgoing, _) => Some(("friend.withdrawn", Some("outgoing"))),
        (Nothing | Blocked, Nothing | Blocked) => None,
    }
}

/// Has the rules read again of whoever holds something as a friend of the other.
async fn changed_rules(
    tx: &mut Tx,
    (own, other): (UserId, UserId),
    before: Pair,
    after: Pair,
    now: Timestamp,
) -> Result<Vec<Revocation>> {
    let are_friends = |pair: Pair| pair.relation() == Relation::Friends;
    if are_friends(before) == are_friends(after) {
        return Ok(Vec::new());
    }
    let mut revocations = Vec::new();
    for granting in tx.list_granting_friends([own, other]).await? {
        let holder = if granting == own { other } else { own };
        let revocation = rules_changed(holder.uuid(), now);
        tx.insert_revocation(&revocation, now).await?;
        revocations.push(revocation);
    }
    Ok(revocations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_told_as_an_end() {
        let told = |pair: Pair, action| {
            let after = pair.after(action).unwrap();
            news(pair.turned().relation(), after.turned().relation())
        };
        let friends = Pair { mine: Some(Stance::Friend), theirs: Some(Stance::Friend) };
        assert_eq!(told(friends, FriendAction::Block), told(friends, FriendAction::Remove));
        let asked = Pair { mine: None, theirs: Some(Stance::Requested) };
        assert_eq!(told(asked, FriendAction::Block), told(asked, FriendAction::Decline));
        let asking = asked.turned();
        assert_eq!(told(asking, FriendAction::Block), told(asking, FriendAction::Cancel));
        assert_eq!(told(Pair::default(), FriendAction::Block), None);
        // And whoever blocks is not told of a request.
        let blocked = Pair { mine: None, theirs: Some(Stance::Blocked) };
        assert_eq!(told(blocked, FriendAction::Request), None);
        let asked = blocked.after(FriendAction::Request).unwrap();
        assert_eq!(told(asked, FriendAction::Cancel), None);
        // Nor is who has asked told that the block is gone.
        assert_eq!(told(asked.turned(), FriendAction::Unblock), None);
    }
}
