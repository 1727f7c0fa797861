//! Peer ID Authentication over HTTP: the specification's own example, byte for byte.

use base64::{Engine, prelude::BASE64_URL_SAFE};
use cpc_signing::{KeyError, PeerIdAuthMessage, PublicKey, SecretKey};

mod hex;

const HOSTNAME: &str = "example.com";
const CHALLENGE: &str = "ERERERERERERERERERERERERERERERERERERERERERE=";
const SIGNED: &str = "6c69627032702d5065657249443d6368616c6c656e67652d7365727665723d455245524552455245524552455245524552455245524552455245524552455245524552455245524552453d36636c69656e742d7075626c69632d6b65793d080112208139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b39414686f73746e616d653d6578616d706c652e636f6d";
const SIGNATURE: &str = "UA88qZbLUzmAxrD9KECbDCgSKAUBAvBHrOCF2X0uPLR1uUCF7qGfLPc7dw3Olo-LaFCDpk5sXN7TkLWPVvuXAA==";

#[test]
fn the_specifications_example_is_signed_byte_for_byte() {
    let (server, client) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let message =
        PeerIdAuthMessage::Server { challenge: CHALLENGE, client: &client.public(), hostname: HOSTNAME }.to_bytes();
    assert_eq!(message, hex::unhex(SIGNED));
    assert_eq!(BASE64_URL_SAFE.encode(server.sign(&message)), SIGNATURE);
    assert!(server.public().verify(&message, &BASE64_URL_SAFE.decode(SIGNATURE).unwrap()).is_ok());
}

#[test]
fn a_clients_answer_is_no_servers() {
    let key = SecretKey::from_seed(&[3; 32]).public();
    let client = PeerIdAuthMessage::Client { challenge: CHALLENGE, server: &key, hostname: HOSTNAME }.to_bytes();
    let server = PeerIdAuthMessage::Server { challenge: CHALLENGE, client: &key, hostname: HOSTNAME }.to_bytes();
    assert_ne!(client, server);
    // Parameters by their names: the challenge, then the host, then the key.
    let text = String::from_utf8_lossy(&client).into_owned();
    let place = |name: &str| text.find(name).unwrap();
    assert!(place("challenge-client=") < place("hostname=") && place("hostname=") < place("server-public-key="));
}

#[test]
fn keys_have_libp2ps_encoding_and_no_other() {
    let key = SecretKey::from_seed(&[2; 32]).public();
    let bytes = key.to_libp2p_bytes();
    assert_eq!(bytes.to_vec(), hex::unhex("080112208139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394"));
    assert_eq!(PublicKey::from_libp2p_bytes(&bytes).unwrap(), key);
    let (long, of_another_type) = ([&bytes[..], &[0]].concat(), [&[8, 2, 18, 32][..], &bytes[4..]].concat());
    for wrong in [&bytes[..35], &bytes[4..], &long[..], &of_another_type[..], &[]] {
        assert!(matches!(PublicKey::from_libp2p_bytes(wrong), Err(KeyError::WrongLength { .. })), "{wrong:02x?}");
    }
    let weak = [&bytes[..4], &[0; 32]].concat();
    assert!(PublicKey::from_libp2p_bytes(&weak).is_err());
}
