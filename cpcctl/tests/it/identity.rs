//! Keys, recovery codes, service tokens and accounts, with the program that people use.

use std::fs;

use crate::{daemon::Daemon, harness::Home};

#[test]
fn a_program_uses_a_service_token_and_is_asked_for_no_key() {
    let home = Home::new();
    // Every session is too old: what lasts is confirmed by the context's key.
    fs::write(home.path().join("cpcd.toml"), "[identity]\nfresh_login_seconds = 0\n").unwrap();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let made = daemon.json(&["token", "create", "deploy", "--permission", "content=write", "--ttl", "30d"]);
    let (id, text) = (made["serviceToken"]["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    assert!(text.starts_with("cpc_st_"), "{made}");
    let shown = daemon.ok(&["token", "list"]);
    assert!(shown.contains("deploy") && shown.contains("content=write") && !shown.contains(text), "{shown}");

    fs::write(home.path().join("deploy.token"), text).unwrap();
    let who = daemon.json(&["--token-file", "deploy.token", "whoami"]);
    assert_eq!((who["kind"].as_str(), who["serviceToken"]["id"].as_str()), (Some("CALLER_KIND_SERVICE"), Some(id)));
    let run = crate::harness::Run::from(
        daemon
            .command(&["content", "publish", "--title", "a build", "-o", "json"])
            .env("CPCCTL_TOKEN", text)
            .output()
            .unwrap(),
    );
    assert_eq!(run.code, 0, "{run:?}");
    let more = ["--token-file", "deploy.token", "token", "create", "more", "--permission", "content=read"];
    assert_eq!(daemon.refused(5, &more)["reason"], "PERMISSION_DENIED");

    daemon.ok(&["token", "revoke", id, "--yes"]);
    let refused = daemon.refused(5, &["--token-file", "deploy.token", "whoami"]);
    assert_eq!(refused["reason"], "TOKEN_REVOKED", "and nothing is renewed: {refused}");
    assert_eq!(daemon.json(&["whoami"])["user"]["username"], "alice", "the context's own session goes on");
}

#[test]
fn keys_come_and_go_and_a_code_brings_one_back() {
    let home = Home::new();
    fs::write(home.path().join("cpcd.toml"), "[identity]\nfresh_login_seconds = 0\n").unwrap();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    for name in ["laptop", "new", "found"] {
        daemon.ok(&["key", "generate", "--out", name]);
    }
    let laptop = daemon.json(&["user", "key", "add", "--key", "laptop", "--name", "laptop"]);
    assert_eq!(daemon.json(&["user", "key", "list"]).as_array().unwrap().len(), 2);
    daemon.ok(&["--context", "laptop", "login", "--key", "laptop"]);
    daemon.ok(&["--context", "laptop", "whoami"]);

    let codes = daemon.ok(&["user", "recovery-codes", "-o", "name"]);
    assert_eq!(codes.lines().count(), 10, "{codes}");
    daemon.ok(&["user", "key", "rotate", "--key", "new"]);
    daemon.ok(&["whoami"]);
    daemon.ok(&["user", "key", "revoke", laptop["id"].as_str().unwrap(), "--yes"]);
    assert_eq!(daemon.refused(5, &["--context", "laptop", "login", "--key", "laptop"])["reason"], "LOGIN_REFUSED");
    let last = daemon.json(&["user", "key", "list"]);
    let last = last[0]["id"].as_str().unwrap();
    assert_eq!(daemon.refused(6, &["user", "key", "revoke", last, "--yes"])["reason"], "LAST_KEY");

    fs::write(home.path().join("code"), codes.lines().next().unwrap()).unwrap();
    let recover = ["recover", "alice", "--key", "found", "--code-file", "code"];
    assert_eq!(daemon.json(&recover)["username"], "alice");
    assert_eq!(daemon.refused(5, &recover)["reason"], "RECOVERY_REFUSED", "a code is good once");
    daemon.ok(&["login", "--key", "found"]);
    assert_eq!(daemon.json(&["user", "key", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn who_asks_to_join_waits_and_who_misbehaves_is_out() {
    let home = Home::new();
    fs::write(home.path().join("cpcd.toml"), "[identity]\njoin = \"approval\"\n").unwrap();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.ok(&["key", "generate"]);
    let waits = daemon.refused(6, &["login", "--username", "bob"]);
    assert_eq!(waits["reason"], "APPROVAL_PENDING");
    assert!(waits["hint"].as_str().unwrap().contains("user approve"), "{waits}");
    assert_eq!(daemon.ok(&["--local", "user", "list", "--state", "pending", "-o", "name"]), "bob\n");
    daemon.ok(&["--local", "user", "approve", "bob"]);
    daemon.ok(&["login"]);

    let suspended = daemon.json(&["--local", "user", "suspend", "bob", "--yes"]);
    assert_eq!(suspended[0]["state"], "USER_STATE_SUSPENDED");
    assert_eq!(daemon.refused(6, &["login"])["reason"], "USER_SUSPENDED");
    daemon.ok(&["--local", "user", "resume", "bob"]);
    daemon.ok(&["login"]);

    let invite = daemon.json(&["--local", "invite", "create", "--kind", "user", "--uses", "2"]);
    fs::write(home.path().join("invite"), invite["code"].as_str().unwrap()).unwrap();
    daemon.ok(&["key", "generate", "--out", "carol"]);
    daemon.ok(&["--context", "carol", "login", "--key", "carol", "--invite-file", "invite", "--username", "carol"]);
    let id = invite["id"].as_str().unwrap();
    assert!(daemon.ok(&["--local", "invite", "uses", id]).contains("carol"));
    assert!(daemon.ok(&["--local", "invite", "show", id]).contains("1 of 2"));
    let ends = ["--local", "invite", "revoke", id, "--end-what-it-let-in"];
    let dry = daemon.json(&[&ends[..], &["--dry-run"]].concat());
    assert_eq!((dry[0]["usersSuspended"].as_str(), dry[0]["revokedAt"].as_str()), (Some("1"), None), "{dry}");
    daemon.refused(2, &ends);
    assert_eq!(daemon.json(&[&ends[..], &["--yes"]].concat())[0]["usersSuspended"], "1");
    assert_eq!(daemon.refused(6, &["--context", "carol", "login"])["reason"], "USER_SUSPENDED");
}
