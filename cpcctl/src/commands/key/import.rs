use std::{io::Read, path::PathBuf};

use zeroize::Zeroizing;

use super::show::Key;
use crate::{
    context::Context,
    failure::{Failure, Result},
    key_file::{self, NewKey},
    key_form, private_file,
};

/// Takes over an Ed25519 key that another program made, into a file that cpcctl and ssh can read
///
/// OpenSSH, PKCS#8 (PEM or DER) and libp2p (binary, base64 or hex) are told apart by themselves. The file that is read is
/// left as it is. A passphrase is kept, if the file has one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl key import ~/.ssh/id_ed25519
  cpcctl key import node.key --out peer.key --comment peer@lab
  jq -r .Identity.PrivKey ~/.ipfs/config | cpcctl key import - --out ipfs.key")]
pub(crate) struct Args {
    /// The private key, - for stdin
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// The new private file; the public half goes beside it as FILE.pub [default: id_ed25519 in cpcctl's configuration folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A remark that is kept in both files [default: the one that comes with the key, else cpcctl]
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Protect the new file with a new passphrase, which is asked for
    #[arg(long)]
    passphrase: bool,
    /// Write the new file without the passphrase of the old one
    #[arg(long, conflicts_with = "passphrase")]
    no_passphrase: bool,
    /// Write over existing files: a key that is overwritten cannot be brought back
    #[arg(long)]
    force: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let out = private_file::absolute(&self.out.unwrap_or_else(|| context.contexts.default_key()));
        let bytes = if self.from.as_os_str() == "-" {
            stdin()?
        } else {
            private_file::read(&self.from).or_else(|failure| {
                if failure.reason != "FILE_NOT_PRIVATE" {
                    return Err(failure);
                }
                // Refusing would help nobody: who could read it has read it.
                context.output.warning(&failure.message);
                private_file::read_public(&self.from)
            })?
        };
        let ask = || context.prompt.passphrase(&format!("Passphrase of {}", self.from.display()));
        let found = key_form::read(&self.from, &bytes, ask)?;
        let passphrase = if self.passphrase {
            Some(context.prompt.new_passphrase()?)
        } else {
            found.passphrase.filter(|_| !self.no_passphrase)
        };
        let comment = self.comment.or(found.comment).filter(|text| !text.is_empty());
        let key = NewKey {
            secret: &found.secret,
            comment: comment.as_deref().unwrap_or("cpcctl"),
            passphrase: passphrase.as_ref().map(|passphrase| passphrase.as_str()),
        };
        key_file::write(&out, &key, self.force)?;
        context.output.note(format_args!("read from the form of {}", found.form.name()));
        context.output.record(&Key::in_file(out, &found.secret.public()))
    }
}

fn stdin() -> Result<Zeroizing<Vec<u8>>> {
    // Room for any key from the start: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 << 10));
    let mut stdin = std::io::stdin().lock().take(64 << 10);
    stdin.read_to_end(&mut bytes).map_err(|error| Failure::file("stdin".as_ref(), &error))?;
    Ok(bytes)
}
