//! Every setting that is in force, and where it comes from.

use clap::ValueEnum;

use crate::{
    choice::{Choice, Origin},
    contexts::Contexts,
    environment::Environment,
    global::Global,
};

/// A setting in force.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) origin: Origin,
}

/// Lists the settings. No secret is among the values.
pub(crate) fn list(global: &Global, environment: &Environment, choice: &Choice, contexts: &Contexts) -> Vec<Setting> {
    let kept = || Origin::Context(choice.name.clone());
    let saved = choice.saved.as_ref().filter(|saved| !choice.is_local && saved.endpoint == choice.endpoint.to_string());
    let setting = |name, value: String, origin| Setting { name, value, origin };
    let flag = |name: &'static str, value: String| {
        let is_given = global.given.contains(&name.replace('-', "_"));
        Setting { name, value, origin: if is_given { Origin::Flag(name) } else { Origin::Default } }
    };
    let of_context = |name, value: Option<String>, default: String| match value {
        Some(value) => setting(name, value, kept()),
        None => setting(name, default, Origin::Default),
    };

    let folder_origin = environment.config_dir.as_ref().map(|_| Origin::Variable("CPCCTL_CONFIG_DIR"));
    let token = if let Some(path) = &global.token_file {
        flag("token-file", path.display().to_string())
    } else if environment.token.is_some() {
        setting("token", "(not shown)".into(), Origin::Variable("CPCCTL_TOKEN"))
    } else if saved.is_some_and(|saved| saved.username.is_some()) {
        setting("token", "that of the context's session".into(), Origin::Default)
    } else {
        setting("token", "none".into(), Origin::Default)
    };
    let key = saved.and_then(|saved| saved.key.as_ref());
    let server_id = saved.and_then(|saved| saved.server_id.clone());
    let agent = environment.agent_socket.as_ref();
    vec![
        setting("config-dir", contexts.folder().display().to_string(), folder_origin.unwrap_or(Origin::Default)),
        setting("context", choice.name.clone(), choice.name_origin.clone()),
        setting("endpoint", choice.endpoint.to_string(), choice.endpoint_origin.clone()),
        of_context("server-id", server_id, "that of the first login".into()),
        of_context("key", key.map(ToString::to_string), contexts.default_key().display().to_string()),
        token,
        match environment.invite {
            Some(_) => setting("invite", "(not shown)".into(), Origin::Variable("CPCCTL_INVITE")),
            None => setting("invite", "none".into(), Origin::Default),
        },
        setting(
            "ssh-agent",
            agent.map_or_else(|| "none".to_owned(), |path| path.display().to_string()),
            agent.map_or(Origin::Default, |_| Origin::Variable("SSH_AUTH_SOCK")),
        ),
        flag("timeout", format!("{:?}", global.timeout)),
        flag("output", name(&global.output)),
        color(global, environment),
        flag("progress", name(&global.progress)),
        flag("quiet", global.quiet.to_string()),
        flag("yes", global.yes.to_string()),
        flag("no-headers", global.no_headers.to_string()),
        flag("no-trunc", global.no_trunc.to_string()),
        flag("width", global.width.map_or_else(|| "that of the terminal".to_owned(), |width| width.to_string())),
    ]
}

fn color(global: &Global, environment: &Environment) -> Setting {
    let setting = |value: &str, origin| Setting { name: "color", value: value.to_owned(), origin };
    if global.given.contains("color") {
        setting(&name(&global.color), Origin::Flag("color"))
    } else if environment.no_color {
        setting("never", Origin::Variable("NO_COLOR"))
    } else if environment.force_color {
        setting("always", Origin::Variable("CLICOLOR_FORCE, FORCE_COLOR"))
    } else {
        setting("auto", Origin::Default)
    }
}

/// Gives the name of a value as it is typed.
fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
