//! Allocations: asked for, followed, provided by a real agent and given back, against a real cpcd; and what needs none.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::Value;

use crate::{
    daemon::{Daemon, until},
    harness::Home,
    nodes::Background,
};

#[test]
fn a_request_is_shown_before_it_is_sent() {
    let home = Home::new();
    let arguments = [
        "alloc",
        "request",
        "--cpu",
        "500m",
        "--memory",
        "1.5GiB",
        "--bandwidth",
        "100Mbit",
        "--nodes",
        "3",
        "--region",
        "eu",
        "--node-label",
        "disk=ssd",
        "--spread-over",
        "rack",
        "--label",
        "job=render",
        "--exclusive",
        "--binpack",
        "--ttl",
        "10m",
        "--request-id",
        "job-17",
        "--wait",
        "--dry-run",
    ];
    let table = home.ok(&arguments);
    let expected = "\
Nodes       3
Each        cpu 500m, memory 1536MiB, bandwidth 100Mbit
Placement   labels disk=ssd
            region eu
            spread over rack
Strategy    binpack, exclusive
Labels      job=render
Request id  job-17
";
    assert_eq!(table, expected);
    let json: Value = serde_json::from_str(&home.ok(&[&arguments[..], &["-o", "json"]].concat())).unwrap();
    let resources = serde_json::json!({
        "cpuMillicores": "500", "memoryBytes": "1610612736", "bandwidthBitsPerSecond": "100000000",
    });
    assert_eq!((&json["resources"], &json["ttlSeconds"], &json["wait"]), (&resources, &600.into(), &true.into()));
    assert_eq!(json["placement"]["spreadOverLabel"], "rack");
    assert_eq!(home.ok(&[&arguments[..], &["-o", "name"]].concat()), "job-17\n");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_sent() {
    let home = Home::new();
    let refused = |arguments: &[&str]| home.refused(2, &[&["allocation"], arguments, &["-o", "json"]].concat());
    assert!(refused(&["request"])["message"].as_str().unwrap().contains("--cpu"));
    assert!(refused(&["request", "--cpu", "many"])["message"].as_str().unwrap().contains("500m"));
    assert!(refused(&["request", "--memory", "5 parsecs"])["message"].as_str().unwrap().contains("512MiB"));
    assert!(refused(&["request", "--cpu", "1", "--nodes", "65"])["message"].as_str().unwrap().contains("64"));
    let twice = refused(&["request", "--cpu", "1", "--label", "a=1", "--label", "a=2"]);
    assert_eq!(twice["message"], "--label: a name is given twice");
    // Nobody can be asked here, so it says what to add.
    assert!(refused(&["release", "some-id"])["message"].as_str().unwrap().contains("--yes"));
    assert!(refused(&["renew", "one", "two", "--epoch", "3"])["message"].as_str().unwrap().contains("one id"));
}

/// Registers a node with so much, and gives its id.
fn node(daemon: &Daemon<'_>, key: &str, millicores: &str) -> String {
    let arguments = ["--local", "node", "register", "--key", key, "--cpu-millicores", millicores];
    daemon.ok(&[&arguments[..], &["--memory-bytes", "1073741824", "-o", "name"]].concat()).trim().to_owned()
}

#[test]
fn resources_are_leased_shown_renewed_and_given_back() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    assert_eq!(daemon.ok(&["--local", "alloc", "ls", "-o", "json"]), "[]\n");
    let first = node(&daemon, "first.key", "4000");
    let ask = [
        "--local",
        "alloc",
        "request",
        "--cpu",
        "1500m",
        "--memory",
        "256MiB",
        "--label",
        "job=render",
        "--ttl",
        "10m",
    ];
    let named = [&ask[..], &["--request-id", "job-1"]].concat();
    let made = daemon.json(&named);
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        (&made["state"], &made["parts"][0]["nodeId"]),
        (&"ALLOCATION_STATE_ACTIVE".into(), &first.as_str().into())
    );
    assert_eq!(daemon.json(&named)["id"], id, "the same request again leases nothing more");
    assert_eq!(
        daemon.refused(6, &[&named[..], &["--nodes", "2"]].concat())["reason"],
        "REQUEST_ID_REUSED",
        "a name is for one request"
    );

    let table = daemon.ok(&["--local", "alloc", "show", id]);
    for expected in
        ["State         active", "Epoch         1", "Each          cpu 1500m, memory 256MiB", "job=render", &first]
    {
        assert!(table.contains(expected), "{expected}: {table}");
    }
    let list = daemon.ok(&["--local", "alloc", "ls", "--label", "job=render"]);
    let line: Vec<_> = list.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!((line[0], line[1], line[line.len() - 1]), ("active", "1/1", id), "{list}");
    assert!(list.lines().all(|line| line.trim_end() == line), "{list}");
    assert_eq!(daemon.ok(&["--local", "alloc", "ls", "--node", &first, "-o", "name"]), format!("{id}\n"));
    assert_eq!(daemon.ok(&["--local", "alloc", "ls", "--state", "pending", "-o", "name"]), "");

    let renewed = daemon.json(&["--local", "alloc", "renew", id, "--epoch", "1", "--ttl", "1h"]);
    let left: u64 = renewed[0]["expiresInMs"].as_str().unwrap().parse().unwrap();
    assert!((3_500_000..=3_600_000).contains(&left), "{renewed}");
    assert_eq!(daemon.refused(2, &["--local", "alloc", "renew", id, "--epoch", "9"])["reason"], "FIELD_INVALID");

    // 2.5 cores are left: no second one of 3, but it can wait until there is room.
    let more = ["--local", "alloc", "request", "--cpu", "3"];
    assert_eq!(daemon.refused(7, &more)["reason"], "NO_CAPACITY");
    let pending = daemon.json(&[&more[..], &["--may-wait"]].concat());
    assert_eq!(pending["state"], "ALLOCATION_STATE_PENDING");
    let waiting = daemon
        .refused(3, &["--timeout", "300ms", "--local", "alloc", "show", pending["id"].as_str().unwrap(), "--wait"]);
    assert_eq!(waiting["reason"], "DEADLINE_EXCEEDED");

    assert_eq!(daemon.ok(&["--local", "alloc", "release", id, "--dry-run", "-o", "name"]), format!("{id}\n"));
    assert_eq!(daemon.json(&["--local", "alloc", "show", id])["state"], "ALLOCATION_STATE_ACTIVE");
    let released = daemon.json(&["--local", "alloc", "release", id, "--yes"]);
    assert_eq!(released[0]["state"], "ALLOCATION_STATE_RELEASED");
    daemon.ok(&["--local", "alloc", "release", id, "--yes"]);
    assert_eq!(daemon.refused(6, &["--local", "alloc", "renew", id])["reason"], "ALLOCATION_ENDED");
    assert!(daemon.ok(&["--local", "alloc", "ls", "--all", "-o", "name"]).contains(id));
    assert_eq!(daemon.ok(&["--local", "alloc", "ls", "--state", "released", "-o", "name"]), format!("{id}\n"));
    assert_eq!(daemon.refused(4, &["--local", "alloc", "show", &first])["reason"], "ALLOCATION_NOT_FOUND");
}

