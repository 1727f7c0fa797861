//! Login over HTTP as libp2p has it (Peer ID Authentication): client and server each sign a challenge of the other.
//!
//! As at every login nothing is stored before the proof: the server's challenge comes back in a sealed blob, and what makes it good once
//! is the row that its use writes. What is signed names the host, so that a server in between cannot pass it on.

use std::{sync::Arc, time::Duration};

use aws_lc_rs::{hmac, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpc_signing::{Kind, PeerIdAuthMessage, PublicKey};
use cpcd_model::{
    Error, Reason, Result,
    time::{Clock, Timestamp},
};

use super::{Config, KEY, Login, RootKey, ServerIdentity, TokenPair, proof::Use};

const VERSION: u8 = 1;
const ID_LEN: usize = 16;
const BODY_LEN: usize = 1 + ID_LEN + 8 + 1 + 32;
const MAC_LEN: usize = 32;

/// What the server answers a client with that is not known yet.
#[derive(Debug)]
pub struct Hello {
    /// What the client has to sign.
    pub challenge_client: String,
    /// The server's key, in libp2p's encoding.
    pub public_key: [u8; 36],
    /// What the client sends back as it is.
    pub opaque: String,
    /// The server's signature, if the client has sent a challenge.
    pub signature: Option<[u8; 64]>,
}

/// An answer of a client, as it came.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// The names that the client may have signed: the host, and the host with its port.
    pub hostnames: &'a [String],
    /// Whether a user or a node logs in; nothing for whichever the key belongs to.
    pub kind: Option<Kind>,
    /// What the server's hello had.
    pub opaque: &'a str,
    /// The client's signature.
    pub signature: &'a [u8],
    /// The client's key, unless the hello was for it already.
    pub public_key: Option<PublicKey>,
    /// The client's challenge, unless the hello has answered it already.
    pub challenge_server: Option<&'a str>,
}

/// Logs in over HTTP.
#[derive(Clone)]
pub struct PeerIdAuth {
    seals: Arc<hmac::Key>,
    server: ServerIdentity,
    clock: Clock,
    login: Login,
    lifetime: Duration,
}

impl PeerIdAuth {
    pub(super) fn new(root: &RootKey, server: &ServerIdentity, clock: &Clock, config: &Config, login: Login) -> Self {
        let seals = hmac::Key::new(hmac::HMAC_SHA256, root.derive("peer id auth").as_ref());
        Self {
            seals: Arc::new(seals),
            server: server.clone(),
            clock: clock.clone(),
            login,
            lifetime: Duration::from_secs(config.challenge_seconds.into()),
        }
    }

    /// Answers a client that is not known yet; one that has sent its key and a challenge learns at once who the server is. Needs nothing.
    ///
    /// # Errors
    /// Only if the system gives no random bytes.
    pub fn hello(&self, hostname: &str, client: Option<(&PublicKey, &str)>) -> Result<Hello> {
        let mut body = [0; BODY_LEN];
        body[0] = VERSION;
        rand::fill(&mut body[1..=ID_LEN]).map_err(|_| Error::internal("the system gives no random bytes"))?;
        let expires_ms = (self.clock.now() + self.lifetime).as_millisecond();
        body[1 + ID_LEN..1 + ID_LEN + 8].copy_from_slice(&expires_ms.to_be_bytes());
        if let Some((key, _)) = client {
            body[BODY_LEN - 33] = 1;
            body[BODY_LEN - 32..].copy_from_slice(key.as_bytes());
        }
        let signature = client.map(|(key, challenge)| {
            self.server.sign_peer_id_auth(&PeerIdAuthMessage::Server { challenge, client: key, hostname })
        });
        let blob = [&body[..], self.seal(b'm', &body).as_ref()].concat();
        Ok(Hello {
            challenge_client: self.challenge(&body),
            public_key: self.server.key().to_libp2p_bytes(),
            opaque: URL_SAFE_NO_PAD.encode(blob),
            signature,
        })
    }

    /// Gives the key that an answer says it is signed with, without judging it; nothing if it is not readable.
    #[must_use]
    pub fn key(&self, answer: &Answer<'_>) -> Option<PublicKey> {
        let opened = self.open(answer.opaque, self.clock.now()).ok()?;
        opened.key.or(answer.public_key)
    }

