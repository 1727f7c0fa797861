//! Migrations.

use std::time::Duration;

use cpc_proto::v1::{self, apply_migrations_response::Event};
use cpcd_domain::migrations::{Direction, MigrationState, Step, losses};
use cpcd_model::{Error, Reason, Result};

use super::Wire;

impl Wire for MigrationState {
    type Message = v1::Migration;

    fn to_wire(&self) -> v1::Migration {
        v1::Migration {
            version: version(self.version),
            name: self.name.clone(),
            is_applied: self.applied_at.is_some(),
            is_known: self.is_known,
            applied_at: self.applied_at.map(|at| at.to_wire()),
            duration_ms: milliseconds(self.took),
            up_sql: self.up.clone(),
            down_sql: self.down.clone(),
            losses: losses(&self.down),
        }
    }
}

impl Wire for Step {
    type Message = v1::ApplyMigrationsResponse;

    fn to_wire(&self) -> v1::ApplyMigrationsResponse {
        let event = match self {
            Self::Planned { total } => Event::Planned(v1::MigrationsPlanned { total: *total }),
            Self::Begun { number, total, version: which, name } => Event::Begun(v1::MigrationStep {
                number: *number,
                total: *total,
                version: version(*which),
                name: name.clone(),
                duration_ms: 0,
            }),
            Self::Done { number, total, version: which, name, took } => Event::Done(v1::MigrationStep {
                number: *number,
                total: *total,
                version: version(*which),
                name: name.clone(),
                duration_ms: milliseconds(*took),
            }),
        };
        v1::ApplyMigrationsResponse { event: Some(event) }
    }
}

/// Reads which way to go, and how far.
pub(crate) fn migration_target(request: &v1::ApplyMigrationsRequest) -> Result<(Direction, Option<i64>)> {
    let wrong = |field, why| Error::field(Reason::FieldInvalid, field, why);
    let direction = match v1::MigrationDirection::try_from(request.direction) {
        Ok(v1::MigrationDirection::Unspecified | v1::MigrationDirection::Up) => Direction::Up,
        Ok(v1::MigrationDirection::Down) => Direction::Down,
        Err(_) => return Err(wrong("direction", "is no direction of this version")),
    };
    let to = request.to_version.map(i64::try_from).transpose();
    Ok((direction, to.map_err(|_| wrong("to_version", "is no version"))?))
}

fn version(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
