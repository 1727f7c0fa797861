//! cpcctl against a real cpcd, where one was built beside it.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::harness::{Home, Run, without};

/// A cpcd with its files in a home, killed when dropped.
pub(crate) struct Daemon<'a> {
    home: &'a Home,
    child: Child,
    pub(crate) grpc: String,
}

impl<'a> Daemon<'a> {
    /// Starts cpcd on a free port; none if it was not built.
    pub(crate) fn start(home: &'a Home) -> Option<Self> {
        Self::start_on(home, "127.0.0.1:0")
    }

    pub(crate) fn start_on(home: &'a Home, grpc: &str) -> Option<Self> {
        let program = Path::new(env!("CARGO_BIN_EXE_cpcctl")).with_file_name("cpcd");
        if !program.exists() {
            without("cpcd (cargo build -p cpcd)");
            return None;
        }
        let addresses = home.path().join("addresses");
        let _ = fs::remove_file(&addresses);
        let child = Command::new(program)
            .args([
                "--data-dir",
                "data",
                "--grpc-listen",
                grpc,
                "--rest-listen",
                "127.0.0.1:0",
                "--addr-file",
                "addresses",
            ])
            .args(home.path().join("cpcd.toml").exists().then_some(["--config", "cpcd.toml"]).into_iter().flatten())
            .current_dir(home.path())
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(fs::File::create(home.path().join("cpcd.out")).unwrap())
            .stderr(fs::File::create(home.path().join("cpcd.err")).unwrap())
            .spawn()
            .unwrap();
        let mut daemon = Self { home, child, grpc: String::new() };
        daemon.grpc = until("cpcd listens", || {
            let addresses: Value = serde_json::from_str(&fs::read_to_string(&addresses).ok()?).ok()?;
            Some(addresses["grpc"].as_str()?.to_owned())
        });
        Some(daemon)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.grpc.clone()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(arguments);
        command
            .env("CPCCTL_ENDPOINT", format!("http://{}", self.grpc))
            .env("CPCCTL_SOCKET", self.home.path().join("data/cpcd.sock"));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::from(self.command(arguments).output().unwrap())
    }

    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.stdout
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[arguments, &["-o", "json"]].concat())).unwrap()
    }

    /// The one object on stderr of a command that has to fail.
    pub(crate) fn refused(&self, code: i32, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["-o", "json"]].concat());
        assert_eq!(run.code, code, "{arguments:?}: {run:?}");
        serde_json::from_str(&run.stderr).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {run:?}"))
    }

    /// Makes a key and a user, and logs in.
    pub(crate) fn log_in(&self) {
        self.ok(&["key", "generate"]);
        self.ok(&["--local", "user", "create", "alice"]);
        self.ok(&["login"]);
    }

    fn contents(&self) -> u64 {
        self.json(&["--local", "status"])["contents"].as_str().map_or(0, |count| count.parse().unwrap())
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for a condition, within a deadline.
pub(crate) fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
        thread::park_timeout(Duration::from_millis(20));
    }
}

#[test]
fn the_way_from_a_key_to_a_search_result() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    assert_eq!(daemon.ok(&["whoami", "-o", "name"]), "alice\n");
    assert_eq!(daemon.ok(&["--local", "whoami", "-o", "name"]), "local administrator\n");
    assert_eq!(daemon.json(&["version"])["server"], daemon.json(&["--local", "status"])["version"]);
    assert_eq!(daemon.json(&["--local", "user", "list"]).as_array().unwrap().len(), 1);
    let user = daemon.json(&["user", "show", "alice"]);
    assert_eq!(user["peerId"], daemon.json(&["key", "show"])["peerId"]);
    assert_eq!(user["publicKey"], daemon.json(&["key", "show"])["publicKey"]);

    assert_eq!(daemon.ok(&["content", "list", "-o", "json"]), "[]\n");
    let publish = ["content", "publish", "--title", "Ubuntu handbook", "--tag", "docs", "--description", "one\ntwo"];
    let id = daemon.ok(&[&publish[..], &["-o", "name"]].concat()).trim().to_owned();
    assert_eq!(daemon.json(&publish)["outcome"], "PUBLISH_OUTCOME_UNCHANGED", "repeating it doubles nothing");
    until("the index has it", || {
        (daemon.ok(&["search", "-o", "name", "handbooks"]) == format!("{id}\n")).then_some(())
    });
    assert!(daemon.ok(&["search", "\"ubuntu handbook\""]).contains(&id));
    assert_eq!(daemon.ok(&["search", "--", "handbook", "-ubuntu"]), "");
    assert_eq!(daemon.ok(&["search", "--owner", "me", "--tag", "docs", "-o", "name"]), format!("{id}\n"));
    assert!(daemon.ok(&["content", "get", &id]).contains("one\n"));
    assert_eq!(daemon.ok(&["content", "delete", &id, "--yes", "-o", "name"]), format!("{id}\n"));

    assert_eq!(daemon.refused(4, &["content", "get", &id])["reason"], "CONTENT_NOT_FOUND");
    assert_eq!(daemon.refused(4, &["content", "delete", &id, "--yes"])["code"], "not_found");
    assert_eq!(daemon.refused(6, &["--local", "user", "create", "alice"])["code"], "already_exists");
    let denied = daemon.refused(5, &["status"]);
    assert_eq!(denied["reason"], "PERMISSION_DENIED");
    assert!(denied["requestId"].as_str().is_some_and(|id| !id.is_empty()), "{denied}");
    let wrong = daemon.refused(2, &["content", "publish", "--title", &"x".repeat(300)]);
    assert_eq!((&wrong["reason"], &wrong["fields"][0]["field"]), (&"FIELD_TOO_LONG".into(), &"title".into()));
}

