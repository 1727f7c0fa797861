//! One error for the whole daemon: what went wrong, whose fault it is, and what the caller can do.

use std::{collections::BTreeMap, error::Error as StdError, fmt, sync::Arc, time::Duration};

/// The daemon's result.
pub type Result<T> = std::result::Result<T, Error>;

/// Whose fault an error is and what it means, under gRPC's own names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is wrong and stays wrong.
    InvalidArgument,
    /// Nobody, or nobody known, asks.
    Unauthenticated,
    /// The caller is known and may not.
    PermissionDenied,
    /// It is not there, or the caller may not know that it is.
    NotFound,
    /// It is there already.
    AlreadyExists,
    /// Somebody else was faster; start over.
    Aborted,
    /// The state of the system does not allow it now.
    FailedPrecondition,
    /// Too much or too many.
    ResourceExhausted,
    /// There is no such call.
    Unimplemented,
    /// An engine is away; try again.
    Unavailable,
    /// The caller's time ran out.
    DeadlineExceeded,
    /// Our fault.
    Internal,
}

impl Kind {
    /// Gives the gRPC code, the HTTP status and the name of the kind: the only table of them.
    #[must_use]
    pub const fn codes(self) -> (i32, u16, &'static str) {
        match self {
            Self::InvalidArgument => (3, 400, "invalid_argument"),
            Self::DeadlineExceeded => (4, 504, "deadline_exceeded"),
            Self::NotFound => (5, 404, "not_found"),
            Self::AlreadyExists => (6, 409, "already_exists"),
            Self::PermissionDenied => (7, 403, "permission_denied"),
            Self::ResourceExhausted => (8, 429, "resource_exhausted"),
            Self::FailedPrecondition => (9, 412, "failed_precondition"),
            Self::Aborted => (10, 409, "aborted"),
            Self::Unimplemented => (12, 501, "unimplemented"),
            Self::Internal => (13, 500, "internal"),
            Self::Unavailable => (14, 503, "unavailable"),
            Self::Unauthenticated => (16, 401, "unauthenticated"),
        }
    }
}

macro_rules! reasons {
    ($($name:ident $text:literal $kind:ident $doc:literal;)*) => {
        /// Why, as a stable word that programs can rely on; each belongs to one kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $(#[doc = $doc] $name,)* }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Gives the word that callers see.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $text,)* } }

            /// Gives the kind that it belongs to.
            #[must_use]
            pub const fn kind(self) -> Kind { match self { $(Self::$name => Kind::$kind,)* } }

            /// Gives the sentence that documents it.
            #[must_use]
            pub const fn doc(self) -> &'static str { match self { $(Self::$name => $doc,)* } }
        }
    };
}

