//! Messages of friends.

use cpc_proto::v1;
use cpcd_domain::identity::{Listed, Named, Standing};
use cpcd_model::{
    Error, Reason, Result,
    friend::{Acquaintance, FriendAction, Relation},
};

use super::{Wire, identity::unknown};

impl Wire for Standing {
    type Message = v1::FriendResponse;

    fn to_wire(&self) -> v1::FriendResponse {
        let state = match self.relation {
            Relation::None => v1::FriendState::None,
            Relation::Incoming => v1::FriendState::Incoming,
            Relation::Outgoing => v1::FriendState::Outgoing,
            Relation::Friends => v1::FriendState::Friends,
            Relation::Blocked => v1::FriendState::Blocked,
        };
        v1::FriendResponse {
            user_id: self.id.to_string(),
            username: self.username.as_str().to_owned(),
            state: state.into(),
            has_changed: self.has_changed,
        }
    }
}

impl Wire for Acquaintance {
    type Message = v1::Friend;

    fn to_wire(&self) -> v1::Friend {
        v1::Friend {
            user_id: self.id.to_string(),
            username: self.username.as_str().to_owned(),
            since: Some(self.since.to_wire()),
        }
    }
}

/// Reads what is to be done about whom.
pub(crate) fn friend_action(message: v1::FriendRequest) -> Result<(FriendAction, Named)> {
    use v1::friend_request::Action;
    let (action, field, address) = match message.action.ok_or_else(|| Error::required("action"))? {
        Action::Request(address) => (FriendAction::Request, "request", address),
        Action::Accept(address) => (FriendAction::Accept, "accept", address),
        Action::Decline(address) => (FriendAction::Decline, "decline", address),
        Action::Cancel(address) => (FriendAction::Cancel, "cancel", address),
        Action::Remove(address) => (FriendAction::Remove, "remove", address),
        Action::Block(address) => (FriendAction::Block, "block", address),
        Action::Unblock(address) => (FriendAction::Unblock, "unblock", address),
    };
    match address.by {
        Some(v1::friend_address::By::Id(id)) => Ok((action, Named::Id(id))),
        Some(v1::friend_address::By::Username(name)) => Ok((action, Named::Username(name))),
        None => Err(Error::required(format!("{field}.by"))),
    }
}

/// Reads what is to be listed.
pub(crate) fn friend_list(message: &v1::ListFriendsRequest) -> Result<Listed> {
    let list = v1::FriendList::try_from(message.list).map_err(|_| unknown("list", message.list))?;
    let named = match (message.mutual_with_id.as_str(), message.mutual_with_username.as_str()) {
        ("", "") => None,
        (id, "") => Some(Named::Id(id.to_owned())),
        ("", name) => Some(Named::Username(name.to_owned())),
        (_, _) => {
            let text = "names a user a second time; leave one of the two out";
            return Err(Error::field(Reason::FieldInvalid, "mutual_with_username", text));
        }
    };
    match (list, named) {
        (v1::FriendList::Unspecified | v1::FriendList::Friends, Some(named)) => Ok(Listed::Mutual(named)),
        (v1::FriendList::Incoming | v1::FriendList::Outgoing | v1::FriendList::Blocked, Some(_)) => {
            Err(Error::field(Reason::FieldInvalid, "list", "only friends are mutual; leave it out"))
        }
        (v1::FriendList::Unspecified | v1::FriendList::Friends, None) => Ok(Listed::Friends),
        (v1::FriendList::Incoming, None) => Ok(Listed::Incoming),
        (v1::FriendList::Outgoing, None) => Ok(Listed::Outgoing),
        (v1::FriendList::Blocked, None) => Ok(Listed::Blocked),
    }
}
