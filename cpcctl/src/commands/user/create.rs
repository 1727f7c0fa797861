use cpc_proto::v1::{CreateUserRequest, Level, PermissionRule, Resource};

use crate::{
    context::Context,
    failure::{Failure, Result},
    key_file,
};

/// Makes a user who can log in with a key
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local user create alice
  cpcctl --local user create bob --key 12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq
  cpcctl user create carol --key 'ssh-ed25519 AAAA... carol' --permission content=write
  cpcctl user create dave --key dave.pub --permission content=read --permission users=read")]
pub(crate) struct Args {
    /// The name: 1 to 50 of a-z 0-9 . _ -
    name: String,
    /// The key: a peer id, an ssh-ed25519 line, or the path of a key file [default: your own default key]
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// What the user may do: nodes, allocations, content, users, metrics or system = read, write or admin [default: the server's]
    #[arg(long = "permission", value_name = "RESOURCE=LEVEL", value_parser = permission)]
    permissions: Vec<PermissionRule>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let key = match &self.key {
            Some(key) => key_file::named(key)?,
            None => key_file::read_public(&context.contexts.default_key())
                .map_err(|failure| failure.hint("make a key with `cpcctl key generate`, or name one with --key"))?,
        };
        let request = CreateUserRequest {
            username: self.name,
            public_key: key.as_bytes().to_vec(),
            permissions: self.permissions,
        };
        let answer = context.call(async |client| client.identity().create_user(request.clone()).await).await?;
        context.output.record(&answer.user.ok_or_else(Failure::empty_answer)?)
    }
}

fn permission(text: &str) -> std::result::Result<PermissionRule, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_come_back_as_they_were_given() {
        for text in ["content=write", "users=read", "system=admin"] {
            assert_eq!(super::super::rules(&[permission(text).unwrap()]), text);
        }
        for text in
            ["content", "content=", "=write", "content=all", "stuff=read", "unspecified=read", "content=unspecified"]
        {
            assert!(permission(text).is_err(), "{text}");
        }
    }
}
