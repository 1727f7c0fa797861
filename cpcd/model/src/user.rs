//! Users.

use crate::{
    Error, Reason, Result,
    id::{KeyId, UserId},
    permission::Permissions,
    time::Timestamp,
};

/// Somebody with a name and an Ed25519 key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Names the user for good.
    pub id: UserId,
    /// Unique handle.
    pub username: Username,
    /// Ed25519 public key: the oldest of the user's.
    pub public_key: [u8; 32],
    /// What the user may do.
    pub permissions: Permissions,
    /// Rises with each change of the permissions.
    pub permission_epoch: u64,
    /// Whether the account may be used.
    pub state: UserState,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserState {
    /// It may.
    #[default]
    Active,
    /// It waits for an administrator's approval.
    Pending,
    /// An administrator has suspended it.
    Suspended,
}

/// A key that a user logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserKey {
    /// Names it; a user's first key has the id of the user.
    pub id: KeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// Ed25519 public key.
    pub public_key: [u8; 32],
    /// What the user calls it; empty if nothing.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last opened a session, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A unique handle: `[a-z0-9._-]{1,50}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Username(String);

impl Username {
    /// Most characters.
    pub const MAX: usize = 50;

    /// Reads the handle in `field` of a request.
    ///
    /// # Errors
    /// `FIELD_REQUIRED`, `FIELD_TOO_LONG`, `FIELD_INVALID`.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::required(field));
        }
        let length = text.chars().count();
        if length > Self::MAX {
            let description = format!("has {length} characters, at most {} are allowed", Self::MAX);
            return Err(Error::field(Reason::FieldTooLong, field, description));
        }
        if !text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"._-".contains(&c)) {
            return Err(Error::field(Reason::FieldInvalid, field, "may have a-z, 0-9, '.', '_' and '-' only"));
        }
        Ok(Self(text.to_owned()))
    }

    /// Gives the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles() {
        assert!(Username::parse("username", "alice.b-c_1").is_ok());
        for (wrong, reason) in [
            ("", Reason::FieldRequired),
            ("Alice", Reason::FieldInvalid),
            ("a b", Reason::FieldInvalid),
            ("ä", Reason::FieldInvalid),
        ] {
            assert_eq!(Username::parse("username", wrong).unwrap_err().reason(), reason, "{wrong}");
        }
        assert_eq!(Username::parse("username", &"a".repeat(51)).unwrap_err().reason(), Reason::FieldTooLong);
    }
}
