//! Finding peers.

use cpc_proto::v1;
use cpcd_domain::{Caller, registry::FindRequest};
use cpcd_model::Result;

use super::Call;
use crate::{app::App, rates::Cost, wire::Wire};

impl Call for v1::FindPeersRequest {
    type Response = v1::FindPeersResponse;
    const COST: Cost = Cost::Search;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::FindPeersResponse> {
        let Self { page_size, page_token, peer_ids, namespace, labels, realm } = self;
        let request =
            FindRequest { page_size, page_token, peer_ids, namespace, labels: labels.into_iter().collect(), realm };
        let (found, next_page_token) = app.registry.peers.find(caller, &request).await?;
        Ok(v1::FindPeersResponse { peers: found.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}
