//! Valkey for tests: the shared server, and private ones that a test may kill.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use cpcd_store::{Cache, cache::Config};
use redis::{Client, Connection, FromRedisValue};
use tempfile::TempDir;
use uuid::Uuid;

/// Gives the shared server's URL, or prints that there is none.
pub(crate) fn shared() -> Option<String> {
    let url = std::env::var("CPC_TEST_VALKEY_URL").ok();
    if url.is_none() {
        assert_ne!(std::env::var("CPC_TEST_REQUIRE").as_deref(), Ok("all"), "CPC_TEST_VALKEY_URL is not set");
        eprintln!("SKIPPED on Valkey: CPC_TEST_VALKEY_URL is not set");
    }
    url
}

/// Gives `HOST:PORT` of a URL.
pub(crate) fn place(url: &str) -> String {
    let rest = url.split_once("://").unwrap().1;
    rest.split('/').next().unwrap().to_owned()
}

/// Settings for a server, with a prefix of their own and ten times the patience: a busy machine must not fail a test.
pub(crate) fn config(url: &str) -> Config {
    let prefix = format!("it-{}", Uuid::now_v7().simple());
    Config {
        url: url.into(),
        prefix,
        connect_timeout_ms: 5_000,
        response_timeout_ms: 10_000,
        memory_bytes: 1 << 20,
        ..Config::default()
    }
}

/// Removes all that a test left behind.
pub(crate) fn clear(url: &str, prefix: &str) {
    let mut connection = Client::open(url).unwrap().get_connection().unwrap();
    let keys: Vec<Vec<u8>> = {
        let mut scan = redis::cmd("SCAN");
        let scan = scan.cursor_arg(0).arg("MATCH").arg(format!("{prefix}:*")).arg("COUNT").arg(10_000);
        scan.clone().iter(&mut connection).unwrap().map(Result::unwrap).collect()
    };
    for keys in keys.chunks(1_000) {
        redis::cmd("DEL").arg(keys).exec(&mut connection).unwrap();
    }
}

/// Runs a test on an empty cache of each engine.
pub(crate) async fn for_each_cache(test: impl AsyncFn(Cache)) {
    test(Cache::open(&Config { memory_bytes: 64 << 20, ..Config::default() }).await.unwrap()).await;
    if let Some(url) = shared() {
        let config = config(&url);
        test(Cache::open(&config).await.unwrap()).await;
        clear(&url, &config.prefix);
    }
}

/// A private server; it goes with the test.
pub(crate) struct Server {
    command: Command,
    child: Child,
    pub(crate) port: u16,
    _folder: TempDir,
}

impl Server {
    /// Starts a server, or prints that there is no program for it; `CPC_TEST_REQUIRE=all` allows no such line.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, free_port(), arguments)
    }

    /// Starts a sentinel that watches a primary on `port`.
    pub(crate) fn sentinel(primary: u16) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sentinel.conf");
        let settings = format!(
            "sentinel monitor main 127.0.0.1 {primary} 2\nsentinel down-after-milliseconds main 500\n\
             sentinel failover-timeout main 2000\n"
        );
        fs::write(&file, settings).unwrap();
        let file = file.to_str().unwrap().to_owned();
        Self::start_in(folder, free_port(), &[&file, "--sentinel"])
    }

    fn start_in(folder: TempDir, port: u16, arguments: &[&str]) -> Option<Self> {
        let mut command = Command::new("valkey-server");
        // A file of settings has to come first.
        let (file, arguments) = match arguments.split_first() {
            Some((file, rest)) if Path::new(file).is_absolute() => (Some(*file), rest),
            _ => (None, arguments),
        };
        command.args(file).args(arguments).args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--dir", folder.path().to_str().unwrap()]);
        if file.is_none() {
            command.args(["--save", "", "--appendonly", "no"]);
        }
        let child = match command.stdout(Stdio::null()).spawn() {
            Ok(child) => child,
            Err(error) => {
                let required = std::env::var("CPC_TEST_REQUIRE").is_ok_and(|what| what == "all");
                assert!(!required, "valkey-server does not start: {error}");
                eprintln!("SKIPPED: valkey-server does not start: {error}");
                return None;
            }
        };
        let server = Self { command, child, port, _folder: folder };
        until("the server answers", || server.is_up());
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("valkey://127.0.0.1:{}", self.port)
    }

    pub(crate) fn place(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Runs a command.
    pub(crate) fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        ask(&mut self.connect().unwrap(), words).unwrap()
    }

    /// Runs a command if the server answers.
    pub(crate) fn try_ask<T: FromRedisValue>(&self, words: &[&str]) -> Option<T> {
        ask(&mut self.connect()?, words).ok()
    }

    /// Tells whether it answers, if only that it wants a password.
    fn is_up(&self) -> bool {
        let answer = self.connect().map(|mut connection| ask::<String>(&mut connection, &["PING"]));
        answer.is_some_and(|answer| answer.is_ok() || answer.is_err_and(|error| error.code() == Some("NOAUTH")))
    }

    fn connect(&self) -> Option<Connection> {
        Client::open(self.url()).unwrap().get_connection_with_timeout(Duration::from_secs(5)).ok()
    }

    /// Starts it again after its death.
    pub(crate) fn start_again(&mut self) {
        self.child = self.command.spawn().unwrap();
        until("the server answers", || self.is_up());
    }

    /// Kills it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask<T: FromRedisValue>(connection: &mut Connection, words: &[&str]) -> redis::RedisResult<T> {
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    command.query(connection)
}

/// Waits for a condition without giving way to other tests' tasks: it is for servers that start.
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::yield_now();
    }
}

/// Gives a port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
