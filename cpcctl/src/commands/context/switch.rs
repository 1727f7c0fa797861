use super::show::Shown;
use crate::{context::Context, failure::Result, global::context_name};

/// Chooses the context for commands that name none
#[derive(Debug, clap::Args)]
#[command(
    name = "use",
    after_help = "\
Examples:
  cpcctl context use lab
  cpcctl context list -o name | fzf | xargs cpcctl context use"
)]
pub(crate) struct Args {
    /// Which
    #[arg(value_parser = context_name)]
    name: String,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let saved = context.contexts.choose(&self.name)?;
        let mut shown = Shown::of(context, &self.name, saved)?;
        shown.is_current |= !context.is_overridden;
        if !shown.is_current {
            context
                .output
                .warning(format_args!("{} is still used where --context or CPCCTL_CONTEXT says so", context.name));
        }
        context.output.record(&shown)
    }
}
