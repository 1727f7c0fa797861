//! The rules of publishing: what is new, what changes, what is the same, what is refused.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cpcd_model::{
    Error, Reason, Result,
    content::{Content, Draft, Outcome, RawDraft, Visibility},
    id::{ContentId, UserId},
    time::Timestamp,
};
use cpcd_store::{Tx, sql::NewEvent};
use serde_json::json;

use super::access::{not_found, not_owner};

/// An entry of a bulk publish.
#[derive(Debug)]
pub struct Entry {
    /// The client's number for it.
    pub sequence: u64,
    /// What came, or why it could not be read.
    pub content: Result<RawDraft>,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct BatchReport {
    /// Every entry up to this number is stored or refused.
    pub durable_through: u64,
    /// New ones.
    pub created: u32,
    /// Changed ones.
    pub updated: u32,
    /// Ones that had been published before.
    pub unchanged: u32,
    /// Ones that were not taken.
    pub refusals: Vec<Refusal>,
}

/// Why an entry was not taken.
#[derive(Debug)]
pub struct Refusal {
    /// The entry's number.
    pub sequence: u64,
    /// Why.
    pub reason: Reason,
    /// The field at fault, or nothing.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

impl BatchReport {
    pub(super) fn add(&mut self, sequence: u64, outcome: Result<Outcome>) {
        match outcome {
            Ok(Outcome::Created) => self.created += 1,
            Ok(Outcome::Updated) => self.updated += 1,
            Ok(Outcome::Unchanged) => self.unchanged += 1,
            Err(error) => self.refuse(sequence, &error),
        }
    }

    pub(super) fn refuse(&mut self, sequence: u64, error: &Error) {
        let field = error.fields().first().map(|violation| violation.field.clone()).unwrap_or_default();
        let message = error.message().to_owned();
        self.refusals.push(Refusal { sequence, reason: error.reason(), field, message });
    }
}

/// Publishes drafts in one transaction; gives what became of each, in order.
///
/// Costs six statements whatever the number of drafts: lock, look up, insert, update, marks, events.
pub(super) async fn publish(
    tx: &mut Tx,
    owner: UserId,
    drafts: Arc<Vec<Draft>>,
    now: Timestamp,
) -> Result<Vec<Result<(Content, Outcome)>>> {
    tx.lock_content_owner(owner).await?;
    let ids: Vec<_> = drafts.iter().filter_map(|draft| draft.id).collect();
    let cids: Vec<_> =
        drafts.iter().filter_map(|draft| Some(draft.metadata.cid.as_ref()?.as_str().to_owned())).collect();
    let request_ids: Vec<_> = drafts.iter().filter_map(|draft| draft.request_id.clone()).collect();
    let found = if ids.is_empty() && cids.is_empty() && request_ids.is_empty() {
        Vec::new()
    } else {
        tx.find_contents(owner, &ids, &cids, &request_ids).await?
    };
    let mut shelf = Shelf::new(owner, found);
    let mut outcomes = Vec::with_capacity(drafts.len());
    for draft in drafts.iter() {
        // A name that one entry gave up and another takes: the store has to hear of the first before the second.
        if shelf.takes_freed_name(draft) {
            write(tx, &mut shelf, now).await?;
        }
        outcomes.push(shelf.put(draft, now));
    }
    write(tx, &mut shelf, now).await?;
    Ok(outcomes)
}

/// Writes what has changed on the shelf, with its marks and events.
async fn write(tx: &mut Tx, shelf: &mut Shelf, now: Timestamp) -> Result<()> {
    let (inserted, updated) = shelf.take_changes();
    if !inserted.is_empty() {
        tx.insert_contents(&inserted).await?;
    }
    if !updated.is_empty() {
        tx.update_contents(&updated).await?;
    }
    let event = |kind, content: &Content| NewEvent {
        kind,
        subject_id: content.id.uuid(),
        payload: json!({ "version": content.version }),
    };
    let events: Vec<_> = (inserted.iter().map(|content| event("content.created", content)))
        .chain(updated.iter().map(|content| event("content.updated", content)))
        .collect();
    if events.is_empty() {
        return Ok(());
    }
    let marks: Vec<_> = inserted.iter().chain(&updated).map(|content| (content.id, content.version)).collect();
    tx.mark_contents(&marks, now).await?;
    tx.insert_events(&events, now).await
}

/// How content on the shelf stands to the store.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Stored,
    New,
    Changed,
}

/// The content that a batch is about, by all its names; entries of one batch see what earlier ones did.
struct Shelf {
    owner: UserId,
    contents: HashMap<ContentId, (Content, State)>,
    by_cid: HashMap<String, ContentId>,
    by_request_id: HashMap<String, ContentId>,
    /// Cids and request ids that were given up since the last write.
    freed: HashSet<String>,
}

impl Shelf {
    fn new(owner: UserId, found: Vec<Content>) -> Self {
        let mut shelf = Self {
            owner,
            contents: HashMap::new(),
            by_cid: HashMap::new(),
            by_request_id: HashMap::new(),
            freed: HashSet::new(),
        };
        for content in found {
            shelf.place(content, State::Stored);
        }
        shelf
    }

