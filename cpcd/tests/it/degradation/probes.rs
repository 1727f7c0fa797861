//! One call of each kind, and what became of it.

use std::time::Duration;

use cpc_proto::v1;
use cpc_signing::{Dialect, SecretKey};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::table::{Call, Cell};
use crate::harness::{ADDRESS, Daemon, Person, TestNode, record};

/// Ten times what an answer or a refusal may take.
const LONGEST: Duration = Duration::from_secs(10);

/// Somebody who makes calls of every kind to one daemon.
pub(super) struct Prober<'a> {
    daemon: &'a Daemon,
    person: Person,
    node: TestNode,
    session: v1::TokenPair,
    sequence: u64,
    /// What was acknowledged.
    pub(super) published: Vec<String>,
    pub(super) registered: Vec<String>,
}

impl<'a> Prober<'a> {
    /// Gets what the calls need, while all is well.
    pub(super) async fn new(daemon: &'a Daemon) -> Self {
        let person = daemon.person("prober", &["content=write", "nodes=admin", "system=read"]).await;
        let node = daemon.node().await;
        let session = daemon.session(&person.key).await;
        let (published, registered) = (Vec::new(), Vec::new());
        let mut prober = Self { daemon, person, node, session, sequence: 0, published, registered };
        prober.publish().await.expect("content is published");
        daemon.indexed(&prober.person.token).await;
        prober
    }

    /// Makes a call; `Err` says what is wrong with what became of it.
    pub(super) async fn probe(&mut self, call: Call) -> Result<Cell, String> {
        let outcome = tokio::time::timeout(LONGEST, async {
            match call {
                Call::Heartbeat => self.heartbeat().await,
                Call::Register => self.register().await.map(drop).map(|()| Cell::Ok),
                Call::Authenticate => self.authenticate().await,
                Call::Refresh => self.refresh().await,
                Call::Publish => self.publish().await,
                Call::Search => self.search().await,
                Call::List => self.list().await,
                Call::Watch => self.watch().await,
                Call::Status => self.status().await,
            }
        });
        match outcome.await {
            Ok(Ok(cell)) => Ok(cell),
            Ok(Err(status)) => refusal(&status),
            Err(_) => Err(format!("no answer within {LONGEST:?}")),
        }
    }

    async fn heartbeat(&mut self) -> Result<Cell, Status> {
        self.sequence += 1;
        let answer = self.daemon.beat(&self.node.token, self.sequence).await?;
        assert!(!answer.register_again, "the node is known");
        Ok(Cell::Ok)
    }

    async fn register(&mut self) -> Result<String, Status> {
        let key = SecretKey::generate();
        let proof = self.daemon.try_proof(&key, v1::SubjectKind::Node, v1::ChallengePurpose::Register).await?;
        let signed_peer_record = record(&key, 1, &[ADDRESS], Dialect::Standard);
        let info = v1::NodeInfo { signed_peer_record, proof: Some(proof), ..Default::default() };
        let answer = self.daemon.registry(Some(&self.person.token)).await.register_node(info).await?;
        let id = answer.into_inner().node_id;
        self.registered.push(id.clone());
        Ok(id)
    }

    async fn authenticate(&mut self) -> Result<Cell, Status> {
        let key = &self.person.key;
        let proof = self.daemon.try_proof(key, v1::SubjectKind::User, v1::ChallengePurpose::Login).await?;
        self.daemon.prove(proof).await.map(|_| Cell::Ok)
    }

    async fn refresh(&mut self) -> Result<Cell, Status> {
        self.session = self.daemon.refresh(&self.session.refresh_token).await?;
        Ok(Cell::Ok)
    }

    async fn publish(&mut self) -> Result<Cell, Status> {
        let title = format!("harbour {}", self.published.len());
        let metadata = v1::ContentMetadata { title, ..Default::default() };
        let answer = self.daemon.discovery(Some(&self.person.token)).await.publish_content(metadata).await?;
        self.published.push(answer.into_inner().content.expect("what was published").id);
        Ok(Cell::Ok)
    }

    async fn search(&mut self) -> Result<Cell, Status> {
        let query = v1::SearchQuery { q: "harbour".into(), ..Default::default() };
        let answer = self.daemon.discovery(Some(&self.person.token)).await.search_content(query).await?.into_inner();
        assert!(!answer.hits.is_empty(), "what was indexed is found");
        Ok(if answer.degraded { Cell::Stale } else { Cell::Ok })
    }

    async fn list(&mut self) -> Result<Cell, Status> {
        let request = v1::ListContentRequest::default();
        let answer = self.daemon.discovery(Some(&self.person.token)).await.list_content(request).await?;
        assert!(!answer.into_inner().contents.is_empty(), "what was published is listed");
        Ok(Cell::Ok)
    }

    /// Follows the changes of nodes until one has come.
    async fn watch(&mut self) -> Result<Cell, Status> {
        let mut registry = self.daemon.registry(Some(&self.person.token)).await;
        let mut changes = registry.watch_nodes(v1::WatchNodesRequest::default()).await?.into_inner();
        changes.message().await?.expect("where now is");
        let id = self.register().await?;
        while let Some(change) = changes.message().await? {
            if matches!(&change.event, Some(v1::watch_nodes_response::Event::Changed(node)) if node.id == id) {
                return Ok(Cell::Ok);
            }
        }
        Err(Status::internal("the watch ended without an error"))
    }

    async fn status(&mut self) -> Result<Cell, Status> {
        self.daemon.admin().await.get_status(v1::GetStatusRequest {}).await?;
        assert_eq!(self.daemon.get("/livez").await.status, 200);
        Ok(Cell::Ok)
    }

    /// Gives which engines the status calls away, by their role.
    pub(super) async fn away(&self) -> Vec<String> {
        let status = self.daemon.admin().await.get_status(v1::GetStatusRequest {}).await.expect("a status");
        let engines = status.into_inner().engines;
        engines.into_iter().filter(|engine| !engine.is_ok).map(|engine| engine.role).collect()
    }

    /// Gives all content that is listed, and all that is found.
    pub(super) async fn contents(&self) -> (u64, u64) {
        let mut discovery = self.daemon.discovery(Some(&self.person.token)).await;
        let request = v1::ListContentRequest { page_size: 100, ..Default::default() };
        let listed = discovery.list_content(request).await.map_or(0, |page| page.into_inner().contents.len() as u64);
        let query = v1::SearchQuery { q: "harbour".into(), ..Default::default() };
        let found = discovery.search_content(query).await.map_or(0, |page| page.into_inner().total);
        (listed, found)
    }

    /// Whether all nodes are there whose registration was acknowledged.
    pub(super) async fn has_all_nodes(&self) -> bool {
        for id in &self.registered {
            if self.daemon.look(id).await.is_err() {
                return false;
            }
        }
        true
    }
}

/// Checks that a failed call is a proper refusal.
fn refusal(status: &Status) -> Result<Cell, String> {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.as_str());
    if status.code() == Code::Unavailable && reason == Some("ENGINE_AWAY") && details.retry_info().is_some() {
        Ok(Cell::Refused)
    } else {
        Err(format!("{:?} {reason:?}, retry {:?}: {}", status.code(), details.retry_info(), status.message()))
    }
}
