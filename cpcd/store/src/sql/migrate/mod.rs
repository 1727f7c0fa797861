//! Migrations: what a store must look like, and who may bring it there.
//!
//! An empty store is filled and an SQLite file is brought up to date at the start; a PostgreSQL database with data is changed by
//! whoever is told to ([`Migrations`]). A store may be newer than the program: see `state.rs`.

mod operation;
mod postgres;
mod sqlite;
mod state;
mod steps;

use cpcd_model::{Error, Reason};
use sqlx::migrate::{MigrateError, Migrator};

use super::fault::from_sqlx;

pub use self::{
    operation::{MigrationState, Migrations},
    steps::{Direction, Step},
};
pub(super) use self::{
    postgres::{connect as migration_connection, lock, open as postgres},
    sqlite::open as sqlite,
    state::{COPYING, Found, Link, State, judge, last},
    steps::up,
};

pub(super) static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");
pub(super) static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");

const TABLE: &str = "_sqlx_migrations";

fn foreign(why: &str) -> Error {
    Error::new(Reason::StoreForeign, format!("the store is not this version's: {why}"))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the driver's enum grows; what is unknown is internal")]
fn from_migrate(error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => from_sqlx(error),
        error => Error::internal(error),
    }
}

#[cfg(test)]
mod tests;
