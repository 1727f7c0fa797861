//! A daemon to test against: real listeners, real files, real engines.

mod daemon;
mod door;
mod engines;
pub(crate) mod frames;
mod front;
mod http;
mod links;
mod nodes;
mod raw;
mod replays;
mod shared;

use std::{
    future::Future,
    time::{Duration, Instant},
};

use cpc_proto::{
    clients::{
        admin_service_client::AdminServiceClient, discovery_service_client::DiscoveryServiceClient,
        identity_service_client::IdentityServiceClient,
    },
    v1,
};
use cpc_signing::{Kind, LoginMessage, PublicKey, Purpose, SecretKey};
use tonic::{
    Request, Status,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt;

pub(crate) use daemon::Daemon;
pub(crate) use door::Door;
pub(crate) use engines::{Engine, for_each_engine, on_replicas};
pub(crate) use front::Front;
pub(crate) use http::{Answer, ask, ask_as};
pub(crate) use links::{Fault, Link, Linked, Links};
pub(crate) use nodes::{ADDRESS, TestNode, record};
pub(crate) use raw::{raw, raw_stream};
pub(crate) use replays::Replays;

/// Somebody with a key and, once logged in, a token.
pub(crate) struct Person {
    pub(crate) key: SecretKey,
    pub(crate) id: String,
    pub(crate) token: String,
}

/// A client that sends a token, or none.
pub(crate) type Client = InterceptedService<Channel, Bearer>;

/// Puts a token into requests.
#[derive(Clone)]
pub(crate) struct Bearer(pub(crate) Option<String>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            let value = format!("Bearer {token}").parse().expect("tokens are ASCII");
            request.metadata_mut().insert("authorization", value);
        }
        Ok(request)
    }
}

impl Daemon {
    pub(crate) async fn channel(&self) -> Channel {
        let address = format!("http://{}", self.grpc_address());
        Endpoint::from_shared(address).expect("an address").connect().await.expect("a connection")
    }

    pub(crate) async fn local_channel(&self) -> Channel {
        let address = format!("unix://{}", self.socket().display());
        Endpoint::from_shared(address).expect("an address").connect().await.expect("a connection")
    }

    pub(crate) async fn identity(&self, token: Option<&str>) -> IdentityServiceClient<Client> {
        IdentityServiceClient::with_interceptor(self.channel().await, Bearer(token.map(Into::into)))
    }

    pub(crate) async fn discovery(&self, token: Option<&str>) -> DiscoveryServiceClient<Client> {
        DiscoveryServiceClient::with_interceptor(self.channel().await, Bearer(token.map(Into::into)))
    }

    /// Gives a client of the local administrator.
    pub(crate) async fn local(&self) -> IdentityServiceClient<Client> {
        IdentityServiceClient::with_interceptor(self.local_channel().await, Bearer(None))
    }

    /// Gives a client of the local administrator for the daemon itself.
    pub(crate) async fn admin(&self) -> AdminServiceClient<Client> {
        AdminServiceClient::with_interceptor(self.local_channel().await, Bearer(None))
    }

    /// Makes a user and logs in.
    pub(crate) async fn person(&self, name: &str, permissions: &[&str]) -> Person {
        let key = SecretKey::generate();
        let rules = permissions.iter().map(|rule| rule_message(rule)).collect();
        let request = v1::CreateUserRequest {
            username: name.into(),
            public_key: key.public().as_bytes().to_vec(),
            permissions: rules,
        };
        let user = self.local().await.create_user(request).await.expect("the user is made").into_inner().user;
        let token = self.login(&key).await.expect("the login succeeds");
        Person { key, id: user.expect("a user").id, token }
    }

