use cpc_proto::v1::{Migration, MigrationDirection};
use serde::Serialize;

use crate::{
    context::Context,
    failure::Result,
    output::{Output, Row},
    shape::Format,
};

/// Prints the statements that `migrate up` or `migrate down` would run
///
/// Each migration runs in a transaction of its own.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local migrate plan
  cpcctl --local migrate plan --down --to 7
  cpcctl --local migrate plan -o json | jq -r '.[].sql'")]
pub(crate) struct Args {
    /// The last migration that the store has afterwards [default: the newest]
    #[arg(long, value_name = "VERSION")]
    to: Option<u64>,
    /// What `migrate down` would run
    #[arg(long, requires = "to")]
    down: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let direction = if self.down { MigrationDirection::Down } else { MigrationDirection::Up };
        show(context, direction, self.to).await
    }
}

/// Shows what would run.
pub(super) async fn show(context: &mut Context, direction: MigrationDirection, to: Option<u64>) -> Result<()> {
    let listed = super::list(context).await?;
    let planned = super::planned(listed.migrations, direction, to)?;
    let output = context.output.clone();
    if output.format() == Format::Table {
        let texts: Vec<_> = planned.iter().map(|migration| text(migration, direction)).collect();
        if texts.is_empty() {
            output.note("nothing to do: the store has just these migrations");
        }
        return Output::raw(texts.join("\n").as_bytes());
    }
    let mut list = output.list::<Planned>();
    planned.into_iter().try_for_each(|migration| list.push(Planned::new(migration, direction)))?;
    list.finish("").map(drop)
}

fn text(migration: &Migration, direction: MigrationDirection) -> String {
    let name = super::name(migration.version, &migration.name);
    match direction {
        MigrationDirection::Down => {
            let losses: String = migration.losses.iter().map(|loss| format!("-- loses {loss}\n")).collect();
            format!("-- {name}, taken back\n{losses}{}", migration.down_sql)
        }
        MigrationDirection::Up | MigrationDirection::Unspecified => format!("-- {name}\n{}", migration.up_sql),
    }
}

/// What would be run for one migration.
#[derive(Debug, Serialize)]
struct Planned {
    version: String,
    name: String,
    sql: String,
    losses: Vec<String>,
}

impl Planned {
    fn new(migration: Migration, direction: MigrationDirection) -> Self {
        let is_down = direction == MigrationDirection::Down;
        Self {
            version: migration.version.to_string(),
            name: migration.name,
            sql: if is_down { migration.down_sql } else { migration.up_sql },
            losses: if is_down { migration.losses } else { Vec::new() },
        }
    }
}

impl Row for Planned {
    const COLUMNS: &'static [&'static str] = &["VERSION", "NAME"];
    const WHOLE: usize = 1;

    fn name(&self) -> String {
        self.version.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![self.version.clone(), self.name.clone()]
    }
}