#[test]
fn a_session_is_renewed_by_its_key_and_only_for_its_server() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let edit = |name: &str, change: &dyn Fn(&mut Value)| {
        let path = home.config().join(name);
        let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut value["default"]);
        fs::write(&path, value.to_string()).unwrap();
    };
    let sessions = "sessions.json";
    edit(sessions, &|session| session["expiresAt"] = "2020-01-01T00:00:00Z".into());
    assert_eq!(daemon.ok(&["whoami", "-o", "name"]), "alice\n");
    edit(sessions, &|session| session["accessToken"] = "no.longer.good".into());
    assert_eq!(
        daemon.ok(&["whoami", "-o", "name"]),
        "alice\n",
        "the server refused the token, the refresh token renewed the session"
    );
    assert_eq!(daemon.json(&["session", "list"]).as_array().unwrap().len(), 1, "it is still the first one");
    edit(sessions, &|session| {
        session["accessToken"] = "no.longer.good".into();
        session["refreshToken"] = "cpcr_neither".into();
    });
    assert_eq!(daemon.ok(&["whoami", "-o", "name"]), "alice\n", "the key opened a new session");

    // The token goes to the server that gave it, under the name it was given for.
    let elsewhere = format!("http://localhost:{}", daemon.grpc.rsplit_once(':').unwrap().1);
    assert_eq!(daemon.ok(&["whoami", "--endpoint", &elsewhere, "-o", "name"]), "anonymous\n");

    let token = fs::read_to_string(home.config().join(sessions)).unwrap();
    let token = serde_json::from_str::<Value>(&token).unwrap()["default"]["accessToken"].as_str().unwrap().to_owned();
    fs::write(home.path().join("token"), format!("{token}\n")).unwrap();
    assert_eq!(daemon.ok(&["whoami", "--endpoint", &elsewhere, "--token-file", "token", "-o", "name"]), "alice\n");

    let other = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
    edit("contexts.json", &|context| context["serverId"] = other.into());
    edit(sessions, &|session| session["expiresAt"] = "2020-01-01T00:00:00Z".into());
    for arguments in [&["whoami"][..], &["login"]] {
        let error = daemon.refused(5, arguments);
        assert_eq!(error["reason"], "SERVER_CHANGED");
        assert!(error["hint"].as_str().unwrap().contains("--repin"), "{error}");
    }
    daemon.ok(&["login", "--repin"]);
    assert_eq!(daemon.ok(&["whoami", "-o", "name"]), "alice\n");
}

#[test]
fn a_session_is_listed_and_ended() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let first = daemon.json(&["session", "list"])[0]["id"].as_str().unwrap().to_owned();
    daemon.ok(&["login"]);
    let listed = daemon.json(&["--local", "session", "list", "--user", "alice"]);
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(daemon.ok(&["session", "end", &first, "-o", "name"]), format!("{first}\n"));
    let listed = daemon.json(&["session", "list"]);
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["isCurrent"]), (1, &true.into()), "{listed}");
    assert_eq!(daemon.ok(&["logout", "-o", "name"]), "default\n");
    assert_eq!(daemon.refused(5, &["whoami"])["reason"], "LOGIN_NEEDED", "the key is not used unasked");
    assert_eq!(daemon.json(&["--local", "session", "list", "--user", "alice"]).as_array().unwrap().len(), 0);
    daemon.ok(&["login"]);
    assert_eq!(daemon.ok(&["whoami", "-o", "name"]), "alice\n");
}

