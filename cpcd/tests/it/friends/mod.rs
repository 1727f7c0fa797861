//! Friends: what each may do about another, and what nobody finds out.

mod actions;
mod content;
mod deletion;
mod histories;
mod silence;

use cpc_proto::v1::{self, FriendState, friend_address::By, friend_request::Action};

use crate::harness::{Daemon, Person, reason};

/// Something that one does about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Request,
    Accept,
    Decline,
    Cancel,
    Remove,
    Block,
    Unblock,
}

impl Act {
    const ALL: [Self; 7] =
        [Self::Request, Self::Accept, Self::Decline, Self::Cancel, Self::Remove, Self::Block, Self::Unblock];

    fn message(self, by: By) -> v1::FriendRequest {
        let about = v1::FriendAddress { by: Some(by) };
        let action = match self {
            Self::Request => Action::Request(about),
            Self::Accept => Action::Accept(about),
            Self::Decline => Action::Decline(about),
            Self::Cancel => Action::Cancel(about),
            Self::Remove => Action::Remove(about),
            Self::Block => Action::Block(about),
            Self::Unblock => Action::Unblock(about),
        };
        v1::FriendRequest { action: Some(action) }
    }
}

/// Does something about somebody; gives how they stand then, or why not.
async fn act(daemon: &Daemon, who: &Person, act: Act, about: &Person) -> Result<FriendState, String> {
    let answer = daemon.identity(Some(&who.token)).await.manage_friends(act.message(By::Id(about.id.clone()))).await;
    answer.map(|answer| answer.into_inner().state()).map_err(|status| reason(&status))
}

/// Gives the names in a list of somebody.
async fn list(daemon: &Daemon, who: &Person, list: v1::FriendList) -> Vec<String> {
    let request = v1::ListFriendsRequest { list: list.into(), ..Default::default() };
    let listed = daemon.identity(Some(&who.token)).await.list_friends(request).await.expect("a list").into_inner();
    let mut names: Vec<_> = listed.friends.into_iter().map(|friend| friend.username).collect();
    names.sort();
    names
}

/// Gives what a search finds for somebody.
async fn found(daemon: &Daemon, who: &Person, query: &str) -> Vec<String> {
    let query = v1::SearchQuery { q: query.into(), ..Default::default() };
    let found = daemon.discovery(Some(&who.token)).await.search_content(query).await.expect("a search").into_inner();
    let mut titles: Vec<_> = found.hits.into_iter().map(|hit| hit.content.unwrap().metadata.unwrap().title).collect();
    titles.sort();
    titles
}

/// Counts friendships that have one side, and users whose column says something else than the table.
const AWRY_ON_SQLITE: &str = "SELECT (SELECT count(*) FROM friends f WHERE state = 'friend' AND NOT EXISTS (
        SELECT 1 FROM friends o WHERE o.user_id = f.other_id AND o.other_id = f.user_id AND o.state = 'friend'))
    + (SELECT count(*) FROM users u WHERE json_array_length(friends) <> (
        SELECT count(*) FROM friends f WHERE f.user_id = u.id AND f.state = 'friend')
        OR EXISTS (SELECT 1 FROM friends f WHERE f.user_id = u.id AND f.state = 'friend' AND NOT EXISTS (
            SELECT 1 FROM json_each(u.friends) WHERE unhex(value, '-') = f.other_id)))";

/// The same on PostgreSQL.
const AWRY_ON_POSTGRES: &str = "SELECT (SELECT count(*) FROM friends f WHERE state = 'friend' AND NOT EXISTS (
        SELECT 1 FROM friends o WHERE o.user_id = f.other_id AND o.other_id = f.user_id AND o.state = 'friend'))
    + (SELECT count(*) FROM users u WHERE cardinality(friends) <> (
        SELECT count(*) FROM friends f WHERE f.user_id = u.id AND f.state = 'friend')
        OR EXISTS (SELECT 1 FROM friends f WHERE f.user_id = u.id AND f.state = 'friend' AND f.other_id <> ALL(u.friends)))";

/// Checks that each friendship has two sides and that the column of users says the same as the table.
async fn check_whole(daemon: &Daemon, engine: &crate::harness::Engine) {
    let query = if engine.url.is_empty() { AWRY_ON_SQLITE } else { AWRY_ON_POSTGRES };
    assert_eq!(daemon.count(engine, query).await, 0, "on {}", engine.name);
}
