use super::show::Shown;
use crate::{context::Context, failure::Result, global::context_name};

/// Deletes a context with its tokens; its key stays
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl context delete lab
  cpcctl --context lab logout && cpcctl context delete lab --yes")]
pub(crate) struct Args {
    /// Which
    #[arg(value_parser = context_name)]
    name: String,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let name = &self.name;
        let saved = context.contexts.load(name)?.ok_or_else(|| context.contexts.missing(name))?;
        let mut shown = Shown::of(context, name, saved)?;
        context.prompt.confirm(&format!("Delete context {name} ({})?", shown.saved.endpoint))?;
        let was_chosen = context.contexts.current()?.is_some_and(|current| current == *name);
        shown.saved = context.contexts.delete(name)?;
        if shown.session.is_some() {
            context.output.note("its session was forgotten here; on the server it ends by itself");
        }
        if was_chosen {
            context.output.note("it was the chosen context; `cpcctl context use` chooses another");
        }
        context.output.record(&shown)
    }
}
