//! Users.

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::Subcommand;
use cpc_proto::v1::{Level, PermissionRule, Resource, User};

use crate::{
    clock,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod create;
mod list;
mod show;

/// Makes, lists and shows users
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Create(create::Args),
    #[command(alias = "ls")]
    List(list::Args),
    #[command(alias = "get")]
    Show(show::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Create(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
        }
    }
}

/// Writes permissions as they are given on the command line.
pub(super) fn rules(rules: &[PermissionRule]) -> String {
    let word = |name: &str, prefix: &str| name.trim_start_matches(prefix).to_lowercase();
    let rule = |rule: &PermissionRule| {
        let (resource, level): (Resource, Level) = (rule.resource(), rule.level());
        format!("{}={}", word(resource.as_str_name(), "RESOURCE_"), word(level.as_str_name(), "LEVEL_"))
    };
    if rules.is_empty() { "none".to_owned() } else { rules.iter().map(rule).collect::<Vec<_>>().join(", ") }
}

/// Reads a permission of the command line.
pub(super) fn permission(text: &str) -> std::result::Result<PermissionRule, String> {
    let (resource, level) =
        text.split_once('=').ok_or_else(|| "a permission is RESOURCE=LEVEL, as in content=write".to_owned())?;
    let known = |name: String, word: &str| if word == "unspecified" { None } else { Some(name) };
    let resource_name = known(format!("RESOURCE_{}", resource.to_uppercase()), resource);
    let level_name = known(format!("LEVEL_{}", level.to_uppercase()), level);
    let resource = resource_name.and_then(|name| Resource::from_str_name(&name)).ok_or_else(|| {
        format!("no resource {resource}; there are nodes, allocations, content, users, metrics and system")
    })?;
    let level = level_name
        .and_then(|name| Level::from_str_name(&name))
        .ok_or_else(|| format!("no level {level}; there are read, write and admin"))?;
    Ok(PermissionRule { resource: resource.into(), level: level.into() })
}

/// The fields of a user, also for `whoami`.
pub(super) fn fields(user: &User) -> Vec<(&'static str, String)> {
    let created_at = user.created_at.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
    vec![
        ("User", user.username.clone()),
        ("Id", user.id.clone()),
        ("Peer id", user.peer_id.clone()),
        ("Public key", BASE64_STANDARD.encode(&user.public_key)),
        ("Permissions", rules(&user.permissions)),
        ("Created", created_at.unwrap_or_default()),
    ]
}

impl Show for User {
    fn name(&self) -> String {
        self.username.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        fields(self)
    }
}

impl Row for User {
    const COLUMNS: &'static [&'static str] = &["USER", "PERMISSIONS", "CREATED", "ID"];
    const WHOLE: usize = 3;

    fn name(&self) -> String {
        self.username.clone()
    }

    fn cells(&self) -> Vec<String> {
        let created_at = self.created_at.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        vec![self.username.clone(), rules(&self.permissions), created_at.unwrap_or_default(), self.id.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_come_back_as_they_were_given() {
        for text in ["content=write", "users=read", "system=admin"] {
            assert_eq!(rules(&[permission(text).unwrap()]), text);
        }
        for text in
            ["content", "content=", "=write", "content=all", "stuff=read", "unspecified=read", "content=unspecified"]
        {
            assert!(permission(text).is_err(), "{text}");
        }
    }
}
