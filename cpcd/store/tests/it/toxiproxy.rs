//! A proxy in front of a server, to cut, halt and slow the link; also for the tests of `cpcd`.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::{Value, json};
use uuid::Uuid;

/// A proxy of toxiproxy; it goes with the test.
pub(crate) struct Proxy {
    api: String,
    name: String,
    /// Where it listens, `HOST:PORT`.
    pub(crate) address: String,
}

impl Proxy {
    /// Makes a proxy in front of `HOST:PORT`, or prints that there is no toxiproxy; `CPC_TEST_REQUIRE=all` allows no such line.
    pub(crate) fn start(target: &str) -> Option<Self> {
        let Ok(api) = std::env::var("CPC_TEST_TOXIPROXY_URL") else {
            assert_ne!(std::env::var("CPC_TEST_REQUIRE").as_deref(), Ok("all"), "CPC_TEST_TOXIPROXY_URL is not set");
            eprintln!("SKIPPED: CPC_TEST_TOXIPROXY_URL is not set");
            return None;
        };
        let name = format!("it_{}", Uuid::now_v7().simple());
        let mut proxy = Self { api, name, address: String::new() };
        let made = proxy.ask("POST", "", &json!({ "name": proxy.name, "listen": "127.0.0.1:0", "upstream": target }));
        proxy.address = made["listen"].as_str().expect("toxiproxy says where it listens").to_owned();
        Some(proxy)
    }

    /// Closes the connections and refuses new ones.
    pub(crate) fn cut(&self) {
        self.ask("POST", &format!("/{}", self.name), &json!({ "enabled": false }));
    }

    /// Lets nothing through and closes nothing: the link is half open.
    #[allow(dead_code, reason = "not every test binary halts a link")]
    pub(crate) fn halt(&self) {
        for stream in ["upstream", "downstream"] {
            let toxic = json!({ "name": stream, "type": "timeout", "stream": stream, "attributes": { "timeout": 0 } });
            self.ask("POST", &format!("/{}/toxics", self.name), &toxic);
        }
    }

    /// Lets what the server says go nowhere, while it hears everything.
    #[allow(dead_code, reason = "not every test binary parts the two directions")]
    pub(crate) fn halt_answers(&self) {
        let toxic =
            json!({ "name": "mute", "type": "timeout", "stream": "downstream", "attributes": { "timeout": 0 } });
        self.ask("POST", &format!("/{}/toxics", self.name), &toxic);
    }

    /// Holds what the server says back for so many milliseconds.
    #[allow(dead_code, reason = "not every test binary slows a link")]
    pub(crate) fn slow(&self, ms: u64) {
        let toxic =
            json!({ "name": "slow", "type": "latency", "stream": "downstream", "attributes": { "latency": ms } });
        self.ask("POST", &format!("/{}/toxics", self.name), &toxic);
    }

    /// Makes the link whole again; what was halted is closed, as if the other end had started anew.
    pub(crate) fn heal(&self) {
        let toxics = self.ask("GET", &format!("/{}/toxics", self.name), &Value::Null);
        self.cut();
        for toxic in toxics.as_array().expect("a list") {
            let name = toxic["name"].as_str().expect("a name");
            self.ask("DELETE", &format!("/{}/toxics/{name}", self.name), &Value::Null);
        }
        self.ask("POST", &format!("/{}", self.name), &json!({ "enabled": true }));
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.try_ask(method, path, body).expect("toxiproxy answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.0 2"), "{method} {path}: {answer}");
        serde_json::from_str(body).unwrap_or(Value::Null)
    }

    fn try_ask(&self, method: &str, path: &str, body: &Value) -> std::io::Result<String> {
        let host = self.api.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host)?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        // As HTTP/1.0 the answer ends with the connection.
        write!(
            stream,
            "{method} /proxies{path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.try_ask("DELETE", &format!("/{}", self.name), &Value::Null);
    }
}
