//! The stream of `AdminService`: migrations, as they are done.

use std::{pin::Pin, sync::Arc};

use cpc_proto::v1::{self, admin_service_server::AdminService, apply_migrations_response::Event};
use cpcd_domain::{Caller, migrations::Migrations};
use futures_util::Stream;
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc},
};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Request, Response, Status, async_trait};

use super::{Edge, reply::status};
use crate::{request_id::RequestId, wire, wire::Wire};

pub(super) type Answers = Pin<Box<dyn Stream<Item = Result<v1::ApplyMigrationsResponse, Status>> + Send>>;

#[async_trait]
impl AdminService for Edge {
    async fn apply_migrations(
        &self,
        request: Request<v1::ApplyMigrationsRequest>,
    ) -> Result<Response<Answers>, Status> {
        let (metadata, extensions, message) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let caller = self.stream_caller(&metadata.into_headers()).await;
        let caller = caller.map_err(|error| status(&error, request_id.as_ref()))?;
        let work = Work { migrations: self.app.migrations.clone(), caller, message, request_id, done: Arc::default() };
        Ok(Response::new(work.begin(&self.app.runtime)))
    }
}

/// Migrations to be done for somebody.
pub(super) struct Work {
    pub(super) migrations: Migrations,
    pub(super) caller: Caller,
    pub(super) message: v1::ApplyMigrationsRequest,
    pub(super) request_id: Option<RequestId>,
    /// Told when it is over.
    pub(super) done: Arc<Notify>,
}

impl Work {
    /// Does them in a task of its own, which nobody who goes away can tear; gives what it tells.
    pub(super) fn begin(self, runtime: &Handle) -> Answers {
        let (sender, receiver) = mpsc::unbounded_channel();
        runtime.spawn(async move {
            let Self { migrations, caller, message, request_id, done } = self;
            // Who has gone hears nothing more.
            let tell = |answer: Result<Event, Status>| {
                drop(sender.send(answer.map(|event| v1::ApplyMigrationsResponse { event: Some(event) })));
            };
            let run = async {
                let (direction, to) = wire::migration_target(&message)?;
                let mut step = |step: cpcd_domain::migrations::Step| drop(sender.send(Ok(step.to_wire())));
                migrations.run(&caller, direction, to, &mut step).await
            };
            let finished = run.await.map(|total| Event::Finished(v1::MigrationsFinished { total }));
            tell(finished.map_err(|error| status(&error, request_id.as_ref())));
            done.notify_one();
        });
        Box::pin(UnboundedReceiverStream::new(receiver))
    }
}
