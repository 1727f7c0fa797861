//! Ctrl-C: ends the run at once with code 130, and leaves the terminal as it was.

use std::{
    io::{self, IsTerminal, Write},
    process,
    sync::{Mutex, PoisonError},
    thread,
};

use crate::exit::Exit;

static LAST_WORDS: Mutex<Option<String>> = Mutex::new(None);

/// Watches for Ctrl-C beside whatever the program waits for.
///
/// A thread of its own, since a prompt or a read of stdin blocks the main one.
pub(crate) fn watch() {
    thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            terminal::restore();
            let words = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut stderr = io::stderr().lock();
            if stderr.is_terminal() {
                let _ = writeln!(stderr);
            }
            if let Some(words) = words {
                let _ = writeln!(stderr, "interrupted: {words}");
            }
            process::exit(Exit::Interrupted.code().into());
        }
    });
}

/// Keeps what to say if the run is interrupted now: how far it came.
pub(crate) fn leave_word(words: Option<String>) {
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = words;
}

/// Keeps the terminal's settings for [`watch`] while a prompt has turned the echo off.
pub(crate) fn remember_terminal() -> impl Drop {
    terminal::remember()
}

#[cfg(unix)]
mod terminal {
    use std::sync::{Mutex, PoisonError};

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    pub(super) struct Remembered;

    impl Drop for Remembered {
        fn drop(&mut self) {
            *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    pub(super) fn remember() -> Remembered {
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = tcgetattr(std::io::stdin()).ok();
        Remembered
    }

    pub(super) fn restore() {
        if let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &before);
        }
    }
}

#[cfg(not(unix))]
mod terminal {
    pub(super) struct Remembered;

    impl Drop for Remembered {
        fn drop(&mut self) {}
    }

    pub(super) fn remember() -> Remembered {
        Remembered
    }

    pub(super) fn restore() {}
}
