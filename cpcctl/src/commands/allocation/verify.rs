use std::{io::Read, path::PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use cpc_signing::{PeerId, Ticket, TicketError};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    clock,
    commands::server,
    context::Context,
    exit::Exit,
    failure::{Failure, Field, Result},
    output::Row,
    private_file, units,
};

/// Checks tickets without the server: who signed them, for which node, for how much, and until when
///
/// Reads a file as --ticket-file writes it: a ticket a line, in base64. Whether a part has moved since, only the server and its
/// directives know. Exit code 9 if a ticket is not to be served.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl allocation verify --ticket job.tickets
  cpcctl alloc verify --ticket - --server-id 12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq --node PEER_ID")]
pub(crate) struct Args {
    /// The file with the tickets, - for stdin
    #[arg(long, value_name = "FILE")]
    ticket: PathBuf,
    /// The server whose tickets are good [default: the context's]
    #[arg(long, value_name = "PEER_ID")]
    server_id: Option<PeerId>,
    /// Only tickets for this node are good [default: those for any]
    #[arg(long, value_name = "PEER_ID")]
    node: Option<PeerId>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let server = server::key(context, self.server_id)?;
        let now = clock::now();
        let output = context.output.clone();
        let (mut list, mut faults) = (output.list::<Checked>(), Vec::new());
        for (number, line) in self.lines()?.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
            let bytes = BASE64_STANDARD.decode(line).map_err(|_| TicketError::Malformed);
            let opened = bytes.and_then(|bytes| match self.node {
                Some(node) => Ticket::verify(&bytes, &server, &node, milliseconds(now)),
                None => Ticket::open(&bytes, &server)
                    .and_then(|ticket| Ticket::verify(&bytes, &server, &ticket.node, milliseconds(now))),
            });
            match opened {
                Ok(ticket) => list.push(Checked::of(&ticket))?,
                Err(error) => {
                    faults.push(Field { field: format!("line {}", number + 1), description: error.to_string() });
                }
            }
        }
        let good = list.finish("")?;
        match (&*faults, good) {
            ([], 0) => Err(Failure::usage(format_args!("{}: there is no ticket in it", self.ticket.display()))),
            ([], _) => Ok(()),
            ([first, ..], _) => {
                let message = format!("{}, {}: {}", self.ticket.display(), first.field, first.description);
                Err(Failure::new(Exit::CheckFailed, "TICKET_INVALID", message).with_fields(faults))
            }
        }
    }

    fn lines(&self) -> Result<String> {
        if self.ticket.as_os_str() != "-" {
            return Ok(String::from_utf8_lossy(&private_file::read_public(&self.ticket)?).into_owned());
        }
        let mut text = String::new();
        let read = std::io::stdin().take(1 << 20).read_to_string(&mut text);
        read.map(|_| text).map_err(|error| Failure::file(&self.ticket, &error))
    }
}

fn milliseconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_millisecond()).unwrap_or_default()
}

/// A ticket that is good.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    allocation_id: String,
    part: u32,
    node: String,
    requester_id: String,
    cpu_millicores: String,
    memory_bytes: String,
    bandwidth_bits_per_second: String,
    epoch: String,
    deadline: String,
    #[serde(skip)]
    amounts: String,
}

impl Checked {
    fn of(ticket: &Ticket) -> Self {
        let deadline = i64::try_from(ticket.deadline_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        Self {
            allocation_id: uuid(&ticket.allocation_id),
            part: ticket.part,
            node: ticket.node.to_string(),
            requester_id: if ticket.requester_id == [0; 16] { String::new() } else { uuid(&ticket.requester_id) },
            cpu_millicores: ticket.cpu_millicores.to_string(),
            memory_bytes: ticket.memory_bytes.to_string(),
            bandwidth_bits_per_second: ticket.bandwidth_bits_per_second.to_string(),
            epoch: ticket.epoch.to_string(),
            deadline: deadline.map(|deadline| deadline.to_string()).unwrap_or_default(),
            amounts: units::show_resources(&cpc_proto::v1::NodeResources {
                cpu_millicores: ticket.cpu_millicores,
                memory_bytes: ticket.memory_bytes,
                bandwidth_bits_per_second: ticket.bandwidth_bits_per_second,
            }),
        }
    }
}

impl Row for Checked {
    const COLUMNS: &'static [&'static str] = &["PART", "EPOCH", "RESOURCES", "ENDS", "NODE", "ALLOCATION"];
    const WHOLE: usize = 5;

    fn name(&self) -> String {
        self.allocation_id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.part.to_string(),
            self.epoch.clone(),
            self.amounts.clone(),
            self.deadline.clone(),
            self.node.clone(),
            self.allocation_id.clone(),
        ]
    }
}

/// Writes an id in its hyphenated form.
fn uuid(bytes: &[u8; 16]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_hyphens() {
        let bytes = [1, 0x92, 0xf0, 0xc1, 0x2b, 0x7a, 0x7c, 0x3e, 0x9d, 0x54, 0x6a, 0x1f, 0x0e, 0x8b, 0x7c, 0x21];
        assert_eq!(uuid(&bytes), "0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21");
    }
}
