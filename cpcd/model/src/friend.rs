//! Friends: how two users stand to each other, and what each may change about it.
//!
//! What one says of the other is theirs alone. In particular nothing that somebody is answered depends on whether the other blocks
//! them: towards whoever does, a request is as towards whoever never answers.

use crate::{Error, Reason, Result, id::UserId, time::Timestamp, user::Username};

/// Most friends of a user.
pub const MOST_FRIENDS: u32 = 5_000;
/// Most users that one blocks.
pub const MOST_BLOCKED: u32 = 5_000;

/// What a user says of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stance {
    /// Has asked to be friends.
    Requested,
    /// Is a friend; the other says the same.
    Friend,
    /// Wants nothing to do with them.
    Blocked,
}

impl Stance {
    /// Every stance there is.
    pub const ALL: [Self; 3] = [Self::Requested, Self::Friend, Self::Blocked];

    /// Gives the word that is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Friend => "friend",
            Self::Blocked => "blocked",
        }
    }

    /// Reads the word that is kept.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stance| stance.as_str() == word)
    }
}

/// What somebody does about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FriendAction {
    /// Asks to be friends; if the other has asked, they are.
    Request,
    /// Takes the other's request.
    Accept,
    /// Refuses the other's request.
    Decline,
    /// Takes their own request back.
    Cancel,
    /// Ends the friendship.
    Remove,
    /// Ends all there is, and hears no more of the other.
    Block,
    /// Takes a block back.
    Unblock,
}

impl FriendAction {
    /// Every action there is.
    pub const ALL: [Self; 7] =
        [Self::Request, Self::Accept, Self::Decline, Self::Cancel, Self::Remove, Self::Block, Self::Unblock];

    /// Gives the word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Remove => "remove",
            Self::Block => "block",
            Self::Unblock => "unblock",
        }
    }
}

/// How somebody sees another stand to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// There is nothing.
    None,
    /// The other has asked.
    Incoming,
    /// They have asked.
    Outgoing,
    /// They are friends.
    Friends,
    /// They block the other.
    Blocked,
}

/// What two users say of each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pair {
    /// What the one says who acts.
    pub mine: Option<Stance>,
    /// What the other says.
    pub theirs: Option<Stance>,
}

impl Pair {
    const FRIENDS: Self = Self { mine: Some(Stance::Friend), theirs: Some(Stance::Friend) };

    /// Gives what is after an action of the first; the same if it holds already.
    ///
    /// # Errors
    /// `USER_BLOCKED` for a request to somebody whom one blocks oneself, `FRIEND_REQUEST_NOT_FOUND` for taking a request that is not
    /// there, `FRIEND_REQUEST_NOT_YOURS` for one's own request taken or the other's taken back.
    pub fn after(self, action: FriendAction) -> Result<Self> {
        use Stance::{Blocked, Friend, Requested};
        let has_asked = self.mine == Some(Requested);
        // Whoever is blocked has asked nothing that one could know of.
        let was_asked = self.mine.is_none() && self.theirs == Some(Requested);
        match action {
            FriendAction::Request | FriendAction::Accept if self.mine == Some(Blocked) => {
                Err(Error::new(Reason::UserBlocked, "the user is blocked by you; unblock them first"))
            }
            FriendAction::Request | FriendAction::Accept if self.mine == Some(Friend) => Ok(self),
            FriendAction::Request | FriendAction::Accept if was_asked => Ok(Self::FRIENDS),
            FriendAction::Request => Ok(Self { mine: Some(Requested), ..self }),
            FriendAction::Accept if has_asked => Err(not_yours("the request is your own; it is for the other to take")),
            FriendAction::Accept => {
                Err(Error::new(Reason::FriendRequestNotFound, "there is no request of this user to accept"))
            }
            FriendAction::Decline if has_asked => Err(not_yours("the request is your own; cancel it instead")),
            FriendAction::Decline if was_asked => Ok(Self { theirs: None, ..self }),
            FriendAction::Cancel if has_asked => Ok(Self { mine: None, ..self }),
            FriendAction::Cancel if was_asked => Err(not_yours("the request is the other's; decline it instead")),
            FriendAction::Remove if self.mine == Some(Friend) => Ok(Self::default()),
            FriendAction::Block => {
                Ok(Self { mine: Some(Blocked), theirs: self.theirs.filter(|theirs| *theirs == Blocked) })
            }
            FriendAction::Unblock if self.mine == Some(Blocked) => Ok(Self { mine: None, ..self }),
            FriendAction::Decline | FriendAction::Cancel | FriendAction::Remove | FriendAction::Unblock => Ok(self),
        }
    }

