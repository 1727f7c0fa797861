//! Invite codes: one string that is all a machine needs to join.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::PublicKey;

/// Tells an invite code from all other secrets, for people and for scanners.
pub const INVITE_PREFIX: &str = "cpci_";
/// No code is longer.
pub const MAX_INVITE_CHARS: usize = 2048;
/// A code names at most so many endpoints.
pub const MAX_INVITE_ENDPOINTS: usize = 4;
/// An endpoint has at most so many bytes.
pub const MAX_ENDPOINT_BYTES: usize = 255;

const VERSION: u8 = 1;
const PIN_LEN: usize = 32;
const SEAL_LEN: usize = 32;

/// What an invite code holds.
///
/// The bytes are: version 1, id (16), secret (16), its end in Unix seconds (8, big endian), the server's public key (32), the number of endpoints and each after its length,
/// the length of the pin (0 or 32) and the pin, the seal (32). The text is [`INVITE_PREFIX`] and the bytes in base64url without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteCode {
    /// Names the invite.
    pub id: [u8; 16],
    /// Random: what makes the code hard to guess.
    pub secret: [u8; 16],
    /// When the invite ends, in Unix seconds.
    pub expires_at: u64,
    /// The key whose `PeerId` is the server's id: whoever joins signs for no other.
    pub server: PublicKey,
    /// Where the server can be reached, the best first; none if whoever joins has to know.
    pub endpoints: Vec<String>,
    /// SHA-256 of the public key (`SubjectPublicKeyInfo`) of the server's TLS certificate.
    pub tls_pin: Option<[u8; PIN_LEN]>,
    /// The server's MAC over everything before it, by which it knows its own codes. Nobody else can check it.
    pub seal: [u8; SEAL_LEN],
}

/// The text is no invite code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InviteError;

impl fmt::Display for InviteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no invite code, or is damaged")
    }
}

impl std::error::Error for InviteError {}

impl fmt::Debug for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InviteCode")
            .field("server", &self.server_id())
            .field("endpoints", &self.endpoints)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl InviteCode {
    /// Gives the id of the server that the code is for.
    #[must_use]
    pub fn server_id(&self) -> String {
        self.server.peer_id().to_string()
    }

    /// Writes what the seal is over. At most [`MAX_INVITE_ENDPOINTS`] endpoints of [`MAX_ENDPOINT_BYTES`] go in; the rest is left out.
    #[must_use]
    pub fn sealed_bytes(&self) -> Vec<u8> {
        let endpoints = self.endpoints.iter().filter_map(|text| u8::try_from(text.len()).ok().map(|len| (len, text)));
        let endpoints: Vec<_> = endpoints.take(MAX_INVITE_ENDPOINTS).collect();
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.secret);
        bytes.extend_from_slice(&self.expires_at.to_be_bytes());
        bytes.extend_from_slice(self.server.as_bytes());
        bytes.push(endpoints.len() as u8);
        for (len, text) in endpoints {
            bytes.push(len);
            bytes.extend_from_slice(text.as_bytes());
        }
        let pin = self.tls_pin.as_ref().map(<[u8; PIN_LEN]>::as_slice).unwrap_or_default();
        bytes.push(pin.len() as u8);
        bytes.extend_from_slice(pin);
        bytes
    }

    /// Writes the code.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(self.sealed_bytes());
        bytes.extend_from_slice(&self.seal);
        Zeroizing::new(format!("{INVITE_PREFIX}{}", URL_SAFE_NO_PAD.encode(&*bytes)))
    }

    /// Reads a code; whether it is good only its server knows.
    ///
    /// # Errors
    /// If the text is not in the one form that codes have.
    pub fn parse(text: &str) -> Result<Self, InviteError> {
        let rest = text.strip_prefix(INVITE_PREFIX).filter(|_| text.len() <= MAX_INVITE_CHARS).ok_or(InviteError)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(rest).map_err(|_| InviteError)?);
        read(&bytes).ok_or(InviteError)
    }
}

fn read(bytes: &[u8]) -> Option<InviteCode> {
    let (&version, rest) = bytes.split_first()?;
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let (secret, rest) = rest.split_first_chunk::<16>()?;
    let (expires_at, rest) = rest.split_first_chunk::<8>()?;
    let (server, rest) = rest.split_first_chunk::<32>()?;
    let (&count, mut rest) = rest.split_first()?;
    if version != VERSION || usize::from(count) > MAX_INVITE_ENDPOINTS {
        return None;
    }
    let mut endpoints = Vec::with_capacity(count.into());
    for _ in 0..count {
        let (&len, behind) = rest.split_first()?;
        let (text, behind) = behind.split_at_checked(len.into())?;
        endpoints.push(std::str::from_utf8(text).ok()?.to_owned());
        rest = behind;
    }
    let (&len, rest) = rest.split_first()?;
    let (pin, rest) = rest.split_at_checked(len.into())?;
    let tls_pin = if pin.is_empty() { None } else { Some(<[u8; PIN_LEN]>::try_from(pin).ok()?) };
    let seal = <[u8; SEAL_LEN]>::try_from(rest).ok()?;
    let server = PublicKey::from_bytes(server).ok()?;
    let expires_at = u64::from_be_bytes(*expires_at);
    Some(InviteCode { id: *id, secret: *secret, expires_at, server, endpoints, tls_pin, seal })
}
