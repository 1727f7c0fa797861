//! The login: a challenge, looked at closely before it is signed, and the token that comes for it.

use std::time::Duration;

use cpc_proto::v1::{
    AuthRequest, Challenge, ChallengeProof, ChallengePurpose, ChallengeRequest, RefreshRequest, SubjectKind, TokenPair,
    auth_request::Step, auth_response::Result as Answer,
};
use cpc_signing::{Kind, LoginMessage, PeerId, PublicKey, Purpose};
use jiff::Timestamp;

use crate::{
    client::Client,
    contexts::SavedSession,
    endpoint::Endpoint,
    environment::Token,
    exit::Exit,
    failure::{Failure, Result},
    joining::Joining,
    signer::Signer,
};

/// An opened session, before it is known to belong to an address.
#[derive(Debug)]
pub(crate) struct Session(SavedSession);

impl Session {
    /// Names the server that it is with.
    pub(crate) fn server_id(&self) -> &str {
        &self.0.server_id
    }

    /// Gives the access token and its end.
    pub(crate) fn into_access(self) -> (Token, Timestamp) {
        (self.0.access_token, self.0.expires_at)
    }

    /// Gives the session as it is kept: with the only address that its tokens go to.
    pub(crate) fn at(self, endpoint: &Endpoint) -> SavedSession {
        SavedSession { endpoint: endpoint.to_string(), ..self.0 }
    }
}

/// What a key proves itself for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errand {
    /// A user logs in.
    UserLogin,
    /// A node logs in.
    NodeLogin,
    /// A node registers.
    NodeRegistration,
    /// A user confirms what their session asks for.
    Confirmation,
    /// A key becomes a further one of a user.
    NewKey,
    /// A key becomes that of a user who has lost all others.
    Recovery,
}

impl Errand {
    /// Gives kind and purpose, as they are signed and as they are sent.
    fn terms(self) -> ((Kind, SubjectKind), (Purpose, ChallengePurpose)) {
        let login = (Purpose::Login, ChallengePurpose::Login);
        let user = (Kind::User, SubjectKind::User);
        match self {
            Self::UserLogin => (user, login),
            Self::NewKey => (user, (Purpose::AddKey, ChallengePurpose::AddKey)),
            Self::Recovery => (user, (Purpose::Recover, ChallengePurpose::Recover)),
            Self::Confirmation => (user, (Purpose::Confirm, ChallengePurpose::Confirm)),
            Self::NodeLogin => ((Kind::Node, SubjectKind::Node), login),
            Self::NodeRegistration => {
                ((Kind::Node, SubjectKind::Node), (Purpose::Register, ChallengePurpose::Register))
            }
        }
    }
}

/// A signed challenge, and the server that gave it.
#[derive(Debug)]
pub(crate) struct Proven {
    pub(crate) proof: ChallengeProof,
    pub(crate) server_id: String,
}

/// Asks for a challenge and signs it; signs only for the pinned server, if there is one.
///
/// Each answer of the server has its limit; people who confirm a signature have the time that their agent gives them.
pub(crate) async fn prove(
    client: &Client,
    signer: &Signer,
    errand: Errand,
    pinned: Option<&str>,
    joining: &Joining,
    limit: Duration,
) -> Result<Proven> {
    let public_key = signer.public();
    let ((_, kind), (_, purpose)) = errand.terms();
    let begin = Step::Begin(ChallengeRequest {
        public_key: public_key.as_bytes().to_vec(),
        kind: kind.into(),
        purpose: purpose.into(),
    });
    let Answer::Challenge(challenge) = step(client, begin, limit).await? else {
        return Err(unexpected("tokens where a challenge was due"));
    };
    let signature = signer.sign(&bytes_to_sign(&challenge, errand, &public_key, pinned)?).await?;
    let proof = ChallengeProof {
        challenge: challenge.challenge,
        signature: signature.to_vec(),
        invite: joining.code(),
        username: joining.username.clone().unwrap_or_default(),
        bind_to_key: false,
    };
    Ok(Proven { proof, server_id: challenge.server_id })
}

/// Logs in, or joins with the first login; signs only for the pinned server, if there is one.
pub(crate) async fn log_in(
    client: &Client,
    signer: &Signer,
    errand: Errand,
    pinned: Option<&str>,
    joining: &Joining,
    limit: Duration,
) -> Result<Session> {
    let Proven { proof, server_id } = prove(client, signer, errand, pinned, joining, limit).await?;
    let Answer::Tokens(tokens) = step(client, Step::Proof(proof), limit).await? else {
        return Err(unexpected("a challenge where tokens were due"));
    };
    saved(tokens, &server_id, "").map(Session)
}

/// Reads the access token and its end.
pub(crate) fn access(tokens: TokenPair) -> Result<(Token, Timestamp)> {
    saved(tokens, "", "").map(|session| (session.access_token, session.expires_at))
}

/// Renews a session by its refresh token.
pub(crate) async fn renew(client: &Client, refresh_token: &Token, ended: &SavedSession) -> Result<SavedSession> {
    let request = RefreshRequest { refresh_token: refresh_token.0.clone(), proof: None };
    let answer = client.identity().refresh_token(request).await?;
    match answer.into_inner().result {
        Some(Answer::Tokens(tokens)) => saved(tokens, &ended.server_id, &ended.endpoint),
        Some(Answer::Challenge(_)) | None => Err(unexpected("no tokens")),
    }
}

