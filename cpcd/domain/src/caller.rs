//! Who asks, and what they may do.

use std::sync::{Arc, LazyLock};

use cpcd_model::{
    Error, Reason, Result,
    grant::Grants,
    id::{NodeId, ServiceTokenId, SessionId, UserId},
    permission::{Level, Permissions, Resource, Rule, Scopes, Target},
    query::Viewer,
    time::Timestamp,
};
use uuid::Uuid;

/// Somebody who asks. It has four makers, all in this crate: a verified token, the local socket, nobody, and the daemon itself.
#[derive(Clone, Debug)]
pub struct Caller {
    subject: Subject,
    permissions: Arc<Permissions>,
    /// Single things that were opened to it.
    granted: Arc<Grants>,
    session: Option<Session>,
    /// What anybody may do here; a token never takes it away.
    floor: Arc<Permissions>,
    /// Whether anybody may find public peers here.
    finds_peers: bool,
}

/// Who a caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nobody known.
    Anonymous,
    /// A user with a token.
    User(UserId),
    /// A program with a service token, which acts in the name of its owner and is not them.
    Service(Service),
    /// A node with a token.
    Node(NodeId),
    /// The administrator on the daemon's own socket.
    LocalAdmin,
    /// The daemon.
    System,
}

/// A program with a service token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The token.
    pub token: ServiceTokenId,
    /// The user in whose name it acts.
    pub owner: UserId,
}

impl Subject {
    /// Gives the id of a subject that tokens are issued to; of a program that of its token, so that it is never taken for its owner.
    #[must_use]
    pub fn uuid(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id.uuid()),
            Self::Service(service) => Some(service.token.uuid()),
            Self::Node(id) => Some(id.uuid()),
            Self::Anonymous | Self::LocalAdmin | Self::System => None,
        }
    }

    /// Gives the id by which all of a subject's tokens are taken back: a program's are its owner's.
    pub(crate) fn holder(self) -> Option<Uuid> {
        match self {
            Self::Service(service) => Some(service.owner.uuid()),
            Self::User(_) | Self::Node(_) | Self::Anonymous | Self::LocalAdmin | Self::System => self.uuid(),
        }
    }

    /// Gives the user in whose name a subject acts, if it does in a user's.
    #[must_use]
    pub fn owner(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::Service(service) => Some(service.owner),
            Self::Node(_) | Self::Anonymous | Self::LocalAdmin | Self::System => None,
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
    /// The subject's permission epoch that the token was given at.
    pub permission_epoch: u64,
}

impl Caller {
    /// Makes the caller that a verified token names.
    pub(crate) fn verified(subject: Subject, permissions: Arc<Permissions>, session: Session) -> Self {
        // Every node's heartbeat comes through here: the same allocation twice costs nothing.
        let floor = no_permissions();
        Self { subject, permissions, granted: no_grants(), session: Some(session), floor, finds_peers: false }
    }

    /// Adds single things that were opened to the caller.
    #[must_use]
    pub(crate) fn with_grants(self, granted: Arc<Grants>) -> Self {
        Self { granted, ..self }
    }

    /// Makes the administrator on the local socket; the edge has checked the peer's uid.
    #[must_use]
    pub fn local_admin() -> Self {
        Self {
            subject: Subject::LocalAdmin,
            permissions: Arc::new(Permissions::all()),
            granted: no_grants(),
            session: None,
            floor: Arc::default(),
            finds_peers: false,
        }
    }

    /// Makes a caller without a token, with what the settings open to such.
    #[must_use]
    pub fn anonymous(permissions: Arc<Permissions>) -> Self {
        Self {
            subject: Subject::Anonymous,
            permissions,
            granted: no_grants(),
            session: None,
            floor: Arc::default(),
            finds_peers: false,
        }
    }

    /// Makes the daemon itself.
    pub(crate) fn system() -> Self {
        Self {
            subject: Subject::System,
            permissions: Arc::new(Permissions::all()),
            granted: no_grants(),
            session: None,
            floor: Arc::default(),
            finds_peers: false,
        }
    }

    /// Adds what anybody may do where the request came in.
    #[must_use]
    pub(crate) fn at_least(self, floor: Arc<Permissions>) -> Self {
        Self { floor, ..self }
    }

    /// Makes of the daemon a user who is not there: what is done later in their name is done by the rights that they have then.
    #[must_use]
    pub(crate) fn in_the_name_of(self, user: UserId, permissions: Permissions, granted: Grants) -> Self {
        debug_assert_eq!(self.subject, Subject::System);
        Self { subject: Subject::User(user), permissions: Arc::new(permissions), granted: Arc::new(granted), ..self }
    }

    /// Says whether anybody may find public peers where the request came in.
    #[must_use]
    pub(crate) fn finding_peers(self, finds_peers: bool) -> Self {
        Self { finds_peers, ..self }
    }

