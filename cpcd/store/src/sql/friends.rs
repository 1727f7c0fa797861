//! Table `friends`: how a user stands to another, and the column `users.friends`, which says the same of friendships.

use cpcd_model::{
    Error, Result,
    friend::{Acquaintance, Pair, Stance},
    id::UserId,
    time::Timestamp,
    user::Username,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, sql},
    row::unsigned,
};

/// What of a user's acquaintances to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FriendList {
    /// Friends.
    Friends,
    /// Those who have asked, but whom the user blocks.
    Incoming,
    /// Those whom the user has asked.
    Outgoing,
    /// Those whom the user blocks.
    Blocked,
    /// Friends who are friends of this one, too.
    Mutual(UserId),
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    username: String,
    since: jiff_sqlx::Timestamp,
}

impl Row {
    fn read(self) -> Result<Acquaintance> {
        let malformed = |_| Error::internal(format!("user {} has a malformed username in the store", self.id));
        Ok(Acquaintance {
            id: self.id.into(),
            username: Username::parse("username", &self.username).map_err(malformed)?,
            since: self.since.to_jiff(),
        })
    }
}

fn pair(rows: Vec<(bool, String)>) -> Result<Pair> {
    let mut pair = Pair::default();
    for (is_mine, word) in rows {
        let stance =
            Stance::from_word(&word).ok_or_else(|| Error::internal(format!("a user is '{word}' in the store")))?;
        *(if is_mine { &mut pair.mine } else { &mut pair.theirs }) = Some(stance);
    }
    Ok(pair)
}

const PAIR: &str = "SELECT user_id = $1, state FROM friends
                    WHERE (user_id = $1 AND other_id = $2) OR (user_id = $2 AND other_id = $1)";

const ARE_FRIENDS: &str = "SELECT 1 FROM friends WHERE user_id = $1 AND other_id = $2 AND state = 'friend'";

impl Tx {
    /// Keeps others from changing users, their friends and what is granted to them, until the end of the transaction; gives those of
    /// them that are there. Always in the order of their ids, so that nobody waits for somebody who waits for them.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn lock_users(&mut self, users: &[UserId]) -> Result<Vec<UserId>> {
        let users: Vec<_> = users.iter().map(|user| user.uuid()).collect();
        let rows: Vec<(Uuid,)> = self
            .fetch_all(
                sql(
                    "SELECT id FROM users WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE",
                    "SELECT id FROM users WHERE id IN (SELECT unhex(value, '-') FROM json_each($1)) AND deleted_at IS NULL ORDER BY id",
                ),
                &[Arg::UuidArray(&users)],
            )
            .await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Gives what two users say of each other, and keeps others from changing it until the end of the transaction; nothing if one of
    /// them is gone.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lock_pair(&mut self, user: UserId, other: UserId) -> Result<Option<Pair>> {
        if self.lock_users(&[user, other]).await?.len() < 2 {
            return Ok(None);
        }
        pair(self.fetch_all(PAIR, &[user.uuid().into(), other.uuid().into()]).await?).map(Some)
    }

    /// Sets what two users, who are locked, say of each other in place of what they said before.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn set_pair(
        &mut self,
        (user, other): (UserId, UserId),
        before: Pair,
        after: Pair,
        now: Timestamp,
    ) -> Result<()> {
        for (user, other, before, after) in
            [(user, other, before.mine, after.mine), (other, user, before.theirs, after.theirs)]
        {
            if before == after {
                continue;
            }
            let ids = [user.uuid().into(), other.uuid().into()];
            match after {
                None => self.execute("DELETE FROM friends WHERE user_id = $1 AND other_id = $2", &ids).await?,
                Some(stance) => {
                    let [user, other] = ids;
                    self.execute(
                        "INSERT INTO friends (user_id, other_id, state, since) VALUES ($1, $2, $3, $4)
                         ON CONFLICT (user_id, other_id) DO UPDATE SET state = excluded.state, since = excluded.since",
                        &[user, other, stance.as_str().into(), now.into()],
                    )
                    .await?
                }
            };
            match (before == Some(Stance::Friend), after == Some(Stance::Friend)) {
                (false, true) => self.append_friend(user, other).await?,
                (true, false) => self.remove_friend(user, other).await?,
                (false, false) | (true, true) => {}
            }
        }
        Ok(())
    }

    async fn append_friend(&mut self, user: UserId, friend: UserId) -> Result<()> {
        // SQLite keeps the ids as JSON has them.
        self.execute(
            sql(
                "UPDATE users SET friends = array_append(friends, $2::TEXT::UUID) WHERE id = $1",
                "UPDATE users SET friends = json_insert(friends, '$[#]', $2) WHERE id = $1",
            ),
            &[user.uuid().into(), friend.to_string().as_str().into()],
        )
        .await
        .map(drop)
    }

    async fn remove_friend(&mut self, user: UserId, friend: UserId) -> Result<()> {
        self.execute(
            sql(
                "UPDATE users SET friends = array_remove(friends, $2::TEXT::UUID) WHERE id = $1",
                "UPDATE users SET friends = (SELECT json_group_array(value) FROM json_each(friends) WHERE value <> $2) WHERE id = $1",
            ),
            &[user.uuid().into(), friend.to_string().as_str().into()],
        )
        .await
        .map(drop)
    }

    /// Gives of how many others a user says this.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_stances(&mut self, user: UserId, stance: Stance) -> Result<u64> {
        let statement = "SELECT count(*) FROM friends WHERE user_id = $1 AND state = $2";
        let counted: Option<(i64,)> =
            self.fetch_optional(statement, &[user.uuid().into(), stance.as_str().into()]).await?;
        unsigned("count of friends", counted.map_or(0, |(count,)| count))
    }

    /// Gives how many have asked a user, whether they are shown or not.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_requests_to(&mut self, user: UserId) -> Result<u64> {
        let statement = "SELECT count(*) FROM friends WHERE other_id = $1 AND state = 'requested'";
        let counted: Option<(i64,)> = self.fetch_optional(statement, &[user.uuid().into()]).await?;
        unsigned("count of requests", counted.map_or(0, |(count,)| count))
    }

    /// Says whether two users are friends, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn are_friends(&mut self, user: UserId, other: UserId) -> Result<bool> {
        let found: Option<(i32,)> =
            self.fetch_optional(ARE_FRIENDS, &[user.uuid().into(), other.uuid().into()]).await?;
        Ok(found.is_some())
    }

    /// Takes a user, who is locked, out of what all others say of them, and all that they say; gives those who were friends.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn clear_friends(&mut self, user: UserId) -> Result<Vec<UserId>> {
        let text = user.to_string();
        let own = [user.uuid().into(), text.as_str().into()];
        self.execute(
            sql(
                "UPDATE users SET friends = array_remove(friends, $2::TEXT::UUID)
                 WHERE id IN (SELECT other_id FROM friends WHERE user_id = $1 AND state = 'friend')",
                "UPDATE users SET friends = (SELECT json_group_array(value) FROM json_each(friends) WHERE value <> $2)
                 WHERE id IN (SELECT other_id FROM friends WHERE user_id = $1 AND state = 'friend')",
            ),
            &own,
        )
        .await?;
        let statement = "SELECT other_id FROM friends WHERE user_id = $1 AND state = 'friend' ORDER BY other_id";
        let friends: Vec<(Uuid,)> = self.fetch_all(statement, &own[..1]).await?;
        self.execute("DELETE FROM friends WHERE user_id = $1 OR other_id = $1", &own[..1]).await?;
        let none =
            sql("UPDATE users SET friends = '{}' WHERE id = $1", "UPDATE users SET friends = '[]' WHERE id = $1");
        self.execute(none, &own[..1]).await?;
        Ok(friends.into_iter().map(|(id,)| id.into()).collect())
    }
}

