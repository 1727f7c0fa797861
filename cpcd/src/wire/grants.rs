//! Messages of grants.

use cpc_proto::v1;
use cpcd_domain::{
    identity::Named,
    sharing::{Asked, By, Draft, To},
};
use cpcd_model::{
    Error, Reason, Result,
    grant::{Grant, Grantee},
    permission::{Rule, Scope},
};

use super::{
    Wire,
    identity::{level, level_message, resource, resource_message, rule_message},
    time,
};

impl Wire for Grant {
    type Message = v1::Grant;

    fn to_wire(&self) -> v1::Grant {
        let grantee = match self.grantee {
            Grantee::User(user) => v1::grant::Grantee::UserId(user.to_string()),
            Grantee::FriendsOf(owner) => v1::grant::Grantee::FriendsOf(owner.to_string()),
        };
        v1::Grant {
            id: self.id.to_string(),
            resource: resource_message(self.resource).into(),
            object_id: self.object.hyphenated().to_string(),
            level: level_message(self.level).into(),
            grantee: Some(grantee),
            username: self.username.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
            granted_by: self.granted_by.map(|by| by.to_string()).unwrap_or_default(),
            created_at: Some(self.created_at.to_wire()),
            expires_at: self.expires_at.map(|time| time.to_wire()),
        }
    }
}

/// Reads a grant that is to be made.
pub(crate) fn grant_draft(message: v1::CreateGrantRequest) -> Result<Draft> {
    use v1::create_grant_request::Grantee;
    let to = match message.grantee.ok_or_else(|| Error::required("grantee"))? {
        Grantee::UserId(id) => To::User(Named::Id(id)),
        Grantee::Username(name) => To::User(Named::Username(name)),
        Grantee::Friends(true) => To::Friends,
        Grantee::Friends(false) => {
            return Err(Error::field(Reason::FieldInvalid, "friends", "is true, or another grantee is named"));
        }
    };
    Ok(Draft {
        resource: resource("resource", message.resource)?,
        object: message.object_id,
        to,
        level: level("level", message.level)?,
        expires_at: message.expires_at.as_ref().map(|end| time("expires_at", end)).transpose()?,
    })
}

/// Reads which grants are asked for.
pub(crate) fn asked(message: &v1::ListGrantsRequest) -> Result<Asked> {
    if message.object_id.is_empty() {
        if message.resource != 0 {
            return Err(Error::required("object_id"));
        }
        return Ok(Asked::To(message.user_id.clone()));
    }
    if !message.user_id.is_empty() {
        let text = "is for grants to a user; of those on a thing leave it out";
        return Err(Error::field(Reason::FieldInvalid, "user_id", text));
    }
    Ok(Asked::On(resource("resource", message.resource)?, message.object_id.clone()))
}

/// Gives what decides, or that nothing does.
pub(crate) fn verdict(by: Option<&By>) -> v1::CheckPermissionResponse {
    let (decided_by, rule, grant_id) = match by {
        None => return v1::CheckPermissionResponse::default(),
        Some(By::Rule(rule)) => (v1::DecidedBy::Rule, Some(rule_message(rule)), String::new()),
        Some(By::Floor(rule)) => (v1::DecidedBy::Floor, Some(rule_message(rule)), String::new()),
        Some(By::Owner) => (v1::DecidedBy::Owner, None, String::new()),
        Some(By::Grant(held)) => {
            let scope = Scope { object: Some(held.object), ..Scope::default() };
            let rule = Rule { scope: Some(scope), ..Rule::on(held.resource, held.level) };
            let by = if held.is_by_friend { v1::DecidedBy::FriendsGrant } else { v1::DecidedBy::Grant };
            (by, Some(rule_message(&rule)), held.id.to_string())
        }
        Some(By::Friend) => (v1::DecidedBy::Friend, None, String::new()),
        Some(By::LocalAdmin) => (v1::DecidedBy::LocalAdmin, None, String::new()),
    };
    v1::CheckPermissionResponse { is_allowed: true, decided_by: decided_by.into(), rule, grant_id }
}
