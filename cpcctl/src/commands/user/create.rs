use cpc_proto::v1::{CreateUserRequest, PermissionRule};

use crate::{
    context::Context,
    failure::{Failure, Result},
    key_file,
};

use super::permission;

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
