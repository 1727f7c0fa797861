//! Peer records as they come: opened, and held against the rules for addresses.

use cpc_signing::{AddressRules, KeyError, PublicKey, RecordError, SignedPeerRecord};
use cpcd_model::{Error, Reason, Result, node::Node};

use super::{Config, config::PrivateAddresses};

const FIELD: &str = "signed_peer_record";

/// Opens a signed peer record of either dialect; the signature is checked first. A key that is `known` is not checked once more.
///
/// # Errors
/// `FIELD_REQUIRED`, `RECORD_INVALID`, `RECORD_KEY_MISMATCH`, `KEY_WEAK`, `KEY_INVALID`, `SIGNATURE_INVALID`.
pub(super) fn open(bytes: &[u8], known: Option<&PublicKey>) -> Result<SignedPeerRecord> {
    if bytes.is_empty() {
        return Err(Error::required(FIELD));
    }
    let signed = SignedPeerRecord::open_of(bytes, known).map_err(|error| {
        let reason = match error {
            RecordError::KeyMismatch => Reason::RecordKeyMismatch,
            RecordError::Signature => Reason::SignatureInvalid,
            RecordError::Key(KeyError::Weak) => Reason::KeyWeak,
            RecordError::Key(_) | RecordError::KeyType => Reason::KeyInvalid,
            RecordError::TooLong { .. }
            | RecordError::Malformed(_)
            | RecordError::NotARecord
            | RecordError::TooManyAddresses
            | RecordError::Address(_) => Reason::RecordInvalid,
        };
        Error::field(reason, FIELD, error.to_string())
    })?;
    if i64::try_from(signed.record().seq).is_err() {
        let text =
            format!("has the sequence number {}, and the greatest that is taken is {}", signed.record().seq, i64::MAX);
        return Err(Error::field(Reason::RecordInvalid, FIELD, text));
    }
    Ok(signed)
}

/// Holds a record's addresses against the rules that hold in a realm.
///
/// # Errors
/// `ADDRESS_NOT_ALLOWED`, naming the address.
pub(super) fn check_addresses(config: &Config, signed: &SignedPeerRecord, realm: &str) -> Result<()> {
    let allow_private = match config.private_addresses {
        PrivateAddresses::Never => false,
        PrivateAddresses::Realm => !realm.is_empty(),
        PrivateAddresses::Always => true,
    };
    let record = signed.record();
    let rules = AddressRules { allow_private, max: config.max_addresses };
    rules.check(&record.peer_id, &record.addresses).map_err(|error| {
        let address = record.addresses.get(error.index).map(|address| format!(" ({address})")).unwrap_or_default();
        Error::field(Reason::AddressNotAllowed, FIELD, format!("{error}{address}"))
    })
}

/// Puts a record into a node; false if it is the one that is there.
///
/// # Errors
/// `RECORD_STALE` if its sequence number does not rise, naming the stored one.
pub(super) fn put(node: &mut Node, signed: &SignedPeerRecord) -> Result<bool> {
    if node.record == signed.as_bytes() {
        return Ok(false);
    }
    let seq = signed.record().seq;
    if let Some(stored) = node.record_seq.filter(|stored| seq <= *stored) {
        let text = format!(
            "has the sequence number {seq}, and one with {stored} is stored: it must rise; if the node lost count, \
             its owner can make it begin anew with `cpcctl node reset-seq {}`",
            node.id
        );
        let error = Error::field(Reason::RecordStale, FIELD, text);
        return Err(error
            .with_metadata("stored_sequence", stored.to_string())
            .with_metadata("node_id", node.id.to_string()));
    }
    node.record = signed.as_bytes().to_vec();
    node.record_seq = Some(seq);
    node.addresses = signed.record().addresses.iter().map(ToString::to_string).collect();
    Ok(true)
}
