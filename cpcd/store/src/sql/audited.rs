//! What is done in somebody's name: their entry of the audit is written with the change, in its transaction.
//!
//! Who asks is known where the call came in, what was changed where it is written. So the call's work runs under [`Asked::during`], and
//! each write of it leaves an entry of what it told as events, or to [`Tx::audit`]: whoever adds a change has nothing to do for that.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cpcd_model::{
    Result,
    audit::{NewAuditEntry, Outcome},
    time::Clock,
};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{NewEvent, Tx};

/// Events of a transaction that its entry tells; of more it tells the number.
const MOST_EVENTS: usize = 8;
/// Longer details are cut down to what happened.
const MOST_BYTES: usize = 8 * 1024;
/// Parts of events that are not kept for as long as the audit is: they may hold what somebody else must not know.
const NOT_KEPT: [&str; 1] = ["url"];

tokio::task_local! {
    /// In whose name the work under way is done.
    static ASKED: Arc<Asked>;
}

/// What of a call's changes is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// All of them.
    All,
    /// Those that the operation marks by [`Tx::audit`].
    Marked,
}

/// Who asks for what.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What kind of caller.
    pub actor_kind: &'static str,
    /// Who; nothing while that is what the call is to find out.
    pub actor_id: Option<Uuid>,
    /// With which session.
    pub session_id: Option<Uuid>,
    /// With which token.
    pub token_id: Option<Uuid>,
    /// By which call.
    pub action: &'static str,
    /// In which request.
    pub request_id: Option<Uuid>,
    /// From where.
    pub network: String,
    /// What of it is kept.
    pub keeps: Keeps,
    /// Says when.
    pub clock: Clock,
    /// Counts the entries.
    pub written: Arc<AtomicU64>,
}

impl Asked {
    /// Does work in somebody's name.
    pub fn during<F: Future>(self: Arc<Self>, work: F) -> impl Future<Output = F::Output> {
        ASKED.scope(self, work)
    }

    /// Gives in whose name the work at hand is done; nothing where it is nobody's, or is not kept.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        ASKED.try_with(Arc::clone).ok()
    }

    /// Counts entries that are written.
    pub fn count(&self, entries: u64) {
        self.written.fetch_add(entries, Ordering::Relaxed);
    }

    /// Makes an entry, for whoever writes it by themselves.
    #[must_use]
    pub fn entry(&self, target_kind: &str, target_id: String, details: &Value) -> NewAuditEntry {
        NewAuditEntry {
            time: self.clock.now(),
            actor_kind: self.actor_kind.to_owned(),
            actor_id: self.actor_id,
            session_id: self.session_id,
            token_id: self.token_id,
            action: self.action.to_owned(),
            target_kind: target_kind.to_owned(),
            target_id,
            outcome: Outcome::Done,
            reason: String::new(),
            request_id: self.request_id,
            network: self.network.clone(),
            details: details.to_string(),
            count: 1,
        }
    }
}

