//! The environment variables that cpcctl knows; read once, here.

use std::{env, path::PathBuf};

/// Names of the variables and what they do, for the man page.
pub(crate) const VARIABLES: &[(&str, &str)] = &[
    ("CPCCTL_ENDPOINT", "where cpcd listens, as --endpoint"),
    ("CPCCTL_SOCKET", "the Unix socket that --local connects to, as --socket"),
    ("CPCCTL_CA_FILE", "certificates of the authorities to believe over https, as --ca-file"),
    ("CPCCTL_TLS_PIN", "the public key that the server must have over https, as --tls-pin"),
    ("CPCCTL_CONTEXT", "the context to use, as --context"),
    ("CPCCTL_TOKEN", "an access token (the token itself); nothing is read from the context's session then"),
    ("CPCCTL_INVITE", "the code of an invite (the code itself), for login, node register and node run"),
    ("CPCCTL_CONFIG_DIR", "where the contexts, the sessions and the default key are kept"),
    ("SSH_AUTH_SOCK", "the socket of the ssh-agent whose keys log in with --key agent"),
    ("NO_COLOR", "no colour, if not empty"),
    ("CLICOLOR_FORCE, FORCE_COLOR", "colour even without a terminal, if neither empty nor 0"),
];

/// What the environment says; a variable that is empty counts as absent.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    pub(crate) endpoint: Option<String>,
    pub(crate) socket: Option<PathBuf>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) tls_pin: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) token: Option<Token>,
    pub(crate) invite: Option<Token>,
    pub(crate) config_dir: Option<PathBuf>,
    pub(crate) agent_socket: Option<PathBuf>,
    pub(crate) no_color: bool,
    pub(crate) force_color: bool,
    pub(crate) dumb_terminal: bool,
}

/// A token; never shown.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Token(pub(crate) String);

impl std::fmt::Debug for Token {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Token(..)")
    }
}

impl Environment {
    /// Reads the process's environment.
    pub(crate) fn read() -> Self {
        let raw = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let text = |name: &str| raw(name).map(|value| value.to_string_lossy().into_owned());
        let on = |name: &str| raw(name).is_some_and(|value| value != "0");
        Self {
            endpoint: text("CPCCTL_ENDPOINT"),
            socket: raw("CPCCTL_SOCKET").map(PathBuf::from),
            ca_file: raw("CPCCTL_CA_FILE").map(PathBuf::from),
            tls_pin: text("CPCCTL_TLS_PIN"),
            context: text("CPCCTL_CONTEXT"),
            token: text("CPCCTL_TOKEN").map(Token),
            invite: text("CPCCTL_INVITE").map(Token),
            config_dir: raw("CPCCTL_CONFIG_DIR").map(PathBuf::from),
            agent_socket: raw("SSH_AUTH_SOCK").map(PathBuf::from),
            no_color: raw("NO_COLOR").is_some(),
            force_color: on("CLICOLOR_FORCE") || on("FORCE_COLOR"),
            dumb_terminal: env::var_os("TERM").is_some_and(|term| term == "dumb"),
        }
    }
}
