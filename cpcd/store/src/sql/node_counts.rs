//! Table `node_counts`: how many nodes count for a network and together, exactly.

use cpcd_model::{Result, time::Timestamp};
use serde::Serialize;
use sqlx::FromRow;

use super::{
    Store, Tx,
    arg::{Arg, big, json_text, sql, time_text},
    row::unsigned,
};

/// How many nodes count under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCount {
    /// A network, or another sort of nodes.
    pub name: String,
    /// How many there are.
    pub nodes: u64,
    /// When the hour began in which new ones are counted now.
    pub hour: Timestamp,
    /// How many came in that hour.
    pub new_nodes: u64,
}

#[derive(FromRow)]
struct Row {
    name: String,
    nodes: i64,
    hour: jiff_sqlx::Timestamp,
    new_nodes: i64,
}

impl Row {
    fn read(self) -> Result<NodeCount> {
        Ok(NodeCount {
            nodes: unsigned("node_counts.nodes", self.nodes)?,
            new_nodes: unsigned("node_counts.new_nodes", self.new_nodes)?,
            hour: self.hour.to_jiff(),
            name: self.name,
        })
    }
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    nodes: i64,
    hour: String,
    new_nodes: i64,
}

impl Tx {
    /// Gives counts in the order of their names and keeps others from changing them until the transaction's end; one that was not
    /// there begins at 0. To be the last that a transaction locks.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn lock_node_counts(&mut self, names: &[String], now: Timestamp) -> Result<Vec<NodeCount>> {
        let mut names: Vec<_> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        let rows: Vec<Row> = self
            .fetch_all(
                sql(
                    "INSERT INTO node_counts (name, nodes, hour, new_nodes)
                     SELECT value, 0, $2, 0 FROM jsonb_array_elements_text($1) AS given (value) ORDER BY value COLLATE \"C\"
                     ON CONFLICT (name) DO UPDATE SET nodes = node_counts.nodes RETURNING name, nodes, hour, new_nodes",
                    "INSERT INTO node_counts (name, nodes, hour, new_nodes)
                     SELECT value, 0, $2, 0 FROM json_each($1) WHERE true
                     ON CONFLICT (name) DO UPDATE SET nodes = node_counts.nodes RETURNING name, nodes, hour, new_nodes",
                ),
                &[Arg::Json(json_text(&names)?), now.into()],
            )
            .await?;
        let mut counts = rows.into_iter().map(Row::read).collect::<Result<Vec<_>>>()?;
        counts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(counts)
    }

    /// Writes counts that this transaction has locked.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_node_counts(&mut self, counts: &[NodeCount]) -> Result<()> {
        let lines: Vec<_> = counts
            .iter()
            .map(|count| Line {
                name: &count.name,
                nodes: big(count.nodes),
                hour: time_text(count.hour),
                new_nodes: big(count.new_nodes),
            })
            .collect();
        self.execute(
            sql(
                "UPDATE node_counts SET nodes = line.nodes, hour = line.hour, new_nodes = line.new_nodes
                 FROM jsonb_to_recordset($1) AS line (name TEXT, nodes BIGINT, hour TIMESTAMPTZ, new_nodes BIGINT)
                 WHERE node_counts.name = line.name",
                "UPDATE node_counts SET nodes = value ->> 'nodes', hour = value ->> 'hour', new_nodes = value ->> 'new_nodes'
                 FROM json_each($1) WHERE node_counts.name = value ->> 'name'",
            ),
            &[Arg::Json(json_text(&lines)?)],
        )
        .await
        .map(drop)
    }

    /// Removes at most `limit` counts of no nodes whose hour began before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_node_counts_of_none_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM node_counts WHERE nodes = 0
                 AND name IN (SELECT name FROM node_counts WHERE nodes = 0 AND hour < $1 LIMIT $2)",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}

impl Store {
    /// Gives the count under a name, if any node was ever counted under it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_node_count(&self, name: &str) -> Result<Option<NodeCount>> {
        let statement = "SELECT name, nodes, hour, new_nodes FROM node_counts WHERE name = $1";
        self.db.fetch_optional::<Row>(statement, &[name.into()]).await?.map(Row::read).transpose()
    }

    /// Gives the network that has the most nodes, and their number; nothing if no node counts for one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_fullest_network(&self) -> Result<Option<(String, u64)>> {
        let row: Option<(String, i64)> = self
            .db
            .fetch_optional(
                "SELECT name, nodes FROM node_counts WHERE name LIKE '%/%' AND nodes > 0 ORDER BY nodes DESC, name LIMIT 1",
                &[],
            )
            .await?;
        row.map(|(name, nodes)| Ok((name, unsigned("node_counts.nodes", nodes)?))).transpose()
    }
}
