//! Peers: who finds whom, and what they are told.

mod find;
mod reachability;
mod routing;

use cpc_proto::v1;
use cpc_signing::{Dialect, SecretKey};

use crate::harness::{Daemon, TestNode, record};

/// An address of a private network.
pub(super) const PRIVATE: &str = "/ip4/192.168.1.7/tcp/4001";

/// A node to register.
#[derive(Default)]
pub(super) struct Newcomer<'a> {
    pub(super) realm: &'a str,
    pub(super) addresses: &'a [&'a str],
    pub(super) namespaces: &'a [&'a str],
    pub(super) labels: &'a [(&'a str, &'a str)],
    pub(super) is_legacy: bool,
}

/// A node and the record that it registered with.
pub(super) struct Registered {
    pub(super) node: TestNode,
    pub(super) record: Vec<u8>,
}

impl Registered {
    pub(super) fn peer_id(&self) -> String {
        self.node.key.public().peer_id().to_string()
    }
}

impl Newcomer<'_> {
    /// Registers it with an invite of the local administrator.
    pub(super) async fn register(self, daemon: &Daemon) -> Registered {
        let invite = v1::CreateInviteRequest {
            kind: v1::SubjectKind::Node.into(),
            uses: 1,
            realm: self.realm.into(),
            ..Default::default()
        };
        let code = daemon.local().await.create_invite(invite).await.expect("an invite").into_inner().code;
        let key = SecretKey::generate();
        let dialect = if self.is_legacy { Dialect::Legacy } else { Dialect::Standard };
        let record = record(&key, 1, self.addresses, dialect);
        let mut info = daemon.node_info(&key, record.clone()).await;
        info.proof.as_mut().expect("a proof").invite = code;
        info.namespaces = self.namespaces.iter().map(|name| (*name).to_owned()).collect();
        info.labels = self.labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = daemon.registry(None).await.register_node(info).await.expect("the node registers").into_inner();
        let node = TestNode { key, id: answer.node_id, token: answer.tokens.expect("tokens").access_token };
        Registered { node, record }
    }
}
