use std::path::PathBuf;

use cpc_signing::SecretKey;

use super::show::Key;
use crate::{
    context::Context,
    failure::Result,
    key_file::{self, NewKey},
    private_file,
};

/// Makes a new Ed25519 key, in a file that ssh can read too
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl key generate
  cpcctl key generate --out work.key --comment alice@work --passphrase
  cpcctl key generate -o name          # the peer id alone")]
pub(crate) struct Args {
    /// The private file; the public half goes beside it as FILE.pub [default: id_ed25519 in cpcctl's configuration folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A remark that is kept in both files
    #[arg(long, value_name = "TEXT", default_value = "cpcctl")]
    comment: String,
    /// Protect the private file with a passphrase, which is asked for
    #[arg(long)]
    passphrase: bool,
    /// Write over existing files: a key that is overwritten cannot be brought back
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let path = private_file::absolute(&self.out.unwrap_or_else(|| context.contexts.default_key()));
        let passphrase = self.passphrase.then(|| context.prompt.new_passphrase()).transpose()?;
        let secret = SecretKey::generate();
        let passphrase = passphrase.as_ref().map(|passphrase| passphrase.as_str());
        key_file::write(&path, &NewKey { secret: &secret, comment: &self.comment, passphrase }, self.force)?;
        context.output.record(&Key::in_file(path, &secret.public()))
    }
}
