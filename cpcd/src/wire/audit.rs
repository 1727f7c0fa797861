//! The messages of the audit.

use cpc_proto::v1;
use cpcd_domain::audit::Exported;
use cpcd_model::audit::{AuditEntry, Outcome, StoredSeal};
use uuid::Uuid;

use super::Wire;

impl Wire for AuditEntry {
    type Message = v1::AuditEntry;

    fn to_wire(&self) -> v1::AuditEntry {
        let Self { id, entry, sealed } = self;
        let text = |id: Option<Uuid>| id.map(|id| id.hyphenated().to_string()).unwrap_or_default();
        let outcome = match entry.outcome {
            Outcome::Done => v1::AuditOutcome::Ok,
            Outcome::Refused => v1::AuditOutcome::Refused,
        };
        v1::AuditEntry {
            id: *id,
            number: sealed.map_or(0, |place| place.number),
            time: Some(entry.time.to_wire()),
            actor_kind: entry.actor_kind.clone(),
            actor_id: text(entry.actor_id),
            session_id: text(entry.session_id),
            token_id: text(entry.token_id),
            action: entry.action.clone(),
            target_kind: entry.target_kind.clone(),
            target_id: entry.target_id.clone(),
            outcome: outcome.into(),
            reason: entry.reason.clone(),
            request_id: text(entry.request_id),
            network: entry.network.clone(),
            details: entry.details.clone(),
            count: entry.count,
            hash: sealed.map(|place| place.hash.to_vec()).unwrap_or_default(),
        }
    }
}

/// Gives a seal of a server.
pub(crate) fn audit_seal(kind: v1::AuditSealKind, seal: &StoredSeal, server_id: &str) -> v1::AuditSeal {
    v1::AuditSeal {
        kind: kind.into(),
        number: seal.number,
        hash: seal.hash.to_vec(),
        time: Some(seal.time.to_wire()),
        signature: seal.signature.to_vec(),
        server_id: server_id.to_owned(),
    }
}

/// Gives a part of a server's export.
pub(crate) fn audit_part(part: &Exported, server_id: &str) -> v1::ExportAuditResponse {
    use v1::export_audit_response::Part;
    let part = match part {
        Exported::Entry(entry) => Part::Entry(entry.to_wire()),
        Exported::Head(seal) => Part::Seal(audit_seal(v1::AuditSealKind::Head, seal, server_id)),
        Exported::Anchor(seal) => Part::Seal(audit_seal(v1::AuditSealKind::Anchor, seal, server_id)),
    };
    v1::ExportAuditResponse { part: Some(part) }
}
