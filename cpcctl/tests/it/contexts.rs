//! Contexts: kept, chosen, overridden, and true to the server that they were made for.

use std::{fs, thread};

use serde_json::Value;

use crate::{
    daemon::Daemon,
    harness::{Home, Run},
};

const ID: &str = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Gives a setting in force and where it comes from.
fn setting(home: &Home, name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> (String, String) {
    let arguments = [&["config", "show", "--origin", "-o", "json"], arguments].concat();
    let run = Run::from(home.command(&arguments).envs(environment.iter().copied()).output().unwrap());
    let settings = json(&run.stdout);
    let found = settings.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap();
    (found["value"].as_str().unwrap().to_owned(), found["origin"].as_str().unwrap().to_owned())
}

#[test]
fn contexts_are_made_chosen_changed_and_deleted() {
    let home = Home::new();
    assert_eq!(home.ok(&["context", "list", "-o", "json"]), "[]\n");
    assert_eq!(home.refused(4, &["context", "show", "-o", "json"])["reason"], "CONTEXT_NOT_FOUND");
    assert_eq!(home.refused(4, &["context", "use", "lab", "-o", "json"])["reason"], "CONTEXT_NOT_FOUND");

    let set = ["context", "set", "lab", "--endpoint", "http://LAB.example:50051/", "--server-id", ID, "--key", "k"];
    let run = home.run(&set);
    assert!(run.code == 0 && run.stderr.contains("no such file yet"), "{run:?}");
    home.ok(&["context", "set", "prod", "--endpoint", "unix:///run/cpcd/cpcd.sock", "--key", "agent:alice"]);
    assert_eq!(home.ok(&["context", "list", "-o", "name"]), "lab\nprod\n");
    home.ok(&["context", "use", "lab"]);

    let shown = json(&home.ok(&["context", "show", "-o", "json"]));
    let key = home.path().join("k").display().to_string();
    assert_eq!(
        shown,
        serde_json::json!({
            "name": "lab", "isCurrent": true, "endpoint": "http://lab.example:50051", "serverId": ID, "key": key,
        })
    );
    let prod = json(&home.ok(&["context", "show", "prod", "-o", "json"]));
    assert_eq!((&prod["key"], &prod["isCurrent"]), (&"agent:alice".into(), &false.into()));
    let table = home.ok(&["context", "list", "--no-headers"]);
    assert!(
        table.lines().next().unwrap().starts_with("*  ") && !table.lines().nth(1).unwrap().starts_with('*'),
        "{table}"
    );

    home.ok(&["context", "set", "lab", "--forget-server-id", "--endpoint", "http://127.0.0.1:1"]);
    let changed = json(&home.ok(&["context", "show", "-o", "json"]));
    assert_eq!((&changed["serverId"], &changed["key"]), (&Value::Null, &key.into()), "what was not named is kept");

    let refused = home.refused(2, &["context", "delete", "lab", "-o", "json"]);
    assert!(refused["message"].as_str().unwrap().contains("--yes"), "{refused}");
    assert_eq!(home.ok(&["context", "delete", "lab", "--yes", "-o", "name"]), "lab\n");
    assert_eq!(home.refused(4, &["context", "delete", "lab", "--yes", "-o", "json"])["reason"], "CONTEXT_NOT_FOUND");
    assert_eq!(setting(&home, "context", &[], &[]), ("default".into(), "default".into()), "the choice went with it");
}

#[test]
fn flag_environment_context_default_in_this_order_and_an_override_is_told() {
    let home = Home::new();
    for (name, port) in [("lab", "1"), ("prod", "2")] {
        home.ok(&["context", "set", name, "--endpoint", &format!("http://127.0.0.1:{port}")]);
    }
    let of = |name, arguments: &[&str], environment: &[(&str, &str)]| setting(&home, name, arguments, environment);
    let pair = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());

    assert_eq!(of("endpoint", &[], &[]), pair("http://127.0.0.1:50051", "default"));
    home.ok(&["context", "use", "lab"]);
    assert_eq!(of("context", &[], &[]), pair("lab", "context use"));
    assert_eq!(of("endpoint", &[], &[]), pair("http://127.0.0.1:1", "context lab"));
    let variable = [("CPCCTL_CONTEXT", "prod")];
    assert_eq!(of("context", &[], &variable), pair("prod", "variable CPCCTL_CONTEXT"));
    assert_eq!(of("endpoint", &[], &variable), pair("http://127.0.0.1:2", "context prod"));
    assert_eq!(of("context", &["--context", "lab"], &variable), pair("lab", "flag --context"));
    let variable = [("CPCCTL_ENDPOINT", "http://127.0.0.1:3")];
    assert_eq!(of("endpoint", &[], &variable), pair("http://127.0.0.1:3", "variable CPCCTL_ENDPOINT"));
    let flag = ["--endpoint", "http://127.0.0.1:4"];
    assert_eq!(of("endpoint", &flag, &variable), pair("http://127.0.0.1:4", "flag --endpoint"));
    assert_eq!(of("timeout", &["--timeout", "10s"], &[]), pair("10s", "flag --timeout"));
    assert_eq!(of("timeout", &[], &[]), pair("10s", "default"));
    assert_eq!(of("color", &[], &[("NO_COLOR", "1")]), pair("never", "variable NO_COLOR"));
    let secret = [("CPCCTL_TOKEN", "hush")];
    assert_eq!(of("token", &[], &secret), pair("(not shown)", "variable CPCCTL_TOKEN"));
    assert!(!home.ok(&["config", "show"]).contains("ORIGIN"));

    let stderr = |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = home.command(arguments).envs(environment.iter().copied()).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let overridden = stderr(&["config", "show"], &[("CPCCTL_CONTEXT", "prod")]);
    assert!(overridden.contains("warning: CPCCTL_CONTEXT (prod) is used in place of lab"), "{overridden}");
    let overridden = stderr(&["config", "show"], &[("CPCCTL_ENDPOINT", "http://127.0.0.1:3")]);
    assert!(overridden.contains("is used in place of http://127.0.0.1:1, which context lab names"), "{overridden}");
    assert_eq!(stderr(&["config", "show"], &[("CPCCTL_CONTEXT", "lab")]), "", "nothing is overridden");
    assert_eq!(stderr(&["config", "show", "--context", "prod"], &[("CPCCTL_CONTEXT", "lab")]), "");
}