    /// Makes two people friends.
    pub(crate) async fn befriend(&self, one: &Person, other: &Person) {
        use v1::friend_request::Action;
        let about = |person: &Person| v1::FriendAddress { by: Some(v1::friend_address::By::Id(person.id.clone())) };
        let request = v1::FriendRequest { action: Some(Action::Request(about(other))) };
        self.identity(Some(&one.token)).await.manage_friends(request).await.expect("it is asked");
        let request = v1::FriendRequest { action: Some(Action::Accept(about(one))) };
        self.identity(Some(&other.token)).await.manage_friends(request).await.expect("it is accepted");
    }

    /// Asks for a challenge and signs it.
    pub(crate) async fn proof(&self, key: &SecretKey) -> v1::ChallengeProof {
        self.proof_for(key, v1::SubjectKind::User, v1::ChallengePurpose::Login).await
    }

    /// Asks for a challenge for a kind and a purpose, and signs it.
    pub(crate) async fn proof_for(
        &self,
        key: &SecretKey,
        kind: v1::SubjectKind,
        purpose: v1::ChallengePurpose,
    ) -> v1::ChallengeProof {
        self.try_proof(key, kind, purpose).await.expect("a challenge")
    }

    /// Asks for a challenge, and signs it if there is one.
    pub(crate) async fn try_proof(
        &self,
        key: &SecretKey,
        kind: v1::SubjectKind,
        purpose: v1::ChallengePurpose,
    ) -> Result<v1::ChallengeProof, Status> {
        let begin = v1::ChallengeRequest {
            public_key: key.public().as_bytes().to_vec(),
            kind: kind.into(),
            purpose: purpose.into(),
        };
        let step = Some(v1::auth_request::Step::Begin(begin));
        let answer = self.identity(None).await.authenticate(v1::AuthRequest { step }).await?;
        match answer.into_inner().result {
            Some(v1::auth_response::Result::Challenge(challenge)) => Ok(sign(key, &challenge)),
            other => panic!("no challenge but {other:?}"),
        }
    }

    /// Asks for a challenge for a user's key and a purpose, and gives it signed.
    pub(crate) async fn key_proof(&self, key: &SecretKey, purpose: v1::ChallengePurpose) -> v1::KeyProof {
        let proof = self.proof_for(key, v1::SubjectKind::User, purpose).await;
        v1::KeyProof { challenge: proof.challenge, signature: proof.signature }
    }

    /// Logs in over gRPC; gives the access token.
    pub(crate) async fn login(&self, key: &SecretKey) -> Result<String, Status> {
        let proof = self.try_proof(key, v1::SubjectKind::User, v1::ChallengePurpose::Login).await?;
        self.prove(proof).await
    }

    /// Sends a proof over gRPC; gives the access token.
    pub(crate) async fn prove(&self, proof: v1::ChallengeProof) -> Result<String, Status> {
        let step = Some(v1::auth_request::Step::Proof(proof));
        let answer = self.identity(None).await.authenticate(v1::AuthRequest { step }).await?;
        Ok(tokens(answer.into_inner()).access_token)
    }

    /// Logs in over gRPC; gives all that comes with the session.
    pub(crate) async fn session(&self, key: &SecretKey) -> v1::TokenPair {
        let step = Some(v1::auth_request::Step::Proof(self.proof(key).await));
        let answer =
            self.identity(None).await.authenticate(v1::AuthRequest { step }).await.expect("the login succeeds");
        tokens(answer.into_inner())
    }

    /// Renews a session over gRPC.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Result<v1::TokenPair, Status> {
        let request = v1::RefreshRequest { refresh_token: refresh_token.into(), proof: None };
        self.identity(None).await.refresh_token(request).await.map(|answer| tokens(answer.into_inner()))
    }

    /// Waits until nothing waits to be indexed.
    pub(crate) async fn indexed(&self, token: &str) {
        let mut discovery = self.discovery(Some(token)).await;
        let query = v1::SearchQuery { q: "anything".into(), ..Default::default() };
        eventually("the index is up to date", async || {
            discovery.search_content(query.clone()).await.expect("a search").into_inner().total_is_exact
        })
        .await;
    }
}

