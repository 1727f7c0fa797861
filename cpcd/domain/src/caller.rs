//! Who asks, and what they may do.

use std::sync::{Arc, LazyLock};

use cpcd_model::{
    Error, Reason, Result,
    id::{NodeId, SessionId, UserId},
    permission::{Level, Permissions, Resource},
    query::Viewer,
    time::Timestamp,
};
use uuid::Uuid;

/// Somebody who asks. It has four makers, all in this crate: a verified token, the local socket, nobody, and the daemon itself.
#[derive(Clone, Debug)]
pub struct Caller {
    subject: Subject,
    permissions: Arc<Permissions>,
    session: Option<Session>,
    /// What anybody may do here; a token never takes it away.
    floor: Arc<Permissions>,
}

/// Who a caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nobody known.
    Anonymous,
    /// A user with a token.
    User(UserId),
    /// A node with a token.
    Node(NodeId),
    /// The administrator on the daemon's own socket.
    LocalAdmin,
    /// The daemon.
    System,
}

impl Subject {
    /// Gives the id of a subject that tokens are issued to.
    #[must_use]
    pub fn uuid(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id.uuid()),
            Self::Node(id) => Some(id.uuid()),
            Self::Anonymous | Self::LocalAdmin | Self::System => None,
        }
    }
}

/// The session that a token belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Names the session.
    pub id: SessionId,
    /// Names the token.
    pub token_id: Uuid,
    /// When the token ends.
    pub token_expires_at: Timestamp,
}

impl Caller {
    /// Makes the caller that a verified token names.
    pub(crate) fn verified(subject: Subject, permissions: Arc<Permissions>, session: Session) -> Self {
        // Every node's heartbeat comes through here: the same allocation twice costs nothing.
        let floor = no_permissions();
        Self { subject, permissions, session: Some(session), floor }
    }

    /// Makes the administrator on the local socket; the edge has checked the peer's uid.
    #[must_use]
    pub fn local_admin() -> Self {
        Self {
            subject: Subject::LocalAdmin,
            permissions: Arc::new(Permissions::all()),
            session: None,
            floor: Arc::default(),
        }
    }

    /// Makes a caller without a token, with what the settings open to such.
    #[must_use]
    pub fn anonymous(permissions: Arc<Permissions>) -> Self {
        Self { subject: Subject::Anonymous, permissions, session: None, floor: Arc::default() }
    }

    /// Makes the daemon itself.
    pub(crate) fn system() -> Self {
        Self {
            subject: Subject::System,
            permissions: Arc::new(Permissions::all()),
            session: None,
            floor: Arc::default(),
        }
    }

    /// Adds what anybody may do where the request came in.
    #[must_use]
    pub(crate) fn at_least(self, floor: Arc<Permissions>) -> Self {
        Self { floor, ..self }
    }

    /// Gives who it is.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// Gives what it may do.
    #[must_use]
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// Gives the session of its token.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        self.session
    }

    /// Asks for a level on a resource: the first line of every operation.
    ///
    /// # Errors
    /// `TOKEN_MISSING` if nobody is logged in, `PERMISSION_DENIED` with the missing right otherwise.
    pub fn require(&self, resource: Resource, level: Level) -> Result<()> {
        if self.permissions.allow(resource, level) || self.floor.allow(resource, level) {
            return Ok(());
        }
        let error = match self.subject {
            Subject::Anonymous => Error::new(Reason::TokenMissing, format!("{level} on {resource} needs a login")),
            Subject::User(_) | Subject::Node(_) | Subject::LocalAdmin | Subject::System => {
                Error::new(Reason::PermissionDenied, format!("{level} on {resource} is needed"))
            }
        };
        Err(error.with_metadata("resource", resource.as_str()).with_metadata("level", level.as_str()))
    }

    /// Asks for being the daemon itself: the first line of its own work.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` for everybody else.
    pub(crate) fn require_system(&self) -> Result<()> {
        self.require(Resource::System, Level::Admin)
    }

    /// Gives the user in whose name the caller acts.
    ///
    /// # Errors
    /// `TOKEN_MISSING` if nobody is logged in, `PERMISSION_DENIED` for a caller that is no user.
    pub fn require_user(&self) -> Result<UserId> {
        match self.subject {
            Subject::User(id) => Ok(id),
            Subject::Anonymous => Err(Error::new(Reason::TokenMissing, "a login is needed")),
            Subject::Node(_) | Subject::LocalAdmin | Subject::System => Err(Error::new(
                Reason::PermissionDenied,
                "only a user can do this, since what is made belongs to one; log in as a user",
            )),
        }
    }

    /// Gives whose content the caller may find.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        if self.permissions.allow(Resource::Content, Level::Admin) {
            return Viewer::Admin;
        }
        match self.subject {
            Subject::User(id) => Viewer::User(id),
            Subject::Anonymous | Subject::Node(_) | Subject::LocalAdmin | Subject::System => Viewer::Public,
        }
    }
}

/// Gives the one empty set of permissions that all share.
fn no_permissions() -> Arc<Permissions> {
    static NONE: LazyLock<Arc<Permissions>> = LazyLock::new(Arc::default);
    NONE.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_log_in_and_somebody_what_is_missing() {
        let nobody = Caller::anonymous(Arc::default());
        assert_eq!(nobody.require(Resource::Users, Level::Read).unwrap_err().reason(), Reason::TokenMissing);

        let session =
            Session { id: SessionId::generate(), token_id: Uuid::nil(), token_expires_at: Timestamp::UNIX_EPOCH };
        let user = Caller::verified(Subject::User(UserId::generate()), Arc::default(), session);
        let error = user.require(Resource::Users, Level::Write).unwrap_err();
        assert_eq!(error.reason(), Reason::PermissionDenied);
        assert_eq!((error.metadata()["resource"].as_str(), error.metadata()["level"].as_str()), ("users", "write"));
        assert!(Caller::system().require(Resource::System, Level::Admin).is_ok());
    }
}