macro_rules! select {
    ($from:literal) => {
        concat!("SELECT u.id, u.username, f.since FROM friends f JOIN users u ON ", $from)
    };
}

impl Store {
    /// Says whether two users are friends.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn are_friends(&self, user: UserId, other: UserId) -> Result<bool> {
        let found: Option<(i32,)> =
            self.db.fetch_optional(ARE_FRIENDS, &[user.uuid().into(), other.uuid().into()]).await?;
        Ok(found.is_some())
    }

    /// Gives what two users say of each other.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_pair(&self, user: UserId, other: UserId) -> Result<Pair> {
        pair(self.db.fetch_all(PAIR, &[user.uuid().into(), other.uuid().into()]).await?)
    }

    /// Gives the ids of a user's friends.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_friend_ids(&self, user: UserId) -> Result<Vec<Uuid>> {
        let statement = "SELECT other_id FROM friends WHERE user_id = $1 AND state = 'friend' ORDER BY other_id";
        let rows: Vec<(Uuid,)> = self.db.fetch_all(statement, &[user.uuid().into()]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Gives at most `limit` of a user's acquaintances in the order of their ids, those after `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_friends(
        &self,
        user: UserId,
        list: FriendList,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Acquaintance>> {
        let own = |stance: Stance| {
            let statement = select!(
                "u.id = f.other_id WHERE f.user_id = $1 AND f.state = $4 AND f.other_id > $2 ORDER BY f.other_id LIMIT $3"
            );
            (statement, Some(stance.as_str().into()))
        };
        let (statement, more) = match list {
            FriendList::Friends => own(Stance::Friend),
            FriendList::Outgoing => own(Stance::Requested),
            FriendList::Blocked => own(Stance::Blocked),
            FriendList::Incoming => (
                select!(
                    "u.id = f.user_id WHERE f.other_id = $1 AND f.state = 'requested' AND f.user_id > $2
                         AND NOT EXISTS (SELECT 1 FROM friends b WHERE b.user_id = $1 AND b.other_id = f.user_id AND b.state = 'blocked')
                     ORDER BY f.user_id LIMIT $3"
                ),
                None,
            ),
            FriendList::Mutual(other) => (
                select!(
                    "u.id = f.other_id WHERE f.user_id = $1 AND f.state = 'friend' AND f.other_id > $2
                         AND EXISTS (SELECT 1 FROM friends o WHERE o.user_id = $4 AND o.other_id = f.other_id AND o.state = 'friend')
                     ORDER BY f.other_id LIMIT $3"
                ),
                Some(other.uuid().into()),
            ),
        };
        let mut args =
            vec![user.uuid().into(), after.map_or(Uuid::nil(), UserId::uuid).into(), i64::from(limit).into()];
        args.extend(more);
        let rows: Vec<Row> = self.db.fetch_all(statement, &args).await?;
        rows.into_iter().map(Row::read).collect()
    }
}
