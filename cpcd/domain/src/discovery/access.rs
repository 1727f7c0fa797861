//! Who may see and change content.

use cpcd_model::{
    Error, Reason, Result,
    content::{Content, Visibility},
    id::{ContentId, UserId},
    permission::{Level, Resource, Target},
    query::Viewer,
};

use crate::Caller;

/// Says whether content is for a viewer to see.
pub(super) fn may_see(viewer: Viewer, content: &Content) -> bool {
    match viewer {
        Viewer::Admin => true,
        Viewer::User(user) => content.owner_id == user || content.metadata.visibility == Visibility::Public,
        Viewer::Public => content.metadata.visibility == Visibility::Public,
    }
}

/// Says whether content is for a caller to see.
pub(super) fn is_shown(caller: &Caller, content: &Content) -> bool {
    let target = target(content);
    caller.may(Resource::Content, Level::Read, &target) && may_see(caller.viewer(&target), content)
}

/// Gives content as what something is to be done to.
pub(super) fn target(content: &Content) -> Target<'static> {
    Target { labels: None, owner: Some(content.owner_id), object: Some(content.id.uuid()) }
}

/// Asks for what reading the content of an owner, or of everybody, needs; gives what of it may be found.
pub(super) fn may_read(caller: &Caller, owner: Option<UserId>) -> Result<Viewer> {
    let target = Target { owner, ..Target::default() };
    caller.require_on(Resource::Content, Level::Read, &target)?;
    Ok(caller.viewer(&target))
}

/// Asks for what publishing needs; gives the user in whose name it is done. With an id, it is that content that changes.
pub(super) fn publisher(caller: &Caller, id: &str) -> Result<UserId> {
    caller.require_some(Resource::Content, Level::Write)?;
    let owner = caller.require_owner()?;
    let object = if id.is_empty() { None } else { ContentId::parse("id", id).ok().map(ContentId::uuid) };
    caller.require_on(Resource::Content, Level::Write, &Target { labels: None, owner: Some(owner), object })?;
    Ok(owner)
}

/// Makes the error of content that is not there, or not for the caller.
pub(super) fn not_found(id: ContentId) -> Error {
    Error::new(Reason::ContentNotFound, format!("there is no content {id}"))
}

/// Makes the error of content that the caller sees but does not own.
pub(super) fn not_owner(id: ContentId) -> Error {
    Error::new(Reason::NotOwner, format!("content {id} belongs to somebody else"))
}
