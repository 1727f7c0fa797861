//! Identity's messages.

use cpc_proto::v1;
use cpc_signing::{Kind, PeerId, Purpose};
use cpcd_domain::identity::{Challenge, Family, Proof, TokenPair};
use cpcd_model::{
    Error, Reason, Result,
    id::{SessionId, UserId},
    labels,
    permission::{Level, Permissions, Resource, Rule, Scope},
    user::{User, UserState},
};

use super::Wire;

impl Wire for User {
    type Message = v1::User;

    fn to_wire(&self) -> v1::User {
        let peer_id = PeerId::of_key_bytes(&self.public_key).to_string();
        v1::User {
            id: self.id.to_string(),
            username: self.username.as_str().to_owned(),
            public_key: self.public_key.to_vec(),
            peer_id,
            permissions: permissions(&self.permissions),
            created_at: Some(self.created_at.to_wire()),
            permission_epoch: self.permission_epoch,
            state: match self.state {
                UserState::Active => v1::UserState::Active,
                UserState::Pending => v1::UserState::Pending,
                UserState::Suspended => v1::UserState::Suspended,
            }
            .into(),
        }
    }
}

impl Wire for TokenPair {
    type Message = v1::TokenPair;

    fn to_wire(&self) -> v1::TokenPair {
        v1::TokenPair {
            access_token: self.access_token.clone(),
            access_expires_at: Some(self.access_expires_at.to_wire()),
            refresh_token: self.refresh_token.clone(),
            refresh_expires_at: self.refresh_expires_at.map(|time| time.to_wire()),
            session_id: self.session_id.to_string(),
        }
    }
}

impl Wire for Challenge {
    type Message = v1::Challenge;

    /// The server's id is not the challenge's to know; the call adds it.
    fn to_wire(&self) -> v1::Challenge {
        let kind = match self.kind {
            Kind::User => v1::SubjectKind::User,
            Kind::Node => v1::SubjectKind::Node,
            Kind::Service => v1::SubjectKind::Service,
        };
        let purpose = match self.purpose {
            Purpose::Login => v1::ChallengePurpose::Login,
            Purpose::Register => v1::ChallengePurpose::Register,
            Purpose::Refresh => v1::ChallengePurpose::Refresh,
            Purpose::AddKey => v1::ChallengePurpose::AddKey,
            Purpose::Confirm => v1::ChallengePurpose::Confirm,
            Purpose::Recover => v1::ChallengePurpose::Recover,
        };
        v1::Challenge {
            challenge: self.blob.clone(),
            server_id: String::new(),
            purpose: purpose.into(),
            expires_at: Some(self.expires_at.to_wire()),
            kind: kind.into(),
        }
    }
}

/// Gives a session as a message; `current` is the one that asks.
pub(crate) fn session(session: &Family, current: Option<SessionId>) -> v1::Session {
    v1::Session {
        id: session.id.to_string(),
        subject_id: session.subject_id.to_string(),
        created_at: Some(session.created_at.to_wire()),
        refreshed_at: session.refreshed_at.map(|time| time.to_wire()),
        expires_at: Some(session.expires_at.to_wire()),
        is_current: current == Some(session.id),
    }
}

/// Reads a challenge that came back signed.
pub(crate) fn proof(message: v1::ChallengeProof) -> Proof {
    Proof {
        challenge: message.challenge.to_vec(),
        signature: message.signature.to_vec(),
        invite: message.invite,
        username: message.username,
        bind_to_key: message.bind_to_key,
    }
}

/// Reads a challenge that came back signed, where nothing more is said.
pub(crate) fn key_proof(message: v1::KeyProof) -> Proof {
    Proof { challenge: message.challenge, signature: message.signature, ..Proof::default() }
}

/// Reads a subject kind.
pub(crate) fn subject_kind(field: &str, number: i32) -> Result<Kind> {
    match v1::SubjectKind::try_from(number) {
        Ok(v1::SubjectKind::User) => Ok(Kind::User),
        Ok(v1::SubjectKind::Node) => Ok(Kind::Node),
        Ok(v1::SubjectKind::Service) => Ok(Kind::Service),
        Ok(v1::SubjectKind::Unspecified) => Err(Error::required(field)),
        Err(_) => Err(unknown(field, number)),
    }
}

/// Reads a state of users to list; nothing for any.
pub(crate) fn user_state_filter(field: &str, number: i32) -> Result<Option<UserState>> {
    match v1::UserState::try_from(number) {
        Ok(v1::UserState::Unspecified) => Ok(None),
        Ok(v1::UserState::Active) => Ok(Some(UserState::Active)),
        Ok(v1::UserState::Pending) => Ok(Some(UserState::Pending)),
        Ok(v1::UserState::Suspended) => Ok(Some(UserState::Suspended)),
        Err(_) => Err(unknown(field, number)),
    }
}