#[test]
fn a_ticket_is_checked_without_the_server() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.ok(&["key", "generate"]);
    daemon.ok(&[
        "--local",
        "user",
        "create",
        "alice",
        "--permission",
        "allocations=write",
        "--permission",
        "nodes=read",
    ]);
    daemon.ok(&["login"]);
    node(&daemon, "first.key", "4000");
    node(&daemon, "second.key", "4000");
    let made = daemon.json(&["alloc", "request", "--cpu", "1", "--nodes", "2", "--ticket-file", "tickets"]);
    let mode = fs::metadata(home.path().join("tickets")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let server = daemon.json(&["--local", "status"])["serverId"].as_str().unwrap().to_owned();
    drop(daemon);
    let verify = ["alloc", "verify", "--ticket", "tickets", "--server-id", &server];
    let read: Value = serde_json::from_str(&home.ok(&[&verify[..], &["-o", "json"]].concat())).unwrap();
    assert_eq!(read.as_array().unwrap().len(), 2);
    for (ticket, part) in read.as_array().unwrap().iter().zip(made["parts"].as_array().unwrap()) {
        assert_eq!((&ticket["allocationId"], &ticket["node"]), (&made["id"], &part["peerId"]));
        assert_eq!((&ticket["cpuMillicores"], &ticket["epoch"]), (&"1000".into(), &"1".into()));
    }
    assert_eq!(
        home.ok(&["alloc", "verify", "--ticket", "tickets", "-o", "json"]),
        home.ok(&[&verify[..], &["-o", "json"]].concat())
    );

    // Each is for its own node, of its own server, and as it was signed.
    let rejected = |arguments: &[&str]| {
        let run = home.run(&[&["alloc", "verify", "--ticket", "tickets", "-o", "json"], arguments].concat());
        assert_eq!(run.code, 9, "{run:?}");
        let error: Value = serde_json::from_str(&run.stderr).unwrap();
        assert_eq!(error["reason"], "TICKET_INVALID");
        error["message"].as_str().unwrap().to_owned()
    };
    let peer = made["parts"][0]["peerId"].as_str().unwrap();
    assert!(rejected(&["--node", peer]).contains("line 2: the ticket is for another node"));
    assert!(rejected(&["--server-id", peer]).contains("another server"));
    let text = fs::read_to_string(home.path().join("tickets")).unwrap();
    let (head, tail) = text.split_at(200);
    fs::write(home.path().join("tickets"), format!("{head}{}", tail.replacen('A', "B", 1))).unwrap();
    assert!(rejected(&[]).contains("line 1"));
    assert_eq!(home.refused(4, &["alloc", "verify", "--ticket", "nowhere", "-o", "json"])["reason"], "FILE_NOT_FOUND");
}

