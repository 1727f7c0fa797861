//! The chain of the audit: what a server signs of its entries, so that whoever knows its key finds each change, gap and rearrangement.
//!
//! The hash of an entry is the SHA-256 of the ASCII bytes of [`AUDIT_ENTRY_DOMAIN`] and seventeen parts, each after its length as an
//! unsigned varint: the hash of the entry before it (32 bytes, zeros for the first), number and id (8 each), time in Unix microseconds
//! (8, signed), then as text kind and id of who acted, session, token, action, kind and id of the target, outcome, reason, request,
//! network and details, and the count (8). An id that is not there is an empty text; UUIDs are hyphenated. Numbers are big endian.
//!
//! A seal is the server's signature over [`AUDIT_SEAL_DOMAIN`] and five parts: server id and kind ("head", "anchor") as text, number (8),
//! the hash of the entry of that number (32), and the time of signing in Unix microseconds (8, signed).

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{PublicKey, SecretKey, SignatureError, wire::push_delimited};

/// Opens what an entry's hash is over.
pub const AUDIT_ENTRY_DOMAIN: &[u8] = b"cpc-audit-entry-v1";
/// Opens what a seal signs, so that its signature cannot be taken for one over anything else.
pub const AUDIT_SEAL_DOMAIN: &[u8] = b"cpc-audit-seal-v1";

/// Hash of an entry, over all before it.
pub type AuditHash = [u8; 32];

/// An entry, as its hash is over it.
#[derive(Debug, Clone, Copy)]
pub struct AuditRecord<'a> {
    /// Its place in the chain, from 1.
    pub number: u64,
    /// Its id in the store.
    pub id: u64,
    /// When, in Unix microseconds.
    pub time_us: i64,
    /// What kind of caller acted.
    pub actor_kind: &'a str,
    /// Who.
    pub actor_id: &'a str,
    /// With which session.
    pub session_id: &'a str,
    /// With which token.
    pub token_id: &'a str,
    /// By which call.
    pub action: &'a str,
    /// On what kind of thing.
    pub target_kind: &'a str,
    /// On which.
    pub target_id: &'a str,
    /// What came of it.
    pub outcome: &'a str,
    /// Why it was refused.
    pub reason: &'a str,
    /// In which request.
    pub request_id: &'a str,
    /// From where.
    pub network: &'a str,
    /// What else, as JSON to the byte.
    pub details: &'a str,
    /// How often.
    pub count: u64,
}

impl AuditRecord<'_> {
    /// Gives its hash behind the entry before it.
    pub fn hash(&self, before: &AuditHash) -> AuditHash {
        let mut bytes = AUDIT_ENTRY_DOMAIN.to_vec();
        push_delimited(&mut bytes, before);
        push_delimited(&mut bytes, &self.number.to_be_bytes());
        push_delimited(&mut bytes, &self.id.to_be_bytes());
        push_delimited(&mut bytes, &self.time_us.to_be_bytes());
        let texts = [
            self.actor_kind,
            self.actor_id,
            self.session_id,
            self.token_id,
            self.action,
            self.target_kind,
            self.target_id,
            self.outcome,
            self.reason,
            self.request_id,
            self.network,
            self.details,
        ];
        for text in texts {
            push_delimited(&mut bytes, text.as_bytes());
        }
        push_delimited(&mut bytes, &self.count.to_be_bytes());
        Sha256::digest(&bytes).into()
    }
}

/// What a seal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealKind {
    /// The newest entry.
    Head,
    /// The last entry that was cleared away: the first one that is left comes behind it.
    Anchor,
}

impl SealKind {
    /// Gives the word that is signed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Anchor => "anchor",
        }
    }
}

/// What a server says of its chain at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditSeal {
    /// What for.
    pub kind: SealKind,
    /// Number of an entry.
    pub number: u64,
    /// Its hash.
    pub hash: AuditHash,
    /// When it was signed, in Unix microseconds.
    pub time_us: i64,
}

impl AuditSeal {
    /// Signs it with the server's key.
    pub fn sign(&self, server: &SecretKey) -> [u8; 64] {
        server.sign(&self.bytes(&server.public().peer_id().to_string()))
    }

