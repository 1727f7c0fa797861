//! Table `nodes`, as far as it says where nodes are to be found.

use cpcd_model::{Result, id::NodeId, labels::Labels};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store,
    arg::{Arg, sql},
    row::bytes,
};

/// What of a node says where it is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Names the node.
    pub id: NodeId,
    /// Ed25519 public key.
    pub public_key: [u8; 32],
    /// Its realm; empty if none.
    pub realm: String,
    /// Its labels.
    pub labels: Labels,
    /// Its rendezvous namespaces.
    pub namespaces: Vec<String>,
    /// Its addresses as text.
    pub addresses: Vec<String>,
    /// Whether it waits for an administrator's approval.
    pub is_pending: bool,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    public_key: Vec<u8>,
    realm: String,
    labels: Json<Labels>,
    namespaces: Json<Vec<String>>,
    addresses: Json<Vec<String>>,
    is_pending: bool,
}

impl Row {
    fn read(self) -> Result<Listing> {
        Ok(Listing {
            id: self.id.into(),
            public_key: bytes("nodes.public_key", &self.public_key)?,
            realm: self.realm,
            labels: self.labels.0,
            namespaces: self.namespaces.0,
            addresses: self.addresses.0,
            is_pending: self.is_pending,
        })
    }
}

impl Store {
    /// Gives where nodes are to be found, in no order; those that are not there are left out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_listings(&self, ids: &[NodeId]) -> Result<Vec<Listing>> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let statement = sql(
            "SELECT id, public_key, realm, labels, namespaces, addresses, is_pending FROM nodes WHERE id = ANY($1)",
            "SELECT id, public_key, realm, labels, namespaces, addresses, is_pending FROM nodes
             WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))",
        );
        let rows: Vec<Row> = self.db.fetch_all(statement, &[Arg::UuidArray(&ids)]).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives where at most `limit` nodes after one are to be found, in the order of their ids.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_listings(&self, after: Option<NodeId>, limit: u32) -> Result<Vec<Listing>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                "SELECT id, public_key, realm, labels, namespaces, addresses, is_pending FROM nodes
                 WHERE id > $1 ORDER BY id LIMIT $2",
                &[after.map_or(Uuid::nil(), NodeId::uuid).into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }
}
