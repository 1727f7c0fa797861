//! Migrations one by one, up or down, each in a transaction of its own.

use std::time::Duration;

use cpcd_model::{Error, Reason, Result};
use sqlx::migrate::Migrator;

use super::state::{Found, Link, down_of, ups};

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Bring the store up to date.
    Up,
    /// Take migrations back, the last one first.
    Down,
}

/// How far the work is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many are to be done.
    Planned {
        /// Their number.
        total: u32,
    },
    /// One begins.
    Begun {
        /// Counted from 1.
        number: u32,
        /// Of so many.
        total: u32,
        /// Which.
        version: i64,
        /// Its name.
        name: String,
    },
    /// One is done, and durable.
    Done {
        /// Counted from 1.
        number: u32,
        /// Of so many.
        total: u32,
        /// Which.
        version: i64,
        /// Its name.
        name: String,
        /// How long it took.
        took: Duration,
    },
}

/// Goes up to a migration, or to the last; gives the number of those done.
pub(in crate::sql) async fn up(
    link: &mut Link<'_>,
    migrator: &Migrator,
    to: Option<i64>,
    tell: &mut (dyn FnMut(Step) + Send),
) -> Result<u32> {
    link.prepare().await?;
    let found = link.look().await?;
    let is_missing = |version: i64| found.applied.iter().all(|applied| applied.version != version);
    let is_wanted = |version: i64| to.is_none_or(|to| version <= to);
    let missing: Vec<_> = ups(migrator).filter(|known| is_missing(known.version) && is_wanted(known.version)).collect();
    let total = count(missing.len());
    tell(Step::Planned { total });
    for (number, migration) in (1..).zip(missing) {
        let (version, name) = (migration.version, migration.description.to_string());
        tell(Step::Begun { number, total, version, name: name.clone() });
        let took = link.apply(migration).await?;
        tell(Step::Done { number, total, version, name, took });
    }
    Ok(total)
}

/// Goes down to a migration, which stays; gives the number of those taken back.
pub(super) async fn down(
    link: &mut Link<'_>,
    migrator: &Migrator,
    to: i64,
    tell: &mut (dyn FnMut(Step) + Send),
) -> Result<u32> {
    let found = link.look().await?;
    let mut ways = Vec::new();
    for applied in found.applied.iter().rev().filter(|applied| applied.version > to) {
        let way = down_of(migrator, applied.version).ok_or_else(|| {
            let version = applied.version;
            let text = format!("migration {version} is not known here; its own version of cpcd can take it back");
            Error::new(Reason::StoreForeign, text)
        })?;
        ways.push(way);
    }
    let total = count(ways.len());
    tell(Step::Planned { total });
    for (number, migration) in (1..).zip(ways) {
        let (version, name) = (migration.version, migration.description.to_string());
        tell(Step::Begun { number, total, version, name: name.clone() });
        let took = link.revert(migration).await?;
        tell(Step::Done { number, total, version, name, took });
    }
    Ok(total)
}

/// Refuses to change a store that daemons live on.
pub(super) async fn require_alone(link: &mut Link<'_>, found: &Found) -> Result<()> {
    match link.replicas(found).await? {
        0 => Ok(()),
        alive => {
            let text = format!(
                "{alive} daemons in service were heard on the store within ten seconds; stop them, and go on when they are gone"
            );
            Err(Error::new(Reason::StoreInUse, text))
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
