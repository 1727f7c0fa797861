//! The program itself: how it starts, stops and dies.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::harness::{Daemon, Engine, eventually};

/// The daemon's program in a process of its own; killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) folder: PathBuf,
    pub(crate) grpc: String,
    pub(crate) rest: String,
}

impl Process {
    /// Starts it on a folder and waits for its address file.
    pub(crate) async fn start(folder: &Path) -> Self {
        Self::start_at(folder, "127.0.0.1:0").await
    }

    /// Starts it with gRPC at an address: where one before it listened.
    async fn start_at(folder: &Path, grpc: &str) -> Self {
        Self::start_with(folder, grpc, &[]).await
    }

    /// Starts it with at most so many open files.
    pub(crate) async fn start_limited(folder: &Path, files: u32, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new("sh");
        command.envs(settings.iter().copied());
        command.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_cpcd")]);
        Self::start_command(folder, "127.0.0.1:0", command).await
    }

    /// Starts it with settings as the environment has them.
    pub(crate) async fn start_with(folder: &Path, grpc: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cpcd"));
        command.envs(settings.iter().copied());
        Self::start_command(folder, grpc, command).await
    }

    async fn start_command(folder: &Path, grpc: &str, command: Command) -> Self {
        let addresses = folder.join("addresses.json");
        let _ = fs::remove_file(&addresses);
        let child = Self::arguments(folder, command)
            .args(["--grpc-listen", grpc, "--addr-file"])
            .arg(&addresses)
            .spawn()
            .expect("cpcd starts");
        eventually("cpcd listens", async || addresses.exists()).await;
        let read: serde_json::Value = serde_json::from_slice(&fs::read(&addresses).unwrap()).unwrap();
        let address = |key: &str| read[key].as_str().expect("an address").to_owned();
        Self { child, folder: folder.to_owned(), grpc: address("grpc"), rest: address("rest") }
    }

    /// Starts it and waits for nothing.
    pub(crate) fn spawn(folder: &Path) -> Child {
        Self::command(folder).args(["--grpc-listen", "127.0.0.1:0"]).spawn().expect("cpcd starts")
    }

    fn command(folder: &Path) -> Command {
        Self::arguments(folder, Command::new(env!("CARGO_BIN_EXE_cpcd")))
    }

