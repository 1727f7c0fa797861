//! Progress on stderr: a bar on a terminal, a line now and then elsewhere.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::clock;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ProgressMode {
    /// A bar on a terminal, plain lines elsewhere, nothing with --quiet
    #[default]
    Auto,
    /// A bar
    Bar,
    /// A line with the time every few seconds
    Plain,
    /// A JSON object a line
    Json,
    /// Nothing
    None,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct State {
    pub(crate) done_bytes: u64,
    pub(crate) entries: u64,
    pub(crate) refused: u64,
}

/// Shows how far the work is.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    mode: ProgressMode,
    total_bytes: Option<u64>,
    started: Instant,
    told: Instant,
}

impl Progress {
    const EVERY: Duration = Duration::from_secs(3);

    /// Begins; without a total there is a spinner in place of a bar.
    pub(crate) fn new(mode: ProgressMode, is_quiet: bool, total_bytes: Option<u64>) -> Self {
        let mode = match mode {
            ProgressMode::Auto if is_quiet => ProgressMode::None,
            ProgressMode::Auto if io::stderr().is_terminal() => ProgressMode::Bar,
            ProgressMode::Auto => ProgressMode::Plain,
            ProgressMode::Bar | ProgressMode::Plain | ProgressMode::Json | ProgressMode::None => mode,
        };
        let bar = (mode == ProgressMode::Bar).then(|| {
            let bar = total_bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.with_style(Self::style(total_bytes.is_some()))
        });
        Self { bar, mode, total_bytes, started: Instant::now(), told: Instant::now() }
    }

    /// Says how much there is to do in all, where that was not known at the beginning or has changed.
    pub(crate) fn expect(&mut self, total: u64) {
        if total > 0
            && self.total_bytes.replace(total) != Some(total)
            && let Some(bar) = &self.bar
        {
            bar.set_length(total);
            bar.set_style(Self::style(true));
        }
    }

    fn style(has_total: bool) -> ProgressStyle {
        let template = if has_total { "{bar:30} {percent:>3}%  {msg}  eta {eta}" } else { "{spinner} {msg}" };
        ProgressStyle::with_template(template).expect("the template is valid")
    }

    /// Shows the state, as often as is useful.
    pub(crate) fn update(&mut self, state: State) {
        if let Some(bar) = &self.bar {
            bar.set_message(self.words(state));
            bar.set_position(state.done_bytes);
        } else if self.mode != ProgressMode::None && self.told.elapsed() >= Self::EVERY {
            self.told = Instant::now();
            self.tell(state);
        }
    }

    /// Writes a line to stderr without spoiling the bar.
    pub(crate) fn say(&self, line: &str) {
        let write = || {
            let _ = writeln!(io::stderr().lock(), "{line}");
        };
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Ends; the bar goes away, since the summary follows.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn rate(&self, state: State) -> u64 {
        (state.entries as f64 / self.started.elapsed().as_secs_f64().max(0.001)) as u64
    }

    fn words(&self, state: State) -> String {
        let refused = if state.refused > 0 { format!(", {} refused", state.refused) } else { String::new() };
        format!("{} entries, {}/s{refused}", state.entries, self.rate(state))
    }

    fn tell(&self, state: State) {
        let now = clock::now();
        if self.mode == ProgressMode::Json {
            let line = serde_json::json!({
                "time": now.to_string(), "entries": state.entries.to_string(), "refused": state.refused.to_string(),
                "doneBytes": state.done_bytes.to_string(),
                "totalBytes": self.total_bytes.map(|total| total.to_string()),
                "ratePerSecond": self.rate(state).to_string(),
            });
            return self.say(&line.to_string());
        }
        let share = self.total_bytes.filter(|total| *total > 0);
        let share = share.map(|total| format!("{}%, ", state.done_bytes * 100 / total)).unwrap_or_default();
        self.say(&format!("{now:.0} {share}{}", self.words(state)));
    }
}
