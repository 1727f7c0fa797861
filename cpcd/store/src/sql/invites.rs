//! Table `invites`: who may join without an account. Of a code only the hash is here.

use cpcd_model::{
    Error, Result,
    id::{InviteId, UserId},
    invite::{Invite, InviteKind},
    labels::Labels,
    permission::Permissions,
    time::Timestamp,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, big, json_text},
    row::unsigned,
};

/// An invite to be kept, with the hash of its code.
#[derive(Clone, Debug)]
pub struct NewInvite {
    /// The invite.
    pub invite: Invite,
    /// Hash of its code.
    pub code_hash: [u8; 32],
}

/// An invite's code that has come back.
#[derive(Clone, Copy, Debug)]
pub struct Presented {
    /// The invite that it names.
    pub id: InviteId,
    /// Hash of the code.
    pub code_hash: [u8; 32],
    /// Who wants to join by it.
    pub kind: InviteKind,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    uses: i64,
    uses_left: i64,
    labels: Json<Labels>,
    realm: Option<String>,
    permissions: Json<Option<Permissions>>,
    node_ttl_seconds: Option<i64>,
    is_ephemeral: bool,
    namespaces: Json<Vec<String>>,
    is_uncounted: bool,
    made_by: Option<Uuid>,
    created_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    revoked_at: Option<jiff_sqlx::Timestamp>,
}

impl Row {
    fn read(self) -> Result<Invite> {
        let malformed = |what: &str| Error::internal(format!("invite {} has malformed {what} in the store", self.id));
        let kind = match self.kind.as_str() {
            "user" => InviteKind::User,
            "node" => InviteKind::Node,
            _ => return Err(malformed("kind")),
        };
        // What serde takes may still name a resource twice.
        let permissions = self.permissions.0.as_ref().map(|given| Permissions::new(given.rules().to_vec()));
        Ok(Invite {
            id: self.id.into(),
            kind,
            uses: unsigned("invites.uses", self.uses)?,
            uses_left: unsigned("invites.uses_left", self.uses_left)?,
            permissions: permissions.transpose().map_err(|_| malformed("permissions"))?,
            labels: self.labels.0,
            realm: self.realm,
            node_ttl_seconds: self.node_ttl_seconds.map(|ttl| unsigned("invites.node_ttl_seconds", ttl)).transpose()?,
            is_ephemeral: self.is_ephemeral,
            namespaces: self.namespaces.0,
            is_uncounted: self.is_uncounted,
            made_by: self.made_by.map(UserId::from),
            created_at: self.created_at.to_jiff(),
            expires_at: self.expires_at.to_jiff(),
            revoked_at: self.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, uses, uses_left, labels, realm, permissions, node_ttl_seconds, is_ephemeral, namespaces,
                 is_uncounted, made_by, created_at, expires_at, revoked_at FROM invites ",
            $rest
        )
    };
}

impl Tx {
    /// Adds an invite.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn insert_invite(&mut self, new: &NewInvite) -> Result<()> {
        let invite = &new.invite;
        self.execute(
            "INSERT INTO invites (id, code_hash, kind, uses, uses_left, labels, realm, permissions, made_by, created_at, expires_at,
                 node_ttl_seconds, is_ephemeral, namespaces, is_uncounted)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            &[
                invite.id.uuid().into(),
                new.code_hash.as_slice().into(),
                invite.kind.as_str().into(),
                big(invite.uses).into(),
                big(invite.uses_left).into(),
                Arg::Json(json_text(&invite.labels)?),
                invite.realm.as_deref().into(),
                Arg::Json(json_text(&invite.permissions)?),
                invite.made_by.map(UserId::uuid).into(),
                invite.created_at.into(),
                invite.expires_at.into(),
                invite.node_ttl_seconds.map(big).into(),
                invite.is_ephemeral.into(),
                Arg::Json(json_text(&invite.namespaces)?),
                invite.is_uncounted.into(),
            ],
        )
        .await
        .map(drop)
    }

    /// Uses an invite once; false if it is not there, is not good at this time, or nothing of it is left.
    ///
    /// Of any number at once as many get true as it has uses: the others wait for the row and find less.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn use_invite(&mut self, presented: &Presented, now: Timestamp) -> Result<bool> {
        let used = self
            .execute(
                "UPDATE invites SET uses_left = uses_left - 1
                 WHERE id = $1 AND code_hash = $2 AND kind = $3 AND uses_left > 0 AND revoked_at IS NULL AND expires_at > $4",
                &[
                    presented.id.uuid().into(),
                    presented.code_hash.as_slice().into(),
                    presented.kind.as_str().into(),
                    now.into(),
                ],
            )
            .await?;
        Ok(used == 1)
    }

    /// Gives the invite of a code, as this transaction sees it; nothing if the code is not its own.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_invite_by_code(&mut self, presented: &Presented) -> Result<Option<Invite>> {
        let row: Option<Row> = self
            .fetch_optional(
                select!("WHERE id = $1 AND code_hash = $2"),
                &[presented.id.uuid().into(), presented.code_hash.as_slice().into()],
            )
            .await?;
        row.map(Row::read).transpose()
    }

    /// Takes an invite back; false if it is not there or has been taken back before.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn revoke_invite(&mut self, id: InviteId, now: Timestamp) -> Result<bool> {
        let revoked = self
            .execute(
                "UPDATE invites SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
                &[id.uuid().into(), now.into()],
            )
            .await?;
        Ok(revoked == 1)
    }

    /// Records by which invite a user joined.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn set_user_invite(&mut self, user: UserId, invite: InviteId) -> Result<()> {
        self.execute("UPDATE users SET invite_id = $2 WHERE id = $1", &[user.uuid().into(), invite.uuid().into()])
            .await
            .map(drop)
    }

    /// Removes at most `limit` invites that ended before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_invites_expired_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM invites WHERE id IN (SELECT id FROM invites WHERE expires_at < $1 LIMIT $2)",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}

impl Store {
    /// Gives an invite.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_invite(&self, id: InviteId) -> Result<Option<Invite>> {
        let row: Option<Row> = self.db.fetch_optional(select!("WHERE id = $1"), &[id.uuid().into()]).await?;
        row.map(Row::read).transpose()
    }

    /// Gives at most `limit` invites in the order of their ids, those of a kind if one is named, after `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_invites(
        &self,
        kind: Option<InviteKind>,
        after: Option<InviteId>,
        limit: u32,
    ) -> Result<Vec<Invite>> {
        let after = after.map_or(Uuid::nil(), InviteId::uuid);
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                select!("WHERE id > $1 AND (kind = $2 OR $2 IS NULL) ORDER BY id LIMIT $3"),
                &[after.into(), kind.map(InviteKind::as_str).into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }
}
