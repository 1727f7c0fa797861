//! The lines of a file or of stdin, read on a thread of their own and parsed there.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    thread,
};

use cpc_proto::v1::ContentMetadata;
use tokio::sync::mpsc;

use super::super::metadata;
use crate::failure::{Failure, Result};

/// Longer lines are no entries; the longest valid one is a fifth of it even if each byte is escaped.
const MAX_LINE: u64 = 2 << 20;
/// Larger entries are refused here: the server would end the whole stream at a message above its limit.
const MAX_ENTRY: usize = 256 << 10;
/// Lines that are parsed ahead.
const AHEAD: usize = 512;

/// A line of the file.
#[derive(Debug)]
pub(super) struct Line {
    /// Counted from 1; also the entry's sequence number.
    pub(super) number: u64,
    pub(super) bytes: u64,
    /// The entry, nothing if the line is blank, or why it is no entry.
    pub(super) entry: std::result::Result<Option<ContentMetadata>, String>,
}

/// The lines on their way in, and how many bytes they are together, if that is known.
pub(super) struct Source {
    pub(super) lines: mpsc::Receiver<Result<Line>>,
    pub(super) total_bytes: Option<u64>,
}

/// Opens a file, or stdin for "-".
pub(super) fn open(from: &str) -> Result<Source> {
    let path = Path::new(from).to_owned();
    let (reader, total_bytes): (Box<dyn Read + Send>, Option<u64>) = if from == "-" {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(&path).map_err(|error| Failure::file(&path, &error))?;
        let data = file.metadata().map_err(|error| Failure::file(&path, &error))?;
        if data.is_dir() {
            return Err(Failure::usage(format_args!("{from}: a folder, not a file of JSON lines")));
        }
        (Box::new(file), data.is_file().then_some(data.len()))
    };
    let (sender, lines) = mpsc::channel(AHEAD);
    thread::spawn(move || {
        let mut reader = BufReader::with_capacity(1 << 17, reader);
        for number in 1.. {
            let line = match read_line(&mut reader, number) {
                Ok(None) => break,
                Ok(Some(line)) => Ok(line),
                Err(error) => Err(Failure::file(&path, &error)),
            };
            let is_end = line.is_err();
            // The receiver is gone when the command has failed.
            if sender.blocking_send(line).is_err() || is_end {
                break;
            }
        }
    });
    Ok(Source { lines, total_bytes })
}

/// Reads a line; none at the end of the file.
fn read_line(reader: &mut impl BufRead, number: u64) -> io::Result<Option<Line>> {
    let mut raw = Vec::new();
    let mut bytes = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut raw)? as u64;
    if bytes == 0 {
        return Ok(None);
    }
    let is_whole = raw.ends_with(b"\n") || bytes < MAX_LINE;
    if !is_whole {
        bytes += reader.skip_until(b'\n')? as u64;
    }
    let entry = if is_whole { parse(&raw, number) } else { Err(format!("longer than {MAX_LINE} bytes")) };
    Ok(Some(Line { number, bytes, entry }))
}

fn parse(raw: &[u8], number: u64) -> std::result::Result<Option<ContentMetadata>, String> {
    let raw = raw.strip_prefix("\u{feff}".as_bytes()).filter(|_| number == 1).unwrap_or(raw);
    let text =
        std::str::from_utf8(raw).map_err(|error| format!("not UTF-8 text, from byte {}", error.valid_up_to() + 1))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let mut content: ContentMetadata = serde_json::from_str(text).map_err(|error| why(&error))?;
    metadata::name_it(&mut content);
    if metadata::size(&content) > MAX_ENTRY {
        return Err(format!("an entry of more than {MAX_ENTRY} bytes"));
    }
    Ok(Some(content))
}

/// The parser counts lines of its own text, which is always one.
fn why(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line 1 column ") {
        Some((what, column)) => format!("{what} at character {column}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<Line> {
        let mut reader = BufReader::new(text);
        (1..).map_while(|number| read_line(&mut reader, number).unwrap()).collect()
    }

    #[test]
    fn lines_keep_their_numbers_and_lengths() {
        let text = "\u{feff}{\"title\":\"one\",\"sizeBytes\":\"12\"}\r\n\n  \nnonsense\n{\"title\":\"two\"}";
        let lines = lines(text.as_bytes());
        assert_eq!(lines.iter().map(|line| line.bytes).sum::<u64>(), text.len() as u64);
        let entry = |at: usize| lines[at].entry.as_ref().unwrap().as_ref().unwrap();
        let one = entry(0);
        assert_eq!((&*one.title, one.size_bytes), ("one", 12));
        assert_eq!((&lines[1].entry, &lines[2].entry), (&Ok(None), &Ok(None)));
        assert_eq!(lines[3].entry.as_ref().unwrap_err(), "expected ident at character 2");
        assert_eq!((lines[4].number, &*entry(4).title), (5, "two"));
    }

    #[test]
    fn wrong_entries_say_why() {
        let refusal = |text: &[u8]| lines(text)[0].entry.clone().unwrap_err();
        assert!(refusal(b"{\"titel\":\"x\"}").contains("titel"));
        assert!(refusal(b"{\"title\":7}").contains("expected a string"));
        assert!(refusal(b"{\"visibility\":\"VISIBILITY_ALL\"}").contains("VISIBILITY_ALL"));
        assert!(refusal(b"{\"title\":\"x\"").contains("EOF"));
        assert_eq!(refusal(b"{\"title\":\"\xff\"}"), "not UTF-8 text, from byte 11");
        assert!(refusal(format!("{{\"description\":\"{}\"}}", "x".repeat(MAX_ENTRY)).as_bytes()).contains("bytes"));
    }

    #[test]
    fn a_line_without_an_end_is_passed_over_in_bounded_memory() {
        let text = format!("{}\n{{\"title\":\"next\"}}\n", "x".repeat(5 << 20));
        let lines = lines(text.as_bytes());
        assert_eq!(lines.len(), 2);
        assert!(lines[0].entry.as_ref().unwrap_err().contains("longer"));
        assert!(lines[1].entry.is_ok());
        assert_eq!(lines[0].bytes, (5 << 20) + 1);
    }
}
