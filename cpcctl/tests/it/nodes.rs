//! Nodes: registered, followed, and run by a real agent, against a real cpcd.

use std::{
    fs,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{
    daemon::{Daemon, until},
    harness::{Home, Run},
};

/// Lets a daemon of this home judge within seconds, and its tokens end soon.
pub(crate) fn hasten(home: &Home) {
    let settings = "[registry]\nheartbeat_seconds = 1\ndegraded_seconds = 2\noffline_seconds = 3\ngrace_seconds = 0\n\
                    damping_seconds = 0\n[registry.allocations]\nmin_ttl_seconds = 1\n[identity]\naccess_token_seconds = 5\n";
    fs::write(home.path().join("cpcd.toml"), settings).unwrap();
}

/// A run of cpcctl in the background, whose output goes to files; killed when dropped.
pub(crate) struct Background<'a> {
    home: &'a Home,
    name: &'static str,
    child: Child,
}

impl<'a> Background<'a> {
    pub(crate) fn start(home: &'a Home, name: &'static str, mut command: Command) -> Self {
        let file = |end: &str| fs::File::create(home.path().join(format!("{name}.{end}"))).unwrap();
        let child = command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err")).spawn().unwrap();
        Self { home, name, child }
    }

    /// The objects that it has written so far, a line each.
    pub(crate) fn objects(&self, end: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.home.path().join(format!("{}.{end}", self.name))).unwrap();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    pub(crate) fn count(&self, event: &str) -> usize {
        self.objects("err").iter().filter(|object| object["event"] == event).count()
    }

    /// Waits until an event has been there so often.
    pub(crate) fn wait_for(&self, event: &str, count: usize) {
        until(event, || (self.count(event) >= count).then_some(()));
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it is gone, however it ended.
    pub(crate) fn gone(&mut self) {
        until("it is gone", || self.child.try_wait().unwrap());
    }

    pub(crate) fn code(&mut self) -> Option<i32> {
        until("it ends", || self.child.try_wait().unwrap()).code()
    }
}

impl Drop for Background<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_node_is_registered_listed_shown_and_deleted() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    assert_eq!(daemon.ok(&["--local", "node", "list", "-o", "json"]), "[]\n");
    let run = daemon.run(&["--local", "node", "register", "--label", "rack=7", "-o", "name"]);
    assert!(run.code == 0 && run.stderr.contains("node_ed25519"), "{run:?}");
    let id = run.stdout.trim().to_owned();
    let show = || daemon.json(&["--local", "node", "show", &id]);
    let first = show();
    assert_eq!((&first["labels"]["rack"], &first["status"]), (&"7".into(), &"NODE_STATUS_ONLINE".into()));
    assert!(first["capacity"]["memoryBytes"].as_str().unwrap().parse::<u64>().unwrap() > 1 << 20, "{first}");

    // Once more changes nothing; another address raises the number, and what is not said stays.
    assert_eq!(daemon.ok(&["--local", "node", "register", "-o", "name"]).trim(), id);
    assert_eq!(show()["recordSequence"], first["recordSequence"]);
    daemon.ok(&["--local", "node", "register", "--address", "/ip4/8.8.8.8/tcp/4001", "--cpu-millicores", "1500"]);
    let second = show();
    let number = |node: &Value| node["recordSequence"].as_str().unwrap().parse::<u64>().unwrap();
    assert!(number(&second) > number(&first), "{second}");
    assert_eq!(
        (&second["addresses"][0], &second["labels"]["rack"], &second["capacity"]["cpuMillicores"]),
        (&"/ip4/8.8.8.8/tcp/4001".into(), &"7".into(), &"1500".into())
    );
    daemon.ok(&["--local", "node", "register", "--legacy-record", "--no-label"]);
    let third = show();
    assert!(number(&third) > number(&second) && third["labels"].get("rack").is_none(), "{third}");
    assert_eq!(third["addresses"], second["addresses"]);
    // Whoever has lost the state with the number begins higher by itself.
    fs::remove_file(home.config().join("node_ed25519.state.json")).unwrap();
    daemon.ok(&["--local", "node", "register", "--no-address"]);
    assert!(number(&show()) > number(&third));

