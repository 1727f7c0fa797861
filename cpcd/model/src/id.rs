//! Ids: UUIDv7, one type for each thing.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::{Error, Reason, Result, time::Timestamp};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new id: UUIDv7 (RFC 9562), so that later ids sort after earlier ones.
            #[must_use]
            pub fn generate() -> Self { Self(Uuid::now_v7()) }

            /// Gives the UUID.
            #[must_use]
            pub fn uuid(self) -> Uuid { self.0 }

            /// Reads the id in `field` of a request.
            ///
            /// # Errors
            /// `FIELD_REQUIRED` if it is empty, `FIELD_INVALID` if it is no hyphenated UUID.
            pub fn parse(field: &str, text: &str) -> Result<Self> { parse(field, text).map(Self) }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self { Self(uuid) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
        }
    )*};
}

ids! {
    /// Names a user.
    UserId;
    /// Names a node's row; its `PeerId` is another thing.
    NodeId;
    /// Names published content.
    ContentId;
    /// Names a session.
    SessionId;
    /// Names an invite.
    InviteId;
    /// Names an allocation.
    AllocationId;
    /// Names a webhook.
    WebhookId;
    /// Names a service token.
    ServiceTokenId;
    /// Names a key of a user.
    KeyId;
}

impl NodeId {
    /// Makes a new id that says when: by the clock that all replicas share, and by no machine's own.
    #[must_use]
    pub fn generate_at(now: Timestamp) -> Self {
        let (seconds, nanos) = (now.as_second().unsigned_abs(), now.subsec_nanosecond().unsigned_abs());
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos)))
    }

    /// Gives when the id was made, in milliseconds: when the node was registered.
    #[must_use]
    pub fn born_ms(self) -> i64 {
        i64::try_from(self.0.as_u128() >> 80).unwrap_or(i64::MAX)
    }
}

impl ServiceTokenId {
    /// Makes the id of a token that is made at `time`: what takes back all that a user began until then is told by it.
    #[must_use]
    pub fn made_at(time: Timestamp) -> Self {
        Self(SessionId::begun_at(time).uuid())
    }
}

impl SessionId {
    /// Makes the id of a session that begins at `time`, which it tells to the millisecond.
    #[must_use]
    pub fn begun_at(time: Timestamp) -> Self {
        let millis = u64::try_from(time.as_millisecond()).unwrap_or_default();
        let nanos = u32::try_from(millis % 1000).unwrap_or_default() * 1_000_000;
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, millis / 1000, nanos)))
    }

    /// Tells when the session began, in milliseconds since 1970; nothing if its id is of another kind.
    #[must_use]
    pub fn begun_ms(self) -> Option<i64> {
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        i64::try_from(seconds * 1000 + u64::from(nanos / 1_000_000)).ok()
    }
}

fn parse(field: &str, text: &str) -> Result<Uuid> {
    if text.is_empty() {
        return Err(Error::required(field));
    }
    // One spelling of an id everywhere: 36 characters, hyphenated, lower case.
    match Uuid::from_str(text) {
        Ok(uuid) if uuid.hyphenated().to_string() == text => Ok(uuid),
        _ => Err(Error::field(
            Reason::FieldInvalid,
            field,
            "must be a UUID such as 0198c5f0-7a3e-7c52-9d21-3f1b2a4c5d6e",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        let id = ContentId::generate();
        assert_eq!(ContentId::parse("id", &id.to_string()).unwrap(), id);
        for wrong in [id.to_string().to_uppercase(), id.uuid().simple().to_string(), format!("{{{id}}}"), "x".into()] {
            assert_eq!(ContentId::parse("id", &wrong).unwrap_err().reason(), Reason::FieldInvalid, "{wrong}");
        }
        assert_eq!(ContentId::parse("id", "").unwrap_err().reason(), Reason::FieldRequired);
    }

    #[test]
    fn later_ids_sort_later() {
        let ids: Vec<_> = (0..1000).map(|_| ContentId::generate()).collect();
        assert!(ids.is_sorted());
    }
}
