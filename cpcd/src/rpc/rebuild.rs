//! A rebuild of the index, as it goes on: the stream of `AdminService/RebuildIndex`.

use std::{pin::Pin, time::Duration};

use cpc_proto::v1;
use cpcd_domain::discovery::IndexRebuild;
use cpcd_model::Error;
use futures_util::{Stream, stream};
use tonic::{Request, Response, Status};

use super::{Edge, reply::status};
use crate::{following::stopping, request_id::RequestId, wire::Wire};

pub(super) type Answers = Pin<Box<dyn Stream<Item = Result<v1::RebuildIndexResponse, Status>> + Send>>;

/// Silence after which a rebuild that comes no further is spoken of all the same, so that the connection is not taken for dead.
const SPEAK_EVERY: Duration = Duration::from_secs(5);

/// Begins a rebuild, or joins one, and tells how far it is.
pub(super) async fn begin(edge: &Edge, request: Request<v1::RebuildIndexRequest>) -> Result<Response<Answers>, Status> {
    let (metadata, extensions, _) = request.into_parts();
    let request_id = extensions.get::<RequestId>().copied();
    let opened = async {
        let origin = Edge::origin("AdminService/RebuildIndex");
        let caller = edge.stream_caller(&origin, &metadata.into_headers()).await?;
        let (app, whose) = (edge.app.clone(), caller.clone());
        let begun = edge.app.run(async move {
            let rebuild = app.discovery.indexing.rebuild(&whose);
            app.audit.asked(&origin, &whose, rebuild).await
        });
        let begun = edge.unless_refused(&origin, &caller, begun.await)?;
        Ok((begun, caller))
    };
    let (begun, caller) = opened.await.map_err(|error: Error| status(&error, request_id.as_ref()))?;
    let (tokens, holder) = (edge.app.identity.tokens.clone(), caller.clone());
    let ended = Box::pin(async move { tokens.ended(&holder).await });
    // The first answer is what has begun; the last one says when it was done.
    let state = (Some(begun), true, ended, edge.clone());
    let answers = stream::unfold(state, move |(last, is_first, mut ended, edge)| {
        let caller = caller.clone();
        async move {
            let last = last?;
            let next = if is_first {
                Ok(last)
            } else {
                let (indexing, app) = (edge.app.discovery.indexing.clone(), edge.app.clone());
                let further = app.run(async move {
                    let looks = async {
                        loop {
                            let now = indexing.follow(&caller, &last).await?;
                            if now != last {
                                return Ok(now);
                            }
                        }
                    };
                    tokio::time::timeout(SPEAK_EVERY, looks).await.unwrap_or_else(|_| Ok(last.clone()))
                });
                tokio::select! {
                    biased;
                    () = edge.stop.cancelled() => Err(stopping()),
                    error = &mut ended => Err(error),
                    further = further => further,
                }
            };
            let answer = next.as_ref().map(Wire::to_wire).map_err(|error| status(error, request_id.as_ref()));
            let last = next.ok().filter(|next: &IndexRebuild| next.finished_at.is_none());
            Some((answer, (last, false, ended, edge)))
        }
    });
    Ok(Response::new(Box::pin(answers)))
}