    let peer = first["peerId"].as_str().unwrap();
    assert_eq!(daemon.json(&["--local", "node", "show", peer])["id"], id.as_str());
    let table = daemon.ok(&["--local", "node", "list"]);
    assert!(table.contains(&id) && table.contains(&peer[peer.len() - 8..]) && table.contains("online"), "{table}");
    assert!(!table.contains(peer) && daemon.ok(&["--local", "node", "list", "--no-trunc"]).contains(peer), "{table}");
    assert_eq!(daemon.ok(&["--local", "node", "list", "--status", "offline", "-o", "name"]), "");
    assert_eq!(daemon.ok(&["--local", "node", "list", "--label", "rack=7", "-o", "name"]), "");
    let reset = daemon.json(&["--local", "node", "reset-seq", &id]);
    assert!(reset["oldSequence"].as_str().unwrap().parse::<u64>().unwrap() > number(&third), "{reset}");

    let unasked = daemon.refused(2, &["--local", "node", "delete", &id]);
    assert!(unasked["message"].as_str().unwrap().contains("--yes"), "{unasked}");
    assert_eq!(daemon.ok(&["--local", "node", "delete", &id, "--yes", "-o", "name"]), format!("{id}\n"));
    assert_eq!(daemon.refused(4, &["--local", "node", "show", &id])["reason"], "NODE_NOT_FOUND");
    assert_eq!(daemon.refused(2, &["node", "register", "--address", "8.8.8.8:1"])["reason"], "USAGE");
}

#[test]
fn a_node_needs_an_invite_or_somebody_who_may() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let refused = daemon.refused(2, &["node", "register"]);
    assert_eq!(refused["reason"], "FIELD_REQUIRED");
    assert!(refused["hint"].as_str().unwrap().contains("--invite-file"), "{refused}");

    let invite = |arguments: &[&str]| {
        let code = daemon.ok(&[&["--local", "invite", "create", "-o", "name"], arguments].concat());
        fs::write(home.path().join("invite"), code).unwrap();
    };
    invite(&["--kind", "node", "--realm", "lab", "--label", "region=eu"]);
    let id = daemon.ok(&["node", "register", "--invite-file", "invite", "--label", "rack=1", "-o", "name"]);
    let node = daemon.json(&["--local", "node", "show", id.trim()]);
    assert_eq!((&node["realm"], &node["labels"]["region"]), (&"lab".into(), &"eu".into()));
    let once = daemon.json(&["node", "run", "--once"]);
    assert_eq!((&once["nodeId"], &once["status"]), (&node["id"], &"online".into()), "a known node needs none");
    assert!(once["used"]["memoryBytes"].as_str().unwrap().parse::<u64>().unwrap() > 0, "{once}");

    invite(&["--kind", "user", "--permission", "nodes=write"]);
    daemon.ok(&["key", "generate"]);
    daemon.ok(&["login", "--invite-file", "invite", "--username", "operator"]);
    let id = daemon.ok(&["node", "register", "--key", "second.key", "-o", "name"]);
    assert_eq!(daemon.ok(&["node", "list", "--owner", "me", "-o", "name"]), id);
    assert_eq!(daemon.ok(&["node", "list", "--label", "region=eu", "--owner", "operator", "-o", "name"]), "");
}

