//! Progress in stages on stderr: a bar on a terminal, a line with the time for each stage elsewhere.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{clock, escape, progress::ProgressMode};

/// Shows which stage the work is in.
pub(crate) struct Stages {
    mode: ProgressMode,
    bar: Option<ProgressBar>,
    total: u32,
}

impl Stages {
    pub(crate) fn new(mode: ProgressMode, is_quiet: bool) -> Self {
        let mode = match mode {
            ProgressMode::Auto if is_quiet => ProgressMode::None,
            ProgressMode::Auto if io::stderr().is_terminal() => ProgressMode::Bar,
            ProgressMode::Auto => ProgressMode::Plain,
            ProgressMode::Bar | ProgressMode::Plain | ProgressMode::Json | ProgressMode::None => mode,
        };
        Self { mode, bar: None, total: 0 }
    }

    /// Says how many stages there are.
    pub(crate) fn plan(&mut self, total: u32) {
        self.total = total;
        if self.mode == ProgressMode::Bar && total > 0 {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}").expect("the template is valid");
            let bar = ProgressBar::with_draw_target(Some(total.into()), ProgressDrawTarget::stderr());
            self.bar = Some(bar.with_style(style));
        }
    }

    /// Says that a stage begins.
    pub(crate) fn begin(&self, number: u32, name: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(escape::line(name)),
            None => self.tell("begun", number, name, None),
        }
    }

    /// Says that a stage is done.
    pub(crate) fn done(&self, number: u32, name: &str, milliseconds: u64) {
        match &self.bar {
            Some(bar) => bar.set_position(number.into()),
            None => self.tell("done", number, name, Some(milliseconds)),
        }
    }

    /// Ends; the bar goes away, since the summary follows.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn tell(&self, event: &str, number: u32, name: &str, milliseconds: Option<u64>) {
        let now = clock::now();
        let line = match self.mode {
            ProgressMode::Json => serde_json::json!({
                "time": now.to_string(), "event": event, "number": number, "total": self.total, "name": name,
                "durationMs": milliseconds.map(|time| time.to_string()),
            })
            .to_string(),
            ProgressMode::Plain => {
                let took = milliseconds.map(|time| format!(" took {time} ms")).unwrap_or_default();
                format!("{now:.0} {number} of {}: {}{took}", self.total, escape::line(name))
            }
            ProgressMode::Auto | ProgressMode::Bar | ProgressMode::None => return,
        };
        let _ = writeln!(io::stderr().lock(), "{line}");
    }
}
