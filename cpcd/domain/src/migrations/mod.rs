//! Migrations of the store: what there is, what each would do, and doing it.

mod losses;

use cpcd_model::{
    Error, Reason, Result,
    permission::{Level, Resource},
};
use cpcd_store::sql;

pub use cpcd_store::sql::{Direction, MigrationState, Step};
pub use losses::losses;

use crate::Caller;

/// What the daemon does about its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// It serves everything.
    Serving,
    /// It serves administration only until pending migrations are done.
    Pending,
    /// It serves administration only, since it was started so.
    Maintenance,
}

/// Migrations of the store.
#[derive(Clone)]
pub struct Migrations {
    store: sql::Migrations,
    service: Service,
}

impl Migrations {
    /// Makes it for a store.
    #[must_use]
    pub fn new(config: &sql::Config, service: Service) -> Self {
        Self { store: sql::Migrations::new(config), service }
    }

    /// Gives what the daemon does meanwhile. Needs nothing: calls and health checks show it.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }

    /// Makes the error of a call that has to wait until the daemon serves everything.
    #[must_use]
    pub fn refusal(&self) -> Error {
        let why = match self.service {
            Service::Serving | Service::Pending => "the store waits for migrations: run `cpcctl --local migrate up`",
            Service::Maintenance => {
                "only administration is served (`cpcctl --local migrate`): the daemon was started with --maintenance"
            }
        };
        Error::new(Reason::MigrationPending, why)
    }

    /// Lists the migrations that the program knows or the store has. Needs read on system.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`; what the store says.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<MigrationState>> {
        caller.require(Resource::System, Level::Read)?;
        self.store.list().await
    }

    /// Does or takes back migrations and tells how far it is; gives their number. Needs admin on system.
    ///
    /// # Errors
    /// `STORE_IN_USE` if migrations are to be taken back while the store is served, or if another migrates; `FIELD_REQUIRED`
    /// without a version to go down to; `PERMISSION_DENIED`; what the store says.
    pub async fn run(
        &self,
        caller: &Caller,
        direction: Direction,
        to: Option<i64>,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<u32> {
        caller.require(Resource::System, Level::Admin)?;
        if direction == Direction::Down {
            if to.is_none() {
                return Err(Error::required("to_version"));
            }
            if self.service == Service::Serving {
                let text = "the store is in service: stop all daemons on it, start one with `cpcd --maintenance`, and try again";
                return Err(Error::new(Reason::StoreInUse, text));
            }
        }
        let done = self.store.run(direction, to, tell).await?;
        tracing::info!(?direction, ?to, migrations = done, "the store was migrated");
        Ok(done)
    }
}