    /// Gives the same from the other's side.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { mine: self.theirs, theirs: self.mine }
    }

    /// Gives what the first may know of it.
    #[must_use]
    pub fn relation(self) -> Relation {
        match (self.mine, self.theirs) {
            (Some(Stance::Blocked), _) => Relation::Blocked,
            (Some(Stance::Friend), _) => Relation::Friends,
            (Some(Stance::Requested), _) => Relation::Outgoing,
            (None, Some(Stance::Requested)) => Relation::Incoming,
            (None, _) => Relation::None,
        }
    }
}

/// Another user, as a list of friends has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquaintance {
    /// Names the user.
    pub id: UserId,
    /// Handle.
    pub username: Username,
    /// Since when it is as it is.
    pub since: Timestamp,
}

fn not_yours(text: &str) -> Error {
    Error::new(Reason::FriendRequestNotYours, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives every pair that can be reached from nothing.
    fn reachable() -> Vec<Pair> {
        let mut known = vec![Pair::default()];
        let mut next = 0;
        while next < known.len() {
            for action in FriendAction::ALL {
                for pair in [known[next], known[next].turned()] {
                    let after = pair.after(action).unwrap_or(pair);
                    if !known.contains(&after) {
                        known.push(after);
                    }
                }
            }
            next += 1;
        }
        known
    }

    #[test]
    fn a_friendship_has_two_sides_and_a_block_ends_it() {
        for pair in reachable() {
            let is_friend = |stance| stance == Some(Stance::Friend);
            assert_eq!(is_friend(pair.mine), is_friend(pair.theirs), "{pair:?}");
            assert_ne!((pair.mine, pair.theirs), (Some(Stance::Requested), Some(Stance::Requested)));
        }
        assert_eq!(reachable().len(), 9, "nothing, friends, and a request, a block or both in each way");
    }

    #[test]
    fn a_block_cannot_be_told_from_silence() {
        for mine in [None, Some(Stance::Requested), Some(Stance::Blocked)] {
            let (silent, blocked) = (Pair { mine, theirs: None }, Pair { mine, theirs: Some(Stance::Blocked) });
            assert_eq!(silent.relation(), blocked.relation());
            for action in FriendAction::ALL {
                let told = |pair: Pair| pair.after(action).map(|after| (after.mine, after.relation(), after == pair));
                let (one, other) = (told(silent), told(blocked));
                match (one, other) {
                    (Ok(one), Ok(other)) => assert_eq!(one, other, "{action:?} by {mine:?}"),
                    (Err(one), Err(other)) => {
                        assert_eq!((one.reason(), one.message()), (other.reason(), other.message()));
                    }
                    (one, other) => panic!("{action:?} by {mine:?}: {one:?} and {other:?}"),
                }
            }
        }
    }

    #[test]
    fn what_holds_already_changes_nothing() {
        for pair in reachable() {
            for action in FriendAction::ALL {
                if let Ok(after) = pair.after(action) {
                    assert_eq!(after.after(action).ok(), Some(after), "{action:?} twice from {pair:?}");
                }
            }
        }
    }

    #[test]
    fn crossing_requests_are_a_friendship() {
        let asked = Pair::default().after(FriendAction::Request).unwrap();
        assert_eq!((asked.relation(), asked.turned().relation()), (Relation::Outgoing, Relation::Incoming));
        assert_eq!(asked.turned().after(FriendAction::Request).unwrap(), Pair::FRIENDS);
        assert_eq!(asked.turned().after(FriendAction::Accept).unwrap(), Pair::FRIENDS);
        let reason = |pair: Pair, action| pair.after(action).unwrap_err().reason();
        assert_eq!(reason(asked, FriendAction::Accept), Reason::FriendRequestNotYours);
        assert_eq!(reason(asked.turned(), FriendAction::Cancel), Reason::FriendRequestNotYours);
        assert_eq!(reason(Pair::default(), FriendAction::Accept), Reason::FriendRequestNotFound);
        let blocked = Pair::FRIENDS.after(FriendAction::Block).unwrap();
        assert_eq!(blocked, Pair { mine: Some(Stance::Blocked), theirs: None });
        assert_eq!(reason(blocked, FriendAction::Request), Reason::UserBlocked);
        // What was asked meanwhile is there once the block is gone, as the asker was told.
        let asked = blocked.turned().after(FriendAction::Request).unwrap();
        assert_eq!(asked.turned().relation(), Relation::Blocked);
        assert_eq!(asked.turned().after(FriendAction::Unblock).unwrap().relation(), Relation::Incoming);
    }
}
