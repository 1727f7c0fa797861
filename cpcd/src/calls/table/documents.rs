//! The table as the documents show it; a test compares.

use cpcd_domain::audit::Keeps;

use super::{PLAIN, routes, rows};

/// Gives the table of docs/permissions.md: what each call needs.
#[must_use]
pub fn permissions() -> String {
    let calls = rows().map(|row| format!("| `{}` | {} |\n", row.grpc(), row.words()));
    let plain = PLAIN.iter().map(|plain| format!("| `{}` | {} |\n", plain.label, plain.needs));
    format!("| call | needs |\n|---|---|\n{}", calls.chain(plain).collect::<String>())
}

/// Gives the table of docs/audit.md: what each call that changes something leaves in the audit.
#[must_use]
pub fn audited() -> String {
    let calls = rows().filter_map(|row| {
        let kept = match row.keeps() {
            Some(Keeps::All) => "each change".to_owned(),
            Some(Keeps::Marked) => "each change to what is others'".to_owned(),
            None if row.unaudited_because().is_empty() => return None,
            None => format!("nothing: {}", row.unaudited_because()),
        };
        Some(format!("| `{}` | {kept} |\n", row.grpc()))
    });
    format!("| call | kept |\n|---|---|\n{}", calls.collect::<String>())
}

/// Gives the table of docs/api.md: each call on both edges.
#[must_use]
pub fn interface() -> String {
    let calls = rows().map(|row| {
        let paths: Vec<_> = row.paths().map(|path| format!("`{path}`")).collect();
        let paths = if paths.is_empty() { "–".to_owned() } else { paths.join(", ") };
        let route = routes().iter().find(|route| route.row.grpc() == row.grpc());
        let query = route.map(|route| route.inputs().query).unwrap_or_default();
        let query: Vec<_> = query.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
        format!("| `{}` | {paths} | {} |\n", row.grpc(), query.join(", "))
    });
    format!("| gRPC | REST | query parameters |\n|---|---|---|\n{}", calls.collect::<String>())
}