    fn place(&mut self, content: Content, state: State) {
        if content.owner_id == self.owner {
            if let Some(cid) = &content.metadata.cid {
                self.freed.remove(cid.as_str());
                self.by_cid.insert(cid.as_str().to_owned(), content.id);
            }
            if let Some(request_id) = &content.request_id {
                self.freed.remove(request_id);
                self.by_request_id.insert(request_id.clone(), content.id);
            }
        }
        self.contents.insert(content.id, (content, state));
    }

    fn put(&mut self, draft: &Draft, now: Timestamp) -> Result<(Content, Outcome)> {
        let by_cid = draft.metadata.cid.as_ref().and_then(|cid| self.by_cid.get(cid.as_str()).copied());
        let by_request_id = draft.request_id.as_ref().and_then(|name| self.by_request_id.get(name).copied());
        let Some(id) = draft.id.or(by_cid).or(by_request_id) else {
            let content = Content {
                id: ContentId::generate(),
                owner_id: self.owner,
                request_id: draft.request_id.clone(),
                metadata: draft.metadata.clone(),
                availability: 0,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            self.place(content.clone(), State::New);
            return Ok((content, Outcome::Created));
        };
        let (stored, state) = self.contents.get(&id).ok_or_else(|| not_found(id))?;
        if stored.owner_id != self.owner {
            let hidden = stored.metadata.visibility != Visibility::Public;
            return Err(if hidden { not_found(id) } else { not_owner(id) });
        }
        if by_cid.is_some_and(|other| other != id) {
            return Err(Error::field(Reason::CidTaken, "cid", "is the address of other content of this owner"));
        }
        if by_request_id.is_some_and(|other| other != id) {
            return Err(Error::field(Reason::RequestIdReused, "request_id", "named other content before"));
        }
        // Its names and who may see it stay unless the draft says otherwise: leaving them out must not take an address away or
        // make private content public.
        let mut metadata = draft.metadata.clone();
        metadata.visibility = draft.visibility.unwrap_or(stored.metadata.visibility);
        metadata.cid = metadata.cid.or_else(|| stored.metadata.cid.clone());
        let request_id = draft.request_id.clone().or_else(|| stored.request_id.clone());
        if stored.metadata == metadata && stored.request_id == request_id {
            return Ok((stored.clone(), Outcome::Unchanged));
        }
        let state = if *state == State::New { State::New } else { State::Changed };
        let changed = Content { request_id, metadata, version: stored.version + 1, updated_at: now, ..stored.clone() };
        self.forget_names(id);
        self.place(changed.clone(), state);
        Ok((changed, Outcome::Updated))
    }

    fn takes_freed_name(&self, draft: &Draft) -> bool {
        let cid = draft.metadata.cid.as_ref().map(|cid| cid.as_str());
        [cid, draft.request_id.as_deref()].into_iter().flatten().any(|name| self.freed.contains(name))
    }

    fn forget_names(&mut self, id: ContentId) {
        let Some((content, _)) = self.contents.get(&id) else { return };
        if let Some(cid) = &content.metadata.cid {
            self.by_cid.remove(cid.as_str());
            self.freed.insert(cid.as_str().to_owned());
        }
        if let Some(request_id) = &content.request_id {
            self.by_request_id.remove(request_id);
            self.freed.insert(request_id.clone());
        }
    }

    /// Takes what is to be inserted and what is to be updated, each in the order of ids; they count as stored from then on.
    fn take_changes(&mut self) -> (Vec<Content>, Vec<Content>) {
        let (mut inserted, mut updated) = (Vec::new(), Vec::new());
        for (content, state) in self.contents.values_mut() {
            match std::mem::replace(state, State::Stored) {
                State::New => inserted.push(content.clone()),
                State::Changed => updated.push(content.clone()),
                State::Stored => {}
            }
        }
        self.freed.clear();
        inserted.sort_unstable_by_key(|content| content.id);
        updated.sort_unstable_by_key(|content| content.id);
        (inserted, updated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(title: &str, cid: Option<&str>, request_id: Option<&str>) -> Draft {
        let raw = RawDraft {
            title: title.into(),
            cid: cid.unwrap_or_default().into(),
            request_id: request_id.unwrap_or_default().into(),
            ..RawDraft::default()
        };
        raw.check().unwrap()
    }

    const CID: &str = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

    #[test]
    fn entries_of_a_batch_see_earlier_ones() {
        let now = Timestamp::UNIX_EPOCH;
        let mut shelf = Shelf::new(UserId::generate(), Vec::new());
        let (first, outcome) = shelf.put(&draft("a", Some(CID), None), now).unwrap();
        assert_eq!(outcome, Outcome::Created);
        assert_eq!(shelf.put(&draft("a", Some(CID), None), now).unwrap().1, Outcome::Unchanged);
        let (second, outcome) = shelf.put(&draft("b", Some(CID), Some("r")), now).unwrap();
        assert_eq!((second.id, second.version, outcome), (first.id, 2, Outcome::Updated));
        // By its other name, without the first: the address stays.
        let (third, _) = shelf.put(&draft("c", None, Some("r")), now).unwrap();
        assert_eq!((third.id, third.metadata.cid.unwrap().as_str()), (first.id, CID));
        let (inserted, updated) = shelf.take_changes();
        assert_eq!((inserted.len(), updated.len()), (1, 0));
        assert_eq!((inserted[0].version, inserted[0].metadata.title.as_str()), (3, "c"));
    }

    #[test]
    fn leaving_visibility_out_leaves_it_as_it_is() {
        let now = Timestamp::UNIX_EPOCH;
        let mut shelf = Shelf::new(UserId::generate(), Vec::new());
        let secret = RawDraft {
            title: "a".into(),
            request_id: "r".into(),
            visibility: Some(Visibility::Private),
            ..RawDraft::default()
        };
        shelf.put(&secret.check().unwrap(), now).unwrap();
        let (changed, _) = shelf.put(&draft("b", None, Some("r")), now).unwrap();
        assert_eq!(changed.metadata.visibility, Visibility::Private);
    }

    #[test]
    fn a_name_that_is_given_up_is_seen_when_it_is_taken() {
        let now = Timestamp::UNIX_EPOCH;
        let mut shelf = Shelf::new(UserId::generate(), Vec::new());
        let (first, _) = shelf.put(&draft("a", Some(CID), None), now).unwrap();
        shelf.take_changes();
        let other = "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
        shelf.put(&Draft { id: Some(first.id), ..draft("a", Some(other), None) }, now).unwrap();
        assert!(shelf.takes_freed_name(&draft("b", Some(CID), None)));
        assert!(!shelf.takes_freed_name(&draft("b", Some(other), None)));
        shelf.take_changes();
        assert!(!shelf.takes_freed_name(&draft("b", Some(CID), None)));
        assert_eq!(shelf.put(&draft("b", Some(CID), None), now).unwrap().1, Outcome::Created);
    }

    #[test]
    fn two_names_of_two_contents_are_refused() {
        let now = Timestamp::UNIX_EPOCH;
        let mut shelf = Shelf::new(UserId::generate(), Vec::new());
        shelf.put(&draft("a", Some(CID), None), now).unwrap();
        shelf.put(&draft("b", None, Some("r")), now).unwrap();
        let error = shelf.put(&draft("c", Some(CID), Some("r")), now).unwrap_err();
        assert_eq!(error.reason(), Reason::RequestIdReused);
    }

    #[test]
    fn a_foreign_id_is_refused_and_a_hidden_one_unknown() {
        let now = Timestamp::UNIX_EPOCH;
        let stranger = UserId::generate();
        let mut theirs = Shelf::new(stranger, Vec::new());
        let (public, _) = theirs.put(&draft("a", None, None), now).unwrap();
        let mut private = public.clone();
        private.id = ContentId::generate();
        private.metadata.visibility = Visibility::Private;
        let mut shelf = Shelf::new(UserId::generate(), vec![public.clone(), private.clone()]);
        let by_id = |id| Draft { id: Some(id), ..draft("mine", None, None) };
        assert_eq!(shelf.put(&by_id(public.id), now).unwrap_err().reason(), Reason::NotOwner);
        assert_eq!(shelf.put(&by_id(private.id), now).unwrap_err().reason(), Reason::ContentNotFound);
        assert_eq!(shelf.put(&by_id(ContentId::generate()), now).unwrap_err().reason(), Reason::ContentNotFound);
    }
}
