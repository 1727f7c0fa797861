//! Exports: sealed entries and the seals around them, as they are; whoever has them verifies them elsewhere.

use std::collections::VecDeque;

use cpcd_model::{
    Error, Reason, Result,
    audit::{AuditEntry, StoredSeal},
    permission::{Level, Resource},
};
use cpcd_store::Store;

use super::Audit;
use crate::Caller;

/// Entries that are in memory at a time.
const PAGE: u32 = 500;

/// A part of an export.
#[derive(Clone, Debug)]
pub enum Exported {
    /// A sealed entry.
    Entry(Box<AuditEntry>),
    /// The seal of what was cleared away before the first entry.
    Anchor(StoredSeal),
    /// The seal of the last one.
    Head(StoredSeal),
}

/// An export under way: an anchor if there is one, the entries up to where the chain ended when it began, and that end.
pub struct Export {
    store: Store,
    after: u64,
    head: Option<StoredSeal>,
    ready: VecDeque<Exported>,
    is_over: bool,
}

impl Audit {
    /// Begins an export behind a number, 0 for all that is kept. Needs read on system.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`; `FIELD_INVALID` if what comes behind the number was cleared away; what the store says.
    pub async fn export(&self, caller: &Caller, after: u64) -> Result<Export> {
        caller.require(Resource::System, Level::Read)?;
        let bounds = self.store.audit_bounds().await?;
        let mut ready = VecDeque::new();
        let mut begin = after;
        if let Some(anchor) = bounds.anchor.filter(|anchor| after <= anchor.number) {
            if after != 0 && after < anchor.number {
                let text = format!("what comes next was cleared away; the first that is kept is {}", anchor.number + 1);
                return Err(Error::field(Reason::FieldInvalid, "after_number", text));
            }
            ready.push_back(Exported::Anchor(anchor));
            begin = anchor.number;
        }
        Ok(Export { store: self.store.clone(), after: begin, head: bounds.head, ready, is_over: false })
    }
}

impl Export {
    /// Gives the next part; nothing when it is over.
    ///
    /// # Errors
    /// What the store says.
    pub async fn next(&mut self) -> Result<Option<Exported>> {
        if let Some(part) = self.ready.pop_front() {
            return Ok(Some(part));
        }
        if self.is_over {
            return Ok(None);
        }
        let Some(head) = self.head else {
            self.is_over = true;
            return Ok(None);
        };
        let rows = self.store.list_sealed_audit(self.after, head.number, PAGE).await?;
        self.after = rows.last().and_then(|row| row.sealed).map_or(self.after, |place| place.number);
        self.is_over = rows.len() < PAGE as usize;
        self.ready.extend(rows.into_iter().map(|row| Exported::Entry(Box::new(row))));
        if self.is_over {
            self.ready.push_back(Exported::Head(head));
        }
        Ok(self.ready.pop_front())
    }
}
