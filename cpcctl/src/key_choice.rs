//! Which key logs in: one in a file, or one that an ssh-agent keeps.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::private_file;

/// A key as `--key` and the contexts name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) enum KeyChoice {
    /// The file of a private key.
    File(PathBuf),
    /// A key of the ssh-agent by fingerprint, comment or peer id; without one its only Ed25519 key.
    Agent(Option<String>),
}

impl KeyChoice {
    /// Gives the same key in a spelling that does not depend on where the program runs.
    pub(crate) fn absolute(self) -> Self {
        match self {
            Self::File(path) => Self::File(private_file::absolute(&path)),
            Self::Agent(name) => Self::Agent(name),
        }
    }

    /// Gives the path; none if the agent has the key.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Agent(_) => None,
        }
    }
}

impl From<String> for KeyChoice {
    /// Reads `agent`, `agent:WHICH`, or a path: `./agent` is a file.
    fn from(text: String) -> Self {
        match text.strip_prefix("agent") {
            Some("" | ":") => Self::Agent(None),
            Some(rest) if rest.starts_with(':') => Self::Agent(Some(rest[1..].to_owned())),
            Some(_) | None => Self::File(text.into()),
        }
    }
}

impl From<KeyChoice> for String {
    fn from(choice: KeyChoice) -> Self {
        choice.to_string()
    }
}

impl fmt::Display for KeyChoice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Agent(None) => out.write_str("agent"),
            Self::Agent(Some(name)) => write!(out, "agent:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_as_files_or_of_the_agent() {
        let agent = |name: &str| KeyChoice::Agent(Some(name.to_owned()));
        for (text, choice) in [
            ("agent", KeyChoice::Agent(None)),
            ("agent:SHA256:abc", agent("SHA256:abc")),
            ("agent:alice at work", agent("alice at work")),
            ("./agent", KeyChoice::File("./agent".into())),
            ("agents", KeyChoice::File("agents".into())),
            ("/home/a/.ssh/id", KeyChoice::File("/home/a/.ssh/id".into())),
        ] {
            let read = KeyChoice::from(text.to_owned());
            assert_eq!((&read, &*read.to_string()), (&choice, text));
            let json = serde_json::to_string(&read).unwrap();
            assert_eq!(serde_json::from_str::<KeyChoice>(&json).unwrap(), choice);
        }
        assert!(KeyChoice::File("key".into()).absolute().path().unwrap().is_absolute());
    }
}
