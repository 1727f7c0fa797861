//! Service tokens: what a program shows that acts for a user.

use crate::{
    Error, Reason, Result,
    id::{ServiceTokenId, UserId},
    permission::Permissions,
    text,
    time::Timestamp,
};

/// Most characters of a name.
pub const MAX_NAME_CHARS: usize = 100;

/// A service token; its text is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceToken {
    /// Names it.
    pub id: ServiceTokenId,
    /// The user whom it acts for.
    pub owner_id: UserId,
    /// What it is called.
    pub name: String,
    /// What it may do at most: no more than its owner may.
    pub permissions: Permissions,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, within some minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// Checks the name in `field` of something that a user calls by one.
///
/// # Errors
/// `FIELD_REQUIRED`, `FIELD_TOO_LONG`, `FIELD_INVALID`.
pub fn name(field: &str, given: &str) -> Result<String> {
    let name = text::clean(field, given, MAX_NAME_CHARS, false)?;
    if name.is_empty() {
        return Err(Error::required(field));
    }
    if !name.chars().any(text::is_visible) {
        return Err(Error::field(Reason::FieldInvalid, field, "has no visible character"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_seen() {
        assert_eq!(name("name", "deploy, eu-west").unwrap(), "deploy, eu-west");
        assert_eq!(name("name", "").unwrap_err().reason(), Reason::FieldRequired);
        assert_eq!(name("name", " \u{A0}").unwrap_err().reason(), Reason::FieldInvalid);
        assert_eq!(name("name", "a\u{1b}[2J").unwrap_err().reason(), Reason::FieldInvalid);
        assert_eq!(name("name", &"x".repeat(101)).unwrap_err().reason(), Reason::FieldTooLong);
    }
}
