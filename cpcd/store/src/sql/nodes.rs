//! Table `nodes`.

use cpcd_model::{
    Error, Result,
    id::{NodeId, UserId},
    labels::Labels,
    node::{Joined, Node, NodeStatus, Resources, Scheduling},
    permission::Scope,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, big, json_text, sql},
    fault::{violates_unique, write_conflict},
    row::{bytes, unsigned},
};

/// What is followed of a node from memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The node.
    pub id: NodeId,
    /// What it is taken for.
    pub status: NodeStatus,
    /// Its realm; empty if none.
    pub realm: String,
    /// The version of what it is to do.
    pub directives: u64,
}

#[derive(FromRow)]
struct FollowedRow {
    id: Uuid,
    status: String,
    realm: String,
    directives: i64,
}

impl FollowedRow {
    fn read(self) -> Result<Followed> {
        let Self { id, status: word, realm, directives } = self;
        let directives = unsigned("nodes.directives", directives)?;
        Ok(Followed { id: id.into(), status: status(&word)?, realm, directives })
    }
}

#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    public_key: Vec<u8>,
    owner_id: Option<Uuid>,
    status: String,
    last_seen: Option<jiff_sqlx::Timestamp>,
    resources: Json<Resources>,
    record: Vec<u8>,
    record_seq: Option<i64>,
    addresses: Json<Vec<String>>,
    labels: Json<Labels>,
    granted_labels: Json<Labels>,
    realm: String,
    agent_version: String,
    created_at: jiff_sqlx::Timestamp,
    scheduling: String,
    granted_cpu: i64,
    granted_memory: i64,
    granted_bandwidth: i64,
    is_overcommitted: bool,
    directives: i64,
    expires_at: Option<jiff_sqlx::Timestamp>,
    is_ephemeral: bool,
    is_pending: bool,
    namespaces: Json<Vec<String>>,
    joined: Json<Joined>,
}

impl Row {
    pub(super) fn read(self) -> Result<Node> {
        Ok(Node {
            id: self.id.into(),
            public_key: bytes("nodes.public_key", &self.public_key)?,
            owner_id: self.owner_id.map(Into::into),
            status: status(&self.status)?,
            last_seen: self.last_seen.map(jiff_sqlx::Timestamp::to_jiff),
            capacity: self.resources.0,
            record: self.record,
            record_seq: self.record_seq.map(|seq| unsigned("nodes.record_seq", seq)).transpose()?,
            addresses: self.addresses.0,
            labels: self.labels.0,
            granted_labels: self.granted_labels.0,
            realm: self.realm,
            agent_version: self.agent_version,
            created_at: self.created_at.to_jiff(),
            scheduling: scheduling(&self.scheduling)?,
            granted: Resources {
                cpu_millicores: unsigned("nodes.granted_cpu", self.granted_cpu)?,
                memory_bytes: unsigned("nodes.granted_memory", self.granted_memory)?,
                bandwidth_bits_per_second: unsigned("nodes.granted_bandwidth", self.granted_bandwidth)?,
            },
            is_overcommitted: self.is_overcommitted,
            directives: unsigned("nodes.directives", self.directives)?,
            expires_at: self.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
            is_ephemeral: self.is_ephemeral,
            is_pending: self.is_pending,
            namespaces: self.namespaces.0,
            joined: self.joined.0,
        })
    }
}

/// Reads a status of the store.
pub(super) fn status(word: &str) -> Result<NodeStatus> {
    NodeStatus::from_word(word).ok_or_else(|| Error::internal(format!("a node is '{word}' in the store")))
}

/// Reads what may be placed on a node, of the store.
pub(super) fn scheduling(word: &str) -> Result<Scheduling> {
    Scheduling::from_word(word)
        .ok_or_else(|| Error::internal(format!("a node is '{word}' for allocations in the store")))
}

/// What is read of a node, behind the columns whose names need more than themselves.
macro_rules! more_columns {
    () => {
        "public_key, owner_id, last_seen, resources, record, record_seq, addresses, labels, granted_labels, realm, agent_version,
             created_at, scheduling, granted_cpu, granted_memory, granted_bandwidth, is_overcommitted, directives, expires_at, is_ephemeral,
             is_pending, namespaces, joined"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, CAST(status AS TEXT) AS status, ",
            $crate::sql::nodes::more_columns!(),
            " FROM nodes ",
            $rest
        )
    };
}

pub(super) use {more_columns, select};

/// Which nodes a list is about; what is not said does not matter.
#[derive(Clone, Debug, Default)]
pub struct NodeFilter {
    /// Those after this one.
    pub after: Option<NodeId>,
    /// Those of this status.
    pub status: Option<NodeStatus>,
    /// Those of this user.
    pub owner: Option<UserId>,
    /// Those with this label.
    pub label: Option<(String, String)>,
    /// Those that wait for approval.
    pub is_pending: bool,
    /// Those on which this may be placed.
    pub scheduling: Option<Scheduling>,
    /// Those of this realm.
    pub realm: Option<String>,
    /// Those under this namespace.
    pub namespace: Option<String>,
    /// Those that one of the scopes holds, and those of the user beside them.
    pub within: Option<(Vec<Scope>, Option<UserId>)>,
}

