//! Table `nodes`, many rows at a time: one statement, whatever their number.

use cpcd_model::{Result, id::NodeId, node::NodeStatus, time::Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Tx,
    arg::{Arg, json_text, sql, time_text},
    nodes::status,
};

/// When a node was last heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The node.
    pub id: NodeId,
    /// When.
    pub at: Timestamp,
}

/// A change of a node's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The node.
    pub id: NodeId,
    /// What it becomes.
    pub to: NodeStatus,
    /// When it was last heard of, as far as the one knows who judges.
    pub last_seen: Option<Timestamp>,
    /// Whoever was heard of after the first and no later than the second, by anyone, is not taken for worse. What is later than now
    /// is of a clock that was set back since.
    pub unless_seen: Option<(Timestamp, Timestamp)>,
}

#[derive(Serialize)]
struct SeenLine {
    id: Uuid,
    at: String,
}

#[derive(Serialize)]
struct TransitionLine {
    id: Uuid,
    status: &'static str,
    seen: Option<String>,
    unless: Option<String>,
    now: Option<String>,
}

impl Tx {
    /// Writes when nodes were last heard of; an earlier time than the known one changes nothing.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_last_seen(&mut self, seen: &[Seen]) -> Result<u64> {
        let mut lines: Vec<_> =
            seen.iter().map(|seen| SeenLine { id: seen.id.uuid(), at: time_text(seen.at) }).collect();
        // In the order of their ids, so that two transactions lock them alike.
        lines.sort_by_key(|line| line.id);
        self.execute(
            sql(
                "UPDATE nodes SET last_seen = seen.at
                 FROM jsonb_to_recordset($1) AS seen (id UUID, at TIMESTAMPTZ)
                 WHERE nodes.id = seen.id AND (nodes.last_seen IS NULL OR nodes.last_seen < seen.at)",
                "UPDATE nodes SET last_seen = seen.value ->> 'at'
                 FROM json_each($1) AS seen
                 WHERE nodes.id = unhex(seen.value ->> 'id', '-')
                     AND (nodes.last_seen IS NULL OR nodes.last_seen < seen.value ->> 'at')",
            ),
            &[Arg::Json(json_text(&lines)?)],
        )
        .await
    }

    /// Changes the status of nodes; gives those that changed. One that was heard of elsewhere meanwhile stays as it is.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_statuses(&mut self, transitions: &[Transition]) -> Result<Vec<(NodeId, NodeStatus)>> {
        let mut lines: Vec<_> = transitions
            .iter()
            .map(|transition| TransitionLine {
                id: transition.id.uuid(),
                status: transition.to.as_str(),
                seen: transition.last_seen.map(time_text),
                unless: transition.unless_seen.map(|(after, _)| time_text(after)),
                now: transition.unless_seen.map(|(_, now)| time_text(now)),
            })
            .collect();
        lines.sort_by_key(|line| line.id);
        let rows: Vec<(Uuid, String)> = self
            .fetch_all(
                sql(
                    "UPDATE nodes SET status = change.status::node_status, last_seen = greatest(nodes.last_seen, change.seen)
                     FROM jsonb_to_recordset($1) AS change (
                         id UUID, status TEXT, seen TIMESTAMPTZ, unless TIMESTAMPTZ, now TIMESTAMPTZ
                     )
                     WHERE nodes.id = change.id AND nodes.status <> change.status::node_status
                         AND (change.unless IS NULL OR nodes.last_seen IS NULL OR nodes.last_seen <= change.unless
                             OR nodes.last_seen > change.now)
                     RETURNING nodes.id, CAST(nodes.status AS TEXT) AS status",
                    "UPDATE nodes SET status = change.value ->> 'status',
                         last_seen = max(coalesce(last_seen, change.value ->> 'seen'), coalesce(change.value ->> 'seen', last_seen))
                     FROM json_each($1) AS change
                     WHERE nodes.id = unhex(change.value ->> 'id', '-') AND nodes.status <> change.value ->> 'status'
                         AND (change.value ->> 'unless' IS NULL OR last_seen IS NULL OR last_seen <= change.value ->> 'unless'
                             OR last_seen > change.value ->> 'now')
                     RETURNING nodes.id, nodes.status",
                ),
                &[Arg::Json(json_text(&lines)?)],
            )
            .await?;
        rows.into_iter().map(|(id, word)| Ok((id.into(), status(&word)?))).collect()
    }
}
