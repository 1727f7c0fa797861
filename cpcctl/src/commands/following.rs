//! Follows a stream from a cursor, over as many connections as it takes.

use std::time::Duration;

use tonic::{Response, Status, Streaming};

use crate::{
    client::Client,
    context::Context,
    failure::{Failure, Result},
    nodes::{agent::may_pass, backoff::Backoff},
};

/// Opens a stream with `open` and gives each answer to `take`, which says whether it was the last that was asked for. After a cut it goes
/// on from what `open` says then.
pub(crate) async fn follow<M>(
    context: &mut Context,
    mut open: impl AsyncFnMut(&Client) -> std::result::Result<Response<Streaming<M>>, Status>,
    mut take: impl FnMut(M) -> Result<bool>,
) -> Result<()> {
    let output = context.output.clone();
    let mut backoff = Backoff::default();
    let (mut has_begun, mut is_cut) = (false, false);
    let mut client = context.client().await?;
    loop {
        let once = async {
            let mut answers = within(context.timeout(), open(&client.without_deadline())).await?;
            (has_begun, is_cut) = (true, false);
            while let Some(answer) = answers.message().await? {
                backoff.reset();
                if take(answer)? {
                    return Ok(());
                }
            }
            Err(Failure::lost("the server ended the stream"))
        };
        let failure = match once.await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        if failure.is_silent {
            return Err(failure);
        } else if failure.is_unauthenticated() {
            client = context.renewed(failure).await?;
            continue;
        } else if !has_begun || !may_pass(&failure) {
            return Err(failure);
        }
        // Said once for each time that the server is away.
        if !std::mem::replace(&mut is_cut, true) {
            output.warning(format_args!("cut ({}); going on from the cursor", failure.message));
        }
        loop {
            tokio::time::sleep(failure.retry_after.unwrap_or_default() + backoff.wait()).await;
            match context.reconnected().await {
                Ok(connected) => break client = connected,
                Err(failure) if may_pass(&failure) => {}
                Err(failure) => return Err(failure),
            }
        }
    }
}

async fn within<M>(
    limit: Duration,
    opening: impl Future<Output = std::result::Result<Response<Streaming<M>>, Status>>,
) -> Result<Streaming<M>> {
    let opened = tokio::time::timeout(limit, opening).await.map_err(|_| Failure::timeout(limit))?;
    Ok(opened?.into_inner())
}
