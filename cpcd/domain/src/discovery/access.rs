//! Who may see and change content.

use cpcd_model::{
    Error, Reason, Result,
    content::{Content, Visibility},
    id::{ContentId, UserId},
    permission::{Level, Resource},
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

/// Asks for what reading content needs.
pub(super) fn may_read(caller: &Caller) -> Result<()> {
    caller.require(Resource::Content, Level::Read)
}

/// Asks for what publishing needs; gives the user in whose name it is done.
pub(super) fn publisher(caller: &Caller) -> Result<UserId> {
    caller.require(Resource::Content, Level::Write)?;
    caller.require_user()
}

/// Makes the error of content that is not there, or not for the caller.
pub(super) fn not_found(id: ContentId) -> Error {
    Error::new(Reason::ContentNotFound, format!("there is no content {id}"))
}

/// Makes the error of content that the caller sees but does not own.
pub(super) fn not_owner(id: ContentId) -> Error {
    Error::new(Reason::NotOwner, format!("content {id} belongs to somebody else"))
}
