//! Links to the engines that can fail: each goes through a proxy of toxiproxy's.

use std::net::SocketAddr;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    engines::{Database, Engine, server},
    http::ask,
    shared::Shared,
};

/// What can be wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nobody listens, and what was open is closed.
    Down,
    /// Each answer comes this many milliseconds late.
    Slow(u32),
    /// It takes connections and bytes and never says anything.
    HalfOpen,
}

/// A link from one daemon to one engine.
pub(crate) struct Link {
    api: String,
    name: String,
    pub(crate) address: SocketAddr,
}

impl Link {
    async fn new(api: &str, upstream: &str) -> Self {
        let name = format!("it-{}", Uuid::now_v7().simple());
        let proxy = json!({ "name": name, "listen": "127.0.0.1:0", "upstream": upstream, "enabled": true });
        let answer = ask(api, Method::POST, "/proxies", Some(&proxy.to_string())).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let address = answer.json()["listen"].as_str().expect("an address").parse().expect("an address");
        Self { api: api.to_owned(), name, address }
    }

    async fn change(&self, method: Method, rest: &str, body: Option<Value>) {
        let body = body.map(|body| body.to_string());
        let answer = ask(&self.api, method, &format!("/proxies/{}{rest}", self.name), body.as_deref()).await;
        assert!((200..300).contains(&answer.status), "{}: {}", answer.status, answer.text());
    }

    /// Breaks the link.
    pub(crate) async fn fail(&self, fault: Fault) {
        let toxic = |kind: &str, stream: &str, attributes: Value| json!({ "name": format!("{kind}-{stream}"), "type": kind, "stream": stream, "attributes": attributes });
        match fault {
            Fault::Down => self.change(Method::POST, "", Some(json!({ "enabled": false }))).await,
            Fault::Slow(ms) => {
                let toxic = toxic("latency", "downstream", json!({ "latency": ms, "jitter": 0 }));
                self.change(Method::POST, "/toxics", Some(toxic)).await;
            }
            Fault::HalfOpen => {
                for stream in ["upstream", "downstream"] {
                    let toxic = toxic("timeout", stream, json!({ "timeout": 0 }));
                    self.change(Method::POST, "/toxics", Some(toxic)).await;
                }
            }
        }
    }

    /// Makes the link whole again.
    pub(crate) async fn mend(&self, fault: Fault) {
        match fault {
            Fault::Down => self.change(Method::POST, "", Some(json!({ "enabled": true }))).await,
            Fault::Slow(_) => self.change(Method::DELETE, "/toxics/latency-downstream", None).await,
            Fault::HalfOpen => {
                for stream in ["upstream", "downstream"] {
                    self.change(Method::DELETE, &format!("/toxics/timeout-{stream}"), None).await;
                }
            }
        }
    }

    async fn remove(self) {
        self.change(Method::DELETE, "", None).await;
    }
}

/// The links of one daemon.
pub(crate) struct Links {
    pub(crate) postgres: Link,
    pub(crate) valkey: Link,
    pub(crate) opensearch: Link,
}

impl Links {
    /// Gives them all.
    pub(crate) fn all(&self) -> [&Link; 3] {
        [&self.postgres, &self.valkey, &self.opensearch]
    }
}

/// The engines of one test, behind links.
pub(crate) struct Linked {
    api: String,
    database: Database,
    shared: Shared,
}

impl Linked {
    /// Makes new ones, if all servers are there.
    pub(crate) async fn new() -> Option<Self> {
        let api = server("toxiproxy", "CPC_TEST_TOXIPROXY_URL")?;
        let postgres = server("PostgreSQL", "CPC_TEST_POSTGRES_URL")?;
        let shared = Shared::new()?;
        Some(Self { api, database: Database::new(&postgres).await, shared })
    }

    /// Gives links of its own to a daemon, and the engine that goes over them.
    pub(crate) async fn links(&self) -> (Links, Engine) {
        let postgres = Link::new(&self.api, &authority(&self.database.url)).await;
        let valkey = Link::new(&self.api, &authority(&self.shared.valkey)).await;
        let opensearch = Link::new(&self.api, &authority(&self.shared.opensearch)).await;
        let engine = self.shared.engine_at(
            &through(&self.database.url, &postgres),
            &through(&self.shared.valkey, &valkey),
            &through(&self.shared.opensearch, &opensearch),
        );
        (Links { postgres, valkey, opensearch }, Engine { replicas: 1, ..engine })
    }

    /// Removes them and their links.
    pub(crate) async fn remove(self, links: Vec<Links>) {
        for Links { postgres, valkey, opensearch } in links {
            for link in [postgres, valkey, opensearch] {
                link.remove().await;
            }
        }
        self.database.remove().await;
        self.shared.remove().await;
    }
}

/// Splits a URL into what comes before its host and port, these, and what follows.
fn parts(url: &str) -> (&str, &str, &str) {
    let start = url.find("://").expect("a URL") + 3;
    let end = url[start..].find('/').map_or(url.len(), |end| start + end);
    let start = url[start..end].rfind('@').map_or(start, |at| start + at + 1);
    (&url[..start], &url[start..end], &url[end..])
}

fn authority(url: &str) -> String {
    parts(url).1.to_owned()
}

/// Gives the URL that goes over a link.
fn through(url: &str, link: &Link) -> String {
    let (before, _, after) = parts(url);
    format!("{before}{}{after}", link.address)
}
