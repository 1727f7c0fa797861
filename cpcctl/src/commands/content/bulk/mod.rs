//! Publishing a file: entries go out as long as the window has room, answers say how far they are durable, and a broken
//! connection is taken up again with what is not.

mod report;
mod source;
mod window;

use std::time::{Duration, Instant};

use cpc_proto::v1::PublishContentStreamResponse;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use self::{
    report::{Refused, Report},
    source::{Line, Source},
    window::Window,
};
use super::settle::settled;
use crate::{
    client::Client,
    context::Context,
    escape,
    exit::Exit,
    failure::{Failure, Result},
    interrupt,
    progress::Progress,
};

/// Between two tries: at first, and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));
/// A server that acknowledges nothing for so long is taken for lost.
const SILENCE: Duration = Duration::from_secs(60);

/// Publishes the lines of a file.
pub(super) async fn run(context: &mut Context, from: &str, retry_for: Duration, wait: bool) -> Result<()> {
    let source = source::open(from)?;
    let progress = Progress::new(context.progress, context.output.is_quiet(), source.total_bytes);
    let is_listed = context.output.is_json();
    let mut bulk =
        Bulk { source, is_read: false, window: Window::default(), report: Report::new(is_listed), is_listed, progress };
    if context.is_rehearsal() {
        bulk.rehearse().await?;
        bulk.progress.finish();
        let summary = bulk.report.summary();
        context.output.record(&summary)?;
        return summary.verdict();
    }
    let client = context.client().await?;
    let result = bulk.run(context, client, retry_for).await;
    bulk.progress.finish();
    interrupt::leave_word(None);
    result.map_err(|failure| {
        let way_on = failure.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        failure.hint(format_args!("{}{way_on}", bulk.report.so_far()))
    })?;
    if wait {
        settled(context).await?;
    }
    let summary = bulk.report.summary();
    context.output.record(&summary)?;
    summary.verdict()
}

struct Bulk {
    source: Source,
    is_read: bool,
    window: Window,
    report: Report,
    /// Refusals are listed in the summary, rather than on stderr as they come.
    is_listed: bool,
    progress: Progress,
}

/// How a connection ended.
enum End {
    /// Everything is durable.
    Done,
    /// It may go on over a new connection; something was acknowledged on this one, or not.
    Broken { failure: Failure, has_advanced: bool },
}

impl Bulk {
    /// Reads all lines, and counts as published what would be sent.
    async fn rehearse(&mut self) -> Result<()> {
        while let Some(line) = self.source.lines.recv().await {
            let line = line?;
            match line.entry {
                Ok(Some(_)) => self.report.send(line.bytes),
                Ok(None) | Err(_) => self.take(line, &mut None),
            }
            self.progress.update(self.report.state());
        }
        Ok(())
    }

    async fn run(&mut self, context: &mut Context, mut client: Client, retry_for: Duration) -> Result<()> {
        let mut wait = BACK_OFF.0;
        let mut broken_since: Option<Instant> = None;
        let mut was_refused = false;
        loop {
            let (failure, has_advanced) = match self.connection(&client).await? {
                End::Done => return Ok(()),
                End::Broken { failure, has_advanced } => (failure, has_advanced),
            };
            if has_advanced {
                (wait, broken_since, was_refused) = (BACK_OFF.0, None, false);
            }
            if failure.is_unauthenticated() {
                // A session ends while a long file is under way; a second refusal in a row means something else.
                if was_refused {
                    return Err(failure);
                }
                was_refused = true;
                client = context.renewed(failure).await?;
                continue;
            }
            let mut failure = failure;
            loop {
                if broken_since.get_or_insert_with(Instant::now).elapsed() + wait > retry_for {
                    return Err(failure);
                }
                self.progress.say(&format!("{}; trying again in {wait:?}", escape::line(&failure.message)));
                tokio::time::sleep(failure.retry_after.unwrap_or(wait).min(retry_for)).await;
                wait = (wait * 2).min(BACK_OFF.1);
                match context.reconnected().await {
                    Ok(connected) => break client = connected,
                    Err(again) if again.exit == Exit::Unreachable || again.exit == Exit::Busy => failure = again,
                    Err(other) => return Err(other),
                }
            }
        }
    }

