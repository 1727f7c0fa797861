//! Users: made by administrators, each with a name and a key.

use cpc_signing::{KeyError, PublicKey};
use cpcd_model::{
    Error, Reason, Result,
    id::UserId,
    page,
    permission::{Level, Permissions, Resource, Rule, Target},
    time::Clock,
    user::{User, UserState, Username},
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority},
};
use serde_json::json;

use super::{Config, current::check_current, granting::in_person, joining::first_beyond};
use crate::{Caller, caller::Subject};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;
const PAGE_BINDING: &str = "users";

/// A user to be made, as it came.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Handle.
    pub username: String,
    /// Public key.
    pub public_key: Vec<u8>,
    /// What the user may do; nothing means the default of the settings.
    pub permissions: Option<Vec<Rule>>,
}

/// The users.
#[derive(Clone)]
pub struct Users {
    store: Store,
    clock: Clock,
    default_permissions: Permissions,
}

impl Users {
    pub(super) fn new(store: &Store, clock: &Clock, config: &Config) -> Result<Self> {
        Ok(Self { store: store.clone(), clock: clock.clone(), default_permissions: config.new_user_permissions()? })
    }

    /// Makes a user. Needs write on users, and to hold what is given beyond the default.
    ///
    /// # Errors
    /// `USERNAME_TAKEN`, `KEY_TAKEN`, `KEY_INVALID`, `KEY_WEAK`, `PERMISSION_DENIED`, or a field's fault.
    pub async fn create(&self, caller: &Caller, new: NewUser) -> Result<User> {
        caller.require(Resource::Users, Level::Write)?;
        let username = Username::parse("username", &new.username)?;
        let public_key = *check_key("public_key", &new.public_key)?.as_bytes();
        let permissions = match new.permissions {
            Some(rules) => Permissions::new(rules)?,
            None => self.default_permissions.clone(),
        };
        check_grant(caller, &self.default_permissions, &permissions)?;
        check_program(caller, &self.default_permissions, &permissions)?;
        let (now, state) = (self.clock.now(), UserState::Active);
        let user = User {
            id: UserId::generate(),
            username,
            public_key,
            permissions,
            permission_epoch: 1,
            state,
            created_at: now,
        };
        let (stored, caller) = (user.clone(), caller.clone());
        self.store
            .write(Priority::Identity, move |tx| {
                Box::pin(async move {
                    check_current(tx, &caller).await?;
                    tx.insert_user(&stored).await?;
                    let payload = json!({ "username": stored.username.as_str() });
                    tx.insert_events(&[NewEvent { kind: "user.created", subject_id: stored.id.uuid(), payload }], now)
                        .await
                })
            })
            .await?;
        Ok(user)
    }

    /// Gets a user by id. Needs read on users, or to be that user.
    ///
    /// # Errors
    /// `USER_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<User> {
        let own = match caller.subject() {
            Subject::User(own) => own.to_string() == id,
            Subject::Service(_) | Subject::Anonymous | Subject::Node(_) | Subject::LocalAdmin | Subject::System => {
                false
            }
        };
        if !own {
            caller.require_some(Resource::Users, Level::Read)?;
        }
        let id = UserId::parse("id", id)?;
        if !own {
            caller.require_on(
                Resource::Users,
                Level::Read,
                &Target { object: Some(id.uuid()), ..Target::default() },
            )?;
        }
        self.store.get_user(id).await?.ok_or_else(|| not_found(&id.to_string()))
    }

    /// Gets a user by handle. Needs read on users, or to be that user.
    ///
    /// # Errors
    /// `USER_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn get_by_name(&self, caller: &Caller, username: &str) -> Result<User> {
        let may_read = caller.require(Resource::Users, Level::Read);
        if may_read.is_err()
            && let Subject::User(own) = caller.subject()
            && let Some(user) = self.store.get_user(own).await?
            && user.username.as_str() == username
        {
            return Ok(user);
        }
        may_read?;
        let username = Username::parse("username", username)?;
        self.store.get_user_by_name(username.as_str()).await?.ok_or_else(|| not_found(username.as_str()))
    }

    /// Lists users, oldest first, those of a state if one is named; gives the token of the next page. Needs read on users.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, `FIELD_INVALID` for a negative page size.
    pub async fn list(
        &self,
        caller: &Caller,
        state: Option<UserState>,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<User>, String)> {
        caller.require(Resource::Users, Level::Read)?;
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = state.map_or_else(|| PAGE_BINDING.to_owned(), |state| format!("{PAGE_BINDING}:{state:?}"));
        let after = page::decode(&binding, page_token)?
            .map(|id| UserId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut users = match state {
            Some(state) => self.store.list_users_in(state, after, size + 1).await?,
            None => self.store.list_users(after, size + 1).await?,
        };
        let next = cut_page(&mut users, size, &binding, |user| user.id.to_string());
        Ok((users, next))
    }
}

