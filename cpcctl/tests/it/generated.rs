//! The generated files in the repository are what the definition gives.

use std::path::Path;

use crate::harness::Home;

#[test]
fn completions_and_man_pages_are_current() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository");
    let run = Home::new().run(&["generate", "--check", "--folder", &repository.display().to_string()]);
    assert_eq!(run.code, 0, "run `cpcctl generate` in the repository:\n{}", run.stderr);
}

#[test]
fn stale_missing_and_strange_files_are_named() {
    let home = Home::new();
    home.ok(&["generate"]);
    home.ok(&["generate", "--check"]);
    std::fs::write(home.path().join("man/cpcctl.1"), "old").unwrap();
    std::fs::remove_file(home.path().join("completions/cpcctl.bash")).unwrap();
    std::fs::write(home.path().join("man/cpcctl-gone.1"), "").unwrap();
    let error = home.refused(9, &["generate", "--check", "-o", "json"]);
    let fields: Vec<&str> = error["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["completions/cpcctl.bash", "man/cpcctl.1", "man/cpcctl-gone.1"]);
    home.ok(&["generate"]);
    home.ok(&["generate", "--check"]);
}

#[test]
fn the_man_page_has_every_exit_code() {
    let home = Home::new();
    home.ok(&["generate"]);
    let page = std::fs::read_to_string(home.path().join("man/cpcctl.1")).unwrap();
    for exit in cpcctl::exit::Exit::ALL {
        assert!(page.contains(&format!(".TP\n\\fB{}\\fR\n", exit.code())), "{exit:?}");
    }
    for page in ["cpcctl-key-generate.1", "cpcctl-content-publish.1", "cpcctl-search.1"] {
        let page = std::fs::read_to_string(home.path().join("man").join(page)).unwrap();
        assert!(page.contains("Examples:"), "each command shows how it is used");
    }
}

#[test]
fn completion_is_printed_for_each_shell() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(home.ok(&["completion", shell]).contains("cpcctl"), "{shell}");
    }
}
