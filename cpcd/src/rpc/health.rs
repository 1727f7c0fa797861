//! What `grpc.health.v1` says: serving while the store and the index answer.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::app::App;

/// Names of the services that health checks can ask for; the empty one is the whole.
const NAMES: [&str; 5] =
    ["", "cpc.v1.IdentityService", "cpc.v1.DiscoveryService", "cpc.v1.EventService", "cpc.v1.AdminService"];
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Sets the status of every service.
pub(crate) async fn set_health(reporter: &HealthReporter, is_well: bool) {
    let status = if is_well { ServingStatus::Serving } else { ServingStatus::NotServing };
    for name in NAMES {
        reporter.set_service_status(name, status).await;
    }
}

/// Follows the engines until `stop`; then nothing is served any more.
pub(crate) async fn follow_health(reporter: HealthReporter, app: App, stop: CancellationToken) {
    let mut was_well = true;
    while !stop.is_cancelled() {
        let is_well = tokio::select! {
            () = stop.cancelled() => return,
            is_well = app.system.are_engines_well() => is_well,
        };
        if is_well != was_well && !stop.is_cancelled() {
            tracing::warn!(is_well, "the engines' health has changed");
            set_health(&reporter, is_well).await;
            was_well = is_well;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(LOOK_EVERY) => {}
        }
    }
}
