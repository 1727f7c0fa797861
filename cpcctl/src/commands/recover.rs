use std::path::PathBuf;

use cpc_proto::v1::RecoverRequest;

use crate::{
    context::Context,
    failure::{Failure, Result},
    key_choice::KeyChoice,
    session::Errand,
    signer::Signer,
    token_file,
};

/// Lets you in with a new key and a recovery code when all your keys are lost
///
/// The new key is your only one from then on; sessions and service tokens end, and the code is used up.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl key generate --out new_ed25519
  cpcctl recover alice --key new_ed25519 --code-file -        # reads the code from stdin
  cpcctl login --key new_ed25519")]
pub(crate) struct Args {
    /// Your name on the server
    #[arg(value_name = "NAME")]
    username: String,
    /// The new key: a private key file, or a key of the ssh-agent [default: the context's, else your own default key]
    #[arg(long, value_name = "FILE|agent[:KEY]")]
    key: Option<KeyChoice>,
    /// The file with the recovery code, - for stdin
    #[arg(long, value_name = "FILE", default_value = "-")]
    code_file: PathBuf,
    /// What the new key is to be called
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    name: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let choice = context.key(self.key);
        let signer = Signer::open(&choice, context.agent_socket.as_deref(), &context.prompt, "").await?;
        let code = token_file::read(&self.code_file)?;
        let proof = Some(context.prove_key(&signer, Errand::Recovery).await?);
        let request = RecoverRequest { username: self.username, code: code.0.clone(), proof, name: self.name };
        let client = context.anonymous().await?;
        let answer = client.identity().recover(request).await.map_err(Failure::from)?.into_inner();
        context.output.note(format_args!(
            "recovery codes left: {}; log in with `cpcctl login --key {choice}`",
            answer.codes_left
        ));
        context.output.record(&answer.user.ok_or_else(Failure::empty_answer)?)
    }
}