    /// Checks a server's signature.
    ///
    /// # Errors
    /// If it does not verify.
    pub fn verify(&self, server: &PublicKey, signature: &[u8]) -> Result<(), SignatureError> {
        server.verify(&self.bytes(&server.peer_id().to_string()), signature)
    }

    fn bytes(&self, server_id: &str) -> Vec<u8> {
        let mut bytes = AUDIT_SEAL_DOMAIN.to_vec();
        let number = self.number.to_be_bytes();
        let time = self.time_us.to_be_bytes();
        let parts: [&[u8]; 5] = [server_id.as_bytes(), self.kind.as_str().as_bytes(), &number, &self.hash, &time];
        for part in parts {
            push_delimited(&mut bytes, part);
        }
        bytes
    }
}

/// What is wrong with a chain, at the first place where something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFault {
    /// An entry is not what it was when it was sealed, or not behind the one that it was sealed behind.
    Changed {
        /// Its number.
        number: u64,
    },
    /// An entry is not there, or another is in its place.
    Missing {
        /// Its number.
        number: u64,
    },
    /// The seal is not the server's.
    Seal {
        /// The number that it names.
        number: u64,
    },
    /// The entry of a number is another than the seal says.
    Replaced {
        /// The number.
        number: u64,
    },
    /// The chain ends too early: entries up to this one were sealed.
    Short {
        /// The last number that was sealed.
        number: u64,
    },
    /// The chain goes on behind its seal.
    Long {
        /// The last number that was sealed.
        number: u64,
    },
}

impl AuditFault {
    /// Gives the number of the entry that it is about.
    pub const fn number(self) -> u64 {
        match self {
            Self::Changed { number }
            | Self::Missing { number }
            | Self::Seal { number }
            | Self::Replaced { number }
            | Self::Short { number }
            | Self::Long { number } => number,
        }
    }
}

impl fmt::Display for AuditFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { number } => write!(out, "entry {number} is not what was sealed"),
            Self::Missing { number } => write!(out, "entry {number} is missing"),
            Self::Seal { number } => write!(out, "the seal of entry {number} is not signed by the server"),
            Self::Replaced { number } => write!(out, "entry {number} is another one than the server has signed"),
            Self::Short { number } => write!(out, "entries up to {number} were sealed, and the last ones are gone"),
            Self::Long { number } => write!(out, "there are entries behind {number}, the last one that was sealed"),
        }
    }
}

impl std::error::Error for AuditFault {}

/// A chain as far as it was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditChain {
    /// The last number.
    pub number: u64,
    /// Its hash.
    pub hash: AuditHash,
}

impl AuditChain {
    /// Gives the next entry its hash; the chain then ends with it.
    pub fn append(&mut self, record: &AuditRecord<'_>) -> AuditHash {
        self.hash = record.hash(&self.hash);
        self.number = record.number;
        self.hash
    }

    /// Follows the next entry, which came with its hash.
    ///
    /// # Errors
    /// `Missing` if it is not the next one, `Changed` if the hash is another.
    pub fn follow(&mut self, record: &AuditRecord<'_>, hash: &[u8]) -> Result<(), AuditFault> {
        let number = self.number + 1;
        if record.number != number {
            return Err(AuditFault::Missing { number });
        }
        if record.hash(&self.hash) != hash {
            return Err(AuditFault::Changed { number });
        }
        self.append(record);
        Ok(())
    }

    /// Says whether it ends as a seal says.
    ///
    /// # Errors
    /// `Short`, `Long`, `Replaced`.
    pub fn ends_with(&self, number: u64, hash: &AuditHash) -> Result<(), AuditFault> {
        match self.number.cmp(&number) {
            std::cmp::Ordering::Less => Err(AuditFault::Short { number }),
            std::cmp::Ordering::Greater => Err(AuditFault::Long { number }),
            std::cmp::Ordering::Equal if self.hash != *hash => Err(AuditFault::Replaced { number }),
            std::cmp::Ordering::Equal => Ok(()),
        }
    }
}
