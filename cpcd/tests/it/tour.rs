//! The README's tour, word for word.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Command,
};

use crate::harness::{Daemon, Engine, Front, on_replicas};

/// Gives the commands of the tour: the shell blocks that follow its marks.
fn commands(readme: &str) -> String {
    let mut commands = String::new();
    for part in readme.split("<!-- tour -->\n```sh\n").skip(1) {
        let (block, _) = part.split_once("```").expect("the block ends");
        commands.push_str(block);
    }
    commands
}

/// Gives an address that was free a moment ago: the tour's own addresses may be in use on this machine.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_works_word_for_word() {
    let (grpc, rest) = (free_address(), free_address());
    let clients = (grpc.clone(), rest.clone());
    tokio::task::spawn_blocking(move || walk(&grpc, &rest, &clients, &[])).await.expect("the tour ends");
}

/// The same commands where the tour's own daemon is one of three on the large engines, which its client takes in turn.
#[tokio::test(flavor = "multi_thread")]
async fn the_tour_works_word_for_word_among_replicas() {
    on_replicas(async |engine: Engine| {
        let others = Daemon::start(&Engine { replicas: 2, ..engine.clone() }).await;
        let (grpc, rest) = (free_address(), free_address());
        let before = |other: SocketAddr, own: &str| Front::before(vec![other, own.parse().expect("an address")]);
        let fronts = (before(others.grpc_address(), &grpc).await, before(others.rest_address(), &rest).await);
        let clients = (fronts.0.address.to_string(), fronts.1.address.to_string());
        let mut settings: Vec<_> = engine.settings.iter().map(|(key, value)| (variable(key), value.clone())).collect();
        settings.push((variable("store.url"), engine.url.clone()));
        settings.push((variable("server.root_key_file"), others.root_key().display().to_string()));
        tokio::task::spawn_blocking(move || walk(&grpc, &rest, &clients, &settings)).await.expect("the tour ends");
        others.stop().await;
    })
    .await;
}

/// Gives the variable that a setting is read from.
fn variable(key: &str) -> String {
    format!("CPCD_{}", key.to_uppercase().replace('.', "__"))
}

/// Walks the tour: its daemon listens at `grpc` and `rest`, its clients (gRPC, REST) call others, with more settings for the daemon.
fn walk(grpc: &str, rest: &str, clients: &(String, String), settings: &[(String, String)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let tour = commands(&std::fs::read_to_string(root.join("README.md")).expect("the README"));
    assert!(tour.lines().count() > 12, "the tour's marks are gone from the README");
    // The addresses alone are others; everything else stands as in the README.
    let tour = tour.replace("127.0.0.1:3030", &clients.1);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = format!(
        "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\ncd \"$ROOT\"\n{}\nkill %1; wait %1\n",
        tour.replace("cpcd.log", "\"$HOME/cpcd.log\"")
    );
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).env("ROOT", root).env("HOME", folder.path());
    shell.env("CARGO_HOME", cargo_home()).env("RUSTUP_HOME", rustup_home());
    shell.env("CPCD_SERVER__GRPC_LISTEN", grpc).env("CPCD_SERVER__REST_LISTEN", rest);
    shell.envs(settings.iter().map(|(name, value)| (name, value)));
    shell.env("CPCCTL_ENDPOINT", format!("http://{}", clients.0));
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "CPCCTL_CONFIG_DIR", "CPCCTL_SOCKET", "CPCCTL_TOKEN"] {
        shell.env_remove(name);
    }
    let output = shell.output().expect("bash runs");
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let log = std::fs::read_to_string(folder.path().join("cpcd.log")).unwrap_or_default();
    assert!(output.status.success(), "the tour fails:\n{out}\n{error}\n{log}");
    for expected in
        ["alice", "Published", "Night sky over the harbour", "\"totalIsExact\":true", "released", "Unchanged  200"]
    {
        assert!(out.contains(expected), "the tour does not show '{expected}':\n{out}\n{error}");
    }
}

fn cargo_home() -> String {
    home_of("CARGO_HOME", ".cargo")
}

fn rustup_home() -> String {
    home_of("RUSTUP_HOME", ".rustup")
}

/// The tour has a home of its own, but Rust stays where it is.
fn home_of(variable: &str, folder: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| format!("{}/{folder}", std::env::var("HOME").unwrap_or_default()))
}
