//! Migrations of the store.

use clap::Subcommand;
use cpc_proto::v1::{ListMigrationsRequest, ListMigrationsResponse, Migration, MigrationDirection};

use crate::{
    clock,
    context::Context,
    failure::{Failure, Result},
    output::{Row, Show},
};

mod apply;
mod down;
mod plan;
mod status;
mod up;

/// Shows and does migrations of the store, also while the daemon waits for them
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "list", alias = "ls")]
    Status(status::Args),
    Plan(plan::Args),
    Up(up::Args),
    Down(down::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Status(args) => args.run(context).await,
            Self::Plan(args) => args.run(context).await,
            Self::Up(args) => args.run(context).await,
            Self::Down(args) => args.run(context).await,
        }
    }
}

async fn list(context: &mut Context) -> Result<ListMigrationsResponse> {
    context.call(async |client| client.admin().list_migrations(ListMigrationsRequest {}).await).await
}

/// Refuses a version that no migration leads to; 0 is before all of them.
fn check(migrations: &[Migration], to: Option<u64>) -> Result<()> {
    let newest = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
    match to.filter(|to| *to != 0 && migrations.iter().all(|migration| migration.version != *to)) {
        None => Ok(()),
        Some(to) => Err(Failure::usage(format_args!("there is no migration {to}; the newest is {newest}"))),
    }
}

/// Gives the migrations that would be done, or taken back, in the order in which that happens; refuses a version that none leads to.
fn planned(migrations: Vec<Migration>, direction: MigrationDirection, to: Option<u64>) -> Result<Vec<Migration>> {
    check(&migrations, to)?;
    let is_down = direction == MigrationDirection::Down;
    let mut planned: Vec<_> = migrations
        .into_iter()
        .filter(|migration| migration.is_applied == is_down)
        .filter(|migration| to.is_none_or(|to| if is_down { migration.version > to } else { migration.version <= to }))
        .collect();
    if is_down {
        planned.reverse();
    }
    Ok(planned)
}

/// Names a migration as its files are named.
fn name(version: u64, name: &str) -> String {
    format!("{version:04} {name}")
}

fn state(migration: &Migration) -> &'static str {
    match (migration.is_applied, migration.is_known) {
        (true, true) => "applied",
        (true, false) => "of a newer version",
        (false, _) => "pending",
    }
}

impl Row for Migration {
    const COLUMNS: &'static [&'static str] = &["VERSION", "STATE", "SINCE", "TOOK", "NAME"];
    const WHOLE: usize = 4;

    fn name(&self) -> String {
        self.version.to_string()
    }

    fn cells(&self) -> Vec<String> {
        let since = self.applied_at.as_ref().map(|at| clock::rfc3339(at.seconds, 0)).unwrap_or_default();
        let took = if self.is_applied { format!("{} ms", self.duration_ms) } else { String::new() };
        vec![format!("{:04}", self.version), state(self).to_owned(), since, took, self.name.clone()]
    }
}

impl Show for apply::Applied {
    fn name(&self) -> String {
        self.migrations.last().map(|step| step.version.to_string()).unwrap_or_default()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let steps: Vec<_> = self.migrations.iter().map(|step| name(step.version, &step.name)).collect();
        let label = if self.direction == MigrationDirection::Down.as_str_name() { "Taken back" } else { "Done" };
        vec![(label, if steps.is_empty() { "nothing: the store is there already".into() } else { steps.join("\n") })]
    }
}
