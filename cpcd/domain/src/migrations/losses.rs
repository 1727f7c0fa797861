//! What is lost when a migration is taken back, as its statements say it.

/// Names what statements take away: tables, columns, rows.
#[must_use]
pub fn losses(sql: &str) -> Vec<String> {
    let without_comments: String =
        sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join(" ");
    let statements: Vec<Vec<&str>> =
        without_comments.split(';').map(|statement| statement.split_whitespace().collect()).collect();
    let renamed: Vec<&str> = statements
        .iter()
        .filter_map(|words| match words.as_slice() {
            ["ALTER", "TABLE", _, "RENAME", "TO", name] => Some(*name),
            _ => None,
        })
        .collect();
    statements
        .iter()
        .filter_map(|words| match words.as_slice() {
            // A table that another takes the place of is not lost: what of it is not copied, is said by its own statement.
            ["DROP", "TABLE", table] if renamed.contains(table) => None,
            ["DROP", "TABLE", table] => Some(format!("table {table} with all its rows")),
            ["ALTER", "TABLE", table, "DROP", "COLUMN", column] => Some(format!("column {table}.{column}")),
            ["DELETE", "FROM", table, rest @ ..] => Some(format!("rows of {table} {}", rest.join(" ").to_lowercase())),
            ["INSERT", "INTO", _, "SELECT", rest @ ..] => {
                let from = rest.iter().position(|word| *word == "FROM")?;
                match &rest[from..] {
                    ["FROM", table, "WHERE", condition @ ..] => {
                        Some(format!("rows of {table} but where {}", condition.join(" ")))
                    }
                    _ => None,
                }
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_columns_and_rows_are_named() {
        let sql = "-- DROP TABLE nothing;\nDROP INDEX a;\nDROP TABLE grants;\nALTER TABLE nodes DROP COLUMN realm;\n\
                   DELETE FROM revocations WHERE kind = 'x';\nALTER TABLE nodes RESET (fillfactor);";
        assert_eq!(
            losses(sql),
            ["table grants with all its rows", "column nodes.realm", "rows of revocations where kind = 'x'"]
        );
        let replaced = "CREATE TABLE b (id INTEGER);\nINSERT INTO b SELECT id FROM a WHERE id <> 1;\nDROP TABLE a;\n\
                        ALTER TABLE b RENAME TO a;";
        assert_eq!(losses(replaced), ["rows of a but where id <> 1"]);
    }
}
