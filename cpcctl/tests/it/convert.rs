//! Keys that come from other programs and go to them.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::harness::{Home, Run, without};

/// The private key of libp2p's specification of peer ids, and the id that it gives for it.
const VECTOR: &str = "080112407e0830617c4a7de83925dfb2694556b12936c477a0e1feb2e148ec9da60fee7d1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
const VECTOR_ID: &str = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";

fn has(program: &str, argument: &str) -> bool {
    let is_there = Command::new(program).arg(argument).output().is_ok();
    if !is_there {
        without(program);
    }
    is_there
}

/// Runs another program in the home; gives its stdout.
fn other(home: &Home, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(home.path()).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn peer_id(home: &Home, file: &str) -> String {
    home.ok(&["key", "show", file, "-o", "name"])
}

#[cfg(unix)]
fn mode(home: &Home, file: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;

    fs::metadata(home.path().join(file)).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_vector_of_libp2p_goes_through_every_form() {
    let home = Home::new();
    let mut import = home.command(&["key", "import", "-", "-o", "json"]);
    let mut child = import.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(VECTOR.as_bytes()).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    let imported: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(imported["peerId"], VECTOR_ID, "{run:?}");

    assert_eq!(
        home.ok(&["key", "export", "--format", "libp2p", "--encoding", "hex", "--out", "-"]),
        format!("{VECTOR}\n")
    );
    for (number, form) in
        [&["libp2p"][..], &["libp2p", "--encoding", "base64"], &["pkcs8"], &["openssh"]].iter().enumerate()
    {
        let (out, back) = (format!("out-{number}"), format!("back-{number}"));
        let written = home.ok(&[&["key", "export", "--out", &out, "-o", "json", "--format"], *form].concat());
        assert!(written.contains(VECTOR_ID) && written.contains(&out), "{written}");
        home.ok(&["key", "import", &out, "--out", &back]);
        assert_eq!(peer_id(&home, &back), format!("{VECTOR_ID}\n"), "{form:?}");
        #[cfg(unix)]
        assert_eq!((mode(&home, &out), mode(&home, &back)), (0o600, 0o600), "{form:?}");
    }
    assert_eq!(fs::read(home.path().join("out-0")).unwrap().len(), 68);

    let public = |format: &str| home.ok(&["key", "export", "--public", "--format", format]);
    assert_eq!(public("peer-id"), format!("{VECTOR_ID}\n"));
    assert_eq!(public("hex"), format!("{}\n", &VECTOR[72..]));
    assert_eq!(public("ssh"), fs::read_to_string(home.config().join("id_ed25519.pub")).unwrap());
    assert_eq!(public("libp2p"), "CAESIB7R6PrixKFEuL6P1LR789OzS4ccPKz2AQ8OQtR0/OJ+\n");
    let json: Value = serde_json::from_str(&home.ok(&["key", "export", "--public", "-o", "json"])).unwrap();
    assert_eq!((&json["format"], format!("{}\n", json["value"].as_str().unwrap())), (&"ssh".into(), public("ssh")));
    let arguments = ["key", "export", "--format", "libp2p", "--out", "-", "-o", "json"];
    let json: Value = serde_json::from_str(&home.ok(&arguments)).unwrap();
    assert!(json["value"].as_str().unwrap().starts_with("CAESQH4I"), "asked for twice, it is given");
}

#[test]
fn nothing_is_written_over_and_no_secret_is_printed_unasked() {
    let home = Home::new();
    home.ok(&["key", "generate"]);
    home.ok(&["key", "generate", "--out", "other"]);
    let kept = fs::read(home.config().join("id_ed25519")).unwrap();
    assert_eq!(home.refused(6, &["key", "import", "other", "-o", "json"])["reason"], "FILE_EXISTS");
    assert_eq!(home.refused(6, &["key", "export", "--out", "other", "-o", "json"])["reason"], "FILE_EXISTS");
    assert_eq!(fs::read(home.config().join("id_ed25519")).unwrap(), kept);
    let refused = home.refused(2, &["key", "export", "-o", "json"]);
    assert!(refused["hint"].as_str().unwrap().contains("--out FILE"), "{refused}");

    home.ok(&["key", "import", "other", "--force"]);
    assert_eq!(home.ok(&["key", "show", "-o", "name"]), peer_id(&home, "other"));
    fs::write(home.path().join("nonsense"), "hello").unwrap();
    #[cfg(unix)]
    fs::set_permissions(home.path().join("nonsense"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let refused = home.refused(2, &["key", "import", "nonsense", "--out", "x", "-o", "json"]);
    assert!(refused["message"].as_str().unwrap().contains("not a private key"), "{refused}");
    assert_eq!(home.refused(4, &["key", "import", "none", "--out", "x", "-o", "json"])["reason"], "FILE_NOT_FOUND");
    assert!(!home.path().join("x").exists());
}

#[cfg(unix)]
#[test]
fn an_open_file_is_taken_over_with_a_warning() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    fs::write(home.path().join("open"), VECTOR).unwrap();
    fs::set_permissions(home.path().join("open"), fs::Permissions::from_mode(0o644)).unwrap();
    let run = home.run(&["key", "import", "open"]);
    assert!(run.code == 0 && run.stderr.contains("warning: open: group or others may read this secret"), "{run:?}");
    assert_eq!(home.refused(5, &["key", "export", "open", "--out", "-", "-o", "json"])["reason"], "FILE_NOT_PRIVATE");
}

#[test]
fn ssh_keygen_reads_what_is_exported_and_is_read() {
    if !has("ssh-keygen", "-?") {
        return;
    }
    let home = Home::new();
    other(&home, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", "alice@work", "-f", "theirs"]);
    home.ok(&["key", "import", "theirs"]);
    let line = fs::read_to_string(home.path().join("theirs.pub")).unwrap();
    assert_eq!(home.ok(&["key", "export", "--public"]), line, "the remark is kept");
    home.ok(&["key", "export", "--out", "ours"]);
    assert_eq!(other(&home, "ssh-keygen", &["-y", "-f", "ours"]), line);
    let fingerprint = other(&home, "ssh-keygen", &["-l", "-f", "theirs.pub"]);
    let shown: Value = serde_json::from_str(&home.ok(&["key", "show", "-o", "json"])).unwrap();
    assert_eq!(fingerprint.split(' ').nth(1), shown["fingerprint"].as_str());

    other(&home, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "secret", "-f", "locked"]);
    let refused = home.refused(5, &["key", "import", "locked", "--out", "x", "-o", "json"]);
    assert_eq!(refused["reason"], "PASSPHRASE_NEEDED");
    for kind in ["rsa", "ecdsa"] {
        other(&home, "ssh-keygen", &["-q", "-t", kind, "-N", "", "-m", "PKCS8", "-f", kind]);
        let refused = home.refused(2, &["key", "import", kind, "--out", "x", "-o", "json"]);
        assert!(refused["message"].as_str().unwrap().contains("only Ed25519"), "{refused}");
    }
}

#[test]
fn openssl_reads_what_is_exported_and_is_read() {
    if !has("openssl", "version") {
        return;
    }
    let home = Home::new();
    other(&home, "openssl", &["genpkey", "-algorithm", "ed25519", "-out", "theirs.pem"]);
    other(&home, "openssl", &["pkey", "-in", "theirs.pem", "-outform", "DER", "-out", "theirs.der"]);
    let peer_ids = ["theirs.pem", "theirs.der"].map(|file| {
        home.ok(&["key", "import", file, "--out", &format!("{file}.key")]);
        peer_id(&home, &format!("{file}.key"))
    });
    assert_eq!(peer_ids[0], peer_ids[1]);
    home.ok(&["key", "export", "theirs.pem.key", "--format", "pkcs8", "--out", "ours.pem"]);
    let text = |file: &str| fs::read_to_string(home.path().join(file)).unwrap();
    assert_eq!(text("ours.pem"), text("theirs.pem"));
    let public = ["pkey", "-pubout", "-in"];
    assert_eq!(
        other(&home, "openssl", &[&public[..], &["ours.pem"]].concat()),
        other(&home, "openssl", &[&public[..], &["theirs.pem"]].concat())
    );
    other(&home, "openssl", &["genpkey", "-algorithm", "x25519", "-out", "exchange.pem"]);
    let refused = home.refused(2, &["key", "import", "exchange.pem", "--out", "x", "-o", "json"]);
    assert!(refused["message"].as_str().unwrap().contains("another type"), "{refused}");
}