    /// Says whether it may find public peers, whoever it is.
    pub(crate) fn finds_peers(&self) -> bool {
        self.finds_peers
    }

    /// Gives who it is.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// Gives what it may do, with what anybody may where the request came in.
    #[must_use]
    pub fn effective(&self) -> Permissions {
        self.permissions.with(&self.floor)
    }

    /// Gives what it may do by itself.
    #[must_use]
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// Gives what anybody may do where the request came in.
    pub(crate) fn floor(&self) -> &Permissions {
        &self.floor
    }

    /// Gives the single things that were opened to it.
    pub(crate) fn granted(&self) -> &Grants {
        &self.granted
    }

    /// Says whether a level on a thing is held by that thing's own right: by a grant, or by a rule on it alone.
    pub(crate) fn is_granted(&self, resource: Resource, level: Level, object: Uuid) -> bool {
        let target = Target { object: Some(object), ..Target::default() };
        let is_own = |rule: &&Rule| rule.scope.as_ref().is_some_and(|scope| scope.object == Some(object));
        self.granted.on(resource, level, &target).is_some()
            || self.permissions.rules().iter().filter(is_own).any(|rule| rule.opens(resource, level, &target))
    }

    /// Gives the session of its token.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        self.session
    }

    /// Asks for a level on all of a resource: the first line of every operation that is not about one thing.
    ///
    /// # Errors
    /// `TOKEN_MISSING` if nobody is logged in, `PERMISSION_DENIED` with the missing right otherwise.
    pub fn require(&self, resource: Resource, level: Level) -> Result<()> {
        self.require_on(resource, level, &Target::default())
    }

    /// Asks for a level on a thing: by a rule on all of its resource, or by one whose scope holds it.
    ///
    /// # Errors
    /// `TOKEN_MISSING` if nobody is logged in, `PERMISSION_DENIED` with the missing right otherwise.
    pub fn require_on(&self, resource: Resource, level: Level, target: &Target<'_>) -> Result<()> {
        if self.may(resource, level, target) { Ok(()) } else { Err(self.denied(resource, level)) }
    }

    /// Asks for a level on anything of a resource, before it is known on what.
    ///
    /// # Errors
    /// `TOKEN_MISSING` if nobody is logged in, `PERMISSION_DENIED` with the missing right otherwise.
    pub fn require_some(&self, resource: Resource, level: Level) -> Result<()> {
        if self.allowed_scopes(resource, level) == Scopes::Only(Vec::new()) {
            return Err(self.denied(resource, level));
        }
        Ok(())
    }

    /// Says whether a level on a thing is held.
    #[must_use]
    pub fn may(&self, resource: Resource, level: Level, target: &Target<'_>) -> bool {
        self.permissions.allow_on(resource, level, target)
            || self.floor.allow_on(resource, level, target)
            || self.granted.on(resource, level, target).is_some()
    }

    /// Says on what of a resource a level is held, to filter lists by.
    #[must_use]
    pub fn allowed_scopes(&self, resource: Resource, level: Level) -> Scopes<'_> {
        if self.floor.allow(resource, level) {
            return Scopes::All;
        }
        match self.permissions.scopes(resource, level) {
            Scopes::All => Scopes::All,
            Scopes::Only(mut scopes) => {
                scopes.extend(self.granted.scopes(resource, level));
                Scopes::Only(scopes)
            }
        }
    }

    fn denied(&self, resource: Resource, level: Level) -> Error {
        let error = match self.subject {
            Subject::Anonymous => Error::new(Reason::TokenMissing, format!("{level} on {resource} needs a login")),
            Subject::User(_) | Subject::Service(_) | Subject::Node(_) | Subject::LocalAdmin | Subject::System => {
                let some = self.permissions.scopes(resource, level) != Scopes::Only(Vec::new());
                let hint = if some { "; what is held is narrowed to something else" } else { "" };
                Error::new(Reason::PermissionDenied, format!("{level} on {resource} is needed{hint}"))
            }
        };
        error.with_metadata("resource", resource.as_str()).with_metadata("level", level.as_str())
    }

    /// Asks for being the daemon itself: the first line of its own work.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` for everybody else.
    pub(crate) fn require_system(&self) -> Result<()> {
        self.require(Resource::System, Level::Admin)
    }

    /// Gives the user who calls: for what only they can do themselves.
    ///
    /// # Errors
    /// `TOKEN_MISSING` if nobody is logged in, `PERMISSION_DENIED` for a caller that is no user.
    pub fn require_user(&self) -> Result<UserId> {
        match self.subject {
            Subject::Service(_) => {
                Err(Error::new(Reason::PermissionDenied, "a service token cannot do this; its owner can, with a login"))
            }
            Subject::User(_) | Subject::Node(_) | Subject::Anonymous | Subject::LocalAdmin | Subject::System => {
                self.require_owner()
            }
        }
    }

    /// Gives the user in whose name the caller acts: what is made belongs to them. A program with a service token acts in its owner's.
    ///
    /// # Errors
    /// `TOKEN_MISSING` if nobody is logged in, `PERMISSION_DENIED` for a caller that acts in no user's name.
    pub fn require_owner(&self) -> Result<UserId> {
        match self.subject {
            Subject::User(id) => Ok(id),
            Subject::Service(service) => Ok(service.owner),
            Subject::Anonymous => Err(Error::new(Reason::TokenMissing, "a login is needed")),
            Subject::Node(_) | Subject::LocalAdmin | Subject::System => Err(Error::new(
                Reason::PermissionDenied,
                "only a user can do this, since what is made belongs to one; log in as a user",
            )),
        }
    }

    /// Gives what content the caller may find; with an owner, or an object, what of it.
    #[must_use]
    pub fn viewer(&self, target: &Target<'_>) -> Viewer {
        let is_admin = self.permissions.allow_on(Resource::Content, Level::Admin, target)
            || self.granted.on(Resource::Content, Level::Admin, target).is_some();
        if is_admin {
            return Viewer::Admin;
        }
        match self.subject {
            // A program sees what its owner does by its own rules; by what is open to anybody it sees what anybody does.
            Subject::Service(_) if !self.reads_by_rule(target) => Viewer::Public,
            Subject::User(_)
            | Subject::Service(_)
            | Subject::Node(_)
            | Subject::Anonymous
            | Subject::LocalAdmin
            | Subject::System => self.subject.owner().map_or(Viewer::Public, Viewer::User),
        }
    }

    /// Says whether a rule of its own has it read a content, or, where what it may see is narrowed to its rules, some.
    fn reads_by_rule(&self, target: &Target<'_>) -> bool {
        let (resource, level) = (Resource::Content, Level::Read);
        let is_narrowed = !self.floor.allow(resource, level);
        self.permissions.allow_on(resource, level, target)
            || (is_narrowed && self.permissions.scopes(resource, level) != Scopes::Only(Vec::new()))
    }
}

