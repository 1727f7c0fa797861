//! Failures: exit codes, and what stderr says, without a server.

use std::net::TcpListener;

use crate::harness::Home;

/// A port of this machine on which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    format!("http://{}", listener.local_addr().expect("it is bound"))
}

#[test]
fn usage_errors_exit_with_2() {
    let home = Home::new();
    for line in [
        "nonsense",
        "--nonsense",
        "key",
        "key show one two",
        "search",
        "search --limit 0 x",
        "search -foo",
        "key import",
        "key export",
        "key export --public --format openssh",
        "key export --out x --format peer-id",
        "key export --out x --format pkcs8 --encoding hex",
        "key export agent --out x",
        "context",
        "context set lab",
        "context set lab --server-id nobody --endpoint http://127.0.0.1:1",
        "context set lab --server-id x --forget-server-id",
        "context use a/b",
        "--local context set lab",
        "content publish",
        "content publish --title x --from y",
        "content delete",
        "user create",
        "user create alice --permission content",
        "--local --endpoint http://127.0.0.1:1 status",
        "--endpoint ftp://127.0.0.1:1 status",
        "--endpoint 127.0.0.1:1 status",
        "--timeout 5 status",
        "--context a/b status",
        "-o xml status",
        "completion tcsh",
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let run = home.run(&arguments);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{line}: {run:?}");
        assert!(run.stderr.starts_with("error:") || run.stderr.contains("Usage:"), "{line}: {run:?}");

        let with_json: Vec<&str> = ["-o", "json"].into_iter().chain(arguments).collect();
        if !line.contains("xml") {
            let error = home.refused(2, &with_json);
            assert_eq!((&error["code"], &error["reason"]), (&"invalid_argument".into(), &"USAGE".into()), "{line}");
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{line}");
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let home = Home::new();
    home.ok(&["key", "generate"]);
    let endpoint = nobody();
    let socket = home.path().join("none.sock").display().to_string();
    std::fs::write(home.path().join("lines"), "{\"title\":\"x\"}\n").unwrap();
    for arguments in [
        &["status"][..],
        &["whoami"],
        &["login"],
        &["search", "x"],
        &["content", "list"],
        &["content", "get", "x"],
        &["content", "delete", "x", "--yes"],
        &["content", "publish", "--title", "x"],
        &["content", "publish", "--from", "lines"],
        &["user", "create", "alice"],
        &["user", "list"],
        &["user", "show", "alice"],
    ] {
        let over_tcp = [arguments, &["--endpoint", &endpoint]].concat();
        let run = home.run(&over_tcp);
        assert_eq!((run.code, &*run.stdout), (3, ""), "{run:?}");
        assert!(run.stderr.contains(&format!("cannot reach cpcd at {endpoint}; is it running?")), "{run:?}");
        let error = home.refused(3, &[&over_tcp[..], &["-o", "json"]].concat());
        assert_eq!((&error["code"], &error["reason"]), (&"unavailable".into(), &"UNREACHABLE".into()));

        let error = home.refused(3, &[arguments, &["--socket", &socket, "-o", "ndjson"]].concat());
        assert!(error["message"].as_str().unwrap().contains("none.sock"), "{error}");
    }
    // The client's version needs no server.
    let run = home.run(&["version", "--endpoint", &endpoint]);
    assert_eq!(run.code, 3);
    assert!(run.stdout.contains(env!("CARGO_PKG_VERSION")));
    assert_eq!(home.ok(&["version", "--client", "-o", "name"]), concat!(env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let home = Home::new();
    // Connections are taken by the kernel, and nobody reads from them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let error = home.refused(3, &["--endpoint", &endpoint, "--timeout", "300ms", "-o", "json", "whoami"]);
    assert_eq!((&error["code"], &error["reason"]), (&"deadline_exceeded".into(), &"TIMEOUT".into()));
}

#[test]
fn nothing_is_deleted_unasked() {
    let error = Home::new().refused(2, &["content", "delete", "x", "-o", "json"]);
    assert!(error["message"].as_str().unwrap().contains("--yes"), "{error}");
}

#[test]
fn missing_things_on_this_machine_are_named() {
    let home = Home::new();
    let error = home.refused(4, &["key", "show", "-o", "json"]);
    assert_eq!(
        (&error["reason"], &error["hint"]),
        (&"FILE_NOT_FOUND".into(), &"make a key with `cpcctl key generate`".into())
    );
    assert_eq!(home.refused(4, &["login", "-o", "json"])["reason"], "FILE_NOT_FOUND");
    assert_eq!(home.refused(4, &["whoami", "--context", "lab", "-o", "json"])["reason"], "CONTEXT_NOT_FOUND");
    assert_eq!(home.refused(4, &["whoami", "--token-file", "none", "-o", "json"])["reason"], "FILE_NOT_FOUND");
    assert_eq!(home.refused(2, &["user", "create", "bob", "--key", "none", "-o", "json"])["reason"], "USAGE");
}

#[test]
fn flags_win_over_the_environment() {
    let home = Home::new();
    let (one, two) = (nobody(), nobody());
    let stderr = |arguments: &[&str]| {
        let output = home.command(arguments).env("CPCCTL_ENDPOINT", &one).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(stderr(&["whoami"]).contains(&one));
    assert!(stderr(&["whoami", "--endpoint", &two]).contains(&two));
    assert!(stderr(&["whoami", "--socket", "none.sock"]).contains("none.sock"));
    let output = home.command(&["whoami"]).env("CPCCTL_ENDPOINT", "nonsense").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
