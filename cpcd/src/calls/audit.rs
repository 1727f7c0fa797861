//! Calls of `AuditService`.

use cpc_proto::v1;
use cpcd_domain::{Caller, audit::Query};
use cpcd_model::{Result, audit::Outcome};

use super::Call;
use crate::{
    app::App,
    rates::Cost,
    wire::{self, Wire},
};

impl Call for v1::ListAuditEntriesRequest {
    type Response = v1::ListAuditEntriesResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListAuditEntriesResponse> {
        let time = |field, time: &Option<_>| time.as_ref().map(|time| wire::time(field, time)).transpose();
        let query = Query {
            outcome: match self.outcome() {
                v1::AuditOutcome::Unspecified => None,
                v1::AuditOutcome::Ok => Some(Outcome::Done),
                v1::AuditOutcome::Refused => Some(Outcome::Refused),
            },
            since: time("since", &self.since)?,
            until: time("until", &self.until)?,
            actor: self.actor,
            target: self.target,
            action: self.action,
        };
        let (entries, next_page_token) = app.audit.list(caller, query, self.page_size, &self.page_token).await?;
        Ok(v1::ListAuditEntriesResponse { entries: entries.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}

impl Call for v1::VerifyAuditRequest {
    type Response = v1::VerifyAuditResponse;
    // It reads as much as a search does.
    const COST: Cost = Cost::Search;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::VerifyAuditResponse> {
        let verified = app.audit.verify(caller, &self.page_token).await?;
        let server_id = app.identity.server.id();
        Ok(v1::VerifyAuditResponse {
            entries: verified.entries,
            verified_through: verified.through,
            fault: verified.fault.map(|fault| v1::AuditFault {
                number: fault.number,
                id: fault.id,
                description: fault.what,
            }),
            head: verified.head.map(|head| wire::audit_seal(v1::AuditSealKind::Head, &head, server_id)),
            unsealed: verified.unsealed,
            next_page_token: verified.next_page_token,
        })
    }
}
