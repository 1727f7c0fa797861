//! What was sent and is not yet durable: kept, so that a broken connection loses nothing.

use std::collections::VecDeque;

use cpc_proto::v1::{ContentMetadata, PublishContentStreamRequest};

use super::super::metadata;

/// At most so many entries are under way.
pub(super) const MAX_ENTRIES: usize = 4_000;
/// At most about so many bytes are; one entry always fits.
const MAX_BYTES: usize = 16 << 20;

#[derive(Debug)]
struct Entry {
    sequence: u64,
    line_bytes: u64,
    size: usize,
    content: ContentMetadata,
}

/// The entries that the server has not yet said to be durable, oldest first.
#[derive(Debug, Default)]
pub(super) struct Window {
    entries: VecDeque<Entry>,
    size: usize,
}

impl Window {
    /// Tells whether another entry may be sent.
    pub(super) fn has_room(&self) -> bool {
        self.entries.len() < MAX_ENTRIES && self.size < MAX_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Keeps an entry and gives the message that carries it.
    pub(super) fn push(
        &mut self,
        sequence: u64,
        line_bytes: u64,
        content: ContentMetadata,
    ) -> PublishContentStreamRequest {
        let size = metadata::size(&content);
        self.size += size;
        self.entries.push_back(Entry { sequence, line_bytes, size, content: content.clone() });
        PublishContentStreamRequest { sequence, content: Some(content) }
    }

    /// Lets go of what is durable; gives the length of its lines.
    pub(super) fn acknowledge(&mut self, durable_through: u64) -> u64 {
        let mut line_bytes = 0;
        while let Some(entry) = self.entries.pop_front_if(|entry| entry.sequence <= durable_through) {
            self.size -= entry.size;
            line_bytes += entry.line_bytes;
        }
        line_bytes
    }

    /// Gives the messages to send again on a new connection.
    pub(super) fn again(&self) -> impl Iterator<Item = PublishContentStreamRequest> {
        self.entries
            .iter()
            .map(|entry| PublishContentStreamRequest { sequence: entry.sequence, content: Some(entry.content.clone()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_durable_is_sent_again_in_order() {
        let mut window = Window::default();
        for sequence in [1, 2, 5, 9] {
            window.push(sequence, 10, ContentMetadata::default());
        }
        assert_eq!(window.acknowledge(0), 0);
        assert_eq!(window.acknowledge(4), 20);
        assert_eq!(window.again().map(|request| request.sequence).collect::<Vec<_>>(), [5, 9]);
        assert_eq!(window.acknowledge(9), 20);
        assert!(window.is_empty());
        assert_eq!(window.size, 0);
    }

    #[test]
    fn memory_is_bounded_by_count_and_by_size() {
        let mut window = Window::default();
        while window.has_room() {
            window.push(window.entries.len() as u64, 1, ContentMetadata::default());
        }
        assert_eq!(window.entries.len(), MAX_ENTRIES);

        let mut window = Window::default();
        let large = ContentMetadata { description: "x".repeat(64 << 10), ..ContentMetadata::default() };
        while window.has_room() {
            window.push(window.entries.len() as u64, 1, large.clone());
        }
        assert!(window.size < MAX_BYTES + (65 << 10) && window.entries.len() < 300);
    }
}
