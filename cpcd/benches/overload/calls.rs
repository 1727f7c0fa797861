//! The calls that are made: their header blocks, and their messages.

use std::cell::Cell;

use bytes::Bytes;
use cpc_proto::{
    codec::BytesCodec,
    v1::{
        AuthRequest, AuthResponse, ChallengeProof, ChallengePurpose, ChallengeRequest, SearchQuery, SubjectKind,
        auth_request::Step, auth_response,
    },
};
use cpc_signing::{Kind as Signer, LoginMessage, Purpose, SecretKey};
use prost::Message;
use tonic::{
    Request,
    client::Grpc,
    codegen::http::uri::PathAndQuery,
    transport::{Channel, Endpoint},
};

use crate::{
    Outcome,
    options::{Kind, Options},
    shared::template::{Template, capture},
};

const LOGIN: &str = "/cpc.v1.IdentityService/Authenticate";
/// Proofs that are made before: for the closed loops, and for what is offered at most.
const PROOFS: usize = 700_000;
/// Challenges that are asked for at once.
const AT_ONCE: usize = 64;

/// What is called.
pub(crate) struct Calls {
    pub(crate) path: &'static str,
    pub(crate) template: Template,
    /// With gRPC's prefix each.
    messages: Vec<Vec<u8>>,
    /// Whether a message is good once.
    is_once: bool,
    next: Cell<usize>,
}

impl Calls {
    /// Gives the next message; nothing when all that are good once have been given.
    pub(crate) fn next(&self) -> Option<&[u8]> {
        let at = self.next.get();
        if self.is_once && at >= self.messages.len() {
            return None;
        }
        self.next.set(at + 1);
        Some(&self.messages[at % self.messages.len()])
    }
}

/// Makes what is to be sent.
pub(crate) fn prepare(options: &Options) -> Outcome<Calls> {
    let (path, messages, is_once) = match options.kind {
        Kind::Search => {
            let texts = std::fs::read_to_string(&options.queries)
                .map_err(|error| format!("cannot read {}: {error}", options.queries.display()))?;
            let queries =
                texts.lines().map(|text| framed(&SearchQuery { q: text.to_owned(), ..SearchQuery::default() }));
            ("/cpc.v1.DiscoveryService/SearchContent", queries.collect(), false)
        }
        Kind::Login => (LOGIN, proofs(options)?, true),
    };
    let length = messages.first().ok_or("there is nothing to call with")?.len();
    let template = capture(path, None, length)?;
    Ok(Calls { path, template, messages, is_once, next: Cell::new(0) })
}

/// Writes a message with gRPC's prefix.
fn framed(message: &impl Message) -> Vec<u8> {
    let body = message.encode_to_vec();
    let mut bytes = vec![0];
    bytes.extend_from_slice(&u32::try_from(body.len()).expect("a message is short").to_be_bytes());
    bytes.extend_from_slice(&body);
    bytes
}

/// Makes a user, and proofs that it can log in with.
fn proofs(options: &Options) -> Outcome<Vec<Vec<u8>>> {
    let key = SecretKey::generate();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let channel = Endpoint::from_shared(format!("http://{}", options.address))?.connect().await?;
        let first = proof(channel.clone(), &key, "overloader").await?;
        ask(channel.clone(), &first).await?;
        let mut made = Vec::with_capacity(PROOFS);
        while made.len() < PROOFS {
            let some = (0..AT_ONCE).map(|_| proof(channel.clone(), &key, ""));
            for proof in futures_util::future::join_all(some).await {
                made.push(framed(&proof?));
            }
        }
        Ok(made)
    })
}

/// Asks for a challenge and signs it; with a name also to join.
async fn proof(channel: Channel, key: &SecretKey, username: &str) -> Outcome<AuthRequest> {
    let public_key = key.public();
    let begin = ChallengeRequest {
        public_key: public_key.as_bytes().to_vec(),
        kind: SubjectKind::User.into(),
        purpose: ChallengePurpose::Login.into(),
    };
    let begin = AuthRequest { step: Some(Step::Begin(begin)) };
    let Some(auth_response::Result::Challenge(challenge)) = ask(channel, &begin).await?.result else {
        return Err("no challenge".into());
    };
    let expires_at = challenge.expires_at.ok_or("a challenge without an end")?;
    let message = LoginMessage {
        server_id: &challenge.server_id,
        kind: Signer::User,
        purpose: Purpose::Login,
        public_key: &public_key,
        expires_at_ms: u64::try_from(expires_at.seconds)? * 1000 + u64::try_from(expires_at.nanos)? / 1_000_000,
        challenge: &challenge.challenge,
    };
    let signature = key.sign(&message.to_bytes()).to_vec();
    let proof = ChallengeProof {
        challenge: challenge.challenge.clone(),
        signature,
        username: username.to_owned(),
        ..ChallengeProof::default()
    };
    Ok(AuthRequest { step: Some(Step::Proof(proof)) })
}

async fn ask(channel: Channel, request: &AuthRequest) -> Outcome<AuthResponse> {
    let mut client = Grpc::new(channel);
    client.ready().await?;
    let request = Request::new(Bytes::from(request.encode_to_vec()));
    let answer = client.unary(request, PathAndQuery::from_static(LOGIN), BytesCodec).await?;
    Ok(AuthResponse::decode(answer.into_inner())?)
}
