//! What a node provides: parts of allocations, each begun and ended by a program of the node's own.
//!
//! A task of its own, so that a lease ends in time whatever the connection to the server does.

mod hook;
mod part;
mod slots;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use cpc_proto::v1::{Directives, PartAnswer};
use jiff::Timestamp;
use serde::Serialize;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

pub(crate) use hook::Hook;
use hook::{End, Outcome, Word};
use part::{Book, Part};
use slots::Slots;

use crate::{clock, failure::Result, output::Output, units};

/// A heartbeat says at most so much; the rest goes with the next one.
const MOST_ANSWERS: usize = 64;

/// What the server wants of a node, and when it was asked.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) node_id: String,
    pub(crate) directives: Directives,
    /// The moment at which the heartbeat was sent: leases count from there.
    pub(crate) sent: Instant,
    pub(crate) asked: Timestamp,
}

enum Message {
    Order(Box<Order>),
    End(&'static str, oneshot::Sender<()>),
}

/// The way to the task that provides.
#[derive(Debug, Clone)]
pub(crate) struct Providing {
    messages: mpsc::UnboundedSender<Message>,
    answers: Answers,
}

/// What the server has yet to hear.
#[derive(Debug, Clone, Default)]
struct Answers(Arc<Mutex<VecDeque<PartAnswer>>>);

impl Answers {
    fn add(&self, answers: impl IntoIterator<Item = PartAnswer>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(answers);
    }
}

impl Providing {
    /// Takes up what the last agent of this key left.
    pub(crate) fn begin(key: &std::path::Path, hook: Hook, output: Output) -> Result<Self> {
        let book = Book::of(key);
        let slots = Slots::restore(book.load()?, Instant::now(), clock::now());
        let (messages, inbox) = mpsc::unbounded_channel();
        let answers = Answers::default();
        let provider = Provider { slots, book, hook, output, answers: answers.clone(), node_id: String::new() };
        tokio::spawn(provider.run(inbox));
        Ok(Self { messages, answers })
    }

    /// Hands over what the server wants.
    pub(crate) fn heed(&self, order: Order) {
        // The task ends after this handle only.
        let _ = self.messages.send(Message::Order(Box::new(order)));
    }

    /// Gives what the next heartbeat is to say.
    pub(crate) fn answers(&self) -> Vec<PartAnswer> {
        let answers = self.answers.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().take(MOST_ANSWERS).cloned().collect()
    }

    /// Notes that the server has heard so many of them.
    pub(crate) fn heard(&self, count: usize) {
        self.answers.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..count);
    }

    /// Ends all that is provided: nobody is left to end it in time.
    pub(crate) async fn end(&self, reason: &'static str) {
        let (done, ended) = oneshot::channel();
        if self.messages.send(Message::End(reason, done)).is_ok() {
            let _ = ended.await;
        }
    }
}

/// The task.
struct Provider {
    slots: Slots,
    book: Book,
    hook: Hook,
    output: Output,
    answers: Answers,
    node_id: String,
}

impl Provider {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Message>) {
        let mut running = JoinSet::new();
        let mut ending: Option<oneshot::Sender<()>> = None;
        loop {
            self.slots.expire(Instant::now());
            let mut is_changed = false;
            let mut begun = Vec::new();
            while let Some(step) = self.slots.next_step() {
                is_changed |= step.0 == Word::Given;
                begun.push(step);
            }
            if is_changed {
                self.keep();
            }
            for (word, part, reason) in begun {
                let hook = self.hook.clone();
                running.spawn(async move {
                    let outcome = hook.run(word, &part, reason).await;
                    (word, part, reason, outcome)
                });
            }
            if self.slots.is_empty()
                && let Some(done) = ending.take()
            {
                let _ = done.send(());
            }
            let end = self.slots.next_end();
            tokio::select! {
                message = inbox.recv() => match message {
                    None => return,
                    Some(Message::Order(order)) => {
                        self.node_id = order.node_id;
                        self.answers.add(self.slots.heed(&order.directives.given, order.sent, order.asked));
                    }
                    Some(Message::End(reason, done)) => {
                        self.slots.drop_all(reason);
                        ending = Some(done);
                    }
                },
                () = until(end) => {}
                Some(Ok((word, part, reason, outcome))) = running.join_next(), if !running.is_empty() => {
                    let answer = self.slots.done(word, part.clone(), &outcome);
                    // Kept before anybody hears of it.
                    self.keep();
                    self.tell(word, &part, reason, &outcome);
                    self.answers.add(answer);
                }
            }
        }
    }

    fn keep(&self) {
        if let Err(failure) = self.book.save(&self.slots.kept()) {
            self.output.warning(format_args!("what this node provides could not be kept: {}", failure.message));
        }
    }

    /// Says what was begun or ended, and what the program said of it.
    fn tell(&self, word: Word, part: &Part, reason: &str, outcome: &Outcome) {
        let why = outcome.why();
        let name = match (word, &outcome.end) {
            (Word::Given, End::Code(_) | End::Badly(_)) | (Word::Changed, End::Code(hook::REFUSED)) => "refused",
            (Word::Given | Word::Changed | Word::Dropped, _) => word.as_str(),
        };
        let event = |event, message: &str| Event {
            at: format!("{:.3}", clock::now()),
            event,
            node_id: self.node_id.clone(),
            allocation_id: part.allocation_id.clone(),
            part: part.number,
            epoch: part.epoch.to_string(),
            deadline: part.deadline.clone(),
            reason: reason.to_owned(),
            message: message.to_owned(),
        };
        for line in &outcome.lines {
            let said = event("hook", line);
            self.output.event(format_args!("{} hook: {line}", said.at), &said);
        }
        let said = event(name, &why);
        let what = format!("part {} of allocation {} at epoch {}", part.number, part.allocation_id, part.epoch);
        let amounts = units::show_resources(&part.resources());
        let words = match (name, word) {
            ("refused", _) => format!("refuses {what}: {why}"),
            (_, Word::Given) => format!("provides {amounts} for {what}, until {}", part.deadline),
            (_, Word::Changed) => format!("goes on with {what}, until {}", part.deadline),
            (_, Word::Dropped) => format!("ends {what} ({reason})"),
        };
        let blame = if why.is_empty() || name == "refused" { String::new() } else { format!(" ({why})") };
        self.output.event(format_args!("{} {words}{blame}", said.at), &said);
    }
}

async fn until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end.into()).await,
        None => std::future::pending().await,
    }
}

/// Something that happened to a part, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    at: String,
    event: &'static str,
    node_id: String,
    allocation_id: String,
    part: u32,
    epoch: String,
    deadline: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
}