    fn arguments(folder: &Path, mut command: Command) -> Command {
        command.args(["--rest-listen", "127.0.0.1:0", "--data-dir"]).arg(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Gives a command of cpcctl against it, with configuration in the same folder.
    pub(crate) fn cpcctl(&self, arguments: &[&str]) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_cpcd")).with_file_name("cpcctl");
        assert!(
            program.exists(),
            "{} is not built: run the tests with --workspace, or cargo build first",
            program.display()
        );
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        command.env("CPCCTL_CONFIG_DIR", self.folder.join("cpcctl"));
        command.env("CPCCTL_SOCKET", self.folder.join("cpcd.sock"));
        command.env("CPCCTL_ENDPOINT", format!("http://{}", self.grpc));
        command
    }

    /// Runs cpcctl to its end; gives what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.cpcctl(arguments).output().expect("cpcctl runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cpcctl {arguments:?} failed: {error}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Makes a key and a user, and logs in.
    pub(crate) fn log_in(&self) {
        self.run(&["key", "generate"]);
        self.run(&["--local", "user", "create", "alice"]);
        self.run(&["login"]);
    }

    /// Tells it to stop and waits for its end.
    pub(crate) async fn terminate(&mut self) -> std::process::ExitStatus {
        self.signal("TERM");
        let mut status = None;
        eventually("it is gone", async || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.expect("it is gone")
    }

    fn signal(&self, name: &str) {
        let done = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(done.expect("kill runs").success());
    }

    /// Kills it as the kernel would, with no chance to tidy up.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_it_is_killed_while_publishing() {
    const ENTRIES: usize = 6_000;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("entries.ndjson");
    let mut entries = fs::File::create(&file).unwrap();
    for number in 0..ENTRIES {
        writeln!(entries, r#"{{"title":"entry number {number}","requestId":"entry-{number}"}}"#).unwrap();
    }
    let from = file.to_str().unwrap();
    let publish = ["-o", "json", "--progress", "json", "content", "publish", "--from", from];
    let process = Process::start(folder.path()).await;
    process.log_in();
    let mut publishing = process.cpcctl(&publish).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Killed once some are durable and others are on their way.
    let count = |process: &Process| -> usize {
        let status: serde_json::Value =
            serde_json::from_str(&process.run(&["--local", "-o", "json", "status"])).unwrap();
        status["contents"].as_str().map_or(0, |text| text.parse().unwrap())
    };
    eventually("some entries are durable", async || count(&process) > ENTRIES / 10).await;
    let before = count(&process);
    let grpc = process.grpc.clone();
    process.kill();
    let _ = publishing.kill();
    let _ = publishing.wait();

    let process = Process::start_at(folder.path(), &grpc).await;
    let after = count(&process);
    assert!(after >= before, "{before} were durable before it was killed, {after} are there");
    let summary: serde_json::Value = serde_json::from_str(&process.run(&publish)).unwrap();
    assert_eq!(count(&process), ENTRIES, "nothing is missing and nothing is doubled: {summary}");
}

/// Opens a connection that says half of what it has to say and then nothing.
fn stuck(address: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(bytes).unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_stops_whatever_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path()).await;
    process.log_in();
    let _half_request = stuck(&process.rest, b"POST /auth HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    let _half_head = stuck(&process.rest, b"GET /search?q=");
    let _silent = stuck(&process.grpc, b"");
    let _half_preface = stuck(&process.grpc, b"PRI * HTTP/2.0\r\n");
    let mut bulk = process.cpcctl(&["content", "publish", "--from", "-"]);
    let mut bulk = bulk.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = bulk.stdin.take().unwrap();
    writeln!(input, r#"{{"title":"the first","requestId":"1"}}"#).unwrap();
    eventually("the entry is stored", async || process.run(&["-o", "name", "content", "list"]).lines().count() == 1)
        .await;

    process.signal("TERM");
    let started = Instant::now();
    let status = loop {
        if let Some(status) = process.child.try_wait().unwrap() {
            break status;
        }
        // The promise is 15 seconds; a loaded test machine gets ten times as long.
        assert!(started.elapsed() < Duration::from_secs(150), "it did not stop");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success(), "it exits with 0, not {status}");
    assert!(!folder.path().join("cpcd.sock").exists(), "the socket is gone");
    let _ = bulk.kill();
    let _ = bulk.wait();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_is_one_daemons_alone() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path()).await;
    let mut second =
        Process::command(folder.path()).args(["--grpc-listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut error = String::new();
    second.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert!(!second.wait().unwrap().success());
    assert!(error.contains(&format!("process {}", process.child.id())), "{error}");
    assert!(error.contains("--data-dir"), "{error}");
    process.kill();
    // A lock of the dead is no lock.
    Process::start(folder.path()).await.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_root_key_does_not_open_the_store() {
    let folder = tempfile::tempdir().unwrap();
    Daemon::bind(&Engine::sqlite(), folder.path(), &[]).await.unwrap().shutdown().await;
    fs::remove_file(folder.path().join("root.key")).unwrap();
    let error = Daemon::bind(&Engine::sqlite(), folder.path(), &[]).await.err().expect("it refuses");
    assert!(format!("{error:#}").contains("another root key"), "{error:#}");
    assert!(!folder.path().join("root.key").exists(), "no new key takes the lost one's place");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Daemon::bind(&Engine::sqlite(), &data, &[]).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("root.key")), 0o600);
    assert_eq!(mode(&data.join("cpcd.sock")), 0o600);
    server.shutdown().await;
}

#[test]
fn wrong_settings_are_named() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_cpcd")).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, error) = run(&["--grpc-listen", "0.0.0.0:0"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("server.allow_plaintext"), "{error}");
    let (code, error) = run(&["--config", "/nowhere/cpcd.toml"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("/nowhere/cpcd.toml"), "{error}");
    let (code, error) = run(&["--store-url", "mysql://localhost/x"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("store.url"), "{error}");
    let (code, _) = run(&["--no-such-flag"]);
    assert_eq!(code, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn health_reflection_and_metrics_are_there() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let mut health = HealthClient::new(daemon.channel().await);
    for service in ["", "cpc.v1.DiscoveryService"] {
        let answer = health.check(HealthCheckRequest { service: service.into() }).await.unwrap().into_inner();
        assert_eq!(answer.status, 1, "{service} is serving");
    }
    for path in ["/livez", "/readyz"] {
        assert_eq!(daemon.get(path).await.text(), "ok\n");
    }
    // An empty request is a valid one that asks for nothing; what matters is that somebody answers on both versions.
    for path in [
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ] {
        let services = daemon.raw(path, None, vec![0x3a, 0x00]).await.unwrap();
        assert!(String::from_utf8_lossy(&services).contains("cpc.v1.DiscoveryService"), "{path}");
    }
    daemon.get("/search?q=word").await;
    let metrics = daemon.get("/metrics").await;
    assert_eq!(metrics.headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = metrics.text();
    assert!(text.contains(r#"cpcd_requests_total{edge="rest",method="GET /search",code="ok"} 1"#), "{text}");
    assert!(text.contains("cpcd_index_lag_seconds 0"), "{text}");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_away_shows() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::adopt(Daemon::bind(&Engine::sqlite(), folder.path(), &[]).await.unwrap());
    let alice = daemon.person("alice", &[]).await;
    // A folder that is lost is made anew; where a file stands there can be none.
    fs::remove_dir_all(folder.path().join("index")).unwrap();
    fs::write(folder.path().join("index"), "in the way").unwrap();
    let mut health = HealthClient::new(daemon.channel().await);
    eventually("the health says so", async || {
        health.check(HealthCheckRequest::default()).await.unwrap().into_inner().status == 2
    })
    .await;
    assert_eq!(daemon.get("/readyz").await.status, 503);
    assert_eq!(daemon.get("/health").await.text(), "{\"status\":\"degraded\"}\n");
    // What needs no index goes on.
    let metadata = cpc_proto::v1::ContentMetadata { title: "kept".into(), ..Default::default() };
    assert!(daemon.discovery(Some(&alice.token)).await.publish_content(metadata).await.is_ok());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_says_nothing_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Daemon::bind(&Engine::sqlite(), folder.path(), &[("limits.header_seconds", "1")]).await.unwrap();
    let addresses = [server.addresses().grpc, server.addresses().rest];
    let starts: [&[u8]; 4] = [b"", b"PRI * HTTP/2.0\r\n", b"GET /hea", b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"];
    for (address, bytes) in starts.iter().flat_map(|bytes| addresses.map(|address| (address, *bytes))) {
        let mut stream = stuck(&address.to_string(), bytes);
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let ended = tokio::task::spawn_blocking(move || stream.read_to_end(&mut Vec::new()));
        let still_open = |error: &std::io::Error| {
            matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
        };
        let ended = ended.await.unwrap();
        assert!(!ended.as_ref().is_err_and(still_open), "{address} stays open after {:?}", bytes.escape_ascii());
    }
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_dead_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let bind = async |path: &Path| {
        let data = folder.path().join("data");
        Daemon::bind(&Engine::sqlite(), &data, &[("server.socket", path.to_str().unwrap())]).await
    };
    let file = folder.path().join("precious");
    fs::write(&file, "precious").unwrap();
    let error = bind(&file).await.err().expect("it refuses").to_string();
    assert!(error.contains("server.socket"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    let path = folder.path().join("other.sock");
    let other = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let error = bind(&path).await.err().expect("it refuses").to_string();
    assert!(error.contains("server.socket"), "{error}");
    assert!(path.exists());
    // Nobody listens any more: it gives way; and what then takes its place is not removed at the end.
    drop(other);
    let server = bind(&path).await.unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "another's").unwrap();
    server.shutdown().await;
    assert_eq!(fs::read(&path).unwrap(), b"another's");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_data_directory_is_closed_or_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    open(&data);
    Daemon::bind(&Engine::sqlite(), &data, &[]).await.unwrap().shutdown().await;
    assert_eq!(mode(&data), 0o700);
    let shared = folder.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    let error = Daemon::bind(&Engine::sqlite(), &shared, &[]).await.err().expect("it refuses").to_string();
    assert!(error.contains("--data-dir"), "{error}");
    assert_eq!(mode(&shared), 0o777, "a folder for everybody is not changed");
    let process = Process::start(&folder.path().join("new")).await;
    for name in ["cpcd.sqlite", "index", "root.key", "cpcd.lock", "cpcd.sock"] {
        assert_eq!(mode(&process.folder.join(name)) & 0o077, 0, "{name} is its owner's alone");
    }
    process.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_hears_a_signal_while_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    // A database that accepts and then says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://cpcd@{}/cpcd?sslmode=disable", silent.local_addr().unwrap());
    let init = Process::command(folder.path()).args(["--store-url", &url, "init"]).status().unwrap();
    assert!(init.success());
    let child = Process::command(folder.path()).args(["--store-url", &url]).spawn().unwrap();
    let none = String::new;
    let mut process = Process { child, folder: folder.path().to_owned(), grpc: none(), rest: none() };
    let _held = crate::harness::within("it asks the database", silent.accept()).await.unwrap();
    process.signal("TERM");
    let mut status = None;
    eventually("it is gone", async || {
        status = process.child.try_wait().unwrap();
        status.is_some()
    })
    .await;
    assert!(status.unwrap().success(), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_without_end_do_not_hold_up_the_end() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("server.shutdown_seconds", "12")]).await;
    let mut health = HealthClient::new(daemon.channel().await);
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status, 1);
    let stopping = tokio::spawn(async move {
        let started = Instant::now();
        daemon.stop().await;
        started.elapsed()
    });
    assert_eq!(watch.message().await.unwrap().unwrap().status, 2, "it says so before it ends");
    assert_eq!(watch.message().await.unwrap_err().code(), tonic::Code::Unavailable);
    let took = stopping.await.unwrap();
    assert!(took < Duration::from_secs(11), "it waited for the watch: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_file_goes_with_the_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let (file, neighbour) = (folder.path().join("addresses.json"), folder.path().join("addresses.tmp"));
    fs::write(&file, "old").unwrap();
    fs::write(&neighbour, "neighbour").unwrap();
    let data = folder.path().join("data");
    let more = [("server.addr_file", file.to_str().unwrap())];
    let server = Daemon::bind(&Engine::sqlite(), &data, &more).await.unwrap();
    assert!(fs::read_to_string(&file).unwrap().contains("grpc"));
    assert_eq!(fs::read(&neighbour).unwrap(), b"neighbour");
    server.shutdown().await;
    assert!(!file.exists());
    // One that does not come up leaves none either.
    fs::write(&file, "old").unwrap();
    let more = [more[0], ("server.grpc_listen", "192.0.2.1:1"), ("server.allow_plaintext", "true")];
    assert!(Daemon::bind(&Engine::sqlite(), &data, &more).await.is_err());
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_says_what_a_path_takes_and_repeats_no_long_names() {
    let folder = tempfile::tempdir().unwrap();
    let server = Daemon::bind(&Engine::sqlite(), folder.path(), &[]).await.unwrap();
    let address = server.addresses().rest.to_string();
    let ask = async |request: String| {
        let mut stream = stuck(&address, request.as_bytes());
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let read = move || {
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).map(|_| String::from_utf8_lossy(&answer).into_owned())
        };
        tokio::task::spawn_blocking(read).await.unwrap().unwrap()
    };
    let rest = "HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    let refused = ask(format!("PUT /v1/users {rest}\r\n")).await;
    assert!(refused.starts_with("HTTP/1.1 405") && refused.contains("allow: POST, GET, HEAD\r\n"), "{refused}");
    let head = ask(format!("HEAD /livez {rest}\r\n")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-length: 3\r\n"), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    let body = format!(r#"{{"{}":1}}"#, "x".repeat(100_000));
    let long = ask(format!("POST /auth {rest}content-length: {}\r\n\r\n{body}", body.len())).await;
    assert!(long.starts_with("HTTP/1.1 400") && long.len() < 4_000, "{} bytes", long.len());
    server.shutdown().await;
}
