//! What became of the lines: counts for the summary, and every refusal.

use std::time::{Duration, Instant};

use cpc_proto::v1::PublishContentStreamResponse;
use serde::Serialize;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    output::Show,
    progress::State,
};

/// Refusals that the JSON summary lists; the rest are only counted.
const MAX_LISTED: usize = 10_000;

/// A line that was not taken.
#[derive(Debug, Serialize)]
pub(super) struct Refused {
    #[serde(serialize_with = "as_text")]
    pub(super) line: u64,
    pub(super) reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) field: String,
    pub(super) message: String,
}

impl Refused {
    /// Says it in a line.
    pub(super) fn words(&self) -> String {
        let is_named = self.field.is_empty() || self.message.starts_with(&self.field);
        let field = if is_named { String::new() } else { format!("{}: ", self.field) };
        format!("line {}: {} ({field}{})", self.line, self.reason, self.message)
    }
}

/// Counts what became of the lines.
#[derive(Debug)]
pub(super) struct Report {
    published: u64,
    updated: u64,
    unchanged: u64,
    refused: u64,
    done_bytes: u64,
    listed: Vec<Refused>,
    keeps_list: bool,
    started: Instant,
}

impl Report {
    /// Begins to count; refusals are kept only if the summary lists them.
    pub(super) fn new(keeps_list: bool) -> Self {
        Self {
            published: 0,
            updated: 0,
            unchanged: 0,
            refused: 0,
            done_bytes: 0,
            listed: Vec::new(),
            keeps_list,
            started: Instant::now(),
        }
    }

    /// Counts what an answer says to be durable.
    pub(super) fn count(&mut self, answer: &PublishContentStreamResponse, line_bytes: u64) {
        self.published += u64::from(answer.created);
        self.updated += u64::from(answer.updated);
        self.unchanged += u64::from(answer.unchanged);
        self.done_bytes += line_bytes;
    }

    /// Counts a line that would be sent.
    pub(super) fn send(&mut self, line_bytes: u64) {
        self.published += 1;
        self.done_bytes += line_bytes;
    }

    /// Counts lines that need nothing.
    pub(super) fn skip(&mut self, line_bytes: u64) {
        self.done_bytes += line_bytes;
    }

    /// Counts a refusal.
    pub(super) fn refuse(&mut self, refused: Refused) {
        self.refused += 1;
        if self.keeps_list && self.listed.len() < MAX_LISTED {
            self.listed.push(refused);
        }
    }

    pub(super) fn state(&self) -> State {
        State { done_bytes: self.done_bytes, entries: self.entries(), refused: self.refused }
    }

    fn entries(&self) -> u64 {
        self.published + self.updated + self.unchanged
    }

    /// Sums up.
    pub(super) fn summary(mut self) -> Summary {
        self.listed.sort_by_key(|refused| refused.line);
        let duration = self.started.elapsed();
        Summary {
            rate_per_second: rate(self.entries(), duration),
            published: self.published,
            updated: self.updated,
            unchanged: self.unchanged,
            refused: self.refused,
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            refusals: self.listed,
        }
    }

    /// Says how far it came, if something ends it early.
    pub(super) fn so_far(&self) -> String {
        let (entries, refused) = (self.entries(), self.refused);
        format!("{entries} entries are stored, {refused} were refused; the same command again goes on without doubling")
    }
}

fn rate(entries: u64, duration: Duration) -> u64 {
    (entries as f64 / duration.as_secs_f64().max(0.001)).round() as u64
}

/// The outcome of a bulk publish.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    #[serde(serialize_with = "as_text")]
    published: u64,
    #[serde(serialize_with = "as_text")]
    updated: u64,
    #[serde(serialize_with = "as_text")]
    unchanged: u64,
    #[serde(serialize_with = "as_text")]
    refused: u64,
    #[serde(serialize_with = "as_text")]
    duration_ms: u64,
    #[serde(serialize_with = "as_text")]
    rate_per_second: u64,
    refusals: Vec<Refused>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference to the field")]
fn as_text<S: serde::Serializer>(number: &u64, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

impl Summary {
    /// Turns refusals into the exit code for partial success.
    pub(super) fn verdict(&self) -> Result<()> {
        if self.refused == 0 {
            return Ok(());
        }
        let all = self.published + self.updated + self.unchanged + self.refused;
        let message = format!("{} of {all} entries were refused", self.refused);
        Err(Failure::new(Exit::Partial, "ENTRIES_REFUSED", message)
            .hint("correct these lines and run the same command again: nothing is doubled"))
    }
}

impl Show for Summary {
    fn name(&self) -> String {
        (self.published + self.updated + self.unchanged).to_string()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Published", self.published.to_string()),
            ("Updated", self.updated.to_string()),
            ("Unchanged", self.unchanged.to_string()),
            ("Refused", self.refused.to_string()),
            ("Time", format!("{:.1} s", self.duration_ms as f64 / 1000.0)),
            ("Rate", format!("{}/s", self.rate_per_second)),
        ]
    }
}
