//! The audit, listed, exported and verified.

use std::fs;

use serde_json::Value;

use crate::{
    daemon::{Daemon, until},
    harness::Home,
};

fn lines(path: &std::path::Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_kept_export_and_the_server_are_compared() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let own = daemon.json(&["audit", "list"]);
    assert_eq!((own.as_array().unwrap().len(), &own[0]["action"]), (1, &"IdentityService/Authenticate".into()));
    let all =
        daemon.json(&["--local", "audit", "list", "--action", "IdentityService/", "--outcome", "ok", "--since", "1h"]);
    assert_eq!(all[1]["actorKind"], "local_admin");
    let by_name = daemon.json(&["--local", "audit", "list", "--actor", "alice", "--limit", "5"]);
    assert_eq!(by_name, own);
    until("all is sealed", || {
        let verified = daemon.json(&["--local", "audit", "verify"]);
        (verified["verifiedThrough"] == "2").then_some(())
    });
    let server_id = daemon.json(&["--local", "audit", "verify"])["serverId"].as_str().unwrap().to_owned();

    let file = home.path().join("audit.jsonl");
    let export = ["--local", "audit", "export", "--file", "audit.jsonl", "--server-id", &server_id];
    daemon.ok(&export);
    assert_eq!(lines(&file).len(), 3, "two entries and a seal");
    daemon.ok(&["--local", "user", "permit", "alice", "--permission", "system=read"]);
    until("more is sealed", || {
        daemon.ok(&export);
        (lines(&file).len() >= 5).then_some(())
    });
    // What was cut off in the midst of a line is asked for again.
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 20]).unwrap();
    daemon.ok(&export);
    let offline = ["audit", "verify", "--file", "audit.jsonl", "--offline", "--server-id", &server_id];
    assert_eq!(daemon.json(&offline)["verifiedThrough"], "3");
    // With the server's id from the context of the login. Refusals may have come meanwhile.
    let verified = daemon.json(&["audit", "verify", "--file", "audit.jsonl"]);
    assert!(verified["verifiedThrough"].as_str().unwrap().parse::<u64>().unwrap() >= 3, "{verified}");
    assert!(daemon.ok(&["audit", "export", "--after", "3"]).contains("AUDIT_SEAL_KIND_HEAD"));
    daemon.ok(&["--local", "user", "permit", "alice", "--permission", "system=read", "--remove"]);
    assert_eq!(daemon.refused(5, &["audit", "verify"])["reason"], "PERMISSION_DENIED");

    let good = fs::read_to_string(&file).unwrap();
    let other_server = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
    let wrong = ["audit", "verify", "--file", "audit.jsonl", "--offline", "--server-id", other_server];
    assert_eq!(daemon.refused(9, &wrong)["reason"], "AUDIT_BROKEN", "not by that server");
    for (what, changed) in [
        ("an entry", good.replacen("local_admin", "user", 1)),
        ("a line that is gone", good.split_once('\n').unwrap().1.to_owned()),
        ("a line twice", format!("{}\n{good}", good.lines().next().unwrap())),
        ("the end", good.lines().take(good.lines().count() - 1).map(|line| format!("{line}\n")).collect()),
        ("no export", "{\"entry\":\n".to_owned()),
    ] {
        fs::write(&file, changed).unwrap();
        let failure = daemon.refused(9, &offline);
        assert_eq!(failure["reason"], "AUDIT_BROKEN", "{what}: {failure}");
    }
    // What the file has and the server has not any more.
    fs::write(&file, &good).unwrap();
    drop(daemon);
    let other = Home::new();
    let Some(daemon) = Daemon::start(&other) else { return };
    fs::copy(&file, other.path().join("audit.jsonl")).unwrap();
    let failure = daemon.refused(9, &["--local", "audit", "verify", "--file", "audit.jsonl"]);
    assert_eq!(failure["reason"], "AUDIT_BROKEN", "another server's: {failure}");
}