    /// Opens a session for a client that has signed the challenge; gives the server's signature too, if the client has sent a
    /// challenge. Needs nothing but that.
    ///
    /// # Errors
    /// `CHALLENGE_INVALID`, `CHALLENGE_EXPIRED`, `CHALLENGE_USED`, `SIGNATURE_INVALID`, `LOGIN_REFUSED`, `APPROVAL_PENDING`,
    /// `USER_SUSPENDED`; `FIELD_REQUIRED` for a parameter that is missing.
    pub async fn prove(&self, answer: &Answer<'_>) -> Result<(TokenPair, Option<[u8; 64]>)> {
        let now = self.clock.now();
        let Opened { body, used, key } = self.open(answer.opaque, now)?;
        let client = match (key, answer.public_key) {
            (Some(key), Some(given)) if key != given => {
                let text = "is another key than the challenge was asked for with";
                return Err(Error::field(Reason::ChallengeInvalid, "public-key", text));
            }
            (Some(key), _) => key,
            (None, Some(given)) => given,
            (None, None) => return Err(Error::required("public-key")),
        };
        let (challenge, server) = (self.challenge(&body), self.server.key());
        let signed = answer.hostnames.iter().find(|hostname| {
            let message = PeerIdAuthMessage::Client { challenge: &challenge, server: &server, hostname };
            client.verify(&message.to_bytes(), answer.signature).is_ok()
        });
        let hostname = signed.ok_or_else(|| {
            let text = "does not fit the challenge, the key and the host";
            Error::field(Reason::SignatureInvalid, "sig", text).with_metadata(KEY, client.peer_id().to_string())
        })?;
        let tokens = self.login.open_known(answer.kind, &client, used, now).await?;
        let signature = answer.challenge_server.map(|challenge| {
            self.server.sign_peer_id_auth(&PeerIdAuthMessage::Server { challenge, client: &client, hostname })
        });
        Ok((tokens, signature))
    }

    /// Reads a blob that has come back.
    fn open(&self, opaque: &str, now: Timestamp) -> Result<Opened> {
        let foreign = || Error::field(Reason::ChallengeInvalid, "opaque", "is not a challenge of this server");
        let blob = URL_SAFE_NO_PAD.decode(opaque).map_err(|_| foreign())?;
        let (body, mac) = blob.split_first_chunk::<BODY_LEN>().ok_or_else(foreign)?;
        if mac.len() != MAC_LEN {
            return Err(foreign());
        }
        hmac::verify(&self.seals, &[&[b'm'][..], body].concat(), mac).map_err(|_| foreign())?;
        let (&version, rest) = body.split_first().ok_or_else(foreign)?;
        let (id, rest) = rest.split_first_chunk::<ID_LEN>().ok_or_else(foreign)?;
        let (expires, rest) = rest.split_first_chunk::<8>().ok_or_else(foreign)?;
        let (&has_key, key) = rest.split_first().ok_or_else(foreign)?;
        if version != VERSION {
            return Err(foreign());
        }
        let expires_at = Timestamp::from_millisecond(i64::from_be_bytes(*expires)).map_err(|_| foreign())?;
        if now >= expires_at {
            return Err(Error::field(Reason::ChallengeExpired, "opaque", "has expired; ask for a new one"));
        }
        let key = match (has_key, key.first_chunk::<32>()) {
            // It was checked when the challenge was given out, and the seal says that it is the same.
            (1, Some(key)) => Some(PublicKey::from_accepted_bytes(key).map_err(|_| foreign())?),
            _ => None,
        };
        Ok(Opened { body: *body, used: Use::new(*id, expires_at), key })
    }

    /// Gives the challenge that goes with a blob: nobody else can say which.
    fn challenge(&self, body: &[u8; BODY_LEN]) -> String {
        URL_SAFE_NO_PAD.encode(self.seal(b'c', body))
    }

    fn seal(&self, what: u8, body: &[u8; BODY_LEN]) -> hmac::Tag {
        hmac::sign(&self.seals, &[&[what][..], body].concat())
    }
}

/// A blob that has come back and is ours.
struct Opened {
    body: [u8; BODY_LEN],
    used: Use,
    key: Option<PublicKey>,
}
