//! Directives: what a node is to do, told in the answer to a heartbeat that has not seen it yet; and what the node says of it.
//!
//! They are all that the node is to do, not what has changed, so an answer that is lost does no harm. Whether there is something to tell is
//! known in memory; only then is it read, at most once in a third of an interval for each node, so a heartbeat costs no statement.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    id::{AllocationId, NodeId},
    node::Scheduling,
    text,
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{Given, NewAnswer, Priority},
};

use super::{Allocations, ShownAllocation, moves::Moves, table::Table};
use crate::Caller;

/// Most answers in a heartbeat.
const MOST_ANSWERS: usize = 64;
/// Most characters of the reason of a refusal.
const LONGEST_REASON: usize = 200;
/// Most allocations that a node is told it holds.
const MOST_HELD: u32 = 32;
/// About so many bytes of what varies: labels of what is given, and what is held. What must not be missing has at most half as many.
const BUDGET: usize = 160 * 1024;
/// About what a part takes without what varies.
const PART_BYTES: usize = 250;

/// What a node is to do.
#[derive(Clone, Debug)]
pub struct Directives {
    /// Rises with each change.
    pub version: u64,
    /// What may be placed on the node.
    pub scheduling: Scheduling,
    /// Parts that it is to provide for.
    pub given: Vec<Given>,
    /// Allocations that it asked for.
    pub held: Vec<ShownAllocation>,
    /// Whether labels or allocations that it asked for are missing, since there are too many.
    pub is_partial: bool,
    /// When this was read: what is left of each deadline is counted from then.
    pub as_of: Timestamp,
}

/// What a node says of a part that it was given, as it came.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The allocation.
    pub allocation_id: String,
    /// The part.
    pub number: u32,
    /// The epoch at which it was given.
    pub epoch: u64,
    /// Whether it will not provide for it.
    pub is_refused: bool,
    /// Why not.
    pub reason: String,
}

/// Tells nodes what to do.
#[derive(Clone)]
pub(super) struct Directing {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) table: Arc<Table>,
    allocations: Allocations,
    moves: Moves,
}

impl Directing {
    pub(super) fn new(store: &Store, clock: &Clock, table: Arc<Table>, allocations: Allocations, moves: Moves) -> Self {
        Self { store: store.clone(), clock: clock.clone(), table, allocations, moves }
    }

    /// Gives what a node is to do, if it has seen something else and was not told just now. Two statements, and two more where the node
    /// holds allocations.
    ///
    /// A store that does not answer is no reason to refuse a heartbeat: it is told the next time.
    pub(super) async fn tell(&self, caller: &Caller, node: NodeId, seen: u64, every: Duration) -> Option<Directives> {
        if !self.table.may_direct(node, seen, self.clock.tick(), every) {
            return None;
        }
        match self.read(caller, node).await {
            Ok(directives) => directives,
            Err(error) => {
                tracing::debug!(%error, node.id = %node, "a node is not told what to do until the store answers");
                None
            }
        }
    }

    async fn read(&self, caller: &Caller, node: NodeId) -> Result<Option<Directives>> {
        let as_of = self.clock.now();
        let Some(stored) = self.store.get_directives(node).await? else { return Ok(None) };
        let held = self.allocations.held_by(caller, node, MOST_HELD + 1).await?;
        // What was read may be newer than what the events have told so far.
        self.table.direct(node, stored.version);
        let mut directives = Directives {
            version: stored.version,
            scheduling: stored.scheduling,
            given: stored.given,
            held,
            is_partial: false,
            as_of,
        };
        directives.fit();
        Ok(Some(directives))
    }

    /// Writes what a node says of its parts. What it was not given, or not at this epoch, changes nothing.
    ///
    /// # Errors
    /// `FIELD_TOO_LONG`, `FIELD_REQUIRED`, `FIELD_INVALID`.
    pub(super) async fn take(&self, node: NodeId, answers: Vec<NewAnswer>) -> Result<()> {
        let now = self.clock.now();
        let moved = self
            .store
            .write(Priority::Registry, move |tx| Box::pin(async move { tx.answer_parts(node, &answers, now).await }))
            .await?;
        for one in moved.iter().filter(|one| one.kind == "allocation.waiting") {
            tracing::info!(node.id = %node, allocation.id = %one.allocation_id, "a node refused what it was given");
        }
        self.moves.note(&moved);
        Ok(())
    }
}

impl Directives {
    /// Leaves out what is too much for an answer: of the labels first, then of what is held.
    fn fit(&mut self) {
        let mut left = BUDGET.saturating_sub(self.given.len() * PART_BYTES);
        for given in &mut self.given {
            let bytes: usize = given.labels.iter().map(|(key, value)| key.len() + value.len() + 8).sum();
            if bytes > left {
                given.labels.clear();
                self.is_partial = true;
            }
            left -= bytes.min(left);
        }
        let fits = |one: &ShownAllocation| {
            let parts = one.parts.iter().map(|part| {
                let addresses: usize = part.addresses.iter().map(|address| address.len() + 4).sum();
                PART_BYTES + part.ticket.len() + addresses + part.part.reason.len()
            });
            let bytes = PART_BYTES + parts.sum::<usize>();
            let fits = bytes <= left;
            left -= bytes.min(left);
            fits
        };
        let most = usize::try_from(MOST_HELD).unwrap_or(usize::MAX);
        let fitting = self.held.iter().take(most).take_while({
            let mut fits = fits;
            move |one| fits(one)
        });
        let fitting = fitting.count();
        self.is_partial |= fitting < self.held.len();
        self.held.truncate(fitting);
    }
}

/// Reads answers.
///
/// # Errors
/// `FIELD_TOO_LONG`, `FIELD_REQUIRED`, `FIELD_INVALID`.
pub(super) fn check(answers: &[Answer]) -> Result<Vec<NewAnswer>> {
    if answers.len() > MOST_ANSWERS {
        let text =
            format!("has {} entries, at most {MOST_ANSWERS} are taken at once; say the others later", answers.len());
        return Err(Error::field(Reason::FieldTooLong, "answers", text));
    }
    answers
        .iter()
        .map(|answer| {
            let reason = text::clean("answers.reason", &answer.reason, LONGEST_REASON, false)?;
            let refusal = match reason.as_str() {
                "" => "its node refused it".to_owned(),
                reason => format!("its node refused it: {reason}"),
            };
            Ok(NewAnswer {
                allocation_id: AllocationId::parse("answers.allocation_id", &answer.allocation_id)?,
                number: answer.number,
                epoch: answer.epoch,
                refusal: answer.is_refused.then_some(refusal),
            })
        })
        .collect()
}
