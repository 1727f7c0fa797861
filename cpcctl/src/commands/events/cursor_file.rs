//! Where a follower stands, in a file, so that it goes on there when it is started again.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    failure::{Failure, Result},
    private_file::{self, Mode},
};

/// A cursor in a file.
pub(super) struct CursorFile(PathBuf);

impl CursorFile {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Reads the cursor; empty if there is no file yet.
    pub(super) fn read(&self) -> Result<String> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(Failure::file(&self.0, &error)),
        }
    }

    /// Puts another cursor in its place; whoever is cut off in between leaves the one before.
    pub(super) fn write(&self, cursor: &str) -> Result<()> {
        private_file::replace(&self.0, Mode::Private, format!("{cursor}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = CursorFile::new(&folder.path().join("cursor"));
        assert_eq!(file.read().unwrap(), "");
        for cursor in ["AAAA", "BB"] {
            file.write(cursor).unwrap();
            assert_eq!(file.read().unwrap(), cursor);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
