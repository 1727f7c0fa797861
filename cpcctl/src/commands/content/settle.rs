//! Waiting until what was published can be found.

use std::time::{Duration, Instant};

use cpc_proto::v1::SearchQuery;

use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until nothing waits to be indexed: then an answer counts what was published before.
pub(super) async fn settled(context: &mut Context) -> Result<()> {
    let deadline = Instant::now() + context.timeout();
    let query = SearchQuery { q: "anything".into(), page_size: 1, ..Default::default() };
    loop {
        let answer = context.call(async |client| client.discovery().search_content(query.clone()).await).await?;
        if answer.total_is_exact {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let waited = format!("it is stored, but was not indexed within {:?}", context.timeout());
            return Err(
                Failure::new(Exit::Unreachable, "DEADLINE_EXCEEDED", waited).hint("give it longer with --timeout")
            );
        }
        tokio::time::sleep(PAUSE).await;
    }
}