#[test]
fn a_watch_goes_on_after_the_daemon_was_away() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let mut watch = Background::start(
        &home,
        "watch",
        daemon.command(&["--local", "node", "watch", "--limit", "2", "-o", "ndjson"]),
    );
    until("it watches", || watch.objects("out").first().map(|first| first["cursor"].clone()));
    let id = daemon.ok(&["--local", "node", "register", "-o", "name"]).trim().to_owned();
    until("the change is seen", || (watch.objects("out").len() == 2).then_some(()));
    let address = daemon.kill();
    let daemon = Daemon::start_on(&home, &address).expect("it was there before");
    daemon.ok(&["--local", "node", "delete", &id, "--yes"]);
    assert_eq!(watch.code(), Some(0));
    let seen = watch.objects("out");
    let events: Vec<_> = seen.iter().filter(|event| event.as_object().unwrap().len() > 2).collect();
    assert_eq!((&events[0]["changed"]["id"], &events[1]["deletedId"]), (&id.as_str().into(), &id.as_str().into()));
    let cursor = events[0]["cursor"].as_str().unwrap();
    let again = daemon.ok(&["--local", "node", "watch", "--limit", "1", "-o", "ndjson", "--cursor", cursor]);
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap()["deletedId"], id.as_str());
    let words = daemon.ok(&["--local", "node", "watch", "--limit", "1", "--cursor", cursor]);
    assert!(words.contains("deleted") && words.trim().ends_with(&id), "{words}");
    assert_eq!(daemon.refused(2, &["--local", "node", "watch", "--cursor", "x"])["reason"], "PAGE_TOKEN_INVALID");
}

