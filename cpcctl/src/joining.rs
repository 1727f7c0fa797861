//! What a login sends to join: the code of an invite, and the name to have.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use cpc_signing::{InviteCode, MAX_INVITE_CHARS};
use zeroize::Zeroizing;

use crate::{
    environment::Token,
    exit::Exit,
    failure::{Failure, Result},
    private_file,
};

/// What a proof carries to join; all empty for a plain login.
#[derive(Debug, Clone, Default)]
pub(crate) struct Joining {
    /// The code, with what it says.
    pub(crate) invite: Option<(Token, InviteCode)>,
    /// The name to have.
    pub(crate) username: Option<String>,
}

impl Joining {
    /// Reads the code from a file (- is stdin) or takes the environment's.
    pub(crate) fn read(file: Option<&Path>, environment: Option<&Token>, username: Option<String>) -> Result<Self> {
        let code = match file {
            Some(path) => Some(read_code(path)?),
            None => environment.cloned(),
        };
        let invite = code.map(|code| {
            InviteCode::parse(code.0.trim()).map(|read| (Token(code.0.trim().to_owned()), read)).map_err(|error| {
                Failure::new(Exit::Usage, "INVITE_INVALID", format_args!("what was given {error}"))
                    .hint("an invite is one string that begins with cpci_; take all of it")
            })
        });
        Ok(Self { invite: invite.transpose()?, username })
    }

    /// Gives the code, empty for none.
    pub(crate) fn code(&self) -> String {
        self.invite.as_ref().map(|(code, _)| code.0.clone()).unwrap_or_default()
    }
}

fn read_code(path: &Path) -> Result<Token> {
    let mut text = Zeroizing::new(String::new());
    if path == Path::new("-") {
        let most = MAX_INVITE_CHARS as u64 + 2;
        std::io::stdin()
            .take(most)
            .read_to_string(&mut text)
            .map_err(|error| Failure::file(Path::new("stdin"), &error))?;
    } else {
        text.push_str(&String::from_utf8_lossy(&private_file::read_public(path)?));
    }
    match text.trim() {
        "" => Err(Failure::usage(format_args!("{}: there is no invite in it", path.display()))),
        code => Ok(Token(code.to_owned())),
    }
}

/// Refuses a code on the command line, where others can see it.
pub(crate) fn only_stdin(text: &str) -> std::result::Result<PathBuf, String> {
    if text == "-" {
        return Ok(text.into());
    }
    Err("an invite is a secret, and others can read the command line: give it on stdin with --invite -, in a file with \
         --invite-file, or in CPCCTL_INVITE"
        .to_owned())
}
