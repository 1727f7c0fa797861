use clap_complete::Shell;

use crate::{failure::Result, output::Output};

/// Prints a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  source <(cpcctl completion bash)
  cpcctl completion zsh > ~/.zfunc/_cpcctl
  cpcctl completion fish > ~/.config/fish/completions/cpcctl.fish")]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Args {
    pub(crate) fn run(self, mut definition: clap::Command) -> Result<()> {
        Output::raw(&script(self.shell, &mut definition))
    }
}

/// Writes the completion script of a shell.
pub(super) fn script(shell: Shell, definition: &mut clap::Command) -> Vec<u8> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, definition, "cpcctl", &mut bytes);
    bytes
}
