//! A real ssh-agent as the keeper of keys, with a real cpcd where one was built.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{
    daemon::{Daemon, until},
    harness::{Home, Run, without},
};

/// An ssh-agent with its socket in a home, killed when dropped.
struct Agent<'a> {
    home: &'a Home,
    child: Child,
    socket: PathBuf,
}

impl<'a> Agent<'a> {
    fn start(home: &'a Home) -> Option<Self> {
        let socket = home.path().join("agent.sock");
        let started = Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).spawn();
        let Ok(child) = started else {
            without("ssh-agent");
            return None;
        };
        until("the agent listens", || socket.exists().then_some(()));
        Some(Self { home, child, socket })
    }

    /// Makes a key and hands it to the agent; its file is gone then. Gives the peer id.
    fn add(&self, comment: &str, flags: &[&str]) -> String {
        let peer_id = self.home.ok(&["key", "generate", "--out", "key", "--comment", comment, "--force", "-o", "name"]);
        self.ssh_add(&[flags, &["-q", "key"]].concat());
        fs::remove_file(self.home.path().join("key")).unwrap();
        peer_id.trim().to_owned()
    }

    fn ssh_add(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("ssh-add");
        command.args(arguments).current_dir(self.home.path()).env("SSH_AUTH_SOCK", &self.socket);
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::from(self.home.command(arguments).env("SSH_AUTH_SOCK", &self.socket).output().unwrap())
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.stdout
    }

    fn refused(&self, code: i32, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["-o", "json"]].concat());
        assert_eq!((run.code, &*run.stdout), (code, ""), "{arguments:?}: {run:?}");
        serde_json::from_str(&run.stderr).unwrap()
    }
}

impl Drop for Agent<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn keys_are_named_and_what_is_missing_is_told() {
    let home = Home::new();
    let show = ["key", "show", "agent"];
    let unset = home.refused(3, &[&show[..], &["-o", "json"]].concat());
    assert!(unset["reason"] == "AGENT_UNREACHABLE" && unset["message"].as_str().unwrap().contains("SSH_AUTH_SOCK"));
    let Some(agent) = Agent::start(&home) else { return };
    assert_eq!(agent.refused(4, &show)["reason"], "AGENT_KEY_NOT_FOUND");

    let alice = agent.add("alice@work", &[]);
    assert_eq!(agent.ok(&["key", "show", "agent", "-o", "name"]).trim(), alice);
    let bob = agent.add("bob", &[]);
    let refused = agent.refused(2, &show);
    assert_eq!(refused["reason"], "AGENT_KEY_AMBIGUOUS");
    let listed = agent.ssh_add(&["-l"]);
    let fingerprints: Vec<&str> = listed.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    let told: Vec<&str> = refused["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!(told, fingerprints, "the keys that are there are listed");

    for name in ["bob", &bob, fingerprints[1]] {
        assert_eq!(agent.ok(&["key", "show", &format!("agent:{name}"), "-o", "name"]).trim(), bob);
    }
    assert_eq!(agent.refused(4, &["key", "show", "agent:carol"])["fields"].as_array().unwrap().len(), 2);
    let lines = agent.ssh_add(&["-L"]);
    assert_eq!(agent.ok(&["key", "export", "--public", "agent:bob"]), format!("{}\n", lines.lines().nth(1).unwrap()));
    let refused = agent.refused(2, &["key", "export", "agent:bob", "--out", "-"]);
    assert!(refused["message"].as_str().unwrap().contains("gives no private key away"), "{refused}");
}

#[test]
fn an_agent_logs_in_and_keeps_the_session_going() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let Some(agent) = Agent::start(&home) else { return };
    let alice = agent.add("alice@work", &[]);
    daemon.ok(&["--local", "user", "create", "alice", "--key", &alice]);
    let endpoint = format!("http://{}", daemon.grpc);
    agent.ok(&["login", "--endpoint", &endpoint, "--key", "agent"]);
    assert_eq!(agent.ok(&["whoami", "-o", "name"]), "alice\n");
    let kept: Value = serde_json::from_str(&home.ok(&["context", "show", "-o", "json"])).unwrap();
    assert!(kept["key"].as_str().unwrap().starts_with("agent:SHA256:"), "the key is kept by its fingerprint: {kept}");

    // Another key beside it is no matter, and a session that has ended is opened again by the agent.
    let mallory = agent.add("mallory", &[]);
    let path = home.config().join("sessions.json");
    let spoil = || {
        let mut sessions: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        sessions["default"]["accessToken"] = "no.longer.good".into();
        sessions["default"]["refreshToken"] = "cpcr_neither".into();
        fs::write(&path, sessions.to_string()).unwrap();
    };
    spoil();
    assert_eq!(agent.ok(&["whoami", "-o", "name"]), "alice\n");
    assert_eq!(agent.refused(5, &["login", "--key", &format!("agent:{mallory}")])["code"], "unauthenticated");

    let code = daemon.ok(&["--local", "invite", "create", "--kind", "user", "-o", "name"]);
    fs::write(home.path().join("invite"), code).unwrap();
    let key = format!("agent:{mallory}");
    let join = ["login", "--context", "new", "--key", &key, "--invite-file", "invite", "--username", "mallory"];
    agent.ok(&[&join[..], &["--endpoint", &endpoint]].concat());
    assert_eq!(agent.ok(&["whoami", "--context", "new", "-o", "name"]), "mallory\n", "an agent's key joins by invite");

    spoil();
    let without_agent = home.refused(5, &["whoami", "-o", "json"]);
    assert_eq!(without_agent["reason"], "LOGIN_NEEDED");
    assert!(without_agent["message"].as_str().unwrap().contains("SSH_AUTH_SOCK is not set"), "{without_agent}");
    agent.ssh_add(&["-q", "-D"]);
    assert_eq!(agent.refused(4, &["login"])["reason"], "AGENT_KEY_NOT_FOUND");
}

#[test]
fn an_agent_that_does_not_sign_is_told_from_one_that_is_gone() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let Some(agent) = Agent::start(&home) else { return };
    // The agent asks before it signs, and nobody is there to be asked.
    let alice = agent.add("alice", &["-c"]);
    daemon.ok(&["--local", "user", "create", "alice", "--key", &alice]);
    let endpoint = format!("http://{}", daemon.grpc);
    let login = ["login", "--endpoint", &endpoint, "--key", "agent:alice"];
    let refused = agent.refused(5, &login);
    assert_eq!(refused["reason"], "AGENT_REFUSED", "{refused}");
    let socket = agent.socket.clone();
    drop(agent);
    let output = home.command(&[&login[..], &["-o", "json"]].concat()).env("SSH_AUTH_SOCK", socket).output().unwrap();
    let run = Run::from(output);
    assert!(run.code == 3 && run.stderr.contains("AGENT_UNREACHABLE"), "{run:?}");
}
