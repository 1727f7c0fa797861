//! Batches on a cluster: which slot is where, so that each server gets its part in one pipeline.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use futures_util::future::try_join_all;
use redis::{
    Cmd, ErrorKind, Pipeline, RedisResult, ServerErrorKind, Value,
    cluster_async::ClusterConnection,
    cluster_routing::{Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr},
    from_redis_value,
};

const SLOTS: u16 = 16_384;
/// Keys among which one for each server is looked for.
const MOST_TRIES: u32 = 10_000;

use super::fault::is_broken;

/// Which slots have the same primary; clones share it.
#[derive(Clone)]
pub(super) struct SlotMap(Arc<RwLock<Vec<(u16, u16, String)>>>);

impl SlotMap {
    /// Asks any server.
    pub(super) async fn read(connection: &mut ClusterConnection) -> RedisResult<Self> {
        Ok(Self(Arc::new(RwLock::new(read_slots(connection).await?))))
    }

    /// Reads a key on each server that has slots; fails if one of them does not answer.
    ///
    /// A PING will not do: for a server that is not there the client asks any other.
    pub(super) async fn check(&self, connection: &ClusterConnection) -> RedisResult<()> {
        let reads = self.probes().into_iter().map(|key| {
            let mut connection = connection.clone();
            async move {
                match redis::cmd("GET").arg(key).exec_async(&mut connection).await {
                    // One that refuses, for want of a right for instance, is there.
                    Err(error) if !is_broken(&error) => Ok(()),
                    answer => answer,
                }
            }
        });
        try_join_all(reads).await.map(drop)
    }

    /// Gives a key for each server that has slots.
    fn probes(&self) -> Vec<String> {
        let slots = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut missing: HashSet<_> = slots.iter().map(|(_, _, server)| server).collect();
        let mut probes = Vec::with_capacity(missing.len());
        for number in 0..MOST_TRIES {
            if missing.is_empty() {
                break;
            }
            let key = format!("probe:{number}");
            let slot = slot_of(key.as_bytes());
            let server = slots.iter().find(|(first, last, _)| (*first..=*last).contains(&slot));
            if server.is_some_and(|(_, _, server)| missing.remove(server)) {
                probes.push(key);
            }
        }
        probes
    }

    /// Runs commands with one key each, one pipeline for each server at the same time; gives the answers in their order.
    pub(super) async fn run(
        &self,
        connection: &ClusterConnection,
        commands: Vec<(String, Cmd)>,
    ) -> RedisResult<Vec<Value>> {
        let mut parts: HashMap<String, (u16, Vec<usize>)> = HashMap::new();
        {
            let slots = self.0.read().unwrap_or_else(PoisonError::into_inner);
            for (index, (key, _)) in commands.iter().enumerate() {
                let slot = slot_of(key.as_bytes());
                let found = slots.iter().find(|(first, last, _)| (*first..=*last).contains(&slot));
                let server = found.map(|(_, _, server)| server.clone()).unwrap_or_default();
                parts.entry(server).or_insert((slot, Vec::new())).1.push(index);
            }
        }
        let runs = parts.into_values().map(|(slot, indices)| {
            let mut pipeline = Pipeline::with_capacity(indices.len());
            for &index in &indices {
                pipeline.add_command(commands[index].1.clone());
            }
            let mut connection = connection.clone();
            async move {
                let route = SingleNodeRoutingInfo::SpecificNode(Route::new(slot, SlotAddr::Master));
                let answers = connection.route_pipeline(pipeline, 0, indices.len(), route).await?;
                RedisResult::Ok((indices, answers))
            }
        });
        let mut all = vec![Value::Nil; commands.len()];
        let mut moved = Vec::new();
        for (indices, answers) in try_join_all(runs).await? {
            for (index, answer) in indices.into_iter().zip(answers) {
                match answer.extract_error() {
                    Ok(answer) => all[index] = answer,
                    Err(error) if has_moved(error.kind()) => moved.push(index),
                    Err(error) => return Err(error),
                }
            }
        }
        if !moved.is_empty() {
            // Slots have wandered since the map was read: the client follows each redirection.
            let mut connection = connection.clone();
            for index in moved {
                let routed = commands[index].1.query_async(&mut connection).await?;
                all[index] = routed;
            }
            let fresh = read_slots(&mut connection).await?;
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
        Ok(all)
    }
}

fn has_moved(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::Ask | ServerErrorKind::TryAgain))
}

async fn read_slots(connection: &mut ClusterConnection) -> RedisResult<Vec<(u16, u16, String)>> {
    let mut question = redis::cmd("CLUSTER");
    question.arg("SLOTS");
    let answer = connection.route_command(question, RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random)).await?;
    let rows: Vec<Vec<Value>> = from_redis_value(answer)?;
    let mut slots = Vec::with_capacity(rows.len());
    for mut row in rows {
        if row.len() < 3 {
            continue;
        }
        let server: Vec<Value> = from_redis_value(row.swap_remove(2))?;
        let server = server.into_iter().take(2).map(|part| format!("{part:?}")).collect();
        let last = from_redis_value(row.swap_remove(1))?;
        let first = from_redis_value(row.swap_remove(0))?;
        slots.push((first, last, server));
    }
    Ok(slots)
}

/// Gives the slot of a key: CRC-16 (XMODEM) of what is between the first braces, or of all.
fn slot_of(key: &[u8]) -> u16 {
    let tag = key.iter().position(|byte| *byte == b'{').and_then(|open| {
        let inside = &key[open + 1..];
        inside.iter().position(|byte| *byte == b'}').map(|close| &inside[..close])
    });
    let bytes = tag.filter(|tag| !tag.is_empty()).unwrap_or(key);
    let crc = bytes.iter().fold(0_u16, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(*byte) << 8),
            |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
            },
        )
    });
    crc % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        // From the cluster specification: CRC-16 of 123456789 is 0x31C3.
        assert_eq!(slot_of(b"123456789"), 0x31C3 % SLOTS);
        assert_eq!(slot_of(b"foo"), 12_182);
        assert_eq!(slot_of(b"x{foo}y"), 12_182);
        assert_ne!(slot_of(b"{}foo"), 12_182);
    }
}