/// What a transaction's entry will say.
pub(super) struct Trail {
    asked: Arc<Asked>,
    actor: Option<(&'static str, Uuid, Option<Uuid>)>,
    target: Option<(&'static str, String)>,
    details: Map<String, Value>,
    events: Vec<Value>,
    further: usize,
    is_marked: bool,
}

impl Trail {
    fn new(asked: Arc<Asked>) -> Self {
        let (details, events) = (Map::new(), Vec::new());
        Self { asked, actor: None, target: None, details, events, further: 0, is_marked: false }
    }

    /// Takes note of events.
    ///
    /// What is written for somebody else is theirs: it says how they stand to the actor, who reads their own entries.
    pub(super) fn note(&mut self, events: &[NewEvent]) {
        let actor = self.asked.actor_id.map(|id| id.to_string());
        let is_others = |event: &&NewEvent| {
            event.payload.get("for").is_some_and(|of| actor.is_some() && of.as_str() != actor.as_deref())
        };
        for event in events.iter().filter(|event| !is_others(event)) {
            if self.events.len() == MOST_EVENTS {
                self.further += 1;
                continue;
            }
            let mut told = json!({ "kind": event.kind, "id": event.subject_id });
            if let (Some(told), Some(payload)) = (told.as_object_mut(), event.payload.as_object()) {
                let kept =
                    payload.iter().filter(|(name, value)| !value.is_null() && !NOT_KEPT.contains(&name.as_str()));
                for (name, value) in kept {
                    told.entry(name).or_insert_with(|| value.clone());
                }
            }
            self.events.push(told);
        }
    }

    /// Gives the entry, if there is something to say.
    fn entry(mut self) -> Option<NewAuditEntry> {
        let is_kept = self.is_marked || (self.asked.keeps == Keeps::All && !self.events.is_empty());
        if !is_kept {
            return None;
        }
        let (target_kind, target_id) = match self.target {
            Some((kind, id)) => (kind.to_owned(), id),
            None => self.events.first().map(target).unwrap_or_default(),
        };
        if !self.events.is_empty() {
            self.details.insert("events".to_owned(), self.events.into());
        }
        if self.further > 0 {
            self.details.insert("further_events".to_owned(), self.further.into());
        }
        let entry = self.asked.entry(&target_kind, target_id, &short(self.details));
        Some(match self.actor {
            Some((kind, id, session)) => entry.by(kind, id, session),
            None => entry,
        })
    }
}

/// Gives what an event is about: its kind begins with the kind of thing.
fn target(event: &Value) -> (String, String) {
    let text = |name: &str| event.get(name).and_then(Value::as_str);
    let kind = text("kind").and_then(|kind| kind.split('.').next()).unwrap_or_default();
    let id = if kind == "session" { text("session_id").or(text("id")) } else { text("id") };
    (kind.to_owned(), id.unwrap_or_default().to_owned())
}

/// Leaves of details that are too long what happened.
fn short(mut details: Map<String, Value>) -> Value {
    let is_long =
        |details: &Map<String, Value>| serde_json::to_string(details).map_or(0, |text| text.len()) > MOST_BYTES;
    if is_long(&details) {
        for value in details.values_mut() {
            if let Value::Array(events) = value {
                let bare = |event: &Value| json!({ "kind": event.get("kind"), "id": event.get("id") });
                *value = events.iter().filter(|event| event.get("kind").is_some()).map(bare).collect();
            }
        }
        details.insert("is_cut".to_owned(), true.into());
    }
    if is_long(&details) {
        details.retain(|name, _| name == "is_cut" || name == "events");
    }
    Value::Object(details)
}

impl Tx {
    /// Says what the entry of this transaction is about, and more than its events tell; nothing where no entry is written.
    ///
    /// What is said twice is said by the first. `details` is an object, and holds no secret.
    pub fn audit(&mut self, target_kind: &'static str, target_id: &(impl ToString + ?Sized), details: Value) {
        let Some(trail) = &mut self.trail else { return };
        trail.is_marked = true;
        trail.target.get_or_insert_with(|| (target_kind, target_id.to_string()));
        if let Value::Object(details) = details {
            for (name, value) in details {
                trail.details.entry(name).or_insert(value);
            }
        }
    }

    /// Says who a caller has turned out to be that nobody knew before: by a proof of their key.
    pub fn audit_as(&mut self, actor_kind: &'static str, actor_id: Uuid, session_id: Option<Uuid>) {
        if let Some(trail) = &mut self.trail {
            trail.actor.get_or_insert((actor_kind, actor_id, session_id));
        }
    }
}

/// Makes a job leave its entry in its own transaction, wherever it runs.
pub(super) fn audit_job<T, F>(job: F) -> impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
{
    let asked = Asked::current();
    move |tx: &mut Tx| {
        // A job that panicked may have left its own.
        tx.trail = asked.clone().map(Trail::new);
        let Some(asked) = asked else { return job(tx) };
        Box::pin(async move {
            let done = job(&mut *tx).await;
            let entry = tx.trail.take().and_then(Trail::entry);
            let value = done?;
            if let Some(entry) = entry {
                tx.insert_audit(&[entry]).await?;
                asked.count(1);
            }
            Ok(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(keeps: Keeps) -> Arc<Asked> {
        Arc::new(Asked {
            actor_kind: "anonymous",
            actor_id: None,
            session_id: None,
            token_id: None,
            action: "S/Call",
            request_id: None,
            network: String::new(),
            keeps,
            clock: Clock::default(),
            written: Arc::default(),
        })
    }

    fn event(kind: &'static str, payload: Value) -> NewEvent {
        NewEvent { kind, subject_id: Uuid::nil(), payload }
    }

    #[test]
    fn an_entry_says_what_the_events_told() {
        let mut trail = Trail::new(asked(Keeps::All));
        trail.note(&[event("webhook.created", json!({ "url": "https://h/secret", "owner_id": "o", "none": null }))]);
        let entry = trail.entry().unwrap();
        assert_eq!((entry.target_kind.as_str(), entry.target_id), ("webhook", Uuid::nil().to_string()));
        let told = json!({ "events": [{ "kind": "webhook.created", "id": Uuid::nil(), "owner_id": "o" }] });
        assert_eq!(serde_json::from_str::<Value>(&entry.details).unwrap(), told);

        let mut trail = Trail::new(asked(Keeps::All));
        trail.note(&[event("session.opened", json!({ "session_id": "s" }))]);
        trail.actor = Some(("user", Uuid::max(), None));
        let entry = trail.entry().unwrap();
        assert_eq!((entry.target_kind.as_str(), entry.target_id.as_str()), ("session", "s"));
        assert_eq!((entry.actor_kind.as_str(), entry.actor_id), ("user", Some(Uuid::max())));
    }

    #[test]
    fn what_is_not_kept_leaves_nothing() {
        assert!(Trail::new(asked(Keeps::All)).entry().is_none(), "nothing was changed");
        let mut trail = Trail::new(asked(Keeps::Marked));
        trail.note(&[event("content.deleted", json!({}))]);
        assert!(trail.entry().is_none(), "it was their own");
    }

    #[test]
    fn details_have_an_end() {
        let mut trail = Trail::new(asked(Keeps::All));
        let many: Vec<_> = (0..100).map(|_| event("node.updated", json!({ "labels": "x".repeat(4096) }))).collect();
        trail.note(&many);
        trail.details.insert("more".into(), "y".repeat(9_000).into());
        let details = trail.entry().unwrap().details;
        assert!(details.len() < MOST_BYTES && details.contains("node.updated"), "{details}");
    }
}
