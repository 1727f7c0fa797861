//! Namespaces: what nodes are to be found under, as in libp2p's rendezvous.

use crate::{Error, Reason, Result, text};

/// Most namespaces of a node.
pub const MAX: usize = 16;
/// Most bytes of one (libp2p rendezvous: 255).
pub const MAX_BYTES: usize = 255;

/// Checks the namespaces in `field`; gives them sorted, each once.
///
/// # Errors
/// `FIELD_REQUIRED` for an empty one, `FIELD_TOO_LONG`, `FIELD_INVALID`.
pub fn clean(field: &str, given: &[String]) -> Result<Vec<String>> {
    if given.len() > MAX {
        return Err(Error::field(
            Reason::FieldTooLong,
            field,
            format!("has {} namespaces, at most {MAX} are allowed", given.len()),
        ));
    }
    let mut namespaces = given.iter().map(|namespace| one(field, namespace)).collect::<Result<Vec<_>>>()?;
    namespaces.sort_unstable();
    namespaces.dedup();
    Ok(namespaces)
}

/// Checks a single namespace.
///
/// # Errors
/// As [`clean`].
pub fn one(field: &str, given: &str) -> Result<String> {
    if !given.chars().any(text::is_visible) {
        return Err(Error::field(Reason::FieldRequired, field, "has a namespace without a visible character"));
    }
    let namespace = text::clean(field, given, MAX_BYTES, false)?;
    if namespace.len() > MAX_BYTES {
        let text = format!("has a namespace of {} bytes, at most {MAX_BYTES} are allowed", namespace.len());
        return Err(Error::field(Reason::FieldTooLong, field, text));
    }
    Ok(namespace)
}

/// Checks that the namespaces in `field` are among those that are allowed; none allowed means any.
///
/// # Errors
/// `FIELD_INVALID` naming the first that is not.
pub fn within(field: &str, given: &[String], allowed: &[String]) -> Result<()> {
    match given.iter().find(|one| !allowed.is_empty() && !allowed.contains(one)) {
        None => Ok(()),
        Some(other) => Err(Error::field(
            Reason::FieldInvalid,
            field,
            format!("has '{other}', but the node's invite allows only: {}", allowed.join(", ")),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_short_and_each_is_named_once() {
        let clean =
            |given: &[&str]| clean("namespaces", &given.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        assert_eq!(clean(&["chat", "files", "chat"]).unwrap(), ["chat", "files"]);
        let reason = |given: &[&str]| clean(given).unwrap_err().reason();
        assert_eq!(reason(&[""]), Reason::FieldRequired);
        assert_eq!(reason(&["a\nb"]), Reason::FieldInvalid);
        assert_eq!(reason(&[&"\u{e9}".repeat(128)]), Reason::FieldTooLong);
        assert_eq!(reason(&["x"; 17]), Reason::FieldTooLong);
    }

    #[test]
    fn none_allowed_means_any() {
        let words = |given: &[&str]| given.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let within = |given: &[&str], allowed: &[&str]| within("namespaces", &words(given), &words(allowed));
        assert!(within(&["chat"], &[]).is_ok() && within(&[], &["files"]).is_ok());
        assert!(within(&["chat"], &["chat", "files"]).is_ok());
        assert!(within(&["chat", "games"], &["chat"]).unwrap_err().message().contains("'games'"));
    }
}
