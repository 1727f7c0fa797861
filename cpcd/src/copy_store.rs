//! `cpcd store copy`: moving house, with progress on stderr and what was compared on stdout.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use anyhow::Context;
use cpcd_store::sql::{self, CopyStep};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a line is written where there is no terminal.
const EVERY: Duration = Duration::from_secs(3);

/// Copies a store into an empty one of the other engine, and compares the two.
///
/// # Errors
/// If one of the two cannot be opened or is in use, or they do not agree in the end.
pub async fn copy_store(from: &str, to: &str) -> anyhow::Result<()> {
    let config = |url: &str| sql::Config { url: url.to_owned(), ..sql::Config::default() };
    let mut shown = Shown::new();
    let copied = sql::copy(&config(from), &config(to), &mut |step| shown.step(&step)).await;
    shown.finish();
    if shown.has_begun {
        copied.context(
            "the store was not copied whole; what is there already is kept, and the same command goes on with it",
        )?;
    } else {
        copied.context("nothing was copied")?;
    }
    shown.summary()?;
    Ok(())
}

/// Shows how far a copy is.
struct Shown {
    bar: Option<ProgressBar>,
    table: &'static str,
    has_begun: bool,
    told: Instant,
    verified: Vec<(&'static str, u64, String)>,
}

impl Shown {
    fn new() -> Self {
        let style =
            ProgressStyle::with_template("{msg:16} {bar:30} {pos}/{len}  eta {eta}").expect("the template is valid");
        let bar = io::stderr()
            .is_terminal()
            .then(|| ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_style(style));
        Self { bar, table: "", has_begun: false, told: Instant::now(), verified: Vec::new() }
    }

    fn step(&mut self, step: &CopyStep) {
        self.has_begun = true;
        match step {
            CopyStep::Resumed => self.say("a copy that was cut off goes on"),
            CopyStep::Copied { table, rows, total } => {
                let is_new = std::mem::replace(&mut self.table, table) != *table;
                match &self.bar {
                    Some(bar) => {
                        if is_new {
                            bar.set_message(*table);
                            bar.reset();
                        }
                        bar.set_length(*total);
                        bar.set_position(*rows);
                    }
                    None if is_new || rows == total || self.told.elapsed() >= EVERY => {
                        self.told = Instant::now();
                        self.say(&format!("{table}: {rows} of {total} rows"));
                    }
                    None => {}
                }
            }
            CopyStep::Verified { table, rows, digest } => {
                if let Some(bar) = &self.bar {
                    bar.set_message(format!("comparing {table}"));
                }
                self.verified.push((table, *rows, digest.clone()));
            }
        }
    }

    fn say(&self, line: &str) {
        let write = || drop(writeln!(io::stderr().lock(), "{line}"));
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Writes what was compared: table, rows, digest.
    fn summary(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for (table, rows, digest) in &self.verified {
            writeln!(out, "{table}\t{rows}\t{digest}")?;
        }
        Ok(())
    }
}
