//! Questions to people: on stderr, and only if somebody is there to answer.

use std::io::{self, IsTerminal, Write};

use dialoguer::Password;
use zeroize::Zeroizing;

use crate::{
    escape,
    exit::Exit,
    failure::{Failure, Result, plain},
    interrupt,
};

/// Asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prompt {
    is_yes: bool,
    is_interactive: bool,
}

impl Prompt {
    /// Looks whether somebody can answer: stdin and stderr are terminals.
    pub(crate) fn new(is_yes: bool) -> Self {
        Self { is_yes, is_interactive: io::stdin().is_terminal() && io::stderr().is_terminal() }
    }

    /// Tells whether somebody can answer.
    fn is_interactive(&self) -> bool {
        self.is_interactive
    }

    /// Asks before something that cannot be undone; `--yes` answers for the caller.
    pub(crate) fn confirm(&self, question: &str) -> Result<()> {
        if self.is_yes {
            return Ok(());
        }
        if !self.is_interactive {
            return Err(Failure::usage(format_args!("{question} Nobody can be asked here: add --yes to go on")));
        }
        let mut answer = String::new();
        let _ = write!(io::stderr().lock(), "{} [y/N] ", escape::line(question));
        io::stdin().read_line(&mut answer).map_err(|error| unanswered(&error))?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::new(Exit::Failure, "NOT_CONFIRMED", "not confirmed: nothing was done")),
        }
    }

    /// Asks for the passphrase of a key file.
    pub(crate) fn passphrase(&self, question: &str) -> Result<Zeroizing<String>> {
        self.secret(question, None)
    }

    /// Asks twice for a new passphrase.
    pub(crate) fn new_passphrase(&self) -> Result<Zeroizing<String>> {
        self.secret("New passphrase", Some("The same again"))
    }

    fn secret(&self, question: &str, again: Option<&str>) -> Result<Zeroizing<String>> {
        if !self.is_interactive() {
            return Err(Failure::new(
                Exit::Denied,
                "PASSPHRASE_NEEDED",
                "a passphrase is needed and nobody can be asked here",
            )
            .hint("run this command in a terminal"));
        }
        let mut password = Password::new().with_prompt(escape::line(question)).report(false);
        if let Some(again) = again {
            password = password.with_confirmation(again, "The two differ");
        }
        let _restored = interrupt::remember_terminal();
        let dialoguer::Error::IO(error) = match password.interact() {
            Ok(secret) => return Ok(Zeroizing::new(secret)),
            Err(error) => error,
        };
        Err(unanswered(&error))
    }
}

fn unanswered(error: &io::Error) -> Failure {
    Failure::new(Exit::Failure, "NO_ANSWER", format_args!("no answer could be read: {}", plain(error)))
}