#[test]
fn leases_are_counted_and_given_back_by_the_bench() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let bench = ["--local", "bench", "allocate", "--at-once", "4", "--duration", "800ms", "--warmup", "100ms"];
    let run = daemon.run(&[&bench[..], &["-o", "json"]].concat());
    assert_eq!(run.code, 1, "nobody has anything: {run:?}");
    assert_eq!(serde_json::from_str::<Value>(&run.stderr).unwrap()["reason"], "NOTHING_GRANTED");
    node(&daemon, "first.key", "4000");
    let report = daemon.json(&[&bench[..], &["--release-after", "50ms"]].concat());
    let count = |name: &str| report[name].as_str().unwrap().parse::<u64>().unwrap();
    assert!(count("granted") > 0 && count("released") > 0 && report["errors"] == serde_json::json!({}), "{report}");
    let bars = report["histogram"].as_array().unwrap().iter();
    assert_eq!(bars.map(|bar| bar["count"].as_str().unwrap().parse::<u64>().unwrap()).sum::<u64>(), count("answers"));
    until("all is given back", || (daemon.ok(&["--local", "alloc", "ls", "-o", "name"]).is_empty()).then_some(()));
}

#[test]
fn a_watch_shows_each_change_and_ends_with_its_allocation() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    node(&daemon, "first.key", "4000");
    let id = daemon.ok(&["--local", "alloc", "request", "--cpu", "1", "-o", "name"]).trim().to_owned();
    let command = daemon.command(&["--local", "alloc", "watch", &id, "-o", "ndjson"]);
    let mut watch = Background::start(&home, "watch", command);
    until("it watches", || watch.objects("out").first().map(drop));
    daemon.ok(&["--local", "alloc", "renew", &id]);
    daemon.ok(&["--local", "alloc", "request", "--cpu", "1"]);
    daemon.ok(&["--local", "alloc", "release", &id, "--yes"]);
    assert_eq!(watch.code(), Some(0));
    let seen = watch.objects("out");
    let cursor = seen[0]["cursor"].as_str().unwrap();
    let events: Vec<_> = seen.iter().filter_map(|seen| seen.get("event")).collect();
    let kinds: Vec<_> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["allocation.renewed", "allocation.released"]);
    assert!(events.iter().all(|event| event["allocation"]["id"] == id.as_str()), "{seen:?}");
    let words = daemon.ok(&["--local", "alloc", "watch", &id, "--cursor", cursor]);
    assert!(words.contains("renewed") && words.trim_end().ends_with(&id), "{words}");
}
