//! The hook program: begins and ends what a node provides.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::part::Part;

/// By this exit code a program says that it will not provide for a part, with the reason in its last line.
pub(super) const REFUSED: i32 = 75;
/// Between two looks at whether a program has ended: the first ones, and the longest.
const PAUSE: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_millis(100);
/// How long after its end what it has said may take to be read.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// Of what a program says so many lines are kept, and of each so many bytes.
const LINES: usize = 100;
const LINE: usize = 400;
/// Of its last line so many characters go to the server as the reason.
const REASON: usize = 120;
/// Secrets of the agent that its programs need not know.
const SECRETS: [&str; 2] = ["CPCCTL_TOKEN", "CPCCTL_INVITE"];

/// What a program is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Provide for a part.
    Given,
    /// Its epoch or its deadline is another one.
    Changed,
    /// Provide for it no longer.
    Dropped,
}

impl Word {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Changed => "changed",
            Self::Dropped => "dropped",
        }
    }
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// With 0, or there is none to be asked.
    Well,
    /// With another code.
    Code(i32),
    /// Not by itself: too late, killed, or never begun.
    Badly(String),
}

/// What came of a program.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) end: End,
    pub(super) lines: Vec<String>,
}

impl Outcome {
    /// Says why a part is not provided for: what the program said last, else how it ended.
    pub(super) fn why(&self) -> String {
        let how = match &self.end {
            End::Well => return String::new(),
            End::Code(code) => format!("the node's program ended with {code}"),
            End::Badly(why) => format!("the node's program {why}"),
        };
        match self.lines.iter().rev().find(|line| !line.is_empty()) {
            Some(line) if matches!(self.end, End::Code(_)) => line.chars().take(REASON).map(plain).collect(),
            _ => how,
        }
    }
}

/// The server refuses a reason that could control a terminal, and with it the heartbeat.
fn plain(letter: char) -> char {
    if letter.is_ascii_graphic() || letter == ' ' || letter.is_alphanumeric() { letter } else { '?' }
}

/// The hook program of a node, if it has one.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) program: Option<PathBuf>,
    pub(crate) limit: Duration,
}

impl Hook {
    /// Runs the program and waits until it has ended, or its time is over.
    pub(super) async fn run(&self, word: Word, part: &Part, reason: &str) -> Outcome {
        let Some(program) = &self.program else { return Outcome { end: End::Well, lines: Vec::new() } };
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (mut child, silent) = match self.start(program, word, part, reason, &heard) {
            Ok(started) => started,
            Err(error) => {
                let why = format!("cannot be run: {}", crate::failure::plain(&error));
                return Outcome { end: End::Badly(why), lines: Vec::new() };
            }
        };
        let end = self.wait(&mut child).await;
        // What a child that it leaves behind goes on to say is nobody's concern.
        let _ = tokio::time::timeout(LAST_WORDS, silent).await;
        let lines = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Outcome { end, lines }
    }

    fn start(
        &self,
        program: &PathBuf,
        word: Word,
        part: &Part,
        reason: &str,
        heard: &Arc<Mutex<Vec<String>>>,
    ) -> std::io::Result<(Child, oneshot::Receiver<()>)> {
        let (reader, writer) = std::io::pipe()?;
        let mut command = Command::new(program);
        for name in SECRETS {
            command.env_remove(name);
        }
        command.envs(variables(word, part, reason)).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        #[cfg(unix)]
        // Ctrl-C in the agent's terminal is not for its programs, and what has to be killed is killed with its children.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn()?;
        // Our ends of the pipe go with it: the reader ends with the program.
        drop(command);
        let (heard, (ended, silent)) = (heard.clone(), oneshot::channel());
        std::thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                let mut lines = heard.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.len() < LINES {
                    let text = &line[..line.len().min(LINE)];
                    lines.push(String::from_utf8_lossy(text).trim_end().to_owned());
                }
                line.clear();
            }
            drop(ended);
        });
        Ok((child, silent))
    }

    async fn wait(&self, child: &mut Child) -> End {
        let (deadline, mut pause) = (Instant::now() + self.limit, PAUSE);
        loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    return match status.code() {
                        Some(0) => End::Well,
                        Some(code) => End::Code(code),
                        None => End::Badly("was killed".to_owned()),
                    };
                }
                Ok(None) if Instant::now() < deadline => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST);
                }
                Ok(None) => {
                    kill(child);
                    return End::Badly(format!("has not ended within {:?}", self.limit));
                }
                Err(error) => return End::Badly(format!("is lost: {}", crate::failure::plain(&error))),
            }
        }
    }
}

