//! Runs the program in a folder of its own, with nothing of the caller's environment that it listens to.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// A home for runs of cpcctl.
pub(crate) struct Home {
    folder: TempDir,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration folder; it does not exist until something is kept in it.
    pub(crate) fn config(&self) -> PathBuf {
        self.path().join("config")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cpcctl"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CPCCTL_") {
                command.env_remove(name);
            }
        }
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "SSH_AUTH_SOCK"] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("CPCCTL_CONFIG_DIR", self.config())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::from(self.command(arguments).output().expect("cpcctl starts"))
    }

    /// Runs what has to work and gives its stdout.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.stdout
    }

    /// Runs what has to fail with `-o json`, and gives the one object on stderr.
    pub(crate) fn refused(&self, code: i32, arguments: &[&str]) -> serde_json::Value {
        let run = self.run(arguments);
        assert_eq!(run.code, code, "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
        serde_json::from_str(&run.stderr).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", run.stderr))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("cpcctl ends by itself"),
            stdout: String::from_utf8(output.stdout).expect("stdout is text"),
            stderr: String::from_utf8(output.stderr).expect("stderr is text"),
        }
    }
}

/// Says, where it can be seen, that a test needs a program that is not there; fails if everything is required.
pub(crate) fn without(program: &str) {
    assert!(
        std::env::var_os("CPC_TEST_REQUIRE").is_none_or(|value| value != "all"),
        "{program} is required and missing"
    );
    eprintln!("SKIPPED: {program} is missing");
}
