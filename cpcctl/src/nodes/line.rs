//! The line to the server: heartbeats in a stream, or one by one where streams do not pass.

use std::time::Duration;

use cpc_proto::v1::{HeartbeatResponse, NodePing};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::registering::within;
use crate::{
    client::Client,
    environment::Token,
    exit::Exit,
    failure::{Failure, Result},
};

/// A line to the server.
pub(crate) struct Line {
    client: Client,
    limit: Duration,
    way: Way,
}

enum Way {
    /// Nothing was sent yet.
    Unopened,
    Stream(mpsc::Sender<NodePing>, Box<Streaming<HeartbeatResponse>>),
    Unary,
}

impl Line {
    /// Makes a line over a connection, for a node with a token.
    pub(crate) fn new(client: &Client, token: &Token, limit: Duration) -> Result<Self> {
        Ok(Self { client: client.with_token(Some(token))?, limit, way: Way::Unopened })
    }

    /// Sends heartbeats one by one from the start.
    pub(crate) fn unary(self) -> Self {
        Self { way: Way::Unary, ..self }
    }

    /// Gives the client that calls as the node.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Tells whether heartbeats go one by one.
    pub(crate) fn is_unary(&self) -> bool {
        matches!(self.way, Way::Unary)
    }

    /// Takes over a fresh token; a stream is renewed by the server itself.
    pub(crate) fn renew(&mut self, token: &Token) -> Result<()> {
        self.client = self.client.with_token(Some(token))?;
        Ok(())
    }

    /// Sends a heartbeat and waits for its answer.
    pub(crate) async fn beat(&mut self, ping: NodePing) -> Result<HeartbeatResponse> {
        if self.is_unary() {
            return within(self.limit, self.client.nodes().heartbeat(ping)).await;
        }
        match tokio::time::timeout(self.limit, self.in_stream(ping.clone())).await {
            Ok(Ok(answer)) => Ok(answer),
            // Whoever is refused, or is cut off, fares no better with a call of its own.
            Ok(Err(failure)) if failure.is_unauthenticated() || failure.exit == Exit::Unreachable => Err(failure),
            Ok(Err(_)) => {
                let answer = within(self.limit, self.client.nodes().heartbeat(ping)).await?;
                self.way = Way::Unary;
                Ok(answer)
            }
            Err(_) => Err(Failure::timeout(self.limit)),
        }
    }

    /// Sends a heartbeat in the stream, and in no other way.
    pub(crate) async fn stream_beat(&mut self, ping: NodePing) -> Result<HeartbeatResponse> {
        let limit = self.limit;
        tokio::time::timeout(limit, self.in_stream(ping)).await.map_err(|_| Failure::timeout(limit))?
    }

    async fn in_stream(&mut self, ping: NodePing) -> Result<HeartbeatResponse> {
        if let Way::Unopened = self.way {
            let (sender, pings) = mpsc::channel(4);
            let mut nodes = self.client.without_deadline().nodes();
            let answers = nodes.heartbeat_stream(ReceiverStream::new(pings)).await?.into_inner();
            self.way = Way::Stream(sender, Box::new(answers));
        }
        let Way::Stream(sender, answers) = &mut self.way else { return Err(ended()) };
        // If the stream has ended, its end is among the answers.
        let _ = sender.send(ping).await;
        answers.message().await?.ok_or_else(ended)
    }

    /// Waits for the end of the line, if it comes without being asked for: a stream that is cut.
    pub(crate) async fn cut(&mut self) -> Failure {
        match &mut self.way {
            Way::Stream(_, answers) => match answers.message().await {
                Err(status) => status.into(),
                Ok(_) => ended(),
            },
            Way::Unopened | Way::Unary => std::future::pending().await,
        }
    }
}

fn ended() -> Failure {
    Failure::lost("the server ended the stream")
}
