//! Settings of identity.

use cpcd_model::{
    Error, Reason, Result,
    permission::{Permissions, Rule},
};
use serde::{Deserialize, Serialize};

use super::JoinPolicy;

/// Section `[identity]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How long a challenge is good.
    pub challenge_seconds: u32,
    /// How long an access token is good.
    pub access_token_seconds: u32,
    /// How long after a login its session can be renewed.
    pub refresh_token_seconds: u32,
    /// How young a session is in which keys and service tokens are made without a further signature of a key; 0 asks for it always.
    pub fresh_login_seconds: u32,
    /// How many service tokens that are good a user may have.
    pub service_tokens_per_user: u32,
    /// How many users may wait for approval.
    pub pending_users: u32,
    /// How long one waits before the account is removed.
    pub pending_user_seconds: u32,
    /// Names that clients may know the server by when they log in over HTTP as libp2p has it.
    pub http_login_hosts: Vec<String>,
    /// Who may join without an account.
    pub join: JoinPolicy,
    /// What a new user may do if nothing else is said, as `resource=level`.
    pub default_permissions: Vec<String>,
}

impl Config {
    /// Checks the values.
    ///
    /// # Errors
    /// `FIELD_INVALID` naming the setting.
    pub fn validate(&self) -> Result<()> {
        let range = |name: &str, value: u32, max: u32| {
            if (1..=max).contains(&value) {
                return Ok(());
            }
            Err(Error::field(Reason::FieldInvalid, format!("identity.{name}"), format!("must be from 1 to {max}")))
        };
        range("challenge_seconds", self.challenge_seconds, 600)?;
        range("access_token_seconds", self.access_token_seconds, 86_400)?;
        range("refresh_token_seconds", self.refresh_token_seconds, 31_536_000)?;
        if self.fresh_login_seconds > 86_400 {
            return Err(Error::field(Reason::FieldInvalid, "identity.fresh_login_seconds", "must be at most 86400"));
        }
        let is_name = |name: &String| {
            !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || b".-_[]:".contains(&letter))
        };
        if let Some(wrong) = self.http_login_hosts.iter().find(|name| !is_name(name)) {
            let text = format!("'{wrong}' is no host's name or address");
            return Err(Error::field(Reason::FieldInvalid, "identity.http_login_hosts", text));
        }
        range("pending_users", self.pending_users, 1_000_000)?;
        range("pending_user_seconds", self.pending_user_seconds, 31_536_000)?;
        range("service_tokens_per_user", self.service_tokens_per_user, 10_000)?;
        self.new_user_permissions().map(drop)
    }

    /// Reads `default_permissions`.
    pub(super) fn new_user_permissions(&self) -> Result<Permissions> {
        let rules = self.default_permissions.iter().map(|text| text.parse::<Rule>()).collect::<Result<_>>();
        rules.and_then(Permissions::new).map_err(|error| {
            Error::field(Reason::FieldInvalid, "identity.default_permissions", error.message().to_owned())
        })
    }
}
