//! Whose permissions have changed, so that what is kept of their rules is read again.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use cpcd_model::time::Timestamp;
use cpcd_store::sql::{Revocation, RevocationTarget};
use uuid::Uuid;

/// Whose rules change when something is opened to somebody's friends, or is no more: anybody's.
pub(crate) const ANYBODY: Uuid = Uuid::nil();

/// Follows the changes to permissions.
#[derive(Default)]
pub(super) struct PermissionChanges(RwLock<Known>);

#[derive(Default)]
struct Known {
    subjects: HashMap<Uuid, Change>,
    /// Rows that were taken up, and until when they may come again. One with a smaller number may be committed after one with a greater.
    rows: HashMap<i64, Timestamp>,
    /// Changes that were taken up here, of all subjects.
    count: u64,
}

/// The last change to a subject's permissions.
#[derive(Clone, Copy)]
struct Change {
    /// Which of all changes here it was.
    number: u64,
    expires_at: Timestamp,
}

impl PermissionChanges {
    /// Takes up a change, with its row if it was read; says whether it is one, and news.
    ///
    /// What was committed here a moment ago comes a second time as a row, without harm.
    pub(super) fn take(&self, revocation: &Revocation, row: Option<i64>) -> bool {
        let RevocationTarget::Permissions(subject) = revocation.target else { return false };
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if row.is_some_and(|row| known.rows.insert(row, revocation.expires_at).is_some()) {
            return false;
        }
        known.count += 1;
        let change = Change { number: known.count, expires_at: revocation.expires_at };
        known.subjects.insert(subject, change);
        true
    }

    /// Gives a number that changes whenever a subject's permissions do, as far as it is known here.
    pub(super) fn number(&self, subject: Uuid) -> u64 {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let number = |subject: Uuid| known.subjects.get(&subject).map_or(0, |change| change.number);
        number(subject).max(number(ANYBODY))
    }

    /// Forgets what nothing that is kept can be older than.
    pub(super) fn forget(&self, now: Timestamp) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.subjects.retain(|_, change| change.expires_at > now);
        known.rows.retain(|_, expires_at| *expires_at > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn change(subject: Uuid, before: i64) -> Revocation {
        Revocation { target: RevocationTarget::Permissions(subject), before: at(before), expires_at: at(1_000_000) }
    }

    #[test]
    fn each_change_is_counted_once() {
        let (subject, changes) = (Uuid::now_v7(), PermissionChanges::default());
        assert!(changes.take(&change(subject, 5000), None) && changes.take(&change(subject, 5000), Some(7)));
        let after = changes.number(subject);
        assert!(!changes.take(&change(subject, 5000), Some(7)), "the same row again");
        assert_eq!(changes.number(subject), after);
        // The clock of another replica may be behind: its change counts all the same. And so does one that was committed late.
        assert!(changes.take(&change(subject, 4000), Some(8)) && changes.take(&change(subject, 4500), Some(6)));
        assert_ne!(changes.number(subject), after);
        assert_eq!(changes.number(Uuid::now_v7()), 0);
        changes.forget(at(999_999));
        assert_ne!(changes.number(subject), 0);
        changes.forget(at(1_000_000));
        assert_eq!(changes.number(subject), 0);
    }

    #[test]
    fn a_change_for_anybody_is_one_for_each() {
        let (subject, changes) = (Uuid::now_v7(), PermissionChanges::default());
        changes.take(&change(subject, 1), Some(1));
        let (before, other) = (changes.number(subject), changes.number(Uuid::now_v7()));
        changes.take(&change(ANYBODY, 1), Some(2));
        assert!(changes.number(subject) > before && changes.number(Uuid::now_v7()) > other);
    }
}
