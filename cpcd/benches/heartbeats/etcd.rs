//! etcd, with as many leases as there are nodes: what another server pays to hear that somebody lives.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use prost::Message;
use tokio::task::JoinSet;
use tonic::Request;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};

use crate::Outcome;
use crate::daemon::Server;
use crate::shared::pin;
use crate::speech::Speech;
use cpc_proto::codec::BytesCodec;

/// Calls under way at once.
const AT_ONCE: usize = 256;
/// As long as the nodes' tokens.
const TTL_SECONDS: i64 = 86_400;

/// An etcd with leases in its folder.
pub(crate) struct Etcd {
    program: String,
    folder: PathBuf,
    speech: Arc<Speech>,
}

/// `etcdserverpb.LeaseGrantRequest`.
#[derive(Clone, PartialEq, Message)]
struct Grant {
    #[prost(int64, tag = "1")]
    ttl: i64,
}

/// `etcdserverpb.LeaseGrantResponse`.
#[derive(Clone, PartialEq, Message)]
struct Granted {
    #[prost(int64, tag = "2")]
    id: i64,
}

impl Etcd {
    /// Makes the leases.
    pub(crate) fn prepare(program: &str, folder: &Path, count: usize) -> Outcome<Self> {
        let folder = folder.join("etcd");
        let mut etcd = Self { program: program.to_owned(), folder, speech: Arc::new(Speech::of_leases(Vec::new())?) };
        let server = etcd.start()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        etcd.speech = Arc::new(Speech::of_leases(runtime.block_on(grant_all(server.address, count))?)?);
        Ok(etcd)
    }

    /// Gives what is said to it.
    pub(crate) fn speech(&self) -> &Arc<Speech> {
        &self.speech
    }

    /// Starts it and waits until it answers.
    pub(crate) fn start(&self) -> Outcome<Server> {
        let (client, peer) = (free_port()?, free_port()?);
        let url = |address: SocketAddr| format!("http://{address}");
        let mut process = pin::server(&self.program)
            .arg("--data-dir")
            .arg(&self.folder)
            .args(["--listen-client-urls", &url(client), "--advertise-client-urls", &url(client)])
            .args(["--listen-peer-urls", &url(peer), "--initial-advertise-peer-urls", &url(peer)])
            .args(["--initial-cluster", &format!("default={}", url(peer)), "--log-level", "error"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let start = Instant::now();
        while TcpStream::connect(client).is_err() {
            if process.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(60) {
                return Err("etcd did not start".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // It listens before it has a leader.
        std::thread::sleep(Duration::from_secs(2));
        Ok(Server::of(process, client))
    }
}

fn free_port() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

async fn grant_all(address: SocketAddr, count: usize) -> Outcome<Vec<i64>> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let (mut running, mut ids, mut begun) = (JoinSet::new(), Vec::with_capacity(count), 0);
    while ids.len() < count {
        while running.len() < AT_ONCE && begun < count {
            running.spawn(grant(channel.clone()));
            begun += 1;
        }
        ids.push(running.join_next().await.ok_or("no lease is granted any more")???);
    }
    Ok(ids)
}

async fn grant(channel: Channel) -> Outcome<i64> {
    let request = Request::new(Bytes::from(Grant { ttl: TTL_SECONDS }.encode_to_vec()));
    let mut client = Grpc::new(channel);
    client.ready().await?;
    let answer = client.unary(request, PathAndQuery::from_static("/etcdserverpb.Lease/LeaseGrant"), BytesCodec).await?;
    Ok(Granted::decode(answer.into_inner())?.id)
}
