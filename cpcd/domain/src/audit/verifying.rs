//! Verification: the chain is followed from its beginning to its seal, a bounded part at a time.

use std::sync::atomic::Ordering;

use cpc_signing::{AuditChain, AuditFault, AuditSeal, SealKind};
use cpcd_model::{
    Result,
    audit::StoredSeal,
    page,
    permission::{Level, Resource},
};
use cpcd_store::sql::AuditBounds;

use super::{Audit, sealer::start, with_record};
use crate::Caller;

/// Entries of one call.
const MOST: u32 = 5_000;
/// So often it is begun anew if entries were cleared away meanwhile.
const ATTEMPTS: u32 = 3;
const BINDING: &str = "audit verify";

/// What is wrong, at the first place where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Number of the entry.
    pub number: u64,
    /// Id of what stands in its place; 0 for nothing.
    pub id: u64,
    /// What is wrong.
    pub what: String,
}

/// How far the chain holds.
#[derive(Clone, Debug)]
pub struct Verified {
    /// How many entries were looked at.
    pub entries: u64,
    /// The last one that holds.
    pub through: u64,
    /// What is wrong; nothing if all that was looked at holds.
    pub fault: Option<Fault>,
    /// Where the chain ends.
    pub head: Option<StoredSeal>,
    /// Entries that are too young to have a place.
    pub unsealed: u64,
    /// Where to go on; empty at the end.
    pub next_page_token: String,
}

impl Audit {
    /// Follows the chain from where a page ended. Needs read on system.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`; what the store says. A chain that does not hold is an answer.
    pub async fn verify(&self, caller: &Caller, page_token: &str) -> Result<Verified> {
        caller.require(Resource::System, Level::Read)?;
        let after = page::decode(BINDING, page_token)?;
        let after = after.map(|number| number.parse().map_err(|_| page::invalid())).transpose()?.unwrap_or(0);
        let mut bounds = self.store.audit_bounds().await?;
        let mut verified = self.follow(after, &bounds).await?;
        for _ in 1..ATTEMPTS {
            let now = self.store.audit_bounds().await?;
            if verified.fault.is_none() || now.anchor == bounds.anchor {
                break;
            }
            bounds = now;
            verified = self.follow(after, &bounds).await?;
        }
        let (unsealed, _) = self.store.audit_backlog().await?;
        Ok(Verified { unsealed, ..verified })
    }

    async fn follow(&self, after: u64, bounds: &AuditBounds) -> Result<Verified> {
        let mut chain = start(bounds);
        let end = bounds.head.map_or(0, |head| head.number);
        let mut verified = Verified {
            entries: 0,
            through: chain.number,
            fault: None,
            head: bounds.head,
            unsealed: 0,
            next_page_token: String::new(),
        };
        if let Err(fault) = self.check_seals(bounds) {
            verified.fault = Some(fault);
            return Ok(verified);
        }
        if after > chain.number {
            // It was followed up to here by the call before.
            let last = self.store.list_sealed_audit(after - 1, after, 1).await?;
            match last.first().and_then(|last| last.sealed) {
                Some(place) => chain = AuditChain { number: place.number, hash: place.hash },
                None => {
                    verified.fault = Some(of(AuditFault::Missing { number: after }, 0));
                    return Ok(verified);
                }
            }
        }
        let rows = self.store.list_sealed_audit(chain.number, end, MOST).await?;
        verified.entries = rows.len() as u64;
        for row in &rows {
            let Some(place) = row.sealed else { continue };
            if let Err(fault) = with_record(place.number, row, |record| chain.follow(record, &place.hash)) {
                verified.through = chain.number;
                verified.fault = Some(of(fault, row.id));
                return Ok(verified);
            }
        }
        verified.through = chain.number;
        if rows.len() == MOST as usize && chain.number < end {
            verified.next_page_token = page::encode(BINDING, &chain.number.to_string());
        } else if let Some(head) = bounds.head {
            verified.fault = chain.ends_with(head.number, &head.hash).err().map(|fault| of(fault, 0));
        }
        Ok(verified)
    }

    /// Checks that both ends of the chain are where the server has signed them.
    pub(super) fn check_seals(&self, bounds: &AuditBounds) -> std::result::Result<(), Fault> {
        for (kind, seal) in [(SealKind::Anchor, bounds.anchor), (SealKind::Head, bounds.head)] {
            let Some(stored) = seal else { continue };
            let number = stored.number;
            let seal = AuditSeal { kind, number, hash: stored.hash, time_us: stored.time.as_microsecond() };
            if seal.verify(&self.server.key(), &stored.signature).is_err() {
                return Err(of(AuditFault::Seal { number }, 0));
            }
        }
        let cleared = bounds.anchor.map_or(0, |anchor| anchor.number);
        // A chain has a seal from its beginning on: without one, somebody has taken it away.
        let Some(head) = bounds.head else { return Err(of(AuditFault::Seal { number: 0 }, 0)) };
        let (end, seen) = (head.number, self.seen.fetch_max(head.number, Ordering::Relaxed));
        if end < seen {
            return Err(of(AuditFault::Short { number: seen }, 0));
        }
        let last = bounds.last.unwrap_or(cleared);
        if last > end {
            return Err(of(AuditFault::Long { number: end }, 0));
        }
        if last < end {
            return Err(of(AuditFault::Short { number: end }, 0));
        }
        if bounds.first.is_some_and(|first| first != cleared + 1) {
            return Err(of(AuditFault::Missing { number: cleared + 1 }, 0));
        }
        Ok(())
    }
}

fn of(fault: AuditFault, id: u64) -> Fault {
    Fault { number: fault.number(), id, what: fault.to_string() }
}
