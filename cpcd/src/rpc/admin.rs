//! `AdminService`.

use cpc_proto::v1::{self, admin_service_server::AdminService};
use tonic::{Request, Response, Status, async_trait};

use super::Edge;

#[async_trait]
impl AdminService for Edge {
    async fn get_status(
        &self,
        request: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        self.unary(request).await
    }
}
