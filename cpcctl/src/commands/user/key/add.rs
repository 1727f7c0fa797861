use cpc_proto::v1::AddKeyRequest;

use crate::{
    context::Context,
    failure::{Failure, Result},
    key_choice::KeyChoice,
    session::Errand,
    signer::Signer,
};

/// Adds a key that you can log in with, beside those that you have
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl key generate --out laptop_ed25519
  cpcctl user key add --key laptop_ed25519 --name laptop
  cpcctl user key add --key agent:alice@work --name work")]
pub(crate) struct Args {
    /// The new key: a private key file, or a key of the ssh-agent
    #[arg(long, value_name = "FILE|agent[:KEY]")]
    key: KeyChoice,
    /// What it is to be called
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    name: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let signer = Signer::open(&self.key, context.agent_socket.as_deref(), &context.prompt, "").await?;
        let proof = Some(context.prove_key(&signer, Errand::NewKey).await?);
        let request = AddKeyRequest { proof, name: self.name, confirmation: None };
        let added = context.call_confirmed(async |client, confirmation| {
            client.identity().add_key(AddKeyRequest { confirmation, ..request.clone() }).await
        });
        let key = added.await?.key.ok_or_else(Failure::empty_answer)?;
        context.output.record(&key)
    }
}
