//! Who may see and change content.

use cpcd_model::{
    Error, Reason, Result,
    content::{Content, Visibility},
    id::{ContentId, UserId},
    permission::{Level, Resource, Target},
    query::Viewer,
};

use uuid::Uuid;

use crate::Caller;

/// Says whether content is for a viewer to see, to whom some is granted and who is a friend of its owner or not.
pub(super) fn may_see(viewer: Viewer, granted: &[Uuid], content: &Content, is_of_friend: bool) -> bool {
    let is_public = content.metadata.visibility == Visibility::Public;
    match viewer {
        Viewer::Admin => true,
        Viewer::User(user) => {
            let is_shown_to_friends = content.metadata.visibility == Visibility::Friends && is_of_friend;
            // In order, as the caller gives them.
            let is_granted = || granted.binary_search(&content.id.uuid()).is_ok();
            content.owner_id == user || is_public || is_shown_to_friends || is_granted()
        }
        Viewer::Public => is_public,
    }
}

/// Says whether content is for a caller to see, who is a friend of its owner or not.
pub(crate) fn is_shown(caller: &Caller, content: &Content, is_of_friend: bool) -> bool {
    let target = target(content);
    let granted: &[Uuid] = match caller.granted().on(Resource::Content, Level::Read, &target) {
        Some(held) => std::slice::from_ref(&held.object),
        None => &[],
    };
    caller.may(Resource::Content, Level::Read, &target)
        && may_see(caller.viewer(&target), granted, content, is_of_friend)
}

/// Gives the user to ask whose friend they are before they are shown content: nobody if it does not matter.
pub(super) fn friend_to_be(caller: &Caller, content: &Content) -> Option<UserId> {
    caller.subject().owner().filter(|_| content.metadata.visibility == Visibility::Friends)
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
///
/// Whoever has write on that content alone changes it in its owner's name: that is for the caller of this to see to.
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