#[test]
fn a_file_is_published_and_what_is_wrong_in_it_is_listed() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let lines = "{\"title\":\"one\"}\nnonsense\n\n{\"title\":\"\"}\n{\"title\":\"two\",\"requestId\":\"r\"}\n";
    fs::write(home.path().join("lines"), lines).unwrap();
    let run = daemon.run(&["content", "publish", "--from", "lines"]);
    assert_eq!(run.code, 8, "{run:?}");
    assert!(run.stdout.contains("Published  2\n") && run.stdout.contains("Refused    2\n"), "{run:?}");
    assert!(run.stderr.contains("line 2: LINE_INVALID") && run.stderr.contains("line 4: FIELD_REQUIRED"), "{run:?}");

    let run = daemon.run(&["content", "publish", "--from", "lines", "-o", "json"]);
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&summary["published"], &summary["unchanged"], &summary["refused"]),
        (&"0".into(), &"2".into(), &"2".into())
    );
    let refusals: Vec<_> =
        summary["refusals"].as_array().unwrap().iter().map(|r| r["line"].as_str().unwrap()).collect();
    assert_eq!(refusals, ["2", "4"]);
    assert_eq!(serde_json::from_str::<Value>(&run.stderr).unwrap()["reason"], "ENTRIES_REFUSED");
    assert_eq!(daemon.contents(), 2);
}

#[test]
fn a_daemon_that_is_killed_on_the_way_loses_and_doubles_nothing() {
    const LINES: u64 = 6_000;
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let line = |number: u64| format!("{{\"title\":\"entry {number}\",\"description\":\"{}\"}}\n", "words ".repeat(20));
    let mut publish = daemon
        .command(&["content", "publish", "--from", "-", "-o", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = publish.stdin.take().unwrap();
    (0..LINES / 2).for_each(|number| stdin.write_all(line(number).as_bytes()).unwrap());
    until("something is stored", || (daemon.contents() > 0).then_some(()));
    let address = daemon.kill();
    let writer = thread::spawn(move || {
        (LINES / 2..LINES).for_each(|number| stdin.write_all(line(number).as_bytes()).unwrap());
    });
    let daemon = Daemon::start_on(&home, &address).expect("it was there before");
    let run = Run::from(publish.wait_with_output().unwrap());
    writer.join().unwrap();
    assert_eq!(run.code, 0, "{run:?}");
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    let count = |name: &str| summary[name].as_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(count("published") + count("unchanged"), LINES, "{run:?}");
    assert_eq!(daemon.contents(), LINES);
}

#[test]
fn an_invite_is_made_and_somebody_joins_by_it() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let made = daemon.json(&["--local", "invite", "create", "--kind", "user", "--permission", "content=read"]);
    let (id, code) = (made["id"].as_str().unwrap(), made["code"].as_str().unwrap());
    assert!(code.starts_with("cpci_"), "{made}");
    assert!(!daemon.ok(&["--local", "invite", "list", "-o", "json"]).contains(code), "it is shown once");
    fs::write(home.path().join("invite"), format!("{code}\n")).unwrap();
    daemon.ok(&["key", "generate"]);
    let refused = daemon.refused(5, &["login"]);
    assert!(refused["hint"].as_str().unwrap().contains("--invite-file"), "{refused}");
    assert_eq!(daemon.refused(2, &["login", "--invite-file", "invite"])["reason"], "FIELD_REQUIRED");
    let run = daemon.run(&["login", "--invite", code]);
    assert!(run.code == 2 && run.stderr.contains("--invite-file") && !run.stderr.contains("panicked"), "{run:?}");
    assert_eq!(daemon.ok(&["login", "--invite-file", "invite", "--username", "bob", "-o", "name"]), "bob\n");
    assert_eq!(daemon.json(&["whoami"])["user"]["permissions"][0]["level"], "LEVEL_READ");
    let listed = daemon.json(&["--local", "invite", "list", "--kind", "user"]);
    assert_eq!((&listed[0]["id"], &listed[0]["uses"]), (&made["id"], &1.into()));
    assert!(daemon.ok(&["--local", "invite", "list"]).contains("0 of 1"));

    let mut command =
        daemon.command(&["login", "--invite", "-", "--username", "eve", "--context", "other", "-o", "json"]);
    let mut join = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let second =
        daemon.ok(&["--local", "invite", "create", "--kind", "node", "--realm", "lab", "--label", "a=b", "-o", "name"]);
    join.stdin.take().unwrap().write_all(second.as_bytes()).unwrap();
    let run = Run::from(join.wait_with_output().unwrap());
    assert_eq!(run.code, 0, "the key is bob's, so this is a login: {run:?}");

    assert_eq!(daemon.ok(&["--local", "invite", "revoke", id, "-o", "name"]), format!("{id}\n"));
    assert_eq!(
        daemon.refused(4, &["--local", "invite", "revoke", "0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21"])["reason"],
        "INVITE_NOT_FOUND"
    );
    let run = Run::from(daemon.command(&["login"]).env("CPCCTL_INVITE", "cpci_AAAA").output().unwrap());
    assert!(run.code == 2 && run.stderr.contains("cpci_"), "{run:?}");
}

#[test]
fn an_invite_says_where_to_join_and_which_server_to_trust() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let code = daemon.ok(&["--local", "invite", "create", "--kind", "user", "-o", "name"]);
    fs::write(home.path().join("invite"), &code).unwrap();
    daemon.ok(&["key", "generate"]);
    // Another server that answers at the same place gets no signature, though nothing was pinned before.
    let address = daemon.kill();
    fs::remove_dir_all(home.path().join("data")).unwrap();
    let daemon = Daemon::start_on(&home, &address).expect("it was there before");
    let refused = daemon.refused(5, &["login", "--invite-file", "invite", "--username", "bob"]);
    assert_eq!(refused["reason"], "SERVER_CHANGED");
    drop(daemon);

    fs::remove_dir_all(home.path().join("data")).unwrap();
    fs::create_dir(home.path().join("data")).unwrap();
    fs::write(home.path().join("cpcd.toml"), format!("[server]\npublic_endpoint = \"http://{address}\"\n")).unwrap();
    let daemon = Daemon::start_on(&home, &address).expect("it was there before");
    let code = daemon.ok(&["--local", "invite", "create", "--kind", "user", "-o", "name"]);
    fs::write(home.path().join("invite"), &code).unwrap();
    let mut command = daemon.command(&["login", "--invite-file", "invite", "--username", "bob", "-o", "json"]);
    let run = Run::from(command.env_remove("CPCCTL_ENDPOINT").output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap()["endpoint"], format!("http://{address}"));
}