impl Tx {
    /// Adds a node; its key must be new, which the caller finds out with [`Tx::lock_node_by_key`].
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if the key was added meanwhile.
    pub async fn insert_node(&mut self, node: &Node) -> Result<()> {
        let added = self.execute(
            sql(
                "INSERT INTO nodes (id, public_key, owner_id, status, last_seen, resources, record, record_seq, addresses, labels,
                     granted_labels, realm, agent_version, created_at, expires_at, is_ephemeral, is_pending, namespaces, joined)
                 VALUES ($1, $2, $3, $4::TEXT::node_status, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
                "INSERT INTO nodes (id, public_key, owner_id, status, last_seen, resources, record, record_seq, addresses, labels,
                     granted_labels, realm, agent_version, created_at, expires_at, is_ephemeral, is_pending, namespaces, joined)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
            ),
            &[
                node.id.uuid().into(),
                node.public_key.as_slice().into(),
                node.owner_id.map(UserId::uuid).into(),
                node.status.as_str().into(),
                node.last_seen.into(),
                Arg::Json(json_text(&node.capacity)?),
                node.record.as_slice().into(),
                node.record_seq.map(big).into(),
                Arg::Json(json_text(&node.addresses)?),
                Arg::Json(json_text(&node.labels)?),
                Arg::Json(json_text(&node.granted_labels)?),
                node.realm.as_str().into(),
                node.agent_version.as_str().into(),
                node.created_at.into(),
                node.expires_at.into(),
                node.is_ephemeral.into(),
                node.is_pending.into(),
                Arg::Json(json_text(&node.namespaces)?),
                Arg::Json(json_text(&node.joined)?),
            ],
        )
        .await;
        match added {
            Err(error) if violates_unique(&error, "nodes_public_key_key", "nodes.public_key") => {
                Err(write_conflict("another registration with this key was faster; register again"))
            }
            added => added.map(drop),
        }
    }

    /// Brings up to date what a node says of itself. If it has less than is granted of it, it is overcommitted from now on.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_node(&mut self, node: &Node) -> Result<()> {
        self.execute(
            "UPDATE nodes SET resources = $2, record = $3, record_seq = $4, addresses = $5, labels = $6, agent_version = $7,
                 namespaces = $8, is_ephemeral = $9,
                 is_overcommitted = granted_cpu > $10 OR granted_memory > $11 OR granted_bandwidth > $12
             WHERE id = $1",
            &[
                node.id.uuid().into(),
                Arg::Json(json_text(&node.capacity)?),
                node.record.as_slice().into(),
                node.record_seq.map(big).into(),
                Arg::Json(json_text(&node.addresses)?),
                Arg::Json(json_text(&node.labels)?),
                node.agent_version.as_str().into(),
                Arg::Json(json_text(&node.namespaces)?),
                node.is_ephemeral.into(),
                big(node.capacity.cpu_millicores).into(),
                big(node.capacity.memory_bytes).into(),
                big(node.capacity.bandwidth_bits_per_second).into(),
            ],
        )
        .await
        .map(drop)
    }

    /// Gives the node of a key and keeps others from changing it until the transaction's end.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lock_node_by_key(&mut self, public_key: &[u8; 32]) -> Result<Option<Node>> {
        let statement = sql(select!("WHERE public_key = $1 FOR UPDATE"), select!("WHERE public_key = $1"));
        self.fetch_optional::<Row>(statement, &[public_key.as_slice().into()]).await?.map(Row::read).transpose()
    }

    /// Gives a node and keeps others from changing it until the transaction's end.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lock_node(&mut self, id: NodeId) -> Result<Option<Node>> {
        let statement = sql(select!("WHERE id = $1 FOR UPDATE"), select!("WHERE id = $1"));
        self.fetch_optional::<Row>(statement, &[id.uuid().into()]).await?.map(Row::read).transpose()
    }

    /// Removes a node; false if it is not there.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_node(&mut self, id: NodeId) -> Result<bool> {
        Ok(self.execute("DELETE FROM nodes WHERE id = $1", &[id.uuid().into()]).await? == 1)
    }
}

