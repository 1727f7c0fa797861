//! The bytes that client and server sign to log in over HTTP as libp2p has it: Peer ID Authentication, scheme `libp2p-PeerID`.
//!
//! Layout: the ASCII bytes of the scheme, then each parameter as `name=value` after its length as an unsigned varint, by the names'
//! order. Text is appended as it is, a key in libp2p's encoding. The specification's own example is among the tests.

use crate::{PublicKey, wire::push_delimited};

/// Names the scheme in headers, and opens the bytes that are signed.
pub const PEER_ID_AUTH_SCHEME: &str = "libp2p-PeerID";

/// What is signed to answer a challenge of the other side.
#[derive(Debug, Clone, Copy)]
pub enum PeerIdAuthMessage<'a> {
    /// By a client, for the server of this key.
    Client {
        /// The server's challenge.
        challenge: &'a str,
        /// The server's key.
        server: &'a PublicKey,
        /// The name that the client knows the server by.
        hostname: &'a str,
    },
    /// By a server, for the client of this key.
    Server {
        /// The client's challenge.
        challenge: &'a str,
        /// The client's key.
        client: &'a PublicKey,
        /// The name that the client knows the server by.
        hostname: &'a str,
    },
}

impl PeerIdAuthMessage<'_> {
    /// Writes the bytes to sign.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (challenge_name, challenge, key_name, key, hostname) = match self {
            Self::Client { challenge, server, hostname } => {
                ("challenge-client", challenge, "server-public-key", server, hostname)
            }
            Self::Server { challenge, client, hostname } => {
                ("challenge-server", challenge, "client-public-key", client, hostname)
            }
        };
        let key = key.to_libp2p_bytes();
        let mut parameters: [(&str, &[u8]); 3] =
            [(challenge_name, challenge.as_bytes()), (key_name, &key), ("hostname", hostname.as_bytes())];
        parameters.sort_unstable_by_key(|(name, _)| *name);
        let mut bytes = PEER_ID_AUTH_SCHEME.as_bytes().to_vec();
        for (name, value) in parameters {
            push_delimited(&mut bytes, &[name.as_bytes(), b"=", value].concat());
        }
        bytes
    }
}