    /// Sends and counts over one connection, until all is durable or it breaks.
    async fn connection(&mut self, client: &Client) -> Result<End> {
        // As much room as the window, so that putting a message in never waits.
        let (requests, outgoing) = mpsc::channel(window::MAX_ENTRIES);
        let (answers, mut incoming) = mpsc::channel(16);
        let call = tokio::spawn(call(client.without_deadline(), outgoing, answers));
        let mut requests = Some(requests);
        for request in self.window.again() {
            send(&mut requests, request);
        }
        let mut has_advanced = false;
        loop {
            if self.is_read {
                // Closing our half tells the server to finish.
                requests = None;
            }
            let may_read = !self.is_read && self.window.has_room();
            tokio::select! {
                answer = incoming.recv() => match answer {
                    Some(answer) => {
                        has_advanced = true;
                        self.count(&answer);
                    }
                    None => return self.ended(call.await.expect("the call does not panic"), has_advanced),
                },
                line = self.source.lines.recv(), if may_read => match line {
                    Some(line) => self.take(line?, &mut requests),
                    None => self.is_read = true,
                },
                () = tokio::time::sleep(SILENCE), if !self.window.is_empty() => {
                    call.abort();
                    return Ok(End::Broken { failure: Failure::timeout(SILENCE), has_advanced });
                }
            }
            self.progress.update(self.report.state());
        }
    }

    fn take(&mut self, line: Line, requests: &mut Option<mpsc::Sender<Request>>) {
        match line.entry {
            Ok(Some(content)) => send(requests, self.window.push(line.number, line.bytes, content)),
            Ok(None) => self.report.skip(line.bytes),
            Err(message) => {
                self.report.skip(line.bytes);
                self.refuse(Refused {
                    line: line.number,
                    reason: "LINE_INVALID".into(),
                    field: String::new(),
                    message,
                });
            }
        }
    }

    fn count(&mut self, answer: &PublishContentStreamResponse) {
        let line_bytes = self.window.acknowledge(answer.durable_through);
        self.report.count(answer, line_bytes);
        for refusal in answer.refusals.clone() {
            let (reason, field, message) = (refusal.reason, refusal.field, refusal.message);
            self.refuse(Refused { line: refusal.sequence, reason, field, message });
        }
        interrupt::leave_word((!self.is_listed).then(|| self.report.so_far()));
    }

    fn refuse(&mut self, refused: Refused) {
        if !self.is_listed {
            self.progress.say(&escape::line(&refused.words()));
        }
        self.report.refuse(refused);
    }

    fn ended(&self, result: std::result::Result<(), Status>, has_advanced: bool) -> Result<End> {
        match result {
            Ok(()) if self.is_read && self.window.is_empty() => Ok(End::Done),
            Ok(()) => {
                let failure =
                    Failure::new(Exit::Unreachable, "CONNECTION_LOST", "the server ended the stream too early");
                Ok(End::Broken { failure, has_advanced })
            }
            Err(status) => {
                let may_pass = matches!(
                    status.code(),
                    Code::Unavailable
                        | Code::Aborted
                        | Code::Cancelled
                        | Code::DeadlineExceeded
                        | Code::Unauthenticated
                );
                let failure = Failure::from(status);
                let may_pass = may_pass || failure.exit == Exit::Unreachable || failure.retry_after.is_some();
                if may_pass { Ok(End::Broken { failure, has_advanced }) } else { Err(failure) }
            }
        }
    }
}

type Request = cpc_proto::v1::PublishContentStreamRequest;

fn send(requests: &mut Option<mpsc::Sender<Request>>, request: Request) {
    // If the call has ended, its end is on the way and the window still holds the entry.
    if let Some(requests) = requests {
        let _ = requests.try_send(request);
    }
}

/// The call itself, beside the loop: neither side can make the other wait.
async fn call(
    client: Client,
    requests: mpsc::Receiver<Request>,
    answers: mpsc::Sender<PublishContentStreamResponse>,
) -> std::result::Result<(), Status> {
    let response = client.discovery().publish_content_stream(ReceiverStream::new(requests)).await?;
    let mut incoming = response.into_inner();
    while let Some(answer) = incoming.message().await? {
        if answers.send(answer).await.is_err() {
            break;
        }
    }
    Ok(())
}
