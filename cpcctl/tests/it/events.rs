//! Events and webhooks.

use std::fs;

use serde_json::Value;

use crate::{
    daemon::{Daemon, until},
    harness::Home,
    nodes::Background,
};

#[test]
fn whoever_keeps_the_cursor_in_a_file_misses_nothing() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    let file = home.path().join("cursor");
    let file = file.to_str().unwrap();
    let watch = ["--local", "events", "watch", "--kind", "node.", "--from-file", file, "-o", "ndjson", "--limit"];
    let follow = |limit: &'static str| [&watch[..], &[limit]].concat();
    let mut first = Background::start(&home, "first", daemon.command(&follow("1")));
    until("it says where it stands", || fs::read_to_string(file).ok().filter(|text| !text.is_empty()));
    let id = daemon.ok(&["--local", "node", "register", "-o", "name"]).trim().to_owned();
    assert_eq!(first.code(), Some(0));
    let seen = first.objects("out");
    assert!(seen[0].as_object().unwrap().keys().eq(["cursor"]), "{seen:?}");
    assert_eq!(
        (&seen[1]["event"]["kind"], &seen[1]["event"]["node"]["id"]),
        (&"node.registered".into(), &id.as_str().into())
    );
    // What happens while nobody follows is told afterwards, over a restart of the daemon too.
    let address = daemon.kill();
    let daemon = Daemon::start_on(&home, &address).expect("it was there before");
    daemon.ok(&["--local", "node", "delete", &id, "--yes"]);
    let lines = daemon.ok(&follow("1"));
    let event: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(event["event"]["goneId"], id.as_str());
    assert_eq!(event["cursor"], fs::read_to_string(file).unwrap().trim());
    let cursor = seen[1]["cursor"].as_str().unwrap();
    let words = daemon.ok(&["--local", "events", "watch", "--cursor", cursor, "--subject", &id, "--limit", "1"]);
    assert!(words.contains("node.deleted") && words.contains("gone") && words.contains(&id), "{words}");
    assert_eq!(daemon.refused(2, &["--local", "events", "watch", "--kind", "content."])["reason"], "FIELD_INVALID");
    assert_eq!(daemon.refused(2, &["--local", "events", "watch", "--cursor", "x"])["reason"], "PAGE_TOKEN_INVALID");
}

#[test]
fn webhooks_go_where_the_operator_lets_them() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    assert_eq!(daemon.ok(&["webhook", "list", "-o", "json"]), "[]\n");
    let refused = daemon.refused(2, &["webhook", "add", "https://hooks.example.org/cpc"]);
    assert_eq!(refused["reason"], "TARGET_NOT_ALLOWED", "nothing is allowed unless it is said");
    let missing = "0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21";
    assert_eq!(daemon.refused(4, &["webhook", "remove", missing, "--yes"])["reason"], "WEBHOOK_NOT_FOUND");
    assert_eq!(daemon.refused(4, &["webhook", "test", missing])["reason"], "WEBHOOK_NOT_FOUND");
    assert_eq!(daemon.run(&["webhook", "remove", missing]).code, 2, "it asks first");
}
