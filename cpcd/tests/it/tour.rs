//! The README's tour, word for word.

use std::{net::TcpListener, path::Path, process::Command};

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

#[test]
fn the_tour_works_word_for_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let tour = commands(&std::fs::read_to_string(root.join("README.md")).expect("the README"));
    assert!(tour.lines().count() > 12, "the tour's marks are gone from the README");
    let (grpc, rest) = (free_address(), free_address());
    // The addresses alone are others; everything else stands as in the README.
    let tour = tour.replace("127.0.0.1:3030", &rest);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = format!(
        "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\ncd \"$ROOT\"\n{}\nkill %1; wait %1\n",
        tour.replace("cpcd.log", "\"$HOME/cpcd.log\"")
    );
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).env("ROOT", root).env("HOME", folder.path());
    shell.env("CARGO_HOME", cargo_home()).env("RUSTUP_HOME", rustup_home());
    shell.env("CPCD_SERVER__GRPC_LISTEN", &grpc).env("CPCD_SERVER__REST_LISTEN", &rest);
    shell.env("CPCCTL_ENDPOINT", format!("http://{grpc}"));
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
