use super::show::Shown;
use crate::{context::Context, failure::Result, output::Row};

/// Lists the contexts
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl context list
  cpcctl context list -o json | jq -r '.[] | select(.isCurrent).endpoint'")]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let mut list = context.output.list::<Shown>();
        for (name, saved) in context.contexts.all()? {
            list.push(Shown::of(context, &name, saved)?)?;
        }
        list.finish("no contexts; `cpcctl login` makes one").map(drop)
    }
}

impl Row for Shown {
    const COLUMNS: &'static [&'static str] = &["CURRENT", "NAME", "ENDPOINT", "USER", "SESSION", "KEY"];
    const WHOLE: usize = 1;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            if self.is_current { "*" } else { "" }.to_owned(),
            self.name.clone(),
            self.saved.endpoint.clone(),
            self.saved.username.clone().unwrap_or_default(),
            self.session.as_ref().map_or("none", |session| session.state()).to_owned(),
            self.saved.key.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]
    }
}
