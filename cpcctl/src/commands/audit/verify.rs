use std::path::PathBuf;

use cpc_proto::v1::{ExportAuditRequest, GetCallerRequest};
use cpc_signing::{PeerId, PublicKey};
use serde::Serialize;

use super::chain::{Follower, follow_file};
use crate::{
    clock,
    commands::server,
    context::Context,
    failure::{Failure, Result},
    output::Show,
};

/// Checks the audit here, against the server's key: any entry that was changed, removed, added or moved is named
///
/// The server's own word does not count. What only its end shows, that the store was set back to an earlier day, is seen with --file: the
/// chain must go on where the file, which `audit export` wrote, ends. Exit code 9 if it does not hold.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl audit verify --file audit.jsonl
  cpcctl audit verify --file audit.jsonl --offline --server-id 12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq")]
pub(crate) struct Args {
    /// What was exported before
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Check the file alone, and ask no server
    #[arg(long, requires = "file")]
    offline: bool,
    /// The server whose seals are good [default: the context's]
    #[arg(long, value_name = "PEER_ID")]
    server_id: Option<PeerId>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let server = self.server(context).await?;
        let file = self.file.as_deref().map(|path| follow_file(path, server)).transpose()?.map(|(file, _)| file);
        if self.offline {
            let file = file.ok_or_else(|| Failure::usage("--offline needs --file"))?;
            file.finish()?;
            return context.output.record(&Checked::of(&file, &server));
        }
        let noted = file.as_ref().and_then(Follower::noted);
        let mut follower = Follower::new(server, noted);
        let opened = async |client: crate::client::Client| {
            client.without_deadline().audit().export_audit(ExportAuditRequest::default()).await
        };
        let mut parts = context.call(opened).await?;
        while let Some(part) = parts.message().await? {
            follower.take(part)?;
        }
        follower.finish()?;
        if noted.is_some_and(|(number, _)| number < follower.cleared) {
            context
                .output
                .note("entries behind those of the file were cleared away: what is between them cannot be seen");
        }
        context.output.record(&Checked::of(&follower, &server))
    }

    /// Gives the key whose seals are good. Whoever is on the daemon's own socket knows which daemon it is.
    async fn server(&self, context: &mut Context) -> Result<PublicKey> {
        if self.server_id.is_none() && context.is_local() {
            let caller = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await?;
            return server::key(context, Some(caller.server_id.parse().map_err(Failure::usage)?));
        }
        server::key(context, self.server_id)
    }
}

/// A chain that holds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    server_id: String,
    entries: String,
    cleared_through: String,
    verified_through: String,
    head: String,
    sealed_at: String,
}

impl Checked {
    fn of(follower: &Follower, server: &PublicKey) -> Self {
        let (head, at) = match &follower.head {
            Some(head) => {
                let hash: String = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
                let at = head.time.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
                (hash, at.unwrap_or_default())
            }
            None => (String::new(), String::new()),
        };
        Self {
            server_id: server.peer_id().to_string(),
            entries: follower.entries.to_string(),
            cleared_through: follower.cleared.to_string(),
            verified_through: follower.through().to_string(),
            head,
            sealed_at: at,
        }
    }
}

impl Show for Checked {
    fn name(&self) -> String {
        self.verified_through.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Server", self.server_id.clone()),
            ("Entries", self.entries.clone()),
            ("Cleared away up to", self.cleared_through.clone()),
            ("Holds up to", self.verified_through.clone()),
            ("Hash", self.head.clone()),
            ("Sealed", self.sealed_at.clone()),
        ]
    }
}
