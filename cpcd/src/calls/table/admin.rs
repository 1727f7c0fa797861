//! Calls of `AdminService`.

use cpc_proto::v1;
use cpcd_model::permission::{
    Level::{Admin, Read},
    Resource::System,
};

use super::{Needs::Level, Row};

pub(super) const ROWS: &[Row] = &[
    Row::unary::<v1::GetStatusRequest>("AdminService/GetStatus", "GET /v1/status", Level(System, Read)),
    Row::unary::<v1::ListMigrationsRequest>("AdminService/ListMigrations", "GET /v1/migrations", Level(System, Read)),
    Row::stream("AdminService/ApplyMigrations", Level(System, Admin)).audited(),
    Row::unary::<v1::GetIndexStatusRequest>("AdminService/GetIndexStatus", "GET /v1/index", Level(System, Read)),
    Row::stream("AdminService/RebuildIndex", Level(System, Admin)).audited(),
];