#[cfg(unix)]
#[test]
fn an_agent_outlives_the_daemon_and_ends_when_it_is_told() {
    let home = Home::new();
    hasten(&home);
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.ok(&["--local", "node", "register"]);
    let id = daemon.ok(&["--local", "node", "list", "-o", "name"]).trim().to_owned();
    let mut agent = Background::start(&home, "agent", daemon.command(&["node", "run", "-o", "json"]));
    agent.wait_for("heartbeat", 2);
    let address = daemon.kill();
    agent.wait_for("away", 1);
    let daemon = Daemon::start_on(&home, &address).expect("it was there before");
    agent.wait_for("back", 1);
    let before = agent.count("heartbeat");
    agent.wait_for("heartbeat", before + 2);
    assert_eq!((agent.count("away"), agent.count("registered")), (1, 1), "{:?}", agent.objects("err"));
    assert!(agent.count("logged-in") >= 1, "the token was too old for another connection");
    let status = || daemon.json(&["--local", "node", "show", &id])["status"].clone();
    until("it is online", || (status() == "NODE_STATUS_ONLINE").then_some(()));

    let stop = Command::new("kill").args(["-TERM", &agent.child.id().to_string()]).status().unwrap();
    assert!(stop.success());
    assert_eq!(agent.code(), Some(0));
    until("its silence is noticed", || (status() == "NODE_STATUS_OFFLINE").then_some(()));

    // A node that was deleted is not let in again without an invite; its agent says so and ends.
    let mut agent = Background::start(&home, "second", daemon.command(&["node", "run", "--unary", "-o", "json"]));
    agent.wait_for("heartbeat", 1);
    daemon.ok(&["--local", "node", "delete", &id, "--yes"]);
    assert_eq!(agent.code(), Some(2));
    assert!(agent.objects("err").iter().any(|object| object["reason"] == "FIELD_REQUIRED"));
    let run = Run::from(daemon.command(&["node", "run", "--once"]).output().unwrap());
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn a_load_is_put_on_a_daemon_and_its_nodes_are_kept() {
    let home = Home::new();
    hasten(&home);
    let Some(daemon) = Daemon::start(&home) else { return };
    let to = format!("http://{}", daemon.grpc);
    let base = ["--local", "bench", "heartbeat", "--to", &to, "--agents-file", "agents"];
    let short = ["--nodes", "12", "--duration", "1500ms", "--warmup", "200ms"];
    let bench = |arguments: &[&str]| daemon.json(&[&base[..], &short, arguments].concat());
    let report = bench(&["--connections", "2", "--streams-per-connection", "2"]);
    let count = |report: &Value| report["answers"].as_str().unwrap().parse::<u64>().unwrap();
    assert!(count(&report) > 4 && report["errors"] == serde_json::json!({}), "{report}");
    let nodes = || daemon.json(&["--local", "node", "list"]).as_array().unwrap().len();
    assert_eq!(nodes(), 12);
    let report = bench(&["--unary", "--rate", "40", "--connections", "3", "--streams-per-connection", "2"]);
    assert!((1..=60).contains(&count(&report)), "{report}");
    let pid = daemon.pid().to_string();
    let report = bench(&["--paced", "--connections", "2", "--streams-per-connection", "6", "--daemon-pid", &pid]);
    assert!(
        count(&report) >= 12 && report["daemon"]["residentBytesAfter"].is_string(),
        "each has one a second: {report}"
    );
    assert_eq!(nodes(), 12, "those of the file are used again");
    let refused = daemon.refused(2, &[&base[..], &["--nodes", "12", "--paced", "--connections", "2"]].concat());
    assert!(refused["hint"].as_str().unwrap().contains("--streams-per-connection"), "{refused}");
    let refused = daemon.refused(4, &[&base[..], &["--daemon-pid", "4194304"]].concat());
    assert_eq!(refused["reason"], "PROCESS_NOT_FOUND");
}

#[test]
fn a_node_waits_is_approved_labelled_and_expires() {
    let home = Home::new();
    fs::write(home.path().join("cpcd.toml"), "[identity]\njoin = \"approval\"\n").unwrap();
    let Some(daemon) = Daemon::start(&home) else { return };
    let run = daemon.run(&["node", "register", "--namespace", "chat"]);
    assert!(run.code == 0 && run.stderr.contains("cpcctl node approve"), "{run:?}");
    let node = daemon.json(&["node", "register"]);
    let id = node["nodeId"].as_str().unwrap().to_owned();
    assert_eq!(node["isPending"], true);
    let list = |filter: &[&str]| {
        let args: Vec<_> = ["--local", "node", "list", "-o", "name"].iter().chain(filter).copied().collect();
        daemon.ok(&args).trim().to_owned()
    };
    assert_eq!(list(&["--pending", "--namespace", "chat"]), id);
    assert!(daemon.ok(&["--local", "node", "list"]).contains("pending"));
    let status = daemon.ok(&["--local", "status"]);
    assert!(status.contains("1 wait for approval") && status.contains("nodes_per_network: 0 of 4096"), "{status}");
    daemon.ok(&["--local", "node", "approve", &id, "--realm", "lab", "--label", "region=eu"]);
    assert_eq!(list(&["--pending"]), "");
    assert_eq!(list(&["--realm", "lab", "--scheduling", "active"]), id);

    daemon.ok(&["--local", "node", "label", &id, "rack=7"]);
    daemon.ok(&["--local", "node", "label", &id, "--granted", "tier=1", "region-"]);
    let shown = daemon.json(&["--local", "node", "show", &id]);
    assert_eq!(shown["labels"], serde_json::json!({ "rack": "7", "tier": "1" }));
    assert_eq!(shown["grantedLabels"], serde_json::json!({ "tier": "1" }));
    let twice = daemon.run(&["--local", "node", "label", &id, "rack=7", "rack-"]);
    assert_eq!(twice.code, 2, "{twice:?}");

    daemon.ok(&["--local", "node", "expire", "30d", &id]);
    let text = daemon.ok(&["--local", "node", "show", &id]);
    assert!(text.contains("in 29d") || text.contains("in 30d"), "{text}");
    let unasked = daemon.run(&["--local", "node", "expire", "now", &id]);
    assert!(unasked.code == 2 && unasked.stderr.contains("--yes"), "{unasked:?}");
    daemon.ok(&["--local", "--yes", "node", "expire", "now", &id]);
    until("it is gone", || (daemon.run(&["--local", "node", "show", &id]).code == 4).then_some(()));

    let invite = ["--local", "invite", "create", "--kind", "node", "--node-ttl", "30d", "--ephemeral", "--uncounted"];
    let invite = daemon.ok(&invite);
    assert!(invite.contains("for 30d, ephemeral, uncounted"), "{invite}");
}