/// Ends a program and what it has begun in its group.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{}", child.id())])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let _ = child.kill();
    let _ = child.wait();
}

fn variables(word: Word, part: &Part, reason: &str) -> Vec<(&'static str, String)> {
    vec![
        ("CPC_EVENT", word.as_str().to_owned()),
        ("CPC_ALLOCATION_ID", part.allocation_id.clone()),
        ("CPC_PART", part.number.to_string()),
        ("CPC_EPOCH", part.epoch.to_string()),
        ("CPC_CPU_MILLICORES", part.cpu_millicores.to_string()),
        ("CPC_MEMORY_BYTES", part.memory_bytes.to_string()),
        ("CPC_BANDWIDTH_BPS", part.bandwidth_bits_per_second.to_string()),
        ("CPC_DEADLINE", part.deadline.clone()),
        ("CPC_LABELS", serde_json::to_string(&part.labels).unwrap_or_default()),
        ("CPC_REQUESTER_ID", part.requester_id.clone()),
        ("CPC_REQUESTER_PEER_ID", part.requester_peer_id.clone()),
        ("CPC_EXCLUSIVE", part.is_exclusive.to_string()),
        ("CPC_REASON", reason.to_owned()),
    ]
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use cpc_proto::v1::GivenPart;
    use jiff::Timestamp;

    use super::*;

    fn part() -> Part {
        let labels = [("job".to_owned(), "a\"b".to_owned())].into();
        let given = GivenPart { allocation_id: "a-1".into(), epoch: 7, labels, ..GivenPart::default() };
        Part::new(&given, Timestamp::UNIX_EPOCH)
    }

    async fn run(script: &str, limit: Duration) -> Outcome {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("hook");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a file");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("a mode");
        let hook = Hook { program: Some(program), limit };
        loop {
            let outcome = hook.run(Word::Given, &part(), "").await;
            // Another test's child may hold the file that was just written.
            if !matches!(&outcome.end, End::Badly(why) if why.contains("text file busy")) {
                return outcome;
            }
        }
    }

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn a_program_is_told_what_it_needs() {
        let outcome = run("echo \"$CPC_EVENT $CPC_ALLOCATION_ID $CPC_EPOCH $CPC_LABELS\"; cat", LIMIT).await;
        assert_eq!(outcome.end, End::Well);
        assert_eq!(outcome.lines, ["given a-1 7 {\"job\":\"a\\\"b\"}"]);
    }

    #[tokio::test]
    async fn its_last_line_says_why_it_refuses() {
        let outcome = run("echo busy >&2; exit 75", LIMIT).await;
        assert_eq!((&outcome.end, &*outcome.why()), (&End::Code(REFUSED), "busy"));
        let long = run("printf 'a\\033[31m%0300d\\n' 7; exit 75", LIMIT).await.why();
        assert!(long.starts_with("a?[31m0") && long.chars().count() == REASON, "{long}");
        assert_eq!(run("exit 1", LIMIT).await.why(), "the node's program ended with 1");
    }

    #[tokio::test]
    async fn it_is_killed_when_its_time_is_over_and_its_children_too() {
        let begun = Instant::now();
        let outcome = run("sleep 60 & sleep 60", Duration::from_millis(100)).await;
        assert!(matches!(&outcome.end, End::Badly(why) if why.contains("100ms")), "{outcome:?}");
        assert!(begun.elapsed() < LIMIT);
    }

    #[tokio::test]
    async fn one_that_is_not_there_is_named() {
        let hook = Hook { program: Some("/nonexistent/program".into()), limit: LIMIT };
        let outcome = hook.run(Word::Given, &part(), "").await;
        assert!(outcome.why().contains("cannot be run"), "{outcome:?}");
    }
}
