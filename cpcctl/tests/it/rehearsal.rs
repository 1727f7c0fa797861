//! `--dry-run`: what would be sent is shown, and nothing is changed.

use crate::{daemon::Daemon, harness::Home};

const ID: &str = "0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21";

#[test]
fn what_would_change_something_is_shown_and_not_sent() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    for name in ["bob", "new"] {
        daemon.ok(&["key", "generate", "--out", name]);
    }
    daemon.ok(&["--local", "user", "create", "bob", "--key", "bob"]);
    let entries = || daemon.json(&["--local", "audit", "list"]).as_array().unwrap().len();
    let before = (entries(), daemon.json(&["--local", "user", "list"]));
    let mutations: [(&[&str], &str); 19] = [
        (&["friend", "request", "bob"], "IdentityService/ManageFriends"),
        (&["grant", "add", "content", ID, "--to", "bob", "--level", "read"], "IdentityService/CreateGrant"),
        (&["grant", "revoke", ID], "IdentityService/RevokeGrant"),
        (&["token", "create", "ci", "--permission", "content=read"], "IdentityService/CreateServiceToken"),
        (&["token", "revoke", ID], "IdentityService/RevokeServiceToken"),
        (&["user", "key", "add", "--key", "new"], "IdentityService/AddKey"),
        (&["user", "key", "rotate", "--key", "new"], "IdentityService/RotateKey"),
        (&["user", "recovery-codes"], "IdentityService/CreateRecoveryCodes"),
        (&["--local", "user", "suspend", "bob"], "IdentityService/SuspendUser"),
        (&["--local", "user", "delete", "bob"], "IdentityService/DeleteUser"),
        (&["--local", "invite", "create", "--kind", "user"], "IdentityService/CreateInvite"),
        (&["--local", "token-key", "rotate"], "IdentityService/RotateTokenKey"),
        (&["--local", "node", "cordon", ID], "NodeOrchestration/CordonNode"),
        (&["--local", "node", "drain", ID], "NodeOrchestration/DrainNode"),
        (&["--local", "node", "delete", ID], "NodeOrchestration/DeleteNode"),
        (&["content", "publish", "--title", "a book"], "DiscoveryService/PublishContent"),
        (&["content", "delete", ID], "DiscoveryService/DeleteContent"),
        (&["--local", "webhook", "add", "https://example.org/hook"], "EventService/CreateWebhook"),
        (&["--local", "index", "rebuild"], "AdminService/RebuildIndex"),
    ];
    for (command, call) in mutations {
        let planned = daemon.json(&[command, &["--dry-run"]].concat());
        assert_eq!(
            (&planned["isDryRun"], planned["call"].as_str()),
            (&true.into(), Some(call)),
            "{command:?}: {planned}"
        );
        assert!(!planned["request"].is_null() && !planned.to_string().contains("\"signature\":\"c"), "{planned}");
    }
    assert_eq!((entries(), daemon.json(&["--local", "user", "list"])), before);
    let shown = daemon.ok(&["content", "publish", "--title", "a book", "--dry-run"]);
    assert!(shown.contains("DiscoveryService/PublishContent") && shown.contains("\"title\": \"a book\""), "{shown}");
    // What is looked up before the change is looked up in earnest.
    assert_eq!(
        daemon.refused(4, &["--local", "user", "permit", "nobody", "--permission", "content=read", "--dry-run"])["reason"],
        "USER_NOT_FOUND"
    );
    // Reading is what it was.
    assert_eq!(daemon.json(&["whoami", "--dry-run"])["user"]["username"], "alice");
    // What is said at the end fits what was done: shown here, shown by the server, shown instead of a call, and nothing to show.
    let request = ["allocation", "request", "--cpu", "1", "--memory", "1GiB", "--dry-run"];
    let permit = ["--local", "user", "permit", "bob", "--permission", "content=read", "--dry-run"];
    let friend = ["friend", "request", "bob", "--dry-run"];
    for (command, note) in [
        (&request[..], "this is what would be"),
        (&permit[..], "this is what would be"),
        (&friend[..], "this is what would be"),
        (&["node", "list", "--dry-run"][..], "nothing would be changed"),
    ] {
        let run = daemon.run(command);
        assert!(run.stderr.contains(note), "{command:?}: {}", run.stderr);
        assert_eq!(run.stderr.matches("would be").count(), 1, "{command:?}: {}", run.stderr);
    }
}

#[test]
fn what_changes_this_machine_has_no_rehearsal() {
    let home = Home::new();
    for command in [&["key", "generate"][..], &["login"], &["logout"], &["context", "use", "other"], &["node", "run"]] {
        let refused = home.refused(2, &[command, &["--dry-run", "-o", "json"]].concat());
        assert!(refused["message"].as_str().unwrap().contains("no --dry-run"), "{command:?}: {refused}");
    }
    assert!(!home.config().join("id_ed25519").exists());
}
