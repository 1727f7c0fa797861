//! Which context and which endpoint: flag, environment, context, default; the first that says something wins.

use std::fmt;

use crate::{
    contexts::{self, Contexts, SavedContext},
    endpoint::{self, Endpoint},
    environment::Environment,
    failure::{Failure, Result},
    folders,
    global::{Global, context_name},
    output::Output,
    private_file,
};

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// The choice of `context use`.
    Chosen,
    /// What is kept under a context's name.
    Context(String),
    /// cpcctl itself.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(out, "flag --{name}"),
            Self::Variable(name) => write!(out, "variable {name}"),
            Self::Chosen => out.write_str("context use"),
            Self::Context(name) => write!(out, "context {name}"),
            Self::Default => out.write_str("default"),
        }
    }
}

/// What was chosen, and by what.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) name_origin: Origin,
    /// What is kept under the name, if anything is.
    pub(crate) saved: Option<SavedContext>,
    pub(crate) endpoint: Endpoint,
    pub(crate) endpoint_origin: Origin,
    /// The daemon's socket is used, past every context.
    pub(crate) is_local: bool,
}

impl Choice {
    /// Chooses, and warns where the environment overrides what was chosen otherwise.
    pub(crate) fn new(
        global: &Global,
        environment: &Environment,
        contexts: &Contexts,
        output: &Output,
    ) -> Result<Self> {
        let (name, name_origin) = name(global, environment, contexts, output)?;
        let saved = contexts.load(&name)?;
        let is_local = global.local || global.socket.is_some();
        let (endpoint, endpoint_origin) = if is_local {
            let (socket, origin) = match (&global.socket, &environment.socket) {
                (Some(path), _) => (path.clone(), Origin::Flag("socket")),
                (None, Some(path)) => (path.clone(), Origin::Variable("CPCCTL_SOCKET")),
                (None, None) => (folders::of("cpcd")?.data_dir().join("cpcd.sock"), Origin::Flag("local")),
            };
            (Endpoint::Unix(private_file::absolute(&socket)), origin)
        } else if let Some(endpoint) = &global.endpoint {
            (endpoint.clone(), Origin::Flag("endpoint"))
        } else if let Some(text) = &environment.endpoint {
            let endpoint = parse(text, "CPCCTL_ENDPOINT")?;
            let is_other = |saved: &&SavedContext| saved.endpoint != endpoint.to_string();
            // Of the default context nobody has said that it is meant.
            let is_meant = name_origin != Origin::Default;
            if let Some(saved) = saved.as_ref().filter(is_other).filter(|_| is_meant) {
                output.warning(format_args!(
                    "CPCCTL_ENDPOINT ({endpoint}) is used in place of {}, which context {name} names",
                    saved.endpoint
                ));
            }
            (endpoint, Origin::Variable("CPCCTL_ENDPOINT"))
        } else if let Some(saved) = &saved {
            (parse(&saved.endpoint, "the context's endpoint")?, Origin::Context(name.clone()))
        } else {
            (parse(endpoint::DEFAULT, "the default endpoint")?, Origin::Default)
        };
        Ok(Self { name, name_origin, saved, endpoint, endpoint_origin, is_local })
    }
}

fn name(global: &Global, environment: &Environment, contexts: &Contexts, output: &Output) -> Result<(String, Origin)> {
    if let Some(name) = &global.context {
        return Ok((name.clone(), Origin::Flag("context")));
    }
    let Some(name) = &environment.context else {
        let chosen = contexts.current()?.map(|name| (name, Origin::Chosen));
        return Ok(chosen.unwrap_or_else(|| (contexts::DEFAULT.to_owned(), Origin::Default)));
    };
    let name = context_name(name).map_err(|why| Failure::usage(format_args!("CPCCTL_CONTEXT: {why}")))?;
    // The variable is a way out of a damaged file too.
    if let Some(current) = contexts.current().ok().flatten().filter(|current| *current != name) {
        output.warning(format_args!(
            "CPCCTL_CONTEXT ({name}) is used in place of {current}, which `cpcctl context use` chose"
        ));
    }
    Ok((name, Origin::Variable("CPCCTL_CONTEXT")))
}

fn parse(text: &str, origin: &str) -> Result<Endpoint> {
    text.parse().map_err(|why| Failure::usage(format_args!("{origin}: {why}")))
}
