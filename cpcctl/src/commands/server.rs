//! The server whose signatures are good: the one that is named, or the one that the context knows.

use cpc_signing::{PeerId, PublicKey};

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Gives the key of a server that is named or, if none is, of the context's.
pub(crate) fn key(context: &Context, named: Option<PeerId>) -> Result<PublicKey> {
    let kept = context.saved.as_ref().and_then(|saved| saved.server_id.as_deref());
    let id = match (named, kept) {
        (Some(id), _) => id,
        (None, Some(kept)) => kept.parse().map_err(Failure::usage)?,
        (None, None) => {
            return Err(Failure::usage("which server signed it? say so with --server-id")
                .hint("`cpcctl status -o json | jq -r .serverId` shows it"));
        }
    };
    id.public_key()
        .ok_or_else(|| Failure::usage(format_args!("{id} is not the id of a server: it names no Ed25519 key")))
}
