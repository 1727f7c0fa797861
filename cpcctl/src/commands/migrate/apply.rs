//! Migrations under way: what the daemon tells, as it comes.

use cpc_proto::v1::{ApplyMigrationsRequest, MigrationDirection, MigrationStep, apply_migrations_response::Event};
use serde::Serialize;

use crate::{
    context::Context,
    failure::{Failure, Result},
    stages::Stages,
};

/// What was done.
#[derive(Debug, Serialize)]
pub(super) struct Applied {
    pub(super) direction: &'static str,
    pub(super) migrations: Vec<MigrationStep>,
}

/// Has migrations done and shows how far they are.
pub(super) async fn run(context: &mut Context, direction: MigrationDirection, to_version: Option<u64>) -> Result<()> {
    let request = ApplyMigrationsRequest { direction: direction.into(), to_version };
    let mut admin = context.client().await?.without_deadline().admin();
    let limit = context.timeout();
    let opened = tokio::time::timeout(limit, admin.apply_migrations(request)).await;
    let mut events = opened.map_err(|_| Failure::timeout(limit))??.into_inner();
    let mut stages = Stages::new(context.progress, context.output.is_quiet() || context.output.is_json());
    let mut applied = Applied { direction: direction.as_str_name(), migrations: Vec::new() };
    loop {
        let event = events.message().await?.and_then(|message| message.event);
        match event {
            Some(Event::Planned(planned)) => stages.plan(planned.total),
            Some(Event::Begun(step)) => stages.begin(step.number, &super::name(step.version, &step.name)),
            Some(Event::Done(step)) => {
                stages.done(step.number, &super::name(step.version, &step.name), step.duration_ms);
                applied.migrations.push(step);
            }
            Some(Event::Finished(_)) => break,
            None => return Err(Failure::lost("the server ended the stream; `migrate status` says how far it came")),
        }
    }
    stages.finish();
    context.output.record(&applied)
}
