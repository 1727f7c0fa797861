use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use cpc_proto::v1::{ExportAuditRequest, export_audit_response::Part};
use cpc_signing::PeerId;

use super::chain::follow_file;
use crate::{
    commands::server,
    context::Context,
    failure::{Failure, Result},
};

/// Writes the audit out as it is: its entries with their hashes, and what the server has signed of them
///
/// A line of JSON each, to be kept elsewhere: whoever has them sees with `audit verify` what was changed since. With --file, what the file
/// does not have yet is added to it, and what it has is checked first.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl audit export --file audit.jsonl        # again each day: only what is new is asked for
  cpcctl audit export | gzip > audit.jsonl.gz")]
pub(crate) struct Args {
    /// The file to add to [default: stdout]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Only what comes behind this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true, conflicts_with = "file")]
    after: u64,
    /// The server whose audit is in the file [default: the context's]
    #[arg(long, value_name = "PEER_ID", requires = "file")]
    server_id: Option<PeerId>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let (after, sealed, mut out): (u64, u64, Box<dyn Write>) = match &self.file {
            None => (self.after, 0, Box::new(BufWriter::new(std::io::stdout()))),
            Some(path) if path.exists() => {
                let (followed, end) = follow_file(path, server::key(context, self.server_id)?)?;
                let file = open(path)?;
                file.set_len(end).map_err(|error| Failure::file(path, &error))?;
                let sealed = followed.noted().map_or(followed.cleared, |(number, _)| number);
                (followed.through(), sealed, Box::new(BufWriter::new(file)))
            }
            Some(path) => (0, 0, Box::new(BufWriter::new(open(path)?))),
        };
        let request = ExportAuditRequest { after_number: after };
        let opened =
            async |client: crate::client::Client| client.without_deadline().audit().export_audit(request).await;
        let mut parts = context.call(opened).await?;
        let mut written = 0_u64;
        while let Some(part) = parts.message().await? {
            match &part.part {
                // The file has it.
                Some(Part::Seal(seal)) if seal.number <= sealed && sealed > 0 => continue,
                Some(Part::Entry(_)) => written += 1,
                Some(Part::Seal(_)) | None => {}
            }
            serde_json::to_writer(&mut out, &part).map_err(|error| Failure::from(std::io::Error::from(error)))?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        context.output.note(format_args!("{written} entries"));
        Ok(())
    }
}

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Failure::file(path, &error))
}