/// Gives the tokens of an answer that must have them.
pub(crate) fn tokens(answer: v1::AuthResponse) -> v1::TokenPair {
    match answer.result {
        Some(v1::auth_response::Result::Tokens(tokens)) => tokens,
        other => panic!("no tokens but {other:?}"),
    }
}

/// Signs a challenge for the kind and purpose that it names.
pub(crate) fn sign(key: &SecretKey, challenge: &v1::Challenge) -> v1::ChallengeProof {
    let expires = challenge.expires_at.as_ref().expect("an end");
    let milliseconds = expires.seconds * 1000 + i64::from(expires.nanos) / 1_000_000;
    let public: PublicKey = key.public();
    let message = LoginMessage {
        server_id: &challenge.server_id,
        kind: if challenge.kind == i32::from(v1::SubjectKind::Node) { Kind::Node } else { Kind::User },
        purpose: match challenge.purpose() {
            v1::ChallengePurpose::Register => Purpose::Register,
            v1::ChallengePurpose::Refresh => Purpose::Refresh,
            v1::ChallengePurpose::AddKey => Purpose::AddKey,
            v1::ChallengePurpose::Confirm => Purpose::Confirm,
            v1::ChallengePurpose::Recover => Purpose::Recover,
            v1::ChallengePurpose::Login | v1::ChallengePurpose::Unspecified => Purpose::Login,
        },
        public_key: &public,
        expires_at_ms: u64::try_from(milliseconds).expect("after 1970"),
        challenge: &challenge.challenge,
    };
    v1::ChallengeProof {
        challenge: challenge.challenge.clone(),
        signature: key.sign(&message.to_bytes()).to_vec(),
        ..Default::default()
    }
}

/// Reads `content=write`, or `content=write@owner:ID`, `nodes=read@object:ID`, `nodes=read@label:NAME:VALUE`.
pub(crate) fn rule_message(rule: &str) -> v1::PermissionRule {
    let (rule, scope) = rule.split_once('@').map_or((rule, None), |(rule, scope)| (rule, Some(scope)));
    let (resource, level) = rule.split_once('=').expect("of the form content=write");
    let resource = v1::Resource::from_str_name(&format!("RESOURCE_{}", resource.to_uppercase())).expect("a resource");
    let level = v1::Level::from_str_name(&format!("LEVEL_{}", level.to_uppercase())).expect("a level");
    let scope = scope.map(|scope| {
        let (kind, text) = scope.split_once(':').expect("of the form owner:ID");
        let mut scope = v1::Scope::default();
        match kind {
            "owner" => scope.owner_id = text.into(),
            "object" => scope.object_id = text.into(),
            "label" => {
                let (name, value) = text.split_once(':').expect("of the form label:NAME:VALUE");
                scope.labels.insert(name.into(), value.into());
            }
            other => panic!("there is no scope {other}"),
        }
        scope
    });
    v1::PermissionRule { resource: resource.into(), level: level.into(), scope }
}

/// Gives the reason of a failed gRPC call.
pub(crate) fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no details in {status:?}"));
    assert_eq!(info.domain, "cpc");
    info.reason.clone()
}

/// Asks for a condition as often as there are replicas, each of which is asked once if each time takes a connection of its own.
pub(crate) async fn in_turn(engine: &Engine, mut condition: impl AsyncFnMut() -> bool) -> bool {
    for _ in 0..engine.replicas {
        if !condition().await {
            return false;
        }
    }
    true
}

/// Waits until a condition holds on each replica, which may take them a second; where there is one daemon, it must hold at once.
pub(crate) async fn everywhere(engine: &Engine, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    if engine.replicas == 1 {
        assert!(condition().await, "{what} at once, on {}", engine.name);
    } else {
        eventually(what, async || in_turn(engine, &mut condition).await).await;
    }
}

/// Waits for a condition; fails after a deadline.
pub(crate) async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition().await {
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Fails a future that takes longer than a generous deadline.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(60), future).await {
        Ok(done) => done,
        Err(_) => panic!("not within 60 s: {what}"),
    }
}
