//! Somebody who is sent notices: a real HTTP server, which answers as a test likes.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    task::JoinHandle,
};

/// A notice as it came.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Notice {
    pub(super) fn id(&self) -> &str {
        self.headers["webhook-id"].to_str().unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Checks the signature as the specification has it, by code that is not the daemon's.
    pub(super) fn check(&self, secret: &str) {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).unwrap();
        let timestamp = self.headers["webhook-timestamp"].to_str().unwrap();
        let said = [self.id().as_bytes(), b".", timestamp.as_bytes(), b".", &self.body].concat();
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(&key);
        let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(said).finalize();
        let mac = Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
        assert_eq!(self.headers["webhook-signature"], format!("v1,{}", STANDARD.encode(mac)));
        assert_eq!(self.headers["content-type"], "application/json");
    }
}

/// What to answer: a status, where a redirect leads to, when to come again, and after how long.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) retry_after: Option<u64>,
    pub(super) after: Duration,
}

impl Reply {
    pub(super) fn status(status: u16) -> Self {
        Self { status, location: None, retry_after: None, after: Duration::ZERO }
    }
}

type Decide = Arc<dyn Fn(usize, &Notice) -> Reply + Send + Sync>;

pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    notices: Arc<Mutex<Vec<Notice>>>,
    decide: Arc<Mutex<Decide>>,
    task: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// Starts one that takes everything.
    pub(super) async fn start() -> Self {
        Self::start_with(None).await
    }

    /// Starts one that speaks TLS, or plain HTTP.
    pub(super) async fn start_with(tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let notices: Arc<Mutex<Vec<Notice>>> = Arc::default();
        let decide: Arc<Mutex<Decide>> = Arc::new(Mutex::new(Arc::new(|_, _: &Notice| Reply::status(204))));
        let (all, deciding) = (notices.clone(), decide.clone());
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (all, deciding, tls) = (all.clone(), deciding.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, all, deciding).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, all, deciding).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, notices, decide, task }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Answers so from now on; what is decided by is the number of notices before, and the notice.
    pub(super) fn answers(&self, decide: impl Fn(usize, &Notice) -> Reply + Send + Sync + 'static) {
        *self.decide.lock().unwrap() = Arc::new(decide);
    }

    pub(super) fn notices(&self) -> Vec<Notice> {
        self.notices.lock().unwrap().clone()
    }
}

async fn serve<S>(stream: S, all: Arc<Mutex<Vec<Notice>>>, deciding: Arc<Mutex<Decide>>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let (all, decide) = (all.clone(), deciding.lock().unwrap().clone());
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            let notice = Notice { path: head.uri.path().to_owned(), headers: head.headers, body };
            let before = {
                let mut all = all.lock().unwrap();
                all.push(notice.clone());
                all.len() - 1
            };
            let reply = decide(before, &notice);
            tokio::time::sleep(reply.after).await;
            let mut response = Response::builder().status(reply.status);
            if let Some(location) = reply.location {
                response = response.header("location", location);
            }
            if let Some(seconds) = reply.retry_after {
                response = response.header("retry-after", seconds);
            }
            // More than anybody wants to read.
            Ok::<_, Infallible>(response.body(Full::new(bytes::Bytes::from(vec![b'x'; 4096]))).unwrap())
        }
    });
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
