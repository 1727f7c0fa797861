//! Key files: made, shown, refused.

use std::{fs, process::Command};

use crate::harness::{Home, without};

#[test]
fn a_key_is_made_once_and_shown_alike_from_both_halves() {
    let home = Home::new();
    let made: serde_json::Value = serde_json::from_str(&home.ok(&["key", "generate", "-o", "json"])).unwrap();
    let path = home.config().join("id_ed25519");
    assert_eq!(made["keyPath"], path.display().to_string());
    let shown: serde_json::Value = serde_json::from_str(&home.ok(&["key", "show", "-o", "json"])).unwrap();
    assert_eq!(shown, made);
    let public = home.config().join("id_ed25519.pub").display().to_string();
    let peer_id = home.ok(&["key", "show", &public, "-o", "name"]);
    assert_eq!(peer_id, format!("{}\n", made["peerId"].as_str().unwrap()));
    assert!(peer_id.starts_with("12D3KooW"));

    let before = fs::read(&path).unwrap();
    let error = home.refused(6, &["key", "generate", "-o", "json"]);
    assert_eq!(error["reason"], "FILE_EXISTS");
    assert_eq!(fs::read(&path).unwrap(), before, "an existing key is never touched");
    home.ok(&["key", "generate", "--force"]);
    assert_ne!(fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn private_files_are_private_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    let run = Command::new("sh")
        .args(["-c", "umask 000; exec \"$0\" key generate", env!("CARGO_BIN_EXE_cpcctl")])
        .env("CPCCTL_CONFIG_DIR", home.config())
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let path = home.config().join("id_ed25519");
    assert_eq!((mode(&path), mode(&home.config())), (0o600, 0o700));

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    for arguments in [&["key", "show", "-o", "json"][..], &["login", "-o", "json"]] {
        let error = home.refused(5, arguments);
        assert_eq!(error["reason"], "FILE_NOT_PRIVATE");
        assert_eq!(error["hint"], format!("chmod 600 {}", path.display()));
    }
}

#[test]
fn ssh_keygen_and_cpcctl_read_each_others_keys() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        return without("ssh-keygen");
    }
    let home = Home::new();
    home.ok(&["key", "generate", "--out", "ours", "--comment", "alice"]);
    let derived = Command::new("ssh-keygen").args(["-y", "-f", "ours"]).current_dir(home.path()).output().unwrap();
    assert!(derived.status.success(), "{derived:?}");
    assert_eq!(String::from_utf8(derived.stdout).unwrap(), fs::read_to_string(home.path().join("ours.pub")).unwrap());

    let make = |kind: &str, passphrase: &str| {
        let file = format!("{kind}-{}", passphrase.len());
        let arguments = ["-q", "-t", kind, "-N", passphrase, "-f", &file];
        assert!(Command::new("ssh-keygen").args(arguments).current_dir(home.path()).status().unwrap().success());
        file
    };
    for passphrase in ["", "secret"] {
        let file = make("ed25519", passphrase);
        let public = format!("{file}.pub");
        assert_eq!(home.ok(&["key", "show", &file]).lines().nth(1), home.ok(&["key", "show", &public]).lines().nth(1));
    }
    let locked = home.refused(5, &["login", "--key", "ed25519-6", "-o", "json"]);
    assert_eq!(locked["reason"], "PASSPHRASE_NEEDED");
    for kind in ["ecdsa", "rsa"] {
        let file = make(kind, "");
        for file in [format!("{file}.pub"), file] {
            let error = home.refused(2, &["key", "show", &file, "-o", "json"]);
            assert!(error["message"].as_str().unwrap().contains(kind), "{error}");
        }
    }
}
