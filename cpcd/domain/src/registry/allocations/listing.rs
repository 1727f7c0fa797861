//! Allocations, listed.

use cpcd_model::{
    Error, Reason, Result,
    allocation::AllocationState,
    id::{AllocationId, NodeId, UserId},
    page,
    permission::{Level, Resource, Scopes},
};
use cpcd_store::sql::AllocationFilter;

use super::{Allocations, ShownAllocation, require_login};
use crate::{Caller, caller::Subject, identity::cut_page};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;

/// Which allocations to list, as it came.
#[derive(Clone, Debug, Default)]
pub struct AllocationList {
    /// Only those of this state.
    pub state: Option<AllocationState>,
    /// Only those of this user; empty means any.
    pub owner_id: String,
    /// Only those that this node provides for; empty means any.
    pub node_id: String,
    /// Only those with this label, `key=value`; empty means any.
    pub label: String,
    /// Those that have ended, too.
    pub with_ended: bool,
    /// At most so many; 0 means 50.
    pub page_size: i32,
    /// Token of the page before.
    pub page_token: String,
}

impl Allocations {
    /// Lists allocations, the newest first and without tickets; gives the token of the next page. Without read on all allocations:
    /// those that it is held on, and one's own; of a node: those that it asked for or provides for.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PAGE_TOKEN_INVALID`, `FIELD_INVALID`.
    pub async fn list(&self, caller: &Caller, request: &AllocationList) -> Result<(Vec<ShownAllocation>, String)> {
        require_login(caller, Level::Read)?;
        let size = page::size(request.page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let owner = given(&request.owner_id, |id| UserId::parse("owner_id", id))?.map(UserId::uuid);
        let node = given(&request.node_id, |id| NodeId::parse("node_id", id))?;
        let label = given(&request.label, |label| {
            label
                .split_once('=')
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .ok_or_else(|| Error::field(Reason::FieldInvalid, "label", "must have the form key=value"))
        })?;
        let state = request.state;
        // Whoever asks for those that have ended means them.
        let with_ended = request.with_ended || state.is_some_and(AllocationState::has_ended);
        let binding = format!(
            "allocations:{:?}:{}:{}:{with_ended}:{}",
            state.map(AllocationState::as_str),
            request.owner_id,
            request.node_id,
            request.label
        );
        let before = page::decode(&binding, &request.page_token)?
            .map(|id| AllocationId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut filter =
            AllocationFilter { before, state, owner, node, label, with_ended, within: None, of_node: None };
        match (caller.subject(), caller.allowed_scopes(Resource::Allocations, Level::Read)) {
            (_, Scopes::All) => {}
            (Subject::User(own), Scopes::Only(scopes)) if scopes.is_empty() => {
                if owner.is_some_and(|owner| owner != own.uuid()) {
                    return Ok((Vec::new(), String::new()));
                }
                // The index of owners finds these.
                filter.owner = Some(own.uuid());
            }
            (Subject::User(own), Scopes::Only(scopes)) => {
                filter.within = Some((scopes.into_iter().cloned().collect(), Some(own)));
            }
            // Its owner's are the program's to see only if it was given that.
            (Subject::Service(_), Scopes::Only(scopes)) if !scopes.is_empty() => {
                filter.within = Some((scopes.into_iter().cloned().collect(), None));
            }
            (Subject::Node(own), Scopes::Only(_)) => filter.of_node = Some(own),
            (Subject::Service(_) | Subject::Anonymous | Subject::LocalAdmin | Subject::System, Scopes::Only(_)) => {
                return Ok((Vec::new(), String::new()));
            }
        }
        let mut allocations = self.store.list_allocations(&filter, size + 1).await?;
        let next = cut_page(&mut allocations, size, &binding, |allocation| allocation.id.to_string());
        Ok((self.show_all(caller, allocations).await?, next))
    }
}

fn given<T>(text: &str, read: impl FnOnce(&str) -> Result<T>) -> Result<Option<T>> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}
