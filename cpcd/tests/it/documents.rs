//! The documents say what the program does.

use cpcd_model::Reason;

#[test]
fn every_reason_is_documented() {
    let text = include_str!("../../../docs/errors.md");
    for reason in Reason::ALL {
        let (grpc, _, name) = reason.kind().codes();
        let http = reason.http_status();
        let row = format!("| `{}` | {name} | {grpc} | {http} | {} |", reason.as_str(), reason.doc());
        assert!(text.contains(&row), "docs/errors.md lacks the row:\n{row}");
    }
    let rows = text.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, Reason::ALL.len(), "docs/errors.md has a row for a reason that is gone");
}

#[test]
fn the_tables_of_calls_are_as_the_table_has_them() {
    for (name, table) in [
        ("permissions.md", cpcd::table::permissions()),
        ("api.md", cpcd::table::interface()),
        ("audit.md", cpcd::table::audited()),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once("<!-- calls: ").unwrap();
        let (comment, rest) = rest.split_once("-->\n").unwrap();
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        let wanted = format!("{before}<!-- calls: {comment}-->\n{table}<!-- end -->{after}");
        if std::env::var_os("CPC_GENERATE").is_some() {
            std::fs::write(&path, &wanted).unwrap();
        } else {
            assert!(text == wanted, "docs/{name} is not what the table of calls says: run dev/generate");
        }
    }
}
