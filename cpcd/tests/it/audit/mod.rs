//! The audit: what is in it, of whom, and that nobody changes it unseen.

mod calls;
mod chain;
mod refusals;

use cpc_proto::{
    clients::audit_service_client::AuditServiceClient,
    v1::{self, export_audit_response::Part},
};
use cpc_signing::{AuditChain, AuditRecord, AuditSeal, PeerId, SealKind};

use crate::harness::{Bearer, Client, Daemon, eventually};

impl Daemon {
    pub(crate) async fn audit(&self, token: Option<&str>) -> AuditServiceClient<Client> {
        AuditServiceClient::with_interceptor(self.channel().await, Bearer(token.map(Into::into)))
    }

    pub(crate) async fn local_audit(&self) -> AuditServiceClient<Client> {
        AuditServiceClient::with_interceptor(self.local_channel().await, Bearer(None))
    }

    /// Follows the chain in the store to its end.
    async fn verify(&self) -> v1::VerifyAuditResponse {
        let mut page_token = String::new();
        loop {
            let request = v1::VerifyAuditRequest { page_token };
            let answer = self.local_audit().await.verify_audit(request).await.expect("an answer").into_inner();
            if answer.next_page_token.is_empty() {
                return answer;
            }
            page_token = answer.next_page_token;
        }
    }

    /// Waits until everything so far is sealed.
    pub(crate) async fn sealed(&self) -> v1::VerifyAuditResponse {
        eventually("everything is sealed", async || self.verify().await.unsealed == 0).await;
        self.verify().await
    }

    async fn export(&self, after_number: u64) -> Vec<Part> {
        let request = v1::ExportAuditRequest { after_number };
        let mut answers = self.local_audit().await.export_audit(request).await.expect("an export").into_inner();
        let mut parts = Vec::new();
        while let Some(answer) = answers.message().await.expect("the export goes on") {
            parts.push(answer.part.expect("a part"));
        }
        parts
    }
}

fn microseconds(time: Option<&pbjson_types::Timestamp>) -> i64 {
    time.map_or(0, |time| time.seconds * 1_000_000 + i64::from(time.nanos) / 1_000)
}

/// Follows an export with nothing but the server's id, as somebody does who has only the file.
fn follow(parts: &[Part], server_id: &str) -> Result<AuditChain, String> {
    let server = PeerId::parse(server_id).unwrap().public_key().unwrap();
    let mut chain = AuditChain::default();
    for part in parts {
        match part {
            Part::Entry(entry) => {
                let record = AuditRecord {
                    number: entry.number,
                    id: entry.id,
                    time_us: microseconds(entry.time.as_ref()),
                    actor_kind: &entry.actor_kind,
                    actor_id: &entry.actor_id,
                    session_id: &entry.session_id,
                    token_id: &entry.token_id,
                    action: &entry.action,
                    target_kind: &entry.target_kind,
                    target_id: &entry.target_id,
                    outcome: if entry.outcome() == v1::AuditOutcome::Ok { "ok" } else { "refused" },
                    reason: &entry.reason,
                    request_id: &entry.request_id,
                    network: &entry.network,
                    details: &entry.details,
                    count: entry.count,
                };
                chain.follow(&record, &entry.hash).map_err(|fault| fault.to_string())?;
            }
            Part::Seal(seal) => {
                assert_eq!(seal.kind(), v1::AuditSealKind::Head, "nothing was cleared away");
                let hash = seal.hash.as_slice().try_into().unwrap();
                let (number, time_us) = (seal.number, microseconds(seal.time.as_ref()));
                let signed = AuditSeal { kind: SealKind::Head, number, hash, time_us };
                signed.verify(&server, &seal.signature).map_err(|error| error.to_string())?;
                chain.ends_with(number, &hash).map_err(|fault| fault.to_string())?;
            }
        }
    }
    Ok(chain)
}
