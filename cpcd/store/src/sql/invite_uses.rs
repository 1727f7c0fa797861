//! Tables `users` and `nodes`, as far as they say who came by which invite.

use cpcd_model::{
    Result,
    id::{InviteId, NodeId, UserId},
    invite::{InviteKind, InviteUse},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store,
    row::{bytes, unsigned},
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    public_key: Vec<u8>,
    created_at: jiff_sqlx::Timestamp,
    is_suspended: bool,
}

impl Row {
    fn read(self) -> Result<InviteUse> {
        Ok(InviteUse {
            subject: self.id,
            name: self.name,
            public_key: bytes("public_key of who came by an invite", &self.public_key)?,
            joined_at: self.created_at.to_jiff(),
            is_suspended: self.is_suspended,
        })
    }
}

impl Store {
    /// Gives at most `limit` of those who came by an invite and are still there, in the order of their ids.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_invite_uses(
        &self,
        kind: InviteKind,
        invite: InviteId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<InviteUse>> {
        let (after, limit) = (after.unwrap_or_default(), i64::from(limit));
        let rows: Vec<Row> = match kind {
            InviteKind::User => {
                self.db
                    .fetch_all(
                        "SELECT id, username AS name, public_key, created_at, suspended_at IS NOT NULL AS is_suspended FROM users
                         WHERE invite_id = $1 AND deleted_at IS NULL AND id > $2 ORDER BY id LIMIT $3",
                        &[invite.uuid().into(), after.into(), limit.into()],
                    )
                    .await?
            }
            InviteKind::Node => {
                let invite = invite.to_string();
                self.db
                    .fetch_all(
                        "SELECT id, '' AS name, public_key, created_at, 1 = 0 AS is_suspended FROM nodes
                         WHERE joined ->> 'invite_id' = $1 AND id > $2 ORDER BY id LIMIT $3",
                        &[invite.as_str().into(), after.into(), limit.into()],
                    )
                    .await?
            }
        };
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives how many of those who came by an invite are still there and not suspended, but for one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_invite_uses(&self, kind: InviteKind, invite: InviteId, but: Option<UserId>) -> Result<u64> {
        let (count,): (i64,) = match kind {
            InviteKind::User => {
                self.db
                    .fetch_one(
                        "SELECT count(*) FROM users WHERE invite_id = $1 AND suspended_at IS NULL AND deleted_at IS NULL AND id <> $2",
                        &[invite.uuid().into(), but.map_or(Uuid::nil(), UserId::uuid).into()],
                    )
                    .await?
            }
            InviteKind::Node => {
                let invite = invite.to_string();
                self.db
                    .fetch_one(
                        "SELECT count(*) FROM nodes WHERE joined ->> 'invite_id' = $1",
                        &[invite.as_str().into()],
                    )
                    .await?
            }
        };
        unsigned("count of who came by an invite", count)
    }

    /// Gives at most `limit` nodes that came by an invite, in the order of their ids.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_nodes_of_invite(&self, invite: InviteId, limit: u32) -> Result<Vec<NodeId>> {
        let uses = self.list_invite_uses(InviteKind::Node, invite, None, limit).await?;
        Ok(uses.into_iter().map(|used| used.subject.into()).collect())
    }

    /// Gives at most `limit` users who came by an invite and are not suspended, those after `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_users_of_invite(
        &self,
        invite: InviteId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<UserId>> {
        let rows: Vec<(Uuid,)> = self
            .db
            .fetch_all(
                "SELECT id FROM users WHERE invite_id = $1 AND suspended_at IS NULL AND deleted_at IS NULL AND id > $2
                 ORDER BY id LIMIT $3",
                &[invite.uuid().into(), after.map_or(Uuid::nil(), UserId::uuid).into(), i64::from(limit).into()],
            )
            .await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }
}
