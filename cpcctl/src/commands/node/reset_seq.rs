use cpc_proto::v1::ResetNodeSequenceRequest;
use serde::Serialize;

use crate::{context::Context, failure::Result, output::Show};

/// Forgets the sequence number of a node's record, so that one with a lower number is taken
///
/// For a node that has lost count, such as one whose files were brought back from a copy.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node reset-seq 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21")]
pub(crate) struct Args {
    /// Its id, or its peer id
    #[arg(value_name = "ID|PEER_ID")]
    id: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let request = ResetNodeSequenceRequest { id: self.id.clone() };
        let answer = context.call(async |client| client.nodes().reset_node_sequence(request.clone()).await).await?;
        context.output.record(&Reset { id: self.id, old_sequence: answer.old_sequence.to_string() })
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reset {
    id: String,
    old_sequence: String,
}

impl Show for Reset {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("Node", self.id.clone()), ("Forgotten", self.old_sequence.clone())]
    }
}
