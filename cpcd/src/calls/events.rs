//! Calls of `EventService`.

use cpc_proto::v1;
use cpcd_domain::Caller;
use cpcd_model::Result;

use super::Call;
use crate::{app::App, rates::Cost, wire::Wire};

impl Call for v1::CreateWebhookRequest {
    type Response = v1::CreateWebhookResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::CreateWebhookResponse> {
        let (webhook, secret) = app.events.webhooks.create(caller, &self.url, &self.kinds).await?;
        Ok(v1::CreateWebhookResponse { webhook: Some(webhook.to_wire()), secret: secret.to_string() })
    }
}

impl Call for v1::ListWebhooksRequest {
    type Response = v1::ListWebhooksResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListWebhooksResponse> {
        let (webhooks, next_page_token) =
            app.events.webhooks.list(caller, &self.owner_id, self.page_size, &self.page_token).await?;
        Ok(v1::ListWebhooksResponse { webhooks: webhooks.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}

impl Call for v1::DeleteWebhookRequest {
    type Response = v1::DeleteWebhookResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::DeleteWebhookResponse> {
        app.events.webhooks.delete(caller, &self.id).await?;
        Ok(v1::DeleteWebhookResponse {})
    }
}

impl Call for v1::TestWebhookRequest {
    type Response = v1::TestWebhookResponse;
    // Each is a call to somebody else.
    const COST: Cost = Cost::Login;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::TestWebhookResponse> {
        let tested = app.events.webhooks.test(caller, &self.id).await?;
        Ok(v1::TestWebhookResponse {
            was_taken: tested.refused.is_none(),
            status: tested.status.into(),
            error: tested.refused.unwrap_or_default(),
            webhook: Some(tested.shown.to_wire()),
        })
    }
}
