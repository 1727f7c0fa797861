//! Files that only their owner may read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
};

/// No file of ours is larger.
const MAX_BYTES: u64 = 1 << 20;

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The owner.
    Private,
    /// Everybody.
    Public,
}

/// Makes the folder of a file, readable by its owner only.
pub(crate) fn create_parent(path: &Path) -> Result<()> {
    let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(parent).map_err(|error| Failure::file(parent, &error))
}

/// Writes a file that must not exist yet.
pub(crate) fn create(path: &Path, mode: Mode, bytes: &[u8]) -> Result<()> {
    let mut file = open_new(path, mode).map_err(|error| Failure::file(path, &error))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = fs::remove_file(path);
        Failure::file(path, &error)
    })
}

/// Replaces a file, or makes it: readers see the old one or the new one, never a half.
pub(crate) fn replace(path: &Path, mode: Mode, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    // Left over from a process that had the same number and died.
    let _ = fs::remove_file(&beside);
    create(&beside, mode, bytes)?;
    fs::rename(&beside, path).map_err(|error| {
        let _ = fs::remove_file(&beside);
        Failure::file(path, &error)
    })
}

/// Opens a secret; refuses it if group or others could have read it too.
pub(crate) fn open(path: &Path) -> Result<File> {
    let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
    check_mode(path, &file)?;
    Ok(file)
}

/// Reads a secret; refuses it if group or others could have read it too.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    read_all(path, &open(path)?)
}

/// Reads a file that is no secret.
pub(crate) fn read_public(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
    read_all(path, &file)
}

/// Opens a file that is there to be locked, or makes it.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Gives a path that does not depend on where the program runs.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn read_all(path: &Path, file: &File) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|error| Failure::file(path, &error))?;
    Ok(bytes)
}

fn open_new(path: &Path, mode: Mode) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if mode == Mode::Private { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

#[cfg(unix)]
fn check_mode(path: &Path, file: &File) -> Result<()> {
    use std::os::unix::fs::MetadataExt;

    // Asked of the open file, so that nobody can put another one in its place in between.
    let mode = file.metadata().map_err(|error| Failure::file(path, &error))?.mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Failure::new(
        Exit::Denied,
        "FILE_NOT_PRIVATE",
        format_args!("{path}: group or others may read this secret (mode {:04o})", mode & 0o7777),
    )
    .hint(format_args!("chmod 600 {path}")))
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &File) -> Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("the file is there").permissions().mode() & 0o777
    }

    #[test]
    fn a_secret_is_written_for_its_owner_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/secret");
        create_parent(&path).unwrap();
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        create(&path, Mode::Private, b"one").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(create(&path, Mode::Private, b"two").unwrap_err().exit, Exit::Conflict);
        assert_eq!(&**read(&path).unwrap(), b"one");

        replace(&path, Mode::Private, b"three").unwrap();
        assert_eq!((&**read(&path).unwrap(), mode(&path)), (&b"three"[..], 0o600));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        create(&path, Mode::Private, b"x").unwrap();
        for open in [0o640, 0o604, 0o620, 0o644] {
            fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
            let failure = read(&path).unwrap_err();
            assert_eq!((failure.exit, &*failure.reason), (Exit::Denied, "FILE_NOT_PRIVATE"));
            assert!(failure.hint.as_ref().unwrap().starts_with("chmod 600"));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(read(&path).is_ok());
    }
}
