//! The streams of `AdminService`; its other calls are answered from the table.

use std::sync::Arc;

use cpc_proto::v1::{self, admin_service_server::AdminService};
use tonic::{Request, Response, Status, async_trait};

use super::{
    Edge,
    migrations::{self, Work},
    rebuild,
    reply::status,
};
use crate::request_id::RequestId;

#[async_trait]
impl AdminService for Edge {
    async fn apply_migrations(
        &self,
        request: Request<v1::ApplyMigrationsRequest>,
    ) -> Result<Response<migrations::Answers>, Status> {
        let (metadata, extensions, message) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let origin = Self::origin("AdminService/ApplyMigrations");
        let caller = self.stream_caller(&origin, &metadata.into_headers()).await;
        let caller = caller.map_err(|error| status(&error, request_id.as_ref()))?;
        let audit = Some((self.app.audit.clone(), origin));
        let migrations = self.app.migrations.clone();
        let work = Work { migrations, caller, message, request_id, done: Arc::default(), audit };
        Ok(Response::new(work.begin(&self.app.runtime)))
    }

    async fn rebuild_index(
        &self,
        request: Request<v1::RebuildIndexRequest>,
    ) -> Result<Response<rebuild::Answers>, Status> {
        rebuild::begin(self, request).await
    }
}
