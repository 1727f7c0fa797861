//! Calls of `AdminService`.

use cpc_proto::v1;
use cpcd_domain::{
    Caller,
    migrations::{Migrations, Service},
    system::EngineStatus,
};
use cpcd_model::Result;

use super::Call;
use crate::{app::App, wire::Wire};

impl Call for v1::GetStatusRequest {
    type Response = v1::GetStatusResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::GetStatusResponse> {
        let status = app.system.status(caller).await?;
        let engine = |engine: &EngineStatus| v1::EngineStatus {
            role: engine.role.to_owned(),
            engine: engine.engine.to_owned(),
            is_ok: engine.answer.is_ok(),
            message: engine.answer.as_ref().err().map(ToString::to_string).unwrap_or_default(),
        };
        // What is not known while the store is away is left out.
        let quotas = app.registry.registrations.quotas().await.unwrap_or_default();
        let [nodes_online, nodes_degraded, nodes_offline] = app.registry.nodes.count();
        Ok(v1::GetStatusResponse {
            version: crate::VERSION.to_owned(),
            server_id: app.identity.server.id().to_owned(),
            started_at: Some(app.about.started_at.to_wire()),
            engines: status.engines.iter().map(engine).collect(),
            users: status.users,
            contents: status.contents,
            index_pending: status.index_pending,
            index_failures: status.index_failures,
            index_lag_ms: u64::try_from(status.index_lag.as_millis()).unwrap_or(u64::MAX),
            grpc_address: app.about.grpc_address.clone(),
            rest_address: app.about.rest_address.clone(),
            nodes_online,
            nodes_degraded,
            nodes_offline,
            nodes_pending: app.registry.registrations.pending(),
            node_quotas: quotas.iter().map(Wire::to_wire).collect(),
            revocations_age_ms: u64::try_from(app.identity.revoked.age().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Call for v1::ListMigrationsRequest {
    type Response = v1::ListMigrationsResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListMigrationsResponse> {
        list_migrations(&app.migrations, caller).await
    }
}

/// Lists migrations, also while there is no more of the daemon than this.
pub(crate) async fn list_migrations(migrations: &Migrations, caller: &Caller) -> Result<v1::ListMigrationsResponse> {
    let state = match migrations.service() {
        Service::Serving => v1::ServiceState::Serving,
        Service::Pending => v1::ServiceState::Pending,
        Service::Maintenance => v1::ServiceState::Maintenance,
    };
    let listed = migrations.list(caller).await?;
    Ok(v1::ListMigrationsResponse { migrations: listed.iter().map(Wire::to_wire).collect(), state: state.into() })
}
impl Call for v1::GetIndexStatusRequest {
    type Response = v1::GetIndexStatusResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::GetIndexStatusResponse> {
        app.discovery.indexing.status(caller).await.map(|status| status.to_wire())
    }
}
