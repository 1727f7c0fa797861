//! What is sent of an entry, whether it came from flags or from a line of a file.

use cpc_proto::v1::ContentMetadata;
use sha2::{Digest, Sha256};

/// Makes publishing safe to repeat: an entry that nothing names gets a request id made of all that it says.
pub(super) fn name_it(content: &mut ContentMetadata) {
    if content.id.is_empty() && content.cid.is_empty() && content.request_id.is_empty() {
        let said = serde_json::to_vec(content).expect("metadata has a JSON form");
        let digest = Sha256::digest(said);
        content.request_id = digest.iter().fold(String::from("sha256:"), |id, byte| format!("{id}{byte:02x}"));
    }
}

/// The bytes that an entry takes in a message, roughly and never less than its texts.
pub(super) fn size(content: &ContentMetadata) -> usize {
    let texts =
        [&content.id, &content.title, &content.description, &content.cid, &content.media_type, &content.request_id];
    texts.into_iter().chain(&content.tags).map(|text| text.len() + 8).sum::<usize>() + 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str) -> ContentMetadata {
        ContentMetadata { title: title.into(), tags: vec!["a".into()], ..ContentMetadata::default() }
    }

    fn named(mut content: ContentMetadata) -> ContentMetadata {
        name_it(&mut content);
        content
    }

    #[test]
    fn the_same_entry_has_the_same_name_and_another_has_another() {
        let id = named(entry("one")).request_id;
        assert_eq!(id, named(entry("one")).request_id);
        assert_eq!((&id[..7], id.len()), ("sha256:", 71));
        assert_ne!(id, named(entry("two")).request_id);
        assert_ne!(id, named(ContentMetadata { size_bytes: 1, ..entry("one") }).request_id);
    }

    #[test]
    fn what_has_a_name_keeps_it() {
        for content in [
            ContentMetadata { id: "x".into(), ..entry("one") },
            ContentMetadata { cid: "x".into(), ..entry("one") },
            ContentMetadata { request_id: "x".into(), ..entry("one") },
        ] {
            assert_eq!(named(content.clone()), content);
        }
    }
}