async fn step(client: &Client, step: Step, limit: Duration) -> Result<Answer> {
    let mut identity = client.identity();
    let answer = identity.authenticate(AuthRequest { step: Some(step) });
    let answer = tokio::time::timeout(limit, answer).await.map_err(|_| Failure::timeout(limit))??;
    answer.into_inner().result.ok_or_else(|| unexpected("nothing"))
}

/// Writes the bytes to sign, or says why this challenge gets no signature.
fn bytes_to_sign(challenge: &Challenge, errand: Errand, key: &PublicKey, pinned: Option<&str>) -> Result<Vec<u8>> {
    let ((kind, sent_kind), (purpose, sent_purpose)) = errand.terms();
    if challenge.kind() != sent_kind || challenge.purpose() != sent_purpose {
        return Err(unexpected("a challenge for something else than what was asked"));
    }
    if PeerId::parse(&challenge.server_id).ok().and_then(|id| id.public_key()).is_none() {
        return Err(unexpected("a server id that is none"));
    }
    if let Some(pinned) = pinned.filter(|pinned| *pinned != challenge.server_id) {
        let now = &challenge.server_id;
        return Err(Failure::new(
            Exit::Denied,
            "SERVER_CHANGED",
            format_args!("the server names itself {now}, but this context is for {pinned}: nothing was signed"),
        )
        .hint(
            "if the server was set up anew, `cpcctl login --repin`; for a second server, `cpcctl login --context NAME`",
        ));
    }
    let expires_at = challenge.expires_at.as_ref().ok_or_else(|| unexpected("a challenge without an end"))?;
    let expires_at_ms = Timestamp::new(expires_at.seconds, expires_at.nanos)
        .ok()
        .and_then(|time| u64::try_from(time.as_millisecond()).ok())
        .ok_or_else(|| unexpected("a challenge without a valid end"))?;
    let message = LoginMessage {
        server_id: &challenge.server_id,
        kind,
        purpose,
        public_key: key,
        expires_at_ms,
        challenge: &challenge.challenge,
    };
    Ok(message.to_bytes())
}

/// Reads tokens as they are kept.
fn saved(tokens: TokenPair, server_id: &str, endpoint: &str) -> Result<SavedSession> {
    let expires_at = tokens.access_expires_at.as_ref().and_then(|end| Timestamp::new(end.seconds, end.nanos).ok());
    Ok(SavedSession {
        access_token: Token(tokens.access_token),
        expires_at: expires_at.ok_or_else(|| unexpected("a token without an end"))?,
        refresh_token: Some(tokens.refresh_token).filter(|token| !token.is_empty()).map(Token),
        server_id: server_id.to_owned(),
        endpoint: endpoint.to_owned(),
    })
}

fn unexpected(what: &str) -> Failure {
    Failure::new(
        Exit::Failure,
        "ANSWER_INVALID",
        format_args!("the server answered the login with {what}: nothing was signed"),
    )
}

#[cfg(test)]
mod tests {
    use cpc_signing::SecretKey;

    use super::*;

    const SERVER: &str = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";

    fn challenge() -> Challenge {
        let mut challenge = Challenge {
            challenge: vec![1, 2, 3],
            server_id: SERVER.into(),
            purpose: ChallengePurpose::Login.into(),
            kind: SubjectKind::User.into(),
            expires_at: Some(Default::default()),
        };
        let end = challenge.expires_at.as_mut().unwrap();
        (end.seconds, end.nanos) = (1_893_456_000, 123_000_000);
        challenge
    }

    fn key() -> PublicKey {
        SecretKey::from_seed(&[1; 32]).public()
    }

    #[test]
    fn what_was_asked_for_is_signed() {
        let expected = LoginMessage {
            server_id: SERVER,
            kind: Kind::User,
            purpose: Purpose::Login,
            public_key: &key(),
            expires_at_ms: 1_893_456_000_123,
            challenge: &[1, 2, 3],
        };
        for pinned in [None, Some(SERVER)] {
            assert_eq!(bytes_to_sign(&challenge(), Errand::UserLogin, &key(), pinned).unwrap(), expected.to_bytes());
        }
    }

    #[test]
    fn another_server_gets_no_signature() {
        let failure = bytes_to_sign(&challenge(), Errand::UserLogin, &key(), Some("12D3KooWOther")).unwrap_err();
        assert_eq!((failure.exit, &*failure.reason), (Exit::Denied, "SERVER_CHANGED"));
        assert!(failure.hint.as_ref().unwrap().contains("--repin"));
    }

    #[test]
    fn nothing_else_is_signed() {
        let other: [fn(&mut Challenge); 6] = [
            |challenge| challenge.purpose = ChallengePurpose::Register.into(),
            |challenge| challenge.kind = SubjectKind::Node.into(),
            |challenge| challenge.kind = 99,
            |challenge| challenge.server_id = "somebody".into(),
            |challenge| challenge.expires_at = None,
            |challenge| challenge.expires_at.as_mut().unwrap().seconds = -1,
        ];
        for change in other {
            let mut challenge = challenge();
            change(&mut challenge);
            assert_eq!(
                &*bytes_to_sign(&challenge, Errand::UserLogin, &key(), None).unwrap_err().reason,
                "ANSWER_INVALID",
                "{challenge:?}"
            );
        }
    }
}
