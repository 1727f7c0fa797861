//! Where programs keep their files on this platform.

use directories::ProjectDirs;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
};

/// Gives the folders of a program of ours.
pub(crate) fn of(program: &str) -> Result<ProjectDirs> {
    ProjectDirs::from("", "", program).ok_or_else(|| {
        Failure::new(Exit::Failure, "NO_HOME", "the home directory is not known")
            .hint("set HOME, or CPCCTL_CONFIG_DIR and --socket")
    })
}
