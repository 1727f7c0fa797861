//! Friends, grants, and what decides.

use serde_json::Value;

use crate::{
    daemon::Daemon,
    harness::{Home, Run},
};

/// Runs a command as bob, whose keys and sessions are in a folder of their own.
fn as_bob(daemon: &Daemon<'_>, home: &Home, arguments: &[&str]) -> Run {
    let mut command = daemon.command(arguments);
    Run::from(command.env("CPCCTL_CONFIG_DIR", home.path().join("bob")).output().unwrap())
}

fn log_in_bob(daemon: &Daemon<'_>, home: &Home) {
    for arguments in [&["key", "generate"][..], &["--local", "user", "create", "bob"], &["login"]] {
        let run = as_bob(daemon, home, arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
    }
}

#[test]
fn friends_are_asked_answered_listed_and_blocked() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    log_in_bob(&daemon, &home);
    assert_eq!(daemon.ok(&["friend", "list", "-o", "json"]), "[]\n");
    assert_eq!(daemon.json(&["friend", "request", "bob"])["state"], "FRIEND_STATE_OUTGOING");
    let again = daemon.run(&["friend", "request", "bob"]);
    assert_eq!(again.code, 0);
    assert!(again.stderr.contains("nothing was changed"), "{again:?}");
    assert_eq!(daemon.ok(&["friends", "ls", "outgoing", "-o", "name"]), "bob\n");
    assert_eq!(as_bob(&daemon, &home, &["friend", "list", "incoming", "-o", "name"]).stdout, "alice\n");
    assert_eq!(daemon.refused(6, &["friend", "accept", "bob"])["reason"], "FRIEND_REQUEST_NOT_YOURS");
    let accepted = as_bob(&daemon, &home, &["friend", "accept", "alice"]);
    assert!(accepted.code == 0 && accepted.stdout.contains("friends"), "{accepted:?}");
    assert_eq!(daemon.ok(&["friend", "list", "-o", "name"]), "bob\n");
    assert_eq!(daemon.ok(&["friend", "list", "--mutual-with", "bob", "-o", "json"]), "[]\n");

    // Shown to friends, and to them alone.
    let content = ["content", "publish", "--title", "for friends", "--visibility", "friends", "-o", "name"];
    let id = daemon.ok(&content).trim().to_owned();
    let can = format!("content=read@object={id}");
    let told = as_bob(&daemon, &home, &["whoami", "--can", &can]);
    assert!(told.code == 0 && told.stdout.contains("being a friend of the owner"), "{told:?}");
    assert!(daemon.ok(&["whoami", "--can", &can]).contains("being the owner"));
    assert_eq!(daemon.run(&["friend", "block", "bob"]).code, 2, "it asks first");
    assert_eq!(daemon.json(&["friend", "block", "bob", "--yes"])["state"], "FRIEND_STATE_BLOCKED");
    assert_eq!(as_bob(&daemon, &home, &["content", "get", &id]).code, 4);
    assert_eq!(as_bob(&daemon, &home, &["whoami", "--can", &can]).code, 9);
    // Bob asks, and waits.
    assert_eq!(as_bob(&daemon, &home, &["friend", "request", "alice"]).code, 0);
    assert_eq!(daemon.ok(&["friend", "list", "incoming", "-o", "json"]), "[]\n");
    assert_eq!(daemon.json(&["friend", "unblock", "bob"])["state"], "FRIEND_STATE_INCOMING");
    daemon.ok(&["friend", "decline", "bob"]);
    assert_eq!(as_bob(&daemon, &home, &["friend", "list", "outgoing", "-o", "json"]).stdout, "[]\n");
    assert_eq!(daemon.refused(4, &["friend", "request", "nobody"])["reason"], "USER_NOT_FOUND");
    assert_eq!(daemon.refused(2, &["friend", "request", "alice"])["reason"], "FIELD_INVALID");
    assert!(daemon.ok(&["--local", "friend", "list", "blocked", "--user", "alice", "-o", "json"]).starts_with("[]"));
}

#[test]
fn things_are_opened_and_closed_and_users_deleted() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    log_in_bob(&daemon, &home);
    let id = daemon.ok(&["content", "publish", "--title", "a diary", "--visibility", "private", "-o", "name"]);
    let id = id.trim();
    assert_eq!(as_bob(&daemon, &home, &["content", "get", id]).code, 4);
    let made: Value = daemon.json(&["grant", "add", "content", id, "--to", "bob", "--level", "write", "--for", "1h"]);
    assert_eq!((&made["username"], &made["level"]), (&"bob".into(), &"LEVEL_WRITE".into()));
    assert!(made["expiresAt"].is_string());
    assert_eq!(as_bob(&daemon, &home, &["content", "get", id]).code, 0);
    let can = format!("content=write@object={id}");
    let told = as_bob(&daemon, &home, &["whoami", "--can", &can]);
    let grant = made["id"].as_str().unwrap();
    assert!(told.code == 0 && told.stdout.contains(grant), "{told:?}");
    let change = as_bob(&daemon, &home, &["content", "publish", "--id", id, "--title", "our diary"]);
    assert_eq!(change.code, 0, "{change:?}");

    daemon.ok(&["grant", "add", "content", id, "--to-friends"]);
    assert_eq!(daemon.ok(&["grant", "list", "content", id, "-o", "name"]).lines().count(), 2);
    assert!(daemon.ok(&["grant", "list", "content", id]).contains("friends"));
    assert_eq!(as_bob(&daemon, &home, &["grant", "list", "-o", "name"]).stdout.trim(), grant);
    assert_eq!(daemon.run(&["grant", "revoke", grant]).code, 2, "it asks first");
    daemon.ok(&["grant", "revoke", grant, "--yes"]);
    assert_eq!(as_bob(&daemon, &home, &["content", "get", id]).code, 4);
    assert_eq!(daemon.refused(4, &["grant", "revoke", grant, "--yes"])["reason"], "GRANT_NOT_FOUND");
    assert_eq!(daemon.run(&["grant", "add", "content", id]).code, 2, "nobody is named");

    assert_eq!(daemon.refused(5, &["user", "delete", "bob", "--yes"])["reason"], "PERMISSION_DENIED");
    assert_eq!(daemon.run(&["--local", "user", "delete", "bob"]).code, 2, "it asks first");
    daemon.ok(&["--local", "user", "delete", "bob", "--yes"]);
    assert_eq!(daemon.refused(4, &["--local", "user", "show", "bob"])["reason"], "USER_NOT_FOUND");
    assert_eq!(as_bob(&daemon, &home, &["friend", "list"]).code, 5);
}
