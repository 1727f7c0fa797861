//! Calls of `DiscoveryService`.

use cpc_proto::v1;
use cpcd_domain::{Caller, discovery::SearchRequest};
use cpcd_model::Result;

use super::Call;
use crate::{
    app::App,
    rates::Cost,
    wire::{self, Wire},
};

impl Call for v1::ContentMetadata {
    type Response = v1::PublishResponse;
    const COST: Cost = Cost::Publish;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::PublishResponse> {
        let (content, outcome) = app.discovery.contents.publish(caller, wire::draft(self)?).await?;
        Ok(wire::publish_response(&content, outcome))
    }
}

impl Call for v1::SearchQuery {
    type Response = v1::SearchResults;
    const COST: Cost = Cost::Search;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::SearchResults> {
        let Self { q, tags, owner_id, page_size, page_token } = self;
        let request = SearchRequest { q, tags, owner_id, page_size, page_token };
        Ok(app.discovery.search.search(caller, &request).await?.to_wire())
    }
}

impl Call for v1::GetContentRequest {
    type Response = v1::GetContentResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::GetContentResponse> {
        let content = app.discovery.contents.get(caller, &self.id).await?;
        Ok(v1::GetContentResponse { content: Some(content.to_wire()) })
    }
}

impl Call for v1::ListContentRequest {
    type Response = v1::ListContentResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListContentResponse> {
        let (contents, next_page_token) =
            app.discovery.contents.list(caller, &self.owner_id, self.page_size, &self.page_token).await?;
        Ok(v1::ListContentResponse { contents: contents.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}

impl Call for v1::DeleteContentRequest {
    type Response = v1::DeleteContentResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::DeleteContentResponse> {
        app.discovery.contents.delete(caller, &self.id).await?;
        Ok(v1::DeleteContentResponse {})
    }
}
