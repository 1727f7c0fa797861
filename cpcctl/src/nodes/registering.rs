//! A registration: a proof by the node's key, its signed record, and what it has to give.

use std::time::Duration;

use cpc_proto::v1::{NodeInfo, RegistrationResponse};

use super::{AGENT_VERSION, profile::Profile};
use crate::{
    client::Client,
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
    session::{self, Errand, Proven},
    signer::Signer,
};

/// Registers a node, in the name of whoever is logged in if anybody is.
pub(crate) async fn register(context: &mut Context, profile: &mut Profile) -> Result<RegistrationResponse> {
    let client = match context.client().await {
        // Nobody has to be logged in: the node has a key, and perhaps an invite.
        Err(failure) if failure.exit == Exit::Denied => context.anonymous().await?,
        other => other?,
    };
    match attempt(context, profile, &client, false).await {
        Err(failure) if failure.reason == "RECORD_STALE" => attempt(context, profile, &client, true).await,
        Err(failure) if failure.is_unauthenticated() && failure.reason.starts_with("TOKEN_") => {
            let client = context.renewed(failure).await?;
            attempt(context, profile, &client, false).await
        }
        other => other,
    }
    .map_err(explained)
}

async fn attempt(
    context: &Context,
    profile: &mut Profile,
    client: &Client,
    is_fresh: bool,
) -> Result<RegistrationResponse> {
    let limit = context.timeout();
    let signer = Signer::Key(profile.key.clone());
    let pinned = pinned(context, profile);
    let errand = Errand::NodeRegistration;
    let Proven { proof, server_id } =
        session::prove(client, &signer, errand, pinned.as_deref(), &profile.joining, limit).await?;
    let info = NodeInfo {
        signed_peer_record: profile.record(is_fresh)?,
        proof: Some(proof),
        capacity: Some(profile.capacity),
        labels: profile.state.labels.clone().into_iter().collect(),
        agent_version: AGENT_VERSION.to_owned(),
        namespaces: profile.state.namespaces.clone(),
        is_ephemeral: profile.is_ephemeral,
    };
    let answer = within(limit, client.nodes().register_node(info)).await?;
    let here = context.endpoint.to_string();
    if let Some(pin) = context.trust.pin {
        profile.state.tls_pins.insert(here.clone(), pin.to_string());
    }
    if !context.is_local() {
        profile.state.endpoint = Some(here.clone());
    }
    profile.state.servers.insert(here, server_id);
    profile.state.save()?;
    profile.is_repinned = false;
    Ok(answer)
}

/// Gives the only server that a signature is for: the invite's, else the context's, else the one that was met there before.
pub(crate) fn pinned(context: &Context, profile: &Profile) -> Option<String> {
    let invited = profile.joining.invite.as_ref().map(|(_, invite)| invite.server_id());
    if profile.is_repinned {
        return invited;
    }
    let here = context.endpoint.to_string();
    let saved = context.saved.as_ref().filter(|saved| saved.endpoint == here);
    let of_context = saved.and_then(|saved| saved.server_id.clone());
    invited.or(of_context).or_else(|| profile.state.servers.get(&here).cloned())
}

/// Waits for an answer, as long as one may take.
pub(crate) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = std::result::Result<tonic::Response<T>, tonic::Status>>,
) -> Result<T> {
    let answer = tokio::time::timeout(limit, answer).await.map_err(|_| Failure::timeout(limit))?;
    Ok(answer?.into_inner())
}

/// Says what to do about a registration that was refused.
pub(crate) fn explained(failure: Failure) -> Failure {
    match failure.reason.as_str() {
        "FIELD_REQUIRED" if failure.fields.iter().any(|field| field.field == "proof.invite") => failure.hint(
            "give an invite with --invite-file; somebody who may makes it with `cpcctl invite create --kind node`. \
             Who has write on nodes needs none: `cpcctl login` before, or --local on the daemon's machine",
        ),
        "INVITE_INVALID" | "INVITE_EXPIRED" | "INVITE_USED_UP" | "INVITE_REVOKED" => {
            failure.hint("ask for a new invite; somebody who may makes it with `cpcctl invite create --kind node`")
        }
        "JOIN_CLOSED" => failure.hint("register it as somebody with write on nodes, or with --local"),
        "SERVER_CHANGED" => failure.hint("if the server was set up anew: --repin"),
        _ => failure,
    }
}