#[test]
fn permissions_are_given_taken_and_asked_about() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let permit = |arguments: &[&str]| {
        let user = daemon.json(&[&["--local", "user", "permit", "alice"], arguments].concat());
        let rules = user["permissions"].as_array().cloned().unwrap_or_default();
        (rules.len(), user["permissionEpoch"].as_str().unwrap_or_default().to_owned())
    };
    let can = |what: &str| daemon.run(&["whoami", "--can", what]).code;
    assert_eq!((can("write content"), can("content=read"), can("read users"), can("nodes=write")), (0, 0, 9, 9));

    // The session goes on: the token of before is renewed on the way.
    assert_eq!(permit(&["--permission", "users=read", "--dry-run"]), (2, "2".into()));
    assert_eq!(can("read users"), 9);
    assert_eq!(permit(&["--permission", "users=read"]), (2, "2".into()));
    assert_eq!(can("read users"), 0);
    assert!(daemon.ok(&["user", "list"]).contains("alice"));

    assert_eq!(
        permit(&["--permission", "nodes=write", "--scope", "label=region:eu", "--scope", "owner=alice"]),
        (3, "3".into())
    );
    assert!(daemon.ok(&["user", "show", "alice"]).contains("nodes=write@label=region:eu,owner="));
    let id = daemon.json(&["whoami"])["user"]["id"].as_str().unwrap().to_owned();
    assert_eq!(can(&format!("nodes=write@label=region:eu,owner={id}")), 0);
    assert_eq!((can("write nodes"), can("nodes=write@label=region:us")), (9, 9));
    let refused = daemon.refused(9, &["whoami", "--can", "write nodes"]);
    assert_eq!(refused["reason"], "NOT_PERMITTED");

    assert_eq!(permit(&["--permission", "users=read", "--remove"]), (2, "4".into()));
    daemon.refused(2, &["--local", "user", "permit", "alice", "--permission", "users=read", "--remove"]);
    daemon.refused(2, &["--local", "user", "permit", "alice", "--replace"]);
    assert_eq!(permit(&["--replace", "--permission", "content=read", "--yes"]), (1, "5".into()));
    assert_eq!((can("write content"), can("read content")), (9, 0));
    // Alice has no admin on users, and nobody lifts themselves.
    let refused = daemon.refused(5, &["user", "permit", "alice", "--permission", "content=admin"]);
    assert_eq!(refused["reason"], "PERMISSION_DENIED");
}