/// Gives the one empty set of grants that all share.
fn no_grants() -> Arc<Grants> {
    static NONE: LazyLock<Arc<Grants>> = LazyLock::new(Arc::default);
    NONE.clone()
}

/// Gives the one empty set of permissions that all share.
fn no_permissions() -> Arc<Permissions> {
    static NONE: LazyLock<Arc<Permissions>> = LazyLock::new(Arc::default);
    NONE.clone()
}

#[cfg(test)]
mod tests {
    use cpcd_model::permission::Scope;

    use super::*;

    fn user(permissions: Permissions) -> Caller {
        let session = Session {
            id: SessionId::generate(),
            token_id: Uuid::nil(),
            token_expires_at: Timestamp::UNIX_EPOCH,
            permission_epoch: 1,
        };
        Caller::verified(Subject::User(UserId::generate()), Arc::new(permissions), session)
    }

    #[test]
    fn a_scope_is_held_on_what_it_holds() {
        let owner = UserId::generate();
        let scope = Scope { owner: Some(owner), ..Scope::default() };
        let rule = Rule { scope: Some(scope.clone()), ..Rule::on(Resource::Nodes, Level::Write) };
        let caller = user(Permissions::new(vec![rule]).unwrap());
        let (theirs, other) = (Target { owner: Some(owner), ..Target::default() }, Target::default());
        assert!(caller.require_on(Resource::Nodes, Level::Read, &theirs).is_ok());
        assert!(caller.require_on(Resource::Nodes, Level::Admin, &theirs).is_err());
        assert!(caller.require_some(Resource::Nodes, Level::Write).is_ok());
        assert!(caller.require_some(Resource::Nodes, Level::Admin).is_err());
        assert_eq!(caller.allowed_scopes(Resource::Nodes, Level::Write), Scopes::Only(vec![&scope]));
        let error = caller.require_on(Resource::Nodes, Level::Write, &other).unwrap_err();
        assert!(error.message().ends_with("narrowed to something else"), "{error}");
        assert!(caller.require(Resource::Nodes, Level::Read).is_err());
        let reader = Permissions::new(vec![Rule::on(Resource::Nodes, Level::Read)]).unwrap();
        assert_eq!(caller.at_least(Arc::new(reader)).allowed_scopes(Resource::Nodes, Level::Read), Scopes::All);
    }

    #[test]
    fn nobody_is_told_to_log_in_and_somebody_what_is_missing() {
        let nobody = Caller::anonymous(Arc::default());
        assert_eq!(nobody.require(Resource::Users, Level::Read).unwrap_err().reason(), Reason::TokenMissing);

        let user = user(Permissions::default());
        let error = user.require(Resource::Users, Level::Write).unwrap_err();
        assert_eq!(error.reason(), Reason::PermissionDenied);
        assert_eq!((error.metadata()["resource"].as_str(), error.metadata()["level"].as_str()), ("users", "write"));
        assert!(Caller::system().require(Resource::System, Level::Admin).is_ok());
    }
}
