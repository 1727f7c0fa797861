//! The stream of `AuditService`; its other calls are answered from the table.

use cpc_proto::v1::{self, audit_service_server::AuditService};
use cpcd_model::Error;
use futures_util::stream;
use tonic::{Request, Response, Status, async_trait};

use super::{Answers, Edge, reply::status};
use crate::{following::stopping, request_id::RequestId, wire};

#[async_trait]
impl AuditService for Edge {
    async fn export_audit(
        &self,
        request: Request<v1::ExportAuditRequest>,
    ) -> Result<Response<Answers<v1::ExportAuditResponse>>, Status> {
        let (metadata, extensions, message) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let opened = async {
            let origin = Self::origin("AuditService/ExportAudit");
            let caller = self.following_caller(&origin, &metadata.into_headers()).await?;
            let (audit, whose) = (self.app.audit.clone(), caller.clone());
            let opened = self.app.run(async move { audit.export(&whose, message.after_number).await });
            Ok((self.unless_refused(&origin, &caller, opened.await)?, caller))
        };
        let (export, caller) = opened.await.map_err(|error: Error| status(&error, request_id.as_ref()))?;
        let tokens = self.app.identity.tokens.clone();
        let ended = Box::pin(async move { tokens.ended(&caller).await });
        let state = (Some(export), ended, self.clone());
        let answers = stream::unfold(state, move |(export, mut ended, edge)| async move {
            let mut export = export?;
            let next = tokio::select! {
                biased;
                () = edge.stop.cancelled() => Err(stopping()),
                error = &mut ended => Err(error),
                next = export.next() => next,
            };
            match next.transpose()? {
                Ok(part) => {
                    let answer = wire::audit_part(&part, edge.app.identity.server.id());
                    Some((Ok(answer), (Some(export), ended, edge)))
                }
                Err(error) => Some((Err(status(&error, request_id.as_ref())), (None, ended, edge))),
            }
        });
        Ok(Response::new(Box::pin(answers)))
    }
}
