use cpc_proto::v1::{RebuildIndexRequest, RebuildIndexResponse};
use tonic::Streaming;

use crate::{
    client::Client,
    context::Context,
    failure::{Failure, Result},
    progress::{Progress, State},
};

/// Makes the search index anew from the store
///
/// With OpenSearch another index is filled beside the one that searches use and takes its place when it has everything. With tantivy the index is emptied and filled again; searches find less until that is done. Whatever is published meanwhile is not missed. If a rebuild is under way already, this one joins it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local index rebuild
  cpcctl --local index rebuild --wait
  cpcctl --local index rebuild --wait --progress plain -o json")]
pub(crate) struct Args {
    /// Wait until it is done, and show how far it is; ending the command does not end the work
    #[arg(long)]
    wait: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut answers = match self.open(&context.client().await?, context).await {
            Err(failure) if failure.is_unauthenticated() => {
                let client = context.renewed(failure).await?;
                self.open(&client, context).await?
            }
            opened => opened?,
        };
        let mut last = answers.message().await?.ok_or_else(Failure::empty_answer)?;
        if self.wait {
            let total = (last.total > 0).then_some(last.total);
            let mut progress = Progress::new(context.progress, context.output.is_quiet(), total);
            let followed = follow(&mut answers, &mut last, &mut progress).await;
            progress.finish();
            followed?;
        }
        context.output.record(&last)
    }

    async fn open(&self, client: &Client, context: &Context) -> Result<Streaming<RebuildIndexResponse>> {
        let limit = context.timeout();
        let mut admin = client.without_deadline().admin();
        let opening = admin.rebuild_index(RebuildIndexRequest {});
        let opened = tokio::time::timeout(limit, opening).await.map_err(|_| Failure::timeout(limit))?;
        Ok(opened?.into_inner())
    }
}

async fn follow(
    answers: &mut Streaming<RebuildIndexResponse>,
    last: &mut RebuildIndexResponse,
    progress: &mut Progress,
) -> Result<()> {
    while last.finished_at.is_none() {
        let lost = || Failure::lost("the server ended the stream; the work goes on, see cpcctl index status");
        *last = answers.message().await?.ok_or_else(lost)?;
        progress.expect(last.total);
        progress.update(State { done_bytes: last.done, entries: last.done, refused: 0 });
    }
    Ok(())
}