#[test]
fn the_key_that_signs_tokens_is_changed() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let new = daemon.json(&["--local", "token-key", "rotate"]);
    assert_eq!(new["state"], "TOKEN_KEY_STATE_SIGNING", "there is no other replica to wait for");
    let keys = daemon.json(&["--local", "token-key", "list"]);
    assert_eq!((keys.as_array().unwrap().len(), &keys[1]["kid"]), (2, &new["kid"]), "{keys}");
    assert!(daemon.ok(&["--local", "token-key", "list"]).contains("retired"));
    assert_eq!(daemon.ok(&["whoami", "-o", "name"]), "alice\n");
    assert_eq!(daemon.refused(5, &["token-key", "list"])["reason"], "PERMISSION_DENIED");
    let unasked = daemon.refused(2, &["--local", "token-key", "rotate", "--now"]);
    assert!(unasked["message"].as_str().unwrap().contains("--yes"), "{unasked}");
    daemon.ok(&["--local", "token-key", "rotate", "--now", "--yes"]);
    assert_eq!(daemon.json(&["--local", "token-key", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(daemon.ok(&["whoami", "-o", "name"]), "alice\n", "the key opens a new session");
}

#[test]
fn migrations_are_shown_done_and_taken_back() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let listed = daemon.json(&["--local", "migrate", "status"]);
    let all = listed.as_array().unwrap();
    assert!(all.iter().all(|known| known["isApplied"] == true && known["isKnown"] == true), "{listed}");
    let last: u64 = all.last().unwrap()["version"].as_str().unwrap().parse().unwrap();
    assert!(daemon.ok(&["--local", "migrate", "status"]).contains("schema compatibility"));
    assert_eq!(daemon.ok(&["--local", "migrate", "plan"]), "");
    assert_eq!(daemon.json(&["--local", "migrate", "up"])["migrations"].as_array().unwrap().len(), 0);
    let plan = daemon.ok(&["--local", "migrate", "plan", "--down", "--to", "6"]);
    assert!(plan.contains("-- loses column sessions.bound_key") && plan.contains("DROP COLUMN"), "{plan}");
    let down = ["--local", "migrate", "down", "--to", "6"];
    assert_eq!(daemon.ok(&[&down[..], &["--dry-run"]].concat()), plan);
    let unasked = daemon.refused(2, &down);
    let question = unasked["message"].as_str().unwrap();
    assert!(question.contains("column sessions.bound_key") && question.contains("--yes"), "{question}");
    let refused = daemon.refused(6, &[&down[..], &["--yes"]].concat());
    assert_eq!(refused["reason"], "STORE_IN_USE");
    assert!(refused["message"].as_str().unwrap().contains("--maintenance"), "{refused}");
    drop(daemon);

    fs::write(home.path().join("cpcd.toml"), "[server]\nmaintenance = true\n").unwrap();
    let daemon = Daemon::start(&home).expect("it was there before");
    // The one that was killed counts as alive for ten seconds.
    let run = until("nobody else is heard", || {
        Some(daemon.run(&[&down[..], &["--yes", "--progress", "plain"]].concat())).filter(|run| run.code != 6)
    });
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("0007 bound sessions") && run.stderr.contains(" of "), "{run:?}");
    let pending = daemon.json(&["--local", "migrate", "status"]);
    let pending = pending.as_array().unwrap().iter().filter(|known| known["isApplied"] != true).count();
    assert!(pending > 0 && last > 6);
    assert_eq!(daemon.refused(6, &["--local", "status"])["reason"], "MIGRATION_PENDING");
    assert!(daemon.ok(&["--local", "migrate", "plan"]).contains("ADD COLUMN bound_key"));
    let done = daemon.json(&["--local", "migrate", "up"]);
    assert_eq!(done["migrations"].as_array().unwrap().len(), pending, "{done}");
}
