//! Another client that makes the same calls meanwhile, and looks at how it is refused.

use std::{
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use cpc_proto::codec::BytesCodec;
use tonic::{Code, Request, client::Grpc, codegen::http::uri::PathAndQuery, transport::Endpoint};
use tonic_types::StatusExt;

use crate::{Outcome, calls::Calls};

/// How often it calls.
const EVERY: Duration = Duration::from_millis(20);
/// gRPC's prefix: the client writes its own.
const PREFIX: usize = 5;

/// What it saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) refused: u64,
    /// Refusals that are not `RESOURCE_EXHAUSTED` with the time to wait.
    pub(crate) wrong: Vec<String>,
}

/// Calls until then.
pub(crate) async fn sample(address: SocketAddr, calls: Rc<Calls>, until: Instant) -> Outcome<Seen> {
    let mut client = Grpc::new(Endpoint::from_shared(format!("http://{address}"))?.connect().await?);
    let mut seen = Seen::default();
    while Instant::now() < until
        && let Some(message) = calls.next()
    {
        tokio::time::sleep(EVERY).await;
        client.ready().await?;
        let request = Request::new(Bytes::copy_from_slice(&message[PREFIX..]));
        let answer = client.unary(request, PathAndQuery::from_static(calls.path), BytesCodec);
        let answer: Result<tonic::Response<Bytes>, _> = tokio::select! {
            answer = answer => answer,
            () = tokio::time::sleep_until(until.into()) => break,
        };
        let Err(status) = answer else { continue };
        seen.refused += 1;
        let wait = status.get_details_retry_info().and_then(|info| info.retry_delay);
        if status.code() != Code::ResourceExhausted || wait.is_none() {
            seen.wrong.push(format!("{:?}: {}", status.code(), status.message()));
        }
    }
    Ok(seen)
}
