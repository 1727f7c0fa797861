//! Calls of `AuditService`.

use cpc_proto::v1;
use cpcd_model::permission::{Level::Read, Resource::System};

use super::{
    Needs::{Level, Login},
    Row,
};

pub(super) const ROWS: &[Row] = &[
    Row::unary::<v1::ListAuditEntriesRequest>("AuditService/ListAuditEntries", "GET /v1/audit", Login)
        .note("shown are one's own, with read on system everybody's"),
    Row::unary::<v1::VerifyAuditRequest>("AuditService/VerifyAudit", "GET /v1/audit/verification", Level(System, Read)),
    Row::stream("AuditService/ExportAudit", Level(System, Read)).unaudited("it changes nothing"),
];
