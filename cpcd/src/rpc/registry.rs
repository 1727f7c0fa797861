//! Heartbeats and watches of `NodeOrchestration`; its other calls are answered from the table.

use cpc_proto::v1::{self, node_orchestration_server::NodeOrchestration};
use cpcd_domain::{Caller, audit::Origin};
use cpcd_model::{Error, Result as Outcome};
use futures_util::{StreamExt, stream};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::{Answers, Edge, beats::Beats, reachability::Check, reply::status};
use crate::{
    app::bearer,
    calls::{self, table},
    following::told,
    rates::{self, Cost},
    request_id::RequestId,
    wire::watched_node,
};

#[async_trait]
impl NodeOrchestration for Edge {
    async fn heartbeat_stream(
        &self,
        request: Request<Streaming<v1::NodePing>>,
    ) -> Result<Response<Answers<v1::HeartbeatResponse>>, Status> {
        let (metadata, extensions, pings) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let opened = async {
            let token = bearer(&metadata.into_headers())?;
            let (app, door) = (self.app.clone(), self.door);
            let origin = Self::origin("NodeOrchestration/HeartbeatStream");
            let heard = self.app.run(async move { app.heart(door, token.as_deref()).await }).await;
            heard.inspect_err(|error| self.app.audit.refused(&origin, None, error))
        };
        let caller = opened.await.map_err(|error: Error| status(&error, request_id.as_ref()))?;
        let beats = Beats::new(self.clone(), caller, pings, request_id);
        Ok(Response::new(Box::pin(stream::unfold(beats, Beats::next))))
    }

    async fn check_reachability(
        &self,
        request: Request<Streaming<v1::CheckReachabilityRequest>>,
    ) -> Result<Response<Answers<v1::CheckReachabilityResponse>>, Status> {
        let peer = rates::peer();
        let (metadata, extensions, messages) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let origin = Self::origin("NodeOrchestration/CheckReachability");
        let caller = self.stream_caller(&origin, &metadata.into_headers()).await;
        let caller = caller.map_err(|error| status(&error, request_id.as_ref()))?;
        let check = Check::new(self.clone(), origin, caller, peer, messages, request_id);
        Ok(Response::new(Box::pin(stream::unfold(check, Check::next))))
    }

    async fn watch_nodes(
        &self,
        request: Request<v1::WatchNodesRequest>,
    ) -> Result<Response<Answers<v1::WatchNodesResponse>>, Status> {
        let (metadata, extensions, message) = request.into_parts();
        let request_id = extensions.get::<RequestId>().copied();
        let opened = async {
            let origin = Self::origin("NodeOrchestration/WatchNodes");
            let caller = self.following_caller(&origin, &metadata.into_headers()).await?;
            let (events, whose) = (self.app.events.clone(), caller.clone());
            let follower = self.app.run(async move { events.follow_nodes(&whose, &message.cursor).await }).await;
            let follower = self.unless_refused(&origin, &caller, follower)?;
            Ok(told(&self.app, caller, follower, self.stop.clone()))
        };
        let told = opened.await.map_err(|error: Error| status(&error, request_id.as_ref()))?;
        Ok(Response::new(Box::pin(told.map(move |watched| {
            watched.map(|watched| watched_node(&watched)).map_err(|error| status(&error, request_id.as_ref()))
        }))))
    }
}

impl Edge {
    /// Finds out who opens a stream that follows what happens: it costs what a search does, since it may begin far back.
    pub(super) async fn following_caller(&self, origin: &Origin, headers: &http::HeaderMap) -> Outcome<Caller> {
        let arrived = self.app.rates.arrive(Cost::Search)?;
        let caller = self.stream_caller(origin, headers).await?;
        self.app.rates.admit(arrived, &caller, None)?;
        Ok(caller)
    }

    /// Finds out who opens a stream.
    pub(super) async fn stream_caller(&self, origin: &Origin, headers: &http::HeaderMap) -> Outcome<Caller> {
        let token = bearer(headers)?;
        let (app, door) = (self.app.clone(), self.door);
        let caller = self.app.run(async move { app.caller(door, token.as_deref()).await }).await;
        caller.inspect_err(|error| self.app.audit.refused(origin, None, error))
    }

    /// Gives where the request at hand comes from, for the audit; `action` is the name of its row in the table.
    pub(super) fn origin(action: &'static str) -> Origin {
        let row = table::by_grpc_path(&format!("/{}.{action}", table::PACKAGE));
        calls::origin(action, row.and_then(table::Row::keeps))
    }

    /// Has it counted if a caller was refused.
    pub(super) fn unless_refused<T>(&self, origin: &Origin, caller: &Caller, answer: Outcome<T>) -> Outcome<T> {
        answer.inspect_err(|error| self.app.audit.refused(origin, Some(caller), error))
    }
}
