//! Migrations, as they are done: the stream of `AdminService/ApplyMigrations`.

use std::{pin::Pin, sync::Arc};

use cpc_proto::v1::{self, apply_migrations_response::Event};
use cpcd_domain::{
    Caller,
    audit::{Audit, Origin},
    migrations::Migrations,
};
use cpcd_model::Error;
use futures_util::Stream;
use serde_json::json;
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc},
};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Status;

use super::reply::status;
use crate::{request_id::RequestId, wire, wire::Wire};

pub(super) type Answers = Pin<Box<dyn Stream<Item = Result<v1::ApplyMigrationsResponse, Status>> + Send>>;

/// Migrations to be done for somebody.
pub(super) struct Work {
    pub(super) migrations: Migrations,
    pub(super) caller: Caller,
    pub(super) message: v1::ApplyMigrationsRequest,
    pub(super) request_id: Option<RequestId>,
    /// Told when it is over.
    pub(super) done: Arc<Notify>,
    /// Where it is written down; nothing while there is no more of the daemon than this.
    pub(super) audit: Option<(Audit, Origin)>,
}

impl Work {
    /// Does them in a task of its own, which nobody who goes away can tear; gives what it tells.
    pub(super) fn begin(self, runtime: &Handle) -> Answers {
        let (sender, receiver) = mpsc::unbounded_channel();
        runtime.spawn(async move {
            let Self { migrations, caller, message, request_id, done, audit } = self;
            // Who has gone hears nothing more.
            let tell = |answer: Result<Event, Status>| {
                drop(sender.send(answer.map(|event| v1::ApplyMigrationsResponse { event: Some(event) })));
            };
            let run = async {
                let (direction, to) = wire::migration_target(&message)?;
                let mut step = |step: cpcd_domain::migrations::Step| drop(sender.send(Ok(step.to_wire())));
                migrations.run(&caller, direction, to, &mut step).await
            };
            let run = run.await;
            if let Some((audit, origin)) = audit {
                note(&audit, &origin, &caller, &run, &message).await;
            }
            let finished = run.map(|total| Event::Finished(v1::MigrationsFinished { total }));
            tell(finished.map_err(|error| status(&error, request_id.as_ref())));
            done.notify_one();
        });
        Box::pin(UnboundedReceiverStream::new(receiver))
    }
}

/// Writes down what was done, or counts a refusal. A migration has transactions of its own, so its entry comes after it.
async fn note(
    audit: &Audit,
    origin: &Origin,
    caller: &Caller,
    run: &Result<u32, Error>,
    message: &v1::ApplyMigrationsRequest,
) {
    let total = match run {
        Ok(total) => *total,
        Err(error) => return audit.refused(origin, Some(caller), error),
    };
    let details = json!({ "migrations": total, "to_version": message.to_version });
    if let Err(error) = audit.note(origin, caller, "store", details).await {
        tracing::warn!(error = ?error, migrations = total, "the migrations are not in the audit");
    }
}