impl Store {
    /// Gives a node.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn get_node(&self, id: NodeId) -> Result<Option<Node>> {
        let row = self.db.fetch_optional::<Row>(select!("WHERE id = $1"), &[id.uuid().into()]).await?;
        row.map(Row::read).transpose()
    }

    /// Gives the node of a key.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_node_by_key(&self, public_key: &[u8; 32]) -> Result<Option<Node>> {
        let key = public_key.as_slice().into();
        let row = self.db.fetch_optional::<Row>(select!("WHERE public_key = $1"), &[key]).await?;
        row.map(Row::read).transpose()
    }

    /// Gives nodes, in no order; those that are not there are left out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_nodes(&self, ids: &[NodeId]) -> Result<Vec<Node>> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let statement =
            sql(select!("WHERE id = ANY($1)"), select!("WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))"));
        let rows: Vec<Row> = self.db.fetch_all(statement, &[Arg::UuidArray(&ids)]).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives the nodes of keys, in no order; those that are not there are left out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_nodes_by_keys(&self, public_keys: &[[u8; 32]]) -> Result<Vec<Node>> {
        let keys: Vec<_> = public_keys.iter().map(|key| cpcd_model::text::hex(key)).collect();
        let statement = sql(
            select!("WHERE public_key IN (SELECT decode(key, 'hex') FROM unnest($1) AS key)"),
            select!("WHERE public_key IN (SELECT unhex(value) FROM json_each($1))"),
        );
        let rows: Vec<Row> = self.db.fetch_all(statement, &[Arg::TextArray(&keys)]).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives at most `limit` nodes in the order of their ids.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_nodes(&self, filter: &NodeFilter, limit: u32) -> Result<Vec<Node>> {
        let (key, value) = match &filter.label {
            Some((key, value)) => (Some(key.as_str()), Some(value.as_str())),
            None => (None, None),
        };
        let (scopes, beside) = match &filter.within {
            Some((scopes, beside)) => (Arg::Json(json_text(scopes)?), *beside),
            None => (Arg::NoJson, None),
        };
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                sql(
                    select!(
                        "WHERE id > $1 AND ($2 IS NULL OR CAST(status AS TEXT) = $2) AND ($3 IS NULL OR owner_id = $3)
                             AND ($4 IS NULL OR labels ->> $4 = $5)
                             AND ($6 IS NULL OR owner_id = $7 OR EXISTS (SELECT 1 FROM jsonb_array_elements($6) AS scope
                                 WHERE labels @> coalesce(scope -> 'label', '{}')
                                 AND (scope ->> 'owner' IS NULL OR owner_id::TEXT = scope ->> 'owner')
                                 AND (scope ->> 'object' IS NULL OR id::TEXT = scope ->> 'object')))
                             AND (NOT $9 OR is_pending) AND ($10 IS NULL OR scheduling = $10) AND ($11 IS NULL OR realm = $11)
                             AND ($12 IS NULL OR namespaces ? $12)
                         ORDER BY id LIMIT $8"
                    ),
                    select!(
                        "WHERE id > $1 AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR owner_id = $3)
                             AND ($4 IS NULL OR EXISTS (SELECT 1 FROM json_each(labels) WHERE key = $4 AND value = $5))
                             AND ($6 IS NULL OR owner_id = $7 OR EXISTS (SELECT 1 FROM json_each($6) AS scope
                                 WHERE NOT EXISTS (SELECT 1 FROM json_each(scope.value, '$.label') AS wanted
                                     WHERE NOT EXISTS (SELECT 1 FROM json_each(nodes.labels) AS held
                                         WHERE held.key = wanted.key AND held.value = wanted.value))
                                 AND (scope.value ->> 'owner' IS NULL OR owner_id = unhex(scope.value ->> 'owner', '-'))
                                 AND (scope.value ->> 'object' IS NULL OR nodes.id = unhex(scope.value ->> 'object', '-'))))
                             AND (NOT $9 OR is_pending) AND ($10 IS NULL OR scheduling = $10) AND ($11 IS NULL OR realm = $11)
                             AND ($12 IS NULL OR EXISTS (SELECT 1 FROM json_each(namespaces) WHERE value = $12))
                         ORDER BY id LIMIT $8"
                    ),
                ),
                &[
                    filter.after.map_or(Uuid::nil(), NodeId::uuid).into(),
                    filter.status.map(NodeStatus::as_str).into(),
                    filter.owner.map(UserId::uuid).into(),
                    key.into(),
                    value.into(),
                    scopes,
                    beside.map(UserId::uuid).into(),
                    i64::from(limit).into(),
                    filter.is_pending.into(),
                    filter.scheduling.map(Scheduling::as_str).into(),
                    filter.realm.as_deref().into(),
                    filter.namespace.as_deref().into(),
                ],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives what is followed of nodes; those that are not there are left out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_statuses(&self, ids: &[NodeId]) -> Result<Vec<Followed>> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let rows: Vec<FollowedRow> = self
            .db
            .fetch_all(
                sql(
                    "SELECT id, CAST(status AS TEXT) AS status, realm, directives FROM nodes WHERE id = ANY($1)",
                    "SELECT id, status, realm, directives FROM nodes WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))",
                ),
                &[Arg::UuidArray(&ids)],
            )
            .await?;
        rows.into_iter().map(FollowedRow::read).collect()
    }

    /// Gives what is followed of at most `limit` nodes after one, in the order of their ids.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_liveness(&self, after: Option<NodeId>, limit: u32) -> Result<Vec<Followed>> {
        let rows: Vec<FollowedRow> = self
            .db
            .fetch_all(
                "SELECT id, CAST(status AS TEXT) AS status, realm, directives FROM nodes WHERE id > $1 ORDER BY id LIMIT $2",
                &[after.map_or(Uuid::nil(), NodeId::uuid).into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(FollowedRow::read).collect()
    }
}