reasons! {
    MessageUndecodable "MESSAGE_UNDECODABLE" InvalidArgument "The request is no valid message of its type: not protobuf, not JSON, an unknown field, a wrong type.";
    FieldRequired "FIELD_REQUIRED" InvalidArgument "A field that must be given is empty.";
    FieldInvalid "FIELD_INVALID" InvalidArgument "A field's value does not have the form it must have.";
    FieldTooLong "FIELD_TOO_LONG" InvalidArgument "A field is longer, or has more entries, than it may.";
    KeyInvalid "KEY_INVALID" InvalidArgument "The bytes are no Ed25519 public key: wrong length, not canonical, or not on the curve.";
    KeyWeak "KEY_WEAK" InvalidArgument "The public key has a small-order part, so signatures under it prove nothing.";
    RecordInvalid "RECORD_INVALID" InvalidArgument "The bytes are no signed peer record of either dialect, or one that cannot be taken.";
    RecordKeyMismatch "RECORD_KEY_MISMATCH" InvalidArgument "The peer record, its signature and the proof are not all of the same key.";
    AddressNotAllowed "ADDRESS_NOT_ALLOWED" InvalidArgument "An address of the peer record cannot be dialled, is not public, or is not the node's.";
    TargetNotAllowed "TARGET_NOT_ALLOWED" InvalidArgument "The operator does not allow notices to be sent to this host (`events.webhook_allow`).";
    QueryInvalid "QUERY_INVALID" InvalidArgument "The search query cannot be understood or asks too much.";
    PageTokenInvalid "PAGE_TOKEN_INVALID" InvalidArgument "The page token is damaged or belongs to another query; start again without it.";
    TokenMissing "TOKEN_MISSING" Unauthenticated "The call needs a token and none came.";
    TokenInvalid "TOKEN_INVALID" Unauthenticated "The token is not one of this server's.";
    TokenExpired "TOKEN_EXPIRED" Unauthenticated "The token has ended; log in again.";
    TokenRevoked "TOKEN_REVOKED" Unauthenticated "The token was taken back, or its subject or session is gone; log in again.";
    ChallengeInvalid "CHALLENGE_INVALID" Unauthenticated "The challenge is not one of this server's.";
    ChallengeExpired "CHALLENGE_EXPIRED" Unauthenticated "The challenge has ended; ask for a new one.";
    ChallengeUsed "CHALLENGE_USED" Unauthenticated "The challenge has opened a session already; ask for a new one.";
    SignatureInvalid "SIGNATURE_INVALID" Unauthenticated "The signature does not fit the challenge and its key.";
    RefreshInvalid "REFRESH_INVALID" Unauthenticated "The refresh token is not one of this server's.";
    RefreshExpired "REFRESH_EXPIRED" Unauthenticated "The session's time is over; log in again.";
    RefreshReused "REFRESH_REUSED" Unauthenticated "The refresh token was used before, so it may be stolen: the session is ended; log in again.";
    LoginRefused "LOGIN_REFUSED" Unauthenticated "The key was proven and belongs to nobody here.";
    RecoveryRefused "RECOVERY_REFUSED" Unauthenticated "There is no such user, or the recovery code is none of theirs or was used.";
    InviteInvalid "INVITE_INVALID" Unauthenticated "The invite code is not one of this server's, is damaged, or is for another kind.";
    InviteExpired "INVITE_EXPIRED" Unauthenticated "The invite's time is over; ask for a new one.";
    InviteUsedUp "INVITE_USED_UP" Unauthenticated "As many as the invite is for have joined by it; ask for a new one.";
    InviteRevoked "INVITE_REVOKED" Unauthenticated "The invite was taken back, or its maker no longer holds what it gives.";
    JoinClosed "JOIN_CLOSED" PermissionDenied "Nobody can join here by themselves; an administrator makes accounts.";
    PermissionDenied "PERMISSION_DENIED" PermissionDenied "The caller lacks the named level on the named resource.";
    NotOwner "NOT_OWNER" PermissionDenied "Only the owner, or admin on the resource, may do this.";
    ContentNotFound "CONTENT_NOT_FOUND" NotFound "There is no such content, or the caller may not know of it.";
    UserNotFound "USER_NOT_FOUND" NotFound "There is no such user.";
    NodeNotFound "NODE_NOT_FOUND" NotFound "There is no such node, or the caller may not know of it.";
    AllocationNotFound "ALLOCATION_NOT_FOUND" NotFound "There is no such allocation, or the caller may not know of it.";
    WebhookNotFound "WEBHOOK_NOT_FOUND" NotFound "There is no such webhook, or it is somebody else's.";
    KeyNotFound "KEY_NOT_FOUND" NotFound "There is no such key of a user, or it is somebody else's.";
    ServiceTokenNotFound "SERVICE_TOKEN_NOT_FOUND" NotFound "There is no such service token, or it is somebody else's.";
    InviteNotFound "INVITE_NOT_FOUND" NotFound "There is no such invite.";
    RouteUnknown "ROUTE_UNKNOWN" NotFound "There is nothing under this path.";
    MethodUnknown "METHOD_UNKNOWN" Unimplemented "The server does not have this call.";
    UsernameTaken "USERNAME_TAKEN" AlreadyExists "Another user has this name.";
    KeyTaken "KEY_TAKEN" AlreadyExists "Another user has this key.";
    CidTaken "CID_TAKEN" AlreadyExists "The owner has other content under this cid.";
    RequestIdReused "REQUEST_ID_REUSED" AlreadyExists "The request id named another request of the caller before.";
    WriteConflict "WRITE_CONFLICT" Aborted "Another write came between; try again.";
    ConfirmationRequired "CONFIRMATION_REQUIRED" FailedPrecondition "The session did not begin lately, so one of the user's keys has to confirm this.";
    LastKey "LAST_KEY" FailedPrecondition "The user would have no key left; add another first.";
    LastAdmin "LAST_ADMIN" FailedPrecondition "Nobody would be left with admin on users.";
    EpochStale "EPOCH_STALE" FailedPrecondition "A part of the allocation has moved since the epoch that the caller holds; get it anew.";
    AllocationEnded "ALLOCATION_ENDED" FailedPrecondition "The allocation was given back or has expired; request a new one.";
    ApprovalPending "APPROVAL_PENDING" FailedPrecondition "The account waits for an administrator's approval; log in again later.";
    UserSuspended "USER_SUSPENDED" FailedPrecondition "An administrator has suspended the account.";
    NodePending "NODE_PENDING" FailedPrecondition "The node waits for an administrator's approval.";
    NodeNotPending "NODE_NOT_PENDING" FailedPrecondition "The node was let in before, on other terms.";
    NoCapacity "NO_CAPACITY" ResourceExhausted "No set of nodes has room for what is asked for; ask for less, or to wait for room.";
    QuotaExceeded "QUOTA_EXCEEDED" ResourceExhausted "There would be more than may be: of an owner's, of a network's, or of all; the metadata say of what.";
    RecordStale "RECORD_STALE" FailedPrecondition "The peer record's sequence number is not greater than that of the stored one.";
    MigrationPending "MIGRATION_PENDING" FailedPrecondition "The store waits for migrations, and until they are done only administration is served.";
    StoreInUse "STORE_IN_USE" FailedPrecondition "Daemons are at work on the store, and what was asked for needs it alone.";
    StoreForeign "STORE_FOREIGN" FailedPrecondition "The store was made with another root key, or by a newer version.";
    MessageTooLarge "MESSAGE_TOO_LARGE" ResourceExhausted "The request is larger than this call takes; sending it again is no use.";
    Overloaded "OVERLOADED" ResourceExhausted "The server has more to do than it can; try again later.";
    RateLimited "RATE_LIMITED" ResourceExhausted "The caller, its network or all together make such calls too often; try again when the answer says.";
    EngineAway "ENGINE_AWAY" Unavailable "The store or the index does not answer; try again.";
    OutcomeUnknown "OUTCOME_UNKNOWN" Unavailable "The store went away in the midst of the commit, so the change may be there or not; ask again under the same request id.";
    StoreFull "STORE_FULL" Unavailable "The disk under the store is full; nothing was changed.";
    ShuttingDown "SHUTTING_DOWN" Unavailable "The server is stopping; try again, or elsewhere.";
    DeadlineExceeded "DEADLINE_EXCEEDED" DeadlineExceeded "The call took longer than it was given.";
    Internal "INTERNAL" Internal "A fault of the server; its log has the details under the request id.";
}

