//! Migrations as an operation: what there is, what is missing, and doing it.

use std::{path::Path, time::Duration};

use cpcd_model::{Error, Reason, Result, time::Timestamp};
use sqlx::{Connection, migrate::Migrator};

use super::{
    POSTGRES, SQLITE, postgres, sqlite,
    state::{Found, Link, State, down_of, judge, ups},
    steps::{self, Direction, Step, require_alone},
};
use crate::sql::{Config, config::Place, fault::from_sqlx};

/// A migration, and whether the store has it.
#[derive(Clone, Debug, PartialEq)]
pub struct MigrationState {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Whether this program knows it; a newer version may have added it.
    pub is_known: bool,
    /// When the store got it; nothing if it is pending.
    pub applied_at: Option<Timestamp>,
    /// How long it took.
    pub took: Duration,
    /// The statements that do it.
    pub up: String,
    /// The statements that take it back.
    pub down: String,
}

/// The migrations of a store; works while it is open and while it waits for them.
#[derive(Clone, Debug)]
pub struct Migrations {
    config: Config,
}

impl Migrations {
    /// Makes it for the store of these settings.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self { config: config.clone() }
    }

    /// Gives all migrations that the program knows or the store has, in their order.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list(&self) -> Result<Vec<MigrationState>> {
        match self.config.place()? {
            Place::Memory => Ok(listed(&SQLITE, None)),
            Place::File(path) if !Path::new(path).exists() => Ok(listed(&SQLITE, Some(&Found::default()))),
            Place::File(path) => {
                let mut connection = sqlite::connect(Path::new(path)).await?;
                let found = Link::Sqlite(&mut connection).look().await?;
                connection.close().await.map_err(from_sqlx)?;
                Ok(listed(&SQLITE, Some(&found)))
            }
            Place::Postgres(options) => Ok(listed(&POSTGRES, Some(&postgres::look(&options).await?))),
        }
    }

    /// Does or takes back migrations, up to and including `to` or down to it, and tells how far it is; gives their number.
    ///
    /// Each is whole or not there. An SQLite file is copied before.
    ///
    /// # Errors
    /// `STORE_IN_USE` if another migrates, or if daemons live on a store that is to go down; `STORE_FOREIGN` for one that is not
    /// known; what the engine says.
    pub async fn run(&self, direction: Direction, to: Option<i64>, tell: &mut (dyn FnMut(Step) + Send)) -> Result<u32> {
        match self.config.place()? {
            Place::Memory => match direction {
                Direction::Up => Ok(0),
                Direction::Down => Err(Error::new(Reason::StoreInUse, "a store in memory has nothing to go back to")),
            },
            Place::File(path) => {
                let file = Path::new(path);
                let mut connection = sqlite::connect(file).await?;
                let found = Link::Sqlite(&mut connection).look().await?;
                let version = found.applied.iter().map(|applied| applied.version).max().unwrap_or_default();
                let is_pending = matches!(judge(&SQLITE, &found)?, State::Pending(_));
                if direction == Direction::Down || is_pending {
                    sqlite::copy(&mut connection, file, version).await?;
                }
                let done = run(&mut Link::Sqlite(&mut connection), &SQLITE, direction, to, tell).await;
                connection.close().await.map_err(from_sqlx)?;
                done
            }
            Place::Postgres(options) => {
                let options = options.application_name("cpcd");
                let mut connection = postgres::connect(&options).await?;
                postgres::lock(&mut connection).await?;
                let done = run(&mut Link::Postgres(&mut connection), &POSTGRES, direction, to, tell).await;
                // The lock goes with it, however it ends.
                drop(connection.close().await);
                done
            }
        }
    }
}

async fn run(
    link: &mut Link<'_>,
    migrator: &Migrator,
    direction: Direction,
    to: Option<i64>,
    tell: &mut (dyn FnMut(Step) + Send),
) -> Result<u32> {
    let found = link.look().await?;
    // What is not ours, or is not whole, is left alone.
    judge(migrator, &found)?;
    match direction {
        Direction::Up => steps::up(link, migrator, to, tell).await,
        Direction::Down => {
            let to = to.ok_or_else(|| Error::required("to_version"))?;
            require_alone(link, &found).await?;
            steps::down(link, migrator, to, tell).await
        }
    }
}

/// Lists what the program knows and the store has; a store in memory has everything.
fn listed(migrator: &Migrator, found: Option<&Found>) -> Vec<MigrationState> {
    let has = |version: i64| {
        found.map_or(Some((Timestamp::UNIX_EPOCH, Duration::ZERO)), |found| {
            let applied = found.applied.iter().find(|applied| applied.version == version)?;
            Some((applied.at, applied.took))
        })
    };
    let known = ups(migrator).map(|up| MigrationState {
        version: up.version,
        name: up.description.to_string(),
        is_known: true,
        applied_at: has(up.version).map(|(at, _)| at),
        took: has(up.version).map(|(_, took)| took).unwrap_or_default(),
        up: up.sql.as_str().to_owned(),
        down: down_of(migrator, up.version).map(|down| down.sql.as_str().to_owned()).unwrap_or_default(),
    });
    let mut all: Vec<_> = known.collect();
    let is_unknown = |version: i64| ups(migrator).all(|up| up.version != version);
    let others = found.into_iter().flat_map(|found| &found.applied).filter(|applied| is_unknown(applied.version));
    all.extend(others.map(|applied| MigrationState {
        version: applied.version,
        name: applied.name.clone(),
        is_known: false,
        applied_at: Some(applied.at),
        took: applied.took,
        up: String::new(),
        down: String::new(),
    }));
    all.sort_by_key(|migration| migration.version);
    all
}
