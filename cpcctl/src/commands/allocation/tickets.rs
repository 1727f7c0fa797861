//! The file of tickets: one a line in base64, for the node that each part lies on.

use std::{fmt::Write as _, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use cpc_proto::v1::ResourceAllocation;
use zeroize::Zeroizing;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    private_file::{self, Mode},
};

/// Writes the tickets of an allocation, readable by their owner only, in place of older ones.
pub(super) fn write(path: &Path, allocation: &ResourceAllocation) -> Result<()> {
    let mut text = Zeroizing::new(String::new());
    for part in allocation.parts.iter().filter(|part| !part.ticket.is_empty()) {
        let _ = writeln!(text, "{}", BASE64_STANDARD.encode(&part.ticket));
    }
    if text.is_empty() {
        let message = format!("allocation {} has no ticket: no part of it has a node now", allocation.id);
        return Err(Failure::new(Exit::Conflict, "NO_TICKET", message)
            .hint("wait for one with `cpcctl allocation show ID --wait --ticket-file FILE`"));
    }
    private_file::create_parent(path)?;
    private_file::replace(path, Mode::Private, text.as_bytes())
}