#[test]
fn processes_at_the_same_time_lose_nothing_of_each_other() {
    let home = Home::new();
    let names: Vec<String> = (0..12).map(|number| format!("c{number:02}")).collect();
    thread::scope(|scope| {
        for name in &names {
            let home = &home;
            scope.spawn(move || home.ok(&["context", "set", name, "--endpoint", "http://127.0.0.1:1"]));
        }
    });
    assert_eq!(home.ok(&["context", "list", "-o", "name"]), names.join("\n") + "\n");
}

#[test]
fn a_session_belongs_to_its_context_and_its_server() {
    let home = Home::new();
    let Some(daemon) = Daemon::start(&home) else { return };
    daemon.log_in();
    let endpoint = format!("http://{}", daemon.grpc);
    let server_id = json(&daemon.ok(&["whoami", "-o", "json"]))["serverId"].as_str().unwrap().to_owned();
    let context = json(&home.ok(&["context", "show", "-o", "json"]));
    assert_eq!((&context["username"], &context["serverId"]), (&"alice".into(), &server_id.clone().into()));
    assert_eq!(context["session"]["isRenewable"], true, "{context}");
    let kept = fs::read_to_string(home.config().join("sessions.json")).unwrap();
    let token = json(&kept)["default"]["accessToken"].as_str().unwrap().to_owned();
    for arguments in [&["context", "list"][..], &["context", "show"], &["config", "show", "--origin"]] {
        assert!(!home.ok(&[arguments, &["-o", "json"]].concat()).contains(&token), "{arguments:?}");
    }
    assert_eq!(home.ok(&["whoami", "-o", "name"]), "alice\n", "the context alone leads there");

    // Processes that renew the session at the same time get the same one, and end none.
    let mut sessions = json(&kept);
    sessions["default"]["expiresAt"] = "2020-01-01T00:00:00Z".into();
    fs::write(home.config().join("sessions.json"), sessions.to_string()).unwrap();
    thread::scope(|scope| {
        for _ in 0..6 {
            let home = &home;
            scope.spawn(move || assert_eq!(home.ok(&["whoami", "-o", "name"]), "alice\n"));
        }
    });
    assert_eq!(json(&home.ok(&["session", "list", "-o", "json"])).as_array().unwrap().len(), 1);

    // A context is only an address until somebody logs in.
    home.ok(&["context", "set", "lab", "--endpoint", &endpoint, "--server-id", ID]);
    assert_eq!(home.ok(&["--context", "lab", "whoami", "-o", "name"]), "anonymous\n");
    let refused = home.refused(5, &["--context", "lab", "login", "-o", "json"]);
    let message = refused["message"].as_str().unwrap();
    assert!(refused["reason"] == "SERVER_CHANGED" && message.contains(ID) && message.contains(&server_id), "{refused}");
    home.ok(&["context", "set", "lab", "--server-id", &server_id]);
    home.ok(&["--context", "lab", "login"]);
    home.ok(&["context", "use", "lab"]);
    assert_eq!(home.ok(&["whoami", "-o", "name"]), "alice\n");

    // The same server under another address gets no token that was not given there.
    let elsewhere = endpoint.replace("127.0.0.1", "localhost");
    let run = home.run(&["context", "set", "lab", "--endpoint", &elsewhere]);
    assert!(run.stderr.contains("the session was forgotten here"), "{run:?}");
    assert_eq!(home.ok(&["whoami", "-o", "name"]), "anonymous\n");
    home.ok(&["login"]);
    assert_eq!(home.ok(&["whoami", "-o", "name"]), "alice\n");
    assert_eq!(home.ok(&["--context", "default", "whoami", "-o", "name"]), "alice\n");

    assert_eq!(json(&home.ok(&["logout", "-o", "json"]))["isTold"], true);
    let again = json(&home.ok(&["logout", "-o", "json"]));
    assert_eq!(again["isTold"], false, "logged out is logged out");
    daemon.kill();
    let refused = home.refused(3, &["--context", "default", "logout", "-o", "json"]);
    assert!(refused["hint"].as_str().unwrap().contains("--here-only"), "{refused}");
    home.ok(&["--context", "default", "logout", "--here-only"]);
    assert_eq!(json(&home.ok(&["context", "show", "default", "-o", "json"]))["session"], Value::Null);
    assert_eq!(home.refused(3, &["login", "-o", "json"])["reason"], "UNREACHABLE");
}
