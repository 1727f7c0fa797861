//! The flags that every command has.
#![allow(clippy::doc_markdown, rustdoc::bare_urls, reason = "shown as help, where backticks would only be letters")]

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use clap::{ArgMatches, Args, parser::ValueSource};

use crate::{
    endpoint::Endpoint,
    progress::ProgressMode,
    shape::{Color, Format, Shape},
    tls::Pin,
};

/// The flags that every command has.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<Endpoint>,
    /// Speak to the daemon on this machine through its Unix socket, as its administrator
    #[arg(long, global = true, conflicts_with = "endpoint")]
    pub(crate) local: bool,
    /// The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd's data directory]
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "endpoint")]
    pub(crate) socket: Option<PathBuf>,
    /// Certificates (PEM) of the authorities to believe over https, in place of the system's; also CPCCTL_CA_FILE
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) ca_file: Option<PathBuf>,
    /// The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN
    #[arg(long, global = true, value_name = "PIN", hide_short_help = true)]
    pub(crate) tls_pin: Option<Pin>,
    /// The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]
    #[arg(long, global = true, value_name = "NAME", value_parser = context_name)]
    pub(crate) context: Option<String>,
    /// Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// How data is written
    #[arg(short, long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
    /// How long an answer may take: 500ms, 2s, 1m
    #[arg(long, global = true, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// No notes and no progress on stderr
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Answer yes to every question
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,
    /// Check, show what would be sent to the server to change something, and do not send it
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", hide_short_help = true)]
    pub(crate) color: Color,
    /// How to show progress
    #[arg(long, global = true, value_enum, default_value_t, value_name = "HOW", hide_short_help = true)]
    pub(crate) progress: ProgressMode,
    /// No titles above the columns
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) no_headers: bool,
    /// Do not cut columns to the width of the terminal
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) no_trunc: bool,
    /// Fit columns to so many characters, even in a pipe
    #[arg(long, global = true, value_name = "N", hide_short_help = true)]
    pub(crate) width: Option<u16>,
    /// Which of them were typed; the others have their defaults.
    #[arg(skip)]
    pub(crate) given: BTreeSet<String>,
}

impl Global {
    /// Notes which flags were typed.
    pub(crate) fn note(&mut self, matches: &ArgMatches) {
        let is_typed = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        self.given = matches.ids().filter(is_typed).map(|id| id.as_str().to_owned()).collect();
    }

    pub(crate) fn shape(&self) -> Shape {
        Shape {
            format: self.output,
            color: self.color,
            is_quiet: self.quiet,
            no_headers: self.no_headers,
            no_trunc: self.no_trunc,
            width: self.width,
        }
    }
}

/// Reads a duration: a number and its unit.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 =
        number.parse().map_err(|_| "a duration is a number and its unit, as in 500ms, 2s, 1m".to_owned())?;
    let per_unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "" => return Err(format!("which unit? {number}s, {number}ms or {number}m")),
        _ => return Err(format!("no unit {unit}; there are ms, s, m and h")),
    };
    // A day is more than any answer takes, and keeps far from the limits of clocks.
    let ms = number.checked_mul(per_unit).filter(|ms| (1..=86_400_000).contains(ms));
    ms.map(Duration::from_millis).ok_or_else(|| "a duration is between 1ms and 24h".to_owned())
}

/// Reads the name of a context.
pub(crate) fn context_name(text: &str) -> Result<String, String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    if (1..=64).contains(&text.len()) && text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("a context's name has 1 to 64 of the characters a-z A-Z 0-9 . _ -".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(duration("1m"), Ok(Duration::from_secs(60)));
        for text in ["", "5", "s", "-1s", "1.5s", "0s", "5 s", "99999999999999999999s", "100h", "18446744073709551615h"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn context_names_are_plain() {
        assert!(context_name("prod-1.eu_west").is_ok());
        for text in ["", "a/b", "a b", "é"] {
            assert!(context_name(text).is_err(), "{text}");
        }
    }
}
