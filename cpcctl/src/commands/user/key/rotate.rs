use cpc_proto::v1::RotateKeyRequest;

use super::list;
use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
    joining::Joining,
    key_choice::KeyChoice,
    session::{self, Errand},
    signer::Signer,
};

/// Puts a new key in the place of the one that you log in with, and logs in with it
///
/// Sessions that the old key opened end.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl key generate --out new_ed25519
  cpcctl user key rotate --key new_ed25519
  cpcctl user key rotate --key new_ed25519 --old 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21")]
pub(crate) struct Args {
    /// The new key: a private key file, or a key of the ssh-agent
    #[arg(long, value_name = "FILE|agent[:KEY]")]
    key: KeyChoice,
    /// The id of the old one [default: the context's key]
    #[arg(long, value_name = "ID")]
    old: Option<String>,
    /// What the new one is to be called
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    name: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let choice = self.key.absolute();
        let signer = Signer::open(&choice, context.agent_socket.as_deref(), &context.prompt, "").await?;
        let id = match self.old {
            Some(id) => id,
            None => own(context).await?,
        };
        let proof = Some(context.prove_key(&signer, Errand::NewKey).await?);
        let request = RotateKeyRequest { id, proof, name: self.name, confirmation: None };
        let rotated = context.call_confirmed(async |client, confirmation| {
            client.identity().rotate_key(RotateKeyRequest { confirmation, ..request.clone() }).await
        });
        let key = rotated.await?.key.ok_or_else(Failure::empty_answer)?;
        if let Some(saved) = context.saved.clone() {
            // The old key's session has ended: the new one opens another, in its place.
            let (nobody, plain) = (context.anonymous().await?, Joining::default());
            let pinned = saved.server_id.as_deref();
            let session =
                session::log_in(&nobody, &signer, Errand::UserLogin, pinned, &plain, context.timeout()).await?;
            let session = session.at(&context.endpoint);
            let kept = signer.kept(choice);
            context.contexts.save(&context.name, |saved| saved.key = Some(kept), session)?;
            context.output.note(format_args!("context {} logs in with the new key from now on", context.name));
        }
        context.output.record(&key)
    }
}

/// Finds the id of the key that the context logs in with.
async fn own(context: &mut Context) -> Result<String> {
    let why = "Your old key is looked up. ";
    let old = Signer::open(&context.key(None), context.agent_socket.as_deref(), &context.prompt, why).await?;
    let peer_id = old.public().peer_id().to_string();
    let keys = list::all(context, "").await?;
    let found = keys.into_iter().find(|key| key.peer_id == peer_id).map(|key| key.id);
    found.ok_or_else(|| {
        let text = format!("the context's key {peer_id} is none of yours on the server");
        Failure::new(Exit::NotFound, "KEY_NOT_FOUND", text)
            .hint("name the old key with --old; `cpcctl user key list` shows them")
    })
}