impl Reason {
    /// Gives the HTTP status: its kind's, but that an oversized message has a status of its own (RFC 9110, 413).
    #[must_use]
    pub fn http_status(self) -> u16 {
        if self == Self::MessageTooLarge { 413 } else { self.kind().codes().1 }
    }
}

/// A field of the request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// The field's path in the message, such as `content.tags[3]`.
    pub field: String,
    /// What is wrong and what would be right.
    pub description: String,
}

/// What went wrong. A clone is for others who waited for the same.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    reason: Reason,
    message: String,
    fields: Vec<FieldViolation>,
    metadata: BTreeMap<String, String>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Makes an error; `message` is lower case, has no full stop, and names the thing and its id.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            reason,
            message: message.into(),
            fields: Vec::new(),
            metadata: BTreeMap::new(),
            retry_after: None,
            source: None,
        }))
    }

    /// Makes the error of a single field at fault.
    pub fn field(reason: Reason, field: impl Into<String>, description: impl Into<String>) -> Self {
        let (field, description) = (field.into(), description.into());
        let mut error = Self::new(reason, format!("{field}: {description}"));
        error.0.fields.push(FieldViolation { field, description });
        error
    }

    /// Makes the error of a field that must be given.
    pub fn required(field: impl Into<String>) -> Self {
        Self::field(Reason::FieldRequired, field, "must be given")
    }

    /// Makes the error of a fault of ours; the caller learns nothing but the request id.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Reason::Internal, "internal error").with_source(source)
    }

    /// Adds what caused it, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// Adds when it is worth trying again.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Adds a detail that programs can read.
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.metadata.insert(key.into(), value.into());
        self
    }

    /// Puts `prefix.` before the names of the fields at fault, for a message inside another.
    #[must_use]
    pub fn inside(mut self, prefix: &str) -> Self {
        for violation in &mut self.0.fields {
            violation.field = format!("{prefix}.{}", violation.field);
        }
        if let [only] = self.0.fields.as_slice() {
            self.0.message = format!("{}: {}", only.field, only.description);
        }
        self
    }

    /// Gives the reason.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.0.reason
    }

    /// Gives the kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.reason.kind()
    }

    /// Gives the sentence for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Gives the fields at fault.
    #[must_use]
    pub fn fields(&self) -> &[FieldViolation] {
        &self.0.fields
    }

    /// Gives the details that programs can read.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.0.metadata
    }

    /// Gives when it is worth trying again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.reason.as_str(), self.0.message)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_unique_words() {
        let mut words: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_uppercase() || c == '_')));
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Reason::ALL.len());
    }

    #[test]
    fn a_field_inside_a_message_keeps_its_path() {
        let error = Error::required("title").inside("content");
        assert_eq!(error.fields()[0].field, "content.title");
        assert_eq!(error.message(), "content.title: must be given");
    }
}