/// Cuts a list that was read one longer than the page, and gives the token of the next page.
pub(crate) fn cut_page<T>(rows: &mut Vec<T>, size: u32, binding: &str, position: impl Fn(&T) -> String) -> String {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if rows.len() <= size {
        return String::new();
    }
    rows.truncate(size);
    rows.last().map(|last| page::encode(binding, &position(last))).unwrap_or_default()
}

/// Refuses what a caller would give without holding it; the default is the server's to give.
pub(super) fn check_grant(caller: &Caller, defaults: &Permissions, given: &Permissions) -> Result<()> {
    match first_beyond(caller.permissions(), defaults, given)? {
        Some(rule) => Err(beyond(&rule, "give")),
        None => Ok(()),
    }
}

/// Refuses a program that would give more than everybody gets: an account outlasts the token that it was made with, and its owner's rules.
pub(super) fn check_program(caller: &Caller, defaults: &Permissions, given: &Permissions) -> Result<()> {
    match caller.subject() {
        Subject::Service(_) if given.rules().iter().any(|rule| !defaults.cover(rule)) => in_person(caller),
        Subject::Service(_)
        | Subject::User(_)
        | Subject::Node(_)
        | Subject::Anonymous
        | Subject::LocalAdmin
        | Subject::System => Ok(()),
    }
}

/// Makes the error of a rule that a caller would give or take without holding it.
pub(super) fn beyond(rule: &Rule, verb: &str) -> Error {
    Error::new(Reason::PermissionDenied, format!("nobody can {verb} what they do not hold: {rule}"))
        .with_metadata("resource", rule.resource.as_str())
        .with_metadata("level", rule.level.as_str())
}

/// Checks a public key in `field` of a request.
pub(super) fn check_key(field: &str, bytes: &[u8]) -> Result<PublicKey> {
    read_key(field, bytes, PublicKey::from_bytes)
}

/// The same for a key that is only good if it was accepted before.
pub(super) fn check_claimed_key(field: &str, bytes: &[u8]) -> Result<PublicKey> {
    read_key(field, bytes, PublicKey::from_claimed_bytes)
}

type KeyReader = fn(&[u8]) -> std::result::Result<PublicKey, KeyError>;

fn read_key(field: &str, bytes: &[u8], read: KeyReader) -> Result<PublicKey> {
    if bytes.is_empty() {
        return Err(Error::required(field));
    }
    read(bytes).map_err(|error| key_fault(field, error))
}

/// Makes the error of bytes that are no usable key.
pub(super) fn key_fault(field: &str, error: KeyError) -> Error {
    let reason = match error {
        KeyError::Weak => Reason::KeyWeak,
        KeyError::WrongLength { .. } | KeyError::NotCanonical | KeyError::NotOnCurve => Reason::KeyInvalid,
    };
    Error::field(reason, field, error.to_string())
}

pub(super) fn not_found(name: &str) -> Error {
    Error::new(Reason::UserNotFound, format!("there is no user {name}"))
}
