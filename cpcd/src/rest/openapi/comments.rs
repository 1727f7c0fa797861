//! The comments of the `.proto` files, by the place of what they describe.

use std::collections::HashMap;

use cpc_proto::FILE_DESCRIPTOR_SET;
use prost::Message;
use prost_reflect::FileDescriptor;

/// What the files say of their own.
pub(super) struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    /// Reads those of all files.
    pub(super) fn read() -> Self {
        let set = prost_types::FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("the build has made them");
        let mut comments = HashMap::new();
        for file in set.file {
            let name = file.name().to_owned();
            for location in file.source_code_info.unwrap_or_default().location {
                let lines = location.leading_comments().lines().map(str::trim).filter(|line| !line.is_empty());
                let text = lines.collect::<Vec<_>>().join(" ");
                if !text.is_empty() {
                    comments.insert((name.clone(), location.path), text);
                }
            }
        }
        Self(comments)
    }

    /// Gives what is said of something; nothing if nothing is.
    pub(super) fn of(&self, file: &FileDescriptor, path: &[i32]) -> String {
        self.0.get(&(file.name().to_owned(), path.to_vec())).cloned().unwrap_or_default()
    }
}
