//! Valkey, or what speaks its protocol: one server, a cluster, or a primary that sentinels name.

mod address;
mod cluster;
mod connection;
mod fault;
mod link;
mod listener;

use std::time::Duration;

use cpcd_model::{Error, Result};
use redis::{Cmd, from_redis_value};

pub(super) use self::address::{Address, without_secrets};
use self::{connection::Place, link::Link, listener::Listener};
use super::{Config, LogPosition, Subscription};

/// The field of a log's entries; there is no other.
const FIELD: &str = "e";

/// Valkey; clones share the connections.
#[derive(Clone)]
pub(super) struct Valkey {
    link: Link,
    listener: Listener,
}

impl Valkey {
    /// Connects in the background; waits for the first connection as long as one may take.
    pub(super) async fn open(address: Address, config: &Config) -> Self {
        let place = Place::new(address, config);
        let valkey = Self { link: Link::new(&place), listener: Listener::new(&place) };
        valkey.link.wait(config.connect_timeout()).await;
        valkey
    }

    pub(super) fn is_connected(&self) -> bool {
        self.link.is_connected()
    }

    pub(super) fn hears(&self) -> bool {
        self.listener.hears()
    }

    /// Gives how many calls there were, and how many failed.
    pub(super) fn counts(&self) -> (u64, u64) {
        self.link.counts()
    }

    pub(super) async fn ping(&self) -> Result<()> {
        self.link.run(&redis::cmd("PING")).await
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.link.run(&get(key)).await
    }

    pub(super) async fn get_many(&self, keys: impl Iterator<Item = String>) -> Result<Vec<Option<Vec<u8>>>> {
        let commands = keys.map(|key| {
            let command = get(&key);
            (key, command)
        });
        let answers = self.link.run_all(commands.collect()).await?;
        answers.into_iter().map(|answer| from_redis_value(answer).map_err(Error::internal)).collect()
    }

    pub(super) async fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) -> Result<()> {
        self.link.run(&set(key, &value, ttl)).await
    }

    pub(super) async fn set_many(&self, values: impl Iterator<Item = (String, Vec<u8>)>, ttl: Duration) -> Result<()> {
        let commands = values.map(|(key, value)| {
            let command = set(&key, &value, ttl);
            (key, command)
        });
        self.link.run_all(commands.collect()).await.map(drop)
    }

    pub(super) async fn set_if_absent(&self, key: &str, value: Vec<u8>, ttl: Duration) -> Result<bool> {
        let mut command = set(key, &value, ttl);
        command.arg("NX");
        // `OK`, or nothing if there is one.
        self.link.run::<Option<String>>(&command).await.map(|answer| answer.is_some())
    }

    pub(super) async fn delete(&self, key: &str) -> Result<()> {
        let mut command = redis::cmd("DEL");
        command.arg(key);
        self.link.run(&command).await
    }

    pub(super) async fn append(&self, log: &str, entry: Vec<u8>, keep: usize) -> Result<()> {
        let mut command = redis::cmd("XADD");
        // About so many: cutting to the entry costs more than keeping a few.
        command.arg(log).arg("MAXLEN").arg("~").arg(keep).arg("*").arg(FIELD).arg(entry);
        self.link.run(&command).await
    }

    pub(super) async fn read_log(
        &self,
        log: &str,
        after: LogPosition,
        limit: usize,
    ) -> Result<Vec<(LogPosition, Vec<u8>)>> {
        let mut command = redis::cmd("XRANGE");
        command.arg(log).arg(format!("({after}")).arg("+").arg("COUNT").arg(limit);
        self.entries(&command).await
    }

    pub(super) async fn newest_of_log(&self, log: &str) -> Result<LogPosition> {
        let mut command = redis::cmd("XREVRANGE");
        command.arg(log).arg("+").arg("-").arg("COUNT").arg(1);
        Ok(self.entries(&command).await?.first().map(|(position, _)| *position).unwrap_or_default())
    }

    async fn entries(&self, command: &Cmd) -> Result<Vec<(LogPosition, Vec<u8>)>> {
        let rows: Vec<(String, Vec<Vec<u8>>)> = self.link.run(command).await?;
        let entries = rows.into_iter().filter_map(|(id, fields)| {
            let (time_ms, number) = id.split_once('-')?;
            let position = LogPosition { time_ms: time_ms.parse().ok()?, number: number.parse().ok()? };
            Some((position, fields.into_iter().nth(1)?))
        });
        Ok(entries.collect())
    }

    pub(super) async fn publish(&self, channel: &str, message: Vec<u8>) -> Result<()> {
        let mut command = redis::cmd("PUBLISH");
        command.arg(channel).arg(message);
        self.link.run(&command).await
    }

    pub(super) fn subscribe(&self, channel: &str) -> Subscription {
        self.listener.subscribe(channel)
    }
}

fn get(key: &str) -> Cmd {
    let mut command = redis::cmd("GET");
    command.arg(key);
    command
}

fn set(key: &str, value: &[u8], ttl: Duration) -> Cmd {
    let ttl_ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, MAX_TTL_MS);
    let mut command = redis::cmd("SET");
    command.arg(key).arg(value).arg("PX").arg(ttl_ms);
    command
}

/// Ten years: what is longer overflows the server's clock.
const MAX_TTL_MS: u64 = 10 * 366 * 24 * 3600 * 1000;
