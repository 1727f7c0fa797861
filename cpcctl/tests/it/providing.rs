//! What an agent provides: parts of allocations, begun and ended by a program, against a real cpcd.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use serde_json::Value;

use crate::{
    daemon::{Daemon, until},
    harness::Home,
    nodes::{Background, hasten},
};

/// Writes the program of the node: it notes what it is told, and refuses while a file is there.
fn program(home: &Home) -> String {
    let path = home.path().join("provide");
    let script = "#!/bin/sh\n\
                  echo \"$CPC_EVENT $CPC_ALLOCATION_ID $CPC_PART $CPC_EPOCH $CPC_CPU_MILLICORES $CPC_LABELS $CPC_REASON\" >>told\n\
                  if [ -e refuse ] && [ $CPC_EVENT = given ]; then echo 'no room here'; exit 75; fi\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.display().to_string()
}

fn agent<'a>(home: &'a Home, daemon: &Daemon<'_>, name: &'static str) -> Background<'a> {
    let command = ["node", "run", "-o", "json", "--cpu-millicores", "4000", "--on-allocation", &program(home)];
    Background::start(home, name, daemon.command(&command))
}

/// What the program was told, a line each.
fn told(home: &Home) -> Vec<String> {
    fs::read_to_string(home.path().join("told")).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn wait_until_told(home: &Home, what: &str) {
    until(what, || told(home).iter().any(|line| line.starts_with(what)).then_some(()));
}

fn lease(daemon: &Daemon<'_>, arguments: &[&str]) -> String {
    let ask = ["--local", "alloc", "request", "--cpu", "1", "--label", "job=render", "-o", "name"];
    daemon.ok(&[&ask[..], arguments].concat()).trim().to_owned()
}

fn part(daemon: &Daemon<'_>, id: &str) -> Value {
    daemon.json(&["--local", "alloc", "show", id])["parts"][0].clone()
}

fn begin<'a>(home: &'a Home, daemon: &Daemon<'_>) -> Background<'a> {
    daemon.ok(&["--local", "node", "register"]);
    let agent = agent(home, daemon, "agent");
    agent.wait_for("heartbeat", 1);
    agent
}

#[test]
fn what_is_leased_is_begun_and_ended_by_a_program() {
    let home = Home::new();
    hasten(&home);
    let Some(daemon) = Daemon::start(&home) else { return };
    let agent = begin(&home, &daemon);
    let id = lease(&daemon, &[]);
    wait_until_told(&home, &format!("given {id} 0 1 1000 {{\"job\":\"render\"}}"));
    until("the server heard it", || (part(&daemon, &id)["state"] == "PART_STATE_ACCEPTED").then_some(()));
    daemon.ok(&["--local", "alloc", "renew", &id, "--ttl", "1h"]);
    wait_until_told(&home, &format!("changed {id} 0 1"));
    daemon.ok(&["--local", "alloc", "release", &id, "--yes"]);
    wait_until_told(&home, &format!("dropped {id} 0 1 1000 {{\"job\":\"render\"}} taken away"));
    agent.wait_for("dropped", 1);
    let events: Vec<_> =
        agent.objects("err").into_iter().filter(|event| event["allocationId"] == id.as_str()).collect();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["given", "changed", "dropped"]);
    assert_eq!((&events[0]["part"], &events[0]["epoch"]), (&0.into(), &"1".into()));
}

#[test]
fn a_part_that_is_refused_goes_elsewhere_or_waits() {
    let home = Home::new();
    hasten(&home);
    let Some(daemon) = Daemon::start(&home) else { return };
    let agent = begin(&home, &daemon);
    fs::write(home.path().join("refuse"), "").unwrap();
    let id = lease(&daemon, &["--may-wait"]);
    wait_until_told(&home, &format!("given {id}"));
    let waits = || Some(part(&daemon, &id)).filter(|part| part["state"] == "PART_STATE_WAITING");
    let waiting = until("the server heard it", waits);
    assert!(waiting["reason"].as_str().unwrap().contains("no room here"), "{waiting}");
    assert_eq!((agent.count("refused"), agent.count("hook"), agent.count("dropped")), (1, 1, 0));
    let kept = fs::read_to_string(home.config().join("node_ed25519.provides.json")).unwrap();
    assert_eq!(kept.trim(), "[]");
}

#[test]
fn a_lease_ends_in_time_while_the_server_is_away() {
    let home = Home::new();
    hasten(&home);
    let Some(daemon) = Daemon::start(&home) else { return };
    let agent = begin(&home, &daemon);
    let id = lease(&daemon, &["--ttl", "4s"]);
    wait_until_told(&home, &format!("given {id}"));
    daemon.kill();
    wait_until_told(&home, &format!("dropped {id} 0 1 1000 {{\"job\":\"render\"}} expired"));
    assert_eq!(agent.count("refused"), 0);
}

#[test]
fn the_next_agent_goes_on_with_what_the_last_one_provided() {
    let home = Home::new();
    hasten(&home);
    let Some(daemon) = Daemon::start(&home) else { return };
    let mut first = begin(&home, &daemon);
    let id = lease(&daemon, &["--ttl", "1h"]);
    first.wait_for("given", 1);
    Command::new("kill").args(["-KILL", &first.pid().to_string()]).status().unwrap();
    first.gone();
    let second = agent(&home, &daemon, "second");
    second.wait_for("heartbeat", 2);
    until("the server heard it", || (part(&daemon, &id)["state"] == "PART_STATE_ACCEPTED").then_some(()));
    assert_eq!((second.count("given"), second.count("dropped")), (0, 0), "{:?}", second.objects("err"));
    daemon.ok(&["--local", "alloc", "release", &id, "--yes"]);
    second.wait_for("dropped", 1);
    let words: Vec<_> = told(&home).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(words, ["given", "dropped"]);
}
