//! The stream of `EventService`; its other calls are answered from the table.

use cpc_proto::v1::{self, event_service_server::EventService};
use cpcd_domain::events::Filter;
use cpcd_model::Error;
use futures_util::StreamExt;
use tonic::{Request, Response, Status, async_trait};

use super::{Answers, Edge, reply::status};
use crate::{following::told, request_id::RequestId, wire::Wire};

#[async_trait]
impl EventService for Edge {
    async fn watch_events(
        &self,
        request: Request<v1::WatchEventsRequest>,
    ) -> Result<Response<Answers<v1::WatchEventsResponse>>, Status> {
        let (metadata, extensions, message) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let opened = async {
            let origin = Self::origin("EventService/WatchEvents");
            let caller = self.following_caller(&origin, &metadata.into_headers()).await?;
            let filter = Filter::read(&message.kinds, &message.subject_ids)?;
            let (events, whose) = (self.app.events.clone(), caller.clone());
            let follower = self.app.run(async move { events.follow(&whose, &message.cursor, filter).await }).await;
            let follower = self.unless_refused(&origin, &caller, follower)?;
            Ok(told(&self.app, caller, follower, self.stop.clone()))
        };
        let told = opened.await.map_err(|error: Error| status(&error, request_id.as_ref()))?;
        Ok(Response::new(Box::pin(told.map(move |watched| {
            watched.map(|watched| watched.to_wire()).map_err(|error| status(&error, request_id.as_ref()))
        }))))
    }
}
