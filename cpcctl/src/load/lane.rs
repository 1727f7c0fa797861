//! A lane: one after the other, the heartbeats of its nodes.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use cpc_proto::v1::{HeartbeatResponse, NodePing, NodeResources};

use super::{agents::LoadNode, enrol, record::Record};
use crate::{
    client::Client,
    failure::Result,
    nodes::{backoff::Backoff, line::Line},
    session,
};

/// How heartbeats are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A call each.
    Unary,
    /// A stream for each node.
    Stream,
}

/// When the next heartbeat of a lane is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As soon as the last one is answered.
    Saturated,
    /// Each so long after the one before, whether that is answered or not.
    Every(Duration),
    /// When the answer says.
    Told,
}

/// A lane.
pub(crate) struct Lane {
    pub(crate) client: Client,
    pub(crate) server_id: Option<String>,
    pub(crate) nodes: Vec<LoadNode>,
    pub(crate) way: Way,
    pub(crate) pace: Pace,
    /// When its first heartbeat is due.
    pub(crate) first: Instant,
    pub(crate) limit: Duration,
    pub(crate) record: Rc<Record>,
}

impl Lane {
    /// Sends until the time is over; gives the nodes back, with the tokens that they have now.
    pub(crate) async fn run(mut self) -> Vec<LoadNode> {
        let mut line: Option<Line> = None;
        let mut backoff = Backoff::default();
        let (mut meant, mut number) = (self.first, 0);
        while meant < self.record.until {
            tokio::time::sleep_until(meant.into()).await;
            let index = number % self.nodes.len();
            let mut waited = Duration::ZERO;
            match self.beat(&mut line, index, number as u64 + 1).await {
                Ok(answer) => {
                    backoff.reset();
                    self.record.answer(meant, answer.register_again);
                    waited = Duration::from_millis(answer.next_heartbeat_ms.into());
                    self.renew(answer, index, &mut line);
                }
                Err(failure) => {
                    self.record.error(meant, &failure.reason);
                    line = None;
                    if failure.is_unauthenticated() {
                        self.log_in(index).await;
                    }
                    tokio::time::sleep(failure.retry_after.unwrap_or_default() + backoff.wait()).await;
                }
            }
            number += 1;
            meant = match self.pace {
                Pace::Saturated => Instant::now(),
                Pace::Every(gap) => meant + gap,
                Pace::Told => Instant::now() + waited,
            };
        }
        self.nodes
    }

    async fn beat(&self, line: &mut Option<Line>, index: usize, sequence: u64) -> Result<HeartbeatResponse> {
        let used = NodeResources {
            cpu_millicores: 500 + sequence % 1000,
            memory_bytes: 3 << 30,
            bandwidth_bits_per_second: 1_000_000,
        };
        let ping = NodePing { sequence, used: Some(used), ..NodePing::default() };
        let token = &self.nodes[index].token;
        match self.way {
            Way::Unary => Line::new(&self.client, token, self.limit)?.unary().beat(ping).await,
            Way::Stream => {
                let line = match line {
                    Some(line) => line,
                    None => line.insert(Line::new(&self.client, token, self.limit)?),
                };
                line.stream_beat(ping).await
            }
        }
    }

    fn renew(&mut self, answer: HeartbeatResponse, index: usize, line: &mut Option<Line>) {
        if let Some((token, ends)) = answer.tokens.and_then(|tokens| session::access(tokens).ok()) {
            if let Some(line) = line {
                // A token that the server made is one that a line takes.
                let _ = line.renew(&token);
            }
            (self.nodes[index].token, self.nodes[index].ends) = (token, ends);
        }
    }

    /// Opens another token; if that fails, the next heartbeat fails too and is counted.
    async fn log_in(&mut self, index: usize) {
        let key = self.nodes[index].key.clone();
        if let Ok((node, _)) = enrol::log_in(&self.client, key, self.server_id.as_deref(), self.limit).await {
            self.nodes[index] = node;
        }
    }
}
