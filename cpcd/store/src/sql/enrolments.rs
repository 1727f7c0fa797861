//! Many registrations in one transaction: their challenges, nodes and sessions, one statement for each, whatever their number.

use cpcd_model::{
    Error, Result,
    id::{NodeId, UserId},
    node::Node,
    text::hex,
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Session, Tx,
    arg::{Arg, big, json_text, sql, time_text},
    rows::Insert,
};

#[derive(Serialize)]
struct NodeLine<'a> {
    id: Uuid,
    key: String,
    owner: Option<Uuid>,
    status: &'static str,
    seen: Option<String>,
    resources: Value,
    record: String,
    seq: Option<i64>,
    addresses: &'a [String],
    labels: Value,
    granted: Value,
    realm: &'a str,
    agent: &'a str,
    created: String,
    expires: Option<String>,
    ephemeral: bool,
    pending: bool,
    namespaces: &'a [String],
    joined: Value,
}

const CHALLENGES: Insert = Insert {
    head: "INSERT INTO used_challenges (id, expires_at)",
    tail: "ON CONFLICT (id) DO NOTHING RETURNING id",
    columns: 2,
};

const SESSIONS: Insert = Insert {
    head: "INSERT INTO sessions (id, subject_id, subject_kind, created_at, expires_at, refresh_hash, bound_key, opened_with)",
    tail: "",
    columns: 8,
};

impl Tx {
    /// Uses challenges up; gives those that nobody had used before. Of any number at once exactly one gets each.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn insert_used_challenges(&mut self, challenges: &[([u8; 16], Timestamp)]) -> Result<Vec<[u8; 16]>> {
        // In one order, so that two transactions with the same challenges wait for each other and not in a circle.
        let mut sorted: Vec<_> = challenges.iter().collect();
        sorted.sort_by_key(|(id, _)| *id);
        let rows: Vec<_> = sorted.into_iter().map(|(id, at)| vec![id.as_slice().into(), (*at).into()]).collect();
        let fresh: Vec<(Vec<u8>,)> = self.insert_rows_returning(CHALLENGES, &rows).await?;
        Ok(fresh.into_iter().filter_map(|(id,)| id.try_into().ok()).collect())
    }

    /// Gives back challenges that this transaction used up and has no use for.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn give_challenges_back(&mut self, challenges: &[[u8; 16]]) -> Result<()> {
        let ids: Vec<_> = challenges.iter().map(|id| hex(id)).collect();
        self.execute(
            sql(
                "DELETE FROM used_challenges
                 WHERE id IN (SELECT decode(value, 'hex') FROM jsonb_array_elements_text($1) AS given (value))",
                "DELETE FROM used_challenges WHERE id IN (SELECT unhex(value) FROM json_each($1))",
            ),
            &[Arg::Json(json_text(&ids)?)],
        )
        .await
        .map(drop)
    }

    /// Adds nodes; gives those whose keys were new. The others are left as they are.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_nodes(&mut self, nodes: &[Node]) -> Result<Vec<NodeId>> {
        let mut lines = nodes.iter().map(node_line).collect::<Result<Vec<_>>>()?;
        lines.sort_by(|a, b| a.key.cmp(&b.key));
        let added: Vec<(Uuid,)> = self
            .fetch_all(
                sql(
                    "INSERT INTO nodes (id, public_key, owner_id, status, last_seen, resources, record, record_seq, addresses,
                         labels, granted_labels, realm, agent_version, created_at, expires_at, is_ephemeral, is_pending, namespaces, joined)
                     SELECT id, decode(key, 'hex'), owner, status::node_status, seen, resources, decode(record, 'hex'), seq,
                         addresses, labels, granted, realm, agent, created, expires, ephemeral, pending, namespaces, joined
                     FROM jsonb_to_recordset($1) AS line (
                         id UUID, key TEXT, owner UUID, status TEXT, seen TIMESTAMPTZ, resources JSONB, record TEXT, seq BIGINT,
                         addresses JSONB, labels JSONB, granted JSONB, realm TEXT, agent TEXT, created TIMESTAMPTZ,
                         expires TIMESTAMPTZ, ephemeral BOOLEAN, pending BOOLEAN, namespaces JSONB, joined JSONB)
                     ON CONFLICT (public_key) DO NOTHING RETURNING id",
                    "INSERT INTO nodes (id, public_key, owner_id, status, last_seen, resources, record, record_seq, addresses,
                         labels, granted_labels, realm, agent_version, created_at, expires_at, is_ephemeral, is_pending, namespaces, joined)
                     SELECT unhex(value ->> 'id', '-'), unhex(value ->> 'key'), unhex(value ->> 'owner', '-'), value ->> 'status',
                         value ->> 'seen', value -> 'resources', unhex(value ->> 'record'), value ->> 'seq', value -> 'addresses',
                         value -> 'labels', value -> 'granted', value ->> 'realm', value ->> 'agent', value ->> 'created', value ->> 'expires',
                         value ->> 'ephemeral', value ->> 'pending', value -> 'namespaces', value -> 'joined'
                     FROM json_each($1) WHERE true
                     ON CONFLICT (public_key) DO NOTHING RETURNING id",
                ),
                &[Arg::Json(json_text(&lines)?)],
            )
            .await?;
        Ok(added.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Adds sessions.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_sessions(&mut self, sessions: &[Session]) -> Result<()> {
        let rows: Vec<_> = sessions
            .iter()
            .map(|session| {
                vec![
                    session.id.uuid().into(),
                    session.subject_id.into(),
                    session.subject_kind.as_str().into(),
                    session.created_at.into(),
                    session.expires_at.into(),
                    session.refresh_hash.as_ref().map(<[u8; 32]>::as_slice).into(),
                    session.bound_key.as_ref().map(<[u8; 32]>::as_slice).into(),
                    session.opened_with.as_ref().map(<[u8; 32]>::as_slice).into(),
                ]
            })
            .collect();
        self.insert_rows(SESSIONS, &rows).await
    }
}

fn node_line(node: &Node) -> Result<NodeLine<'_>> {
    let value = |value: serde_json::Result<Value>| value.map_err(Error::internal);
    Ok(NodeLine {
        id: node.id.uuid(),
        key: hex(&node.public_key),
        owner: node.owner_id.map(UserId::uuid),
        status: node.status.as_str(),
        seen: node.last_seen.map(time_text),
        resources: value(serde_json::to_value(node.capacity))?,
        record: hex(&node.record),
        seq: node.record_seq.map(big),
        addresses: &node.addresses,
        labels: value(serde_json::to_value(&node.labels))?,
        granted: value(serde_json::to_value(&node.granted_labels))?,
        realm: &node.realm,
        agent: &node.agent_version,
        created: time_text(node.created_at),
        expires: node.expires_at.map(time_text),
        ephemeral: node.is_ephemeral,
        pending: node.is_pending,
        namespaces: &node.namespaces,
        joined: value(serde_json::to_value(&node.joined))?,
    })
}
