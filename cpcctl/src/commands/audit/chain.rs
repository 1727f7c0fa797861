//! A chain as it is read, from the server or from a file: followed and checked against the server's key as it comes.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use cpc_proto::v1::{self, AuditOutcome, AuditSealKind, ExportAuditResponse, export_audit_response::Part};
use cpc_signing::{AuditChain, AuditHash, AuditRecord, AuditSeal, PublicKey, SealKind};

use crate::{
    exit::Exit,
    failure::{Failure, Result},
};

/// A number and its hash, as they were once signed.
pub(super) type Noted = (u64, AuditHash);

/// Follows a chain.
pub(super) struct Follower {
    server: PublicKey,
    chain: AuditChain,
    has_begun: bool,
    /// How many entries were followed.
    pub(super) entries: u64,
    /// The last entry that was cleared away before the first.
    pub(super) cleared: u64,
    /// The newest seal that was checked.
    pub(super) head: Option<v1::AuditSeal>,
    /// What the chain must hold as well.
    noted: Option<Noted>,
    is_noted_seen: bool,
}

impl Follower {
    /// Begins; `noted` is what the chain was signed with before, as a file keeps it.
    pub(super) fn new(server: PublicKey, noted: Option<Noted>) -> Self {
        Self {
            server,
            chain: AuditChain::default(),
            has_begun: false,
            entries: 0,
            cleared: 0,
            head: None,
            noted,
            is_noted_seen: false,
        }
    }

    /// Gives the last number that holds.
    pub(super) fn through(&self) -> u64 {
        self.chain.number
    }

    /// Gives what was signed last.
    pub(super) fn noted(&self) -> Option<Noted> {
        let head = self.head.as_ref()?;
        Some((head.number, hash(&head.hash).ok()?))
    }

    /// Takes the next part.
    ///
    /// # Errors
    /// `AUDIT_BROKEN`, naming the entry.
    pub(super) fn take(&mut self, part: ExportAuditResponse) -> Result<()> {
        match part.part.ok_or_else(Failure::empty_answer)? {
            Part::Entry(entry) => self.entry(&entry),
            Part::Seal(seal) => self.seal(seal),
        }
    }

    fn entry(&mut self, entry: &v1::AuditEntry) -> Result<()> {
        self.has_begun = true;
        let record = AuditRecord {
            number: entry.number,
            id: entry.id,
            time_us: microseconds(entry.time.as_ref().map(|time| (time.seconds, time.nanos))),
            actor_kind: &entry.actor_kind,
            actor_id: &entry.actor_id,
            session_id: &entry.session_id,
            token_id: &entry.token_id,
            action: &entry.action,
            target_kind: &entry.target_kind,
            target_id: &entry.target_id,
            outcome: match entry.outcome() {
                AuditOutcome::Ok => "ok",
                AuditOutcome::Refused => "refused",
                AuditOutcome::Unspecified => "",
            },
            reason: &entry.reason,
            request_id: &entry.request_id,
            network: &entry.network,
            details: &entry.details,
            count: entry.count,
        };
        self.chain.follow(&record, &entry.hash).map_err(broken)?;
        self.entries += 1;
        self.check_noted()
    }

    fn seal(&mut self, seal: v1::AuditSeal) -> Result<()> {
        let (number, hash) = (seal.number, hash(&seal.hash)?);
        let kind = match seal.kind() {
            AuditSealKind::Head => SealKind::Head,
            AuditSealKind::Anchor => SealKind::Anchor,
            AuditSealKind::Unspecified => return Err(broken(format_args!("the seal of entry {number} is of no kind"))),
        };
        let time_us = microseconds(seal.time.as_ref().map(|time| (time.seconds, time.nanos)));
        let signed = AuditSeal { kind, number, hash, time_us };
        if signed.verify(&self.server, &seal.signature).is_err() {
            let id = self.server.peer_id();
            return Err(broken(format_args!("the seal of entry {number} is not signed by the server {id}")));
        }
        if kind == SealKind::Anchor {
            if self.has_begun {
                return Err(broken(format_args!(
                    "entry {number} is said to be cleared away, and others come before it"
                )));
            }
            self.chain = AuditChain { number, hash };
            (self.has_begun, self.cleared) = (true, number);
            return self.check_noted();
        }
        self.chain.ends_with(number, &hash).map_err(broken)?;
        self.head = Some(seal);
        Ok(())
    }

    fn check_noted(&mut self) -> Result<()> {
        if let Some((number, hash)) = self.noted.filter(|(number, _)| *number == self.chain.number) {
            if hash != self.chain.hash {
                return Err(broken(format_args!("entry {number} is another one than the file has")));
            }
            self.is_noted_seen = true;
        }
        Ok(())
    }

    /// Ends: the chain has its seal, and holds what was noted.
    ///
    /// # Errors
    /// `AUDIT_BROKEN`.
    pub(super) fn finish(&self) -> Result<()> {
        let sealed = self.head.as_ref().map_or(0, |head| head.number);
        if self.has_begun && sealed != self.chain.number {
            return Err(broken(format_args!("nothing says that entry {} is the last one", self.chain.number)));
        }
        match self.noted {
            Some((number, _)) if number > self.chain.number => Err(broken(format_args!(
                "the chain ends with entry {}, and the file has one up to {number}: the server's store was set back",
                self.chain.number
            ))),
            Some((number, _)) if !self.is_noted_seen && number > self.cleared => {
                Err(broken(format_args!("entry {number}, the last one of the file, is missing")))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Follows a file as `audit export` writes it; gives also where its last whole line ends.
///
/// # Errors
/// `AUDIT_BROKEN`, naming the line.
pub(super) fn follow_file(path: &Path, server: PublicKey) -> Result<(Follower, u64)> {
    let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
    let (mut lines, mut follower) = (BufReader::new(file), Follower::new(server, None));
    let (mut line, mut end) = (String::new(), 0);
    for number in 1_u64.. {
        line.clear();
        let length = lines.read_line(&mut line).map_err(|error| Failure::file(path, &error))?;
        // What was cut off in the midst of a line is no part yet.
        if length == 0 || !line.ends_with('\n') {
            break;
        }
        let part = serde_json::from_str(&line).map_err(|error| {
            broken(format_args!("{}, line {number}: it is no part of an export: {error}", path.display()))
        })?;
        follower
            .take(part)
            .map_err(|failure| broken(format_args!("{}, line {number}: {}", path.display(), failure.message)))?;
        end += length as u64;
    }
    Ok((follower, end))
}

/// Makes the failure of a chain that does not hold.
pub(super) fn broken(what: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::CheckFailed, "AUDIT_BROKEN", what)
}

fn hash(bytes: &[u8]) -> Result<AuditHash> {
    bytes.try_into().map_err(|_| broken("a hash has another length than SHA-256 gives"))
}

fn microseconds(time: Option<(i64, i32)>) -> i64 {
    time.map_or(0, |(seconds, nanos)| seconds.saturating_mul(1_000_000).saturating_add(i64::from(nanos / 1_000)))
}