/// Reads a challenge's purpose.
pub(crate) fn challenge_purpose(field: &str, number: i32) -> Result<Purpose> {
    match v1::ChallengePurpose::try_from(number) {
        Ok(v1::ChallengePurpose::Login) => Ok(Purpose::Login),
        Ok(v1::ChallengePurpose::Register) => Ok(Purpose::Register),
        Ok(v1::ChallengePurpose::Refresh) => Ok(Purpose::Refresh),
        Ok(v1::ChallengePurpose::AddKey) => Ok(Purpose::AddKey),
        Ok(v1::ChallengePurpose::Confirm) => Ok(Purpose::Confirm),
        Ok(v1::ChallengePurpose::Recover) => Ok(Purpose::Recover),
        Ok(v1::ChallengePurpose::Unspecified) => Err(Error::required(field)),
        Err(_) => Err(unknown(field, number)),
    }
}

/// Gives permissions as messages.
pub(crate) fn permissions(permissions: &Permissions) -> Vec<v1::PermissionRule> {
    let message = |rule: &Rule| {
        let resource = match rule.resource {
            Resource::Nodes => v1::Resource::Nodes,
            Resource::Allocations => v1::Resource::Allocations,
            Resource::Content => v1::Resource::Content,
            Resource::Users => v1::Resource::Users,
            Resource::Metrics => v1::Resource::Metrics,
            Resource::System => v1::Resource::System,
        };
        let level = match rule.level {
            Level::Read => v1::Level::Read,
            Level::Write => v1::Level::Write,
            Level::Admin => v1::Level::Admin,
        };
        let scope = rule.scope.as_ref().map(|scope| v1::Scope {
            labels: scope.labels.clone().into_iter().collect(),
            owner_id: scope.owner.map(|owner| owner.to_string()).unwrap_or_default(),
            object_id: scope.object.map(|object| object.hyphenated().to_string()).unwrap_or_default(),
        });
        v1::PermissionRule { resource: resource.into(), level: level.into(), scope }
    };
    permissions.rules().iter().map(message).collect()
}

/// Reads permission rules.
pub(crate) fn rules(field: &str, messages: &[v1::PermissionRule]) -> Result<Vec<Rule>> {
    let rule = |(index, message): (usize, &v1::PermissionRule)| {
        let (resource_field, level_field) = (format!("{field}[{index}].resource"), format!("{field}[{index}].level"));
        let resource = match v1::Resource::try_from(message.resource) {
            Ok(v1::Resource::Nodes) => Resource::Nodes,
            Ok(v1::Resource::Allocations) => Resource::Allocations,
            Ok(v1::Resource::Content) => Resource::Content,
            Ok(v1::Resource::Users) => Resource::Users,
            Ok(v1::Resource::Metrics) => Resource::Metrics,
            Ok(v1::Resource::System) => Resource::System,
            Ok(v1::Resource::Unspecified) => return Err(Error::required(resource_field)),
            Err(_) => return Err(unknown(&resource_field, message.resource)),
        };
        let level = match v1::Level::try_from(message.level) {
            Ok(v1::Level::Read) => Level::Read,
            Ok(v1::Level::Write) => Level::Write,
            Ok(v1::Level::Admin) => Level::Admin,
            Ok(v1::Level::Unspecified) => return Err(Error::required(level_field)),
            Err(_) => return Err(unknown(&level_field, message.level)),
        };
        let scope = message.scope.as_ref().map(|given| scope(&format!("{field}[{index}].scope"), given)).transpose()?;
        Ok(Rule { resource, level, scope })
    };
    messages.iter().enumerate().map(rule).collect()
}

fn scope(field: &str, message: &v1::Scope) -> Result<Scope> {
    let id = |name: &str, text: &str| {
        let field = format!("{field}.{name}");
        if text.is_empty() { Ok(None) } else { UserId::parse(&field, text).map(Some) }
    };
    Ok(Scope {
        labels: labels::clean(&format!("{field}.labels"), message.labels.clone())?,
        owner: id("owner_id", &message.owner_id)?,
        object: id("object_id", &message.object_id)?.map(UserId::uuid),
    })
}

pub(super) fn unknown(field: &str, number: i32) -> Error {
    Error::field(Reason::MessageUndecodable, field, format!("{number} is not one of its values"))
}
