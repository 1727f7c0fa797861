//! Where output goes and what it looks like.

use std::{
    io::Read,
    process::{Command, Stdio},
};

use crate::harness::{Home, without};

#[test]
fn help_goes_to_stdout_and_shows_examples() {
    let home = Home::new();
    assert!(home.ok(&["--help"]).contains("From nothing to a search result"));
    for command in [
        "key generate",
        "key show",
        "key import",
        "key export",
        "context list",
        "context show",
        "context set",
        "context use",
        "context delete",
        "config show",
        "user create",
        "user list",
        "user show",
        "login",
        "whoami",
        "content publish",
        "content get",
        "content list",
        "content delete",
        "search",
        "status",
        "version",
        "completion",
        "generate",
    ] {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = home.ok(&arguments);
        assert!(help.contains("Examples:\n  "), "{command}");
    }
    assert_eq!(home.ok(&["--version"]), concat!("cpcctl ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let home = Home::new();
    for arguments in [&["completion", "bash"][..], &["--help"], &["key", "generate"]] {
        let mut child = home.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((child.wait().unwrap().code(), &*stderr), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn colour_follows_flag_and_environment() {
    let home = Home::new();
    let stderr = |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = home.command(arguments).envs(environment.iter().copied()).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let broken = ["key", "show"];
    assert!(!stderr(&broken, &[]).contains('\u{1b}'), "not a terminal");
    assert!(stderr(&broken, &[("CLICOLOR_FORCE", "1")]).contains("\u{1b}["));
    assert!(stderr(&broken, &[("FORCE_COLOR", "1")]).contains("\u{1b}["));
    assert!(!stderr(&broken, &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
    assert!(stderr(&["key", "show", "--color", "always"], &[("NO_COLOR", "1")]).contains("\u{1b}["));
    assert!(!stderr(&["key", "show", "--color", "never"], &[("FORCE_COLOR", "1")]).contains('\u{1b}'));
}

#[test]
fn hostile_text_is_shown_escaped() {
    let home = Home::new();
    let run = home.run(&["key", "show", "a\u{1b}]0;title\u{7}\u{202e}b"]);
    assert_eq!(run.code, 4);
    assert!(!run.stderr.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", run.stderr);
    assert!(run.stderr.contains("\\u{1b}"), "{:?}", run.stderr);
    let run = home.run(&["key", "generate", "--out", "a\u{9b}b"]);
    assert!(!run.stdout.contains('\u{9b}'), "{:?}", run.stdout);
}

#[test]
fn a_terminal_and_a_pipe_get_the_same_content() {
    if Command::new("script").arg("--version").output().is_err() {
        return without("script");
    }
    let home = Home::new();
    home.ok(&["key", "generate"]);
    let piped = home.ok(&["key", "show"]);
    let line = format!("{} key show --color never", env!("CARGO_BIN_EXE_cpcctl"));
    let on_terminal = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("CPCCTL_CONFIG_DIR", home.config())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(on_terminal.stdout).unwrap().replace("\r\n", "\n"), piped);
}
