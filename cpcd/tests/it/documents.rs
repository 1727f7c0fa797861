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
fn every_call_has_its_need_documented() {
    use prost::Message;
    let text = include_str!("../../../docs/permissions.md");
    let set = prost_types::FileDescriptorSet::decode(cpc_proto::FILE_DESCRIPTOR_SET).unwrap();
    for service in set.file.iter().filter(|file| file.package() == "cpc.v1").flat_map(|file| &file.service) {
        for method in &service.method {
            assert!(
                text.contains(&format!("`{}`", method.name())),
                "docs/permissions.md does not name {}",
                method.name()
            );
        }
    }
}
