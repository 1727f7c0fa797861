//! Entries of the audit: who did what, or was refused it.

use uuid::Uuid;

use crate::time::Timestamp;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// Gives the word that is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "ok",
            Self::Refused => "refused",
        }
    }

    /// Reads the word; nothing for another.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Done, Self::Refused].into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// An entry, as it is written down. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// When; of several the first.
    pub time: Timestamp,
    /// What kind of caller: anonymous, user, node, `local_admin`.
    pub actor_kind: String,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// With which session.
    pub session_id: Option<Uuid>,
    /// With which token.
    pub token_id: Option<Uuid>,
    /// The call, such as `IdentityService/CreateUser`.
    pub action: String,
    /// What kind of thing it was done to; empty if there is no more to say.
    pub target_kind: String,
    /// To which.
    pub target_id: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it was refused; empty otherwise.
    pub reason: String,
    /// The request; of several the first.
    pub request_id: Option<Uuid>,
    /// Where it came from: an address, of refusals a network; empty for this machine's socket.
    pub network: String,
    /// What else there is to say: a JSON object.
    pub details: String,
    /// How often, within a minute.
    pub count: u64,
}

impl NewAuditEntry {
    /// Says who a caller has turned out to be that nobody knew before; one who was known stays who they are.
    #[must_use]
    pub fn by(self, actor_kind: &str, actor_id: Uuid, session_id: Option<Uuid>) -> Self {
        if self.actor_id.is_some() || self.actor_kind != "anonymous" {
            return self;
        }
        Self { actor_kind: actor_kind.to_owned(), actor_id: Some(actor_id), session_id, ..self }
    }
}

/// Its place in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Counted from 1.
    pub number: u64,
    /// SHA-256, over the entry and all before it.
    pub hash: [u8; 32],
}

/// An entry that was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Names it in its store.
    pub id: u64,
    /// What it says.
    pub entry: NewAuditEntry,
    /// Its place in the chain, once it has one.
    pub sealed: Option<Sealed>,
}

/// A seal as the store keeps it; its kind is where it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredSeal {
    /// Number of an entry.
    pub number: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// When it was signed.
    pub time: Timestamp,
    /// By the server's key.
    pub signature: [u8; 64],
}
