use serde::Serialize;

use crate::{context::Context, failure::Result, output::Row, settings::Setting};

/// Shows every setting that is in force: flag, else environment, else context, else default
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl config show
  cpcctl config show --origin
  cpcctl --context lab config show --origin -o json | jq -r '.[] | select(.name == \"endpoint\").value'")]
pub(crate) struct Args {
    /// Say where each of them comes from
    #[arg(long)]
    origin: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        if self.origin { print::<true>(context) } else { print::<false>(context) }
    }
}

fn print<const ORIGIN: bool>(context: &Context) -> Result<()> {
    let mut list = context.output.list::<Shown<'_, ORIGIN>>();
    for Setting { name, value, origin } in &context.settings {
        let origin = ORIGIN.then(|| origin.to_string());
        list.push(Shown { name, value, origin })?;
    }
    list.finish("").map(drop)
}

/// A setting, with or without where it comes from.
#[derive(Debug, Serialize)]
struct Shown<'a, const ORIGIN: bool> {
    name: &'a str,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

impl<const ORIGIN: bool> Row for Shown<'_, ORIGIN> {
    const COLUMNS: &'static [&'static str] =
        if ORIGIN { &["SETTING", "VALUE", "ORIGIN"] } else { &["SETTING", "VALUE"] };
    const WHOLE: usize = 1;

    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn cells(&self) -> Vec<String> {
        [self.name.to_owned(), self.value.to_owned()].into_iter().chain(self.origin.clone()).collect()
    }
}
