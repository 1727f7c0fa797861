//! Labels: short names with short values, on nodes and in what grants them.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::{Error, Reason, Result, text};

/// Labels by their names.
pub type Labels = BTreeMap<String, String>;

/// Most labels of one thing.
pub const MAX: usize = 32;
/// Most characters of a name, and of a value.
pub const MAX_CHARS: usize = 50;

/// Checks the labels in `field`: at most 32, names and values of at most 50 characters, put into NFC; a name is not empty.
///
/// # Errors
/// `FIELD_REQUIRED`, `FIELD_TOO_LONG`, `FIELD_INVALID`.
pub fn clean(field: &str, given: impl IntoIterator<Item = (String, String)>) -> Result<Labels> {
    let mut labels = Labels::new();
    for (name, value) in given {
        if labels.len() == MAX {
            return Err(Error::field(Reason::FieldTooLong, field, format!("has more than {MAX} labels")));
        }
        let name = text::clean(field, &name, MAX_CHARS, false)?;
        if !name.chars().any(text::is_visible) {
            return Err(Error::field(Reason::FieldRequired, field, "has a label without a name"));
        }
        // Filters and grants are written name=value.
        if name.contains('=') {
            return Err(Error::field(
                Reason::FieldInvalid,
                field,
                format!("has the name '{name}', which contains '='"),
            ));
        }
        let value = text::clean(field, &value, MAX_CHARS, false)?;
        match labels.entry(name) {
            Entry::Vacant(place) => place.insert(value),
            Entry::Occupied(place) => {
                let text = format!("names {} twice, in two spellings of the same characters", place.key());
                return Err(Error::field(Reason::FieldInvalid, field, text));
            }
        };
    }
    Ok(labels)
}

/// Gives what somebody says with what they were granted, which wins.
///
/// # Errors
/// `FIELD_TOO_LONG` if they are too many together.
pub fn granted_over(field: &str, said: Labels, granted: &Labels) -> Result<Labels> {
    let mut both = said;
    both.extend(granted.iter().map(|(name, value)| (name.clone(), value.clone())));
    if both.len() > MAX {
        let text = format!("has {} labels with those that are granted, at most {MAX} are allowed", both.len());
        return Err(Error::field(Reason::FieldTooLong, field, text));
    }
    Ok(both)
}

/// Checks the realm in `field`: text like a label's value; nothing if it is empty.
///
/// # Errors
/// `FIELD_TOO_LONG`, `FIELD_INVALID`.
pub fn realm(field: &str, given: &str) -> Result<Option<String>> {
    let realm = text::clean(field, given, MAX_CHARS, false)?;
    if !realm.is_empty() && !realm.chars().any(text::is_visible) {
        return Err(Error::field(Reason::FieldInvalid, field, "has no visible character"));
    }
    Ok(Some(realm).filter(|realm| !realm.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(given: &[(&str, &str)]) -> Option<Reason> {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        clean("labels", given).err().map(|error| error.reason())
    }

    #[test]
    fn labels_are_short_and_plain() {
        assert_eq!(reason(&[("region", "eu-west"), ("rack", "")]), None);
        assert_eq!(reason(&[("", "x")]), Some(Reason::FieldRequired));
        assert_eq!(reason(&[("a", &"x".repeat(51))]), Some(Reason::FieldTooLong));
        assert_eq!(reason(&[(&"x".repeat(51), "a")]), Some(Reason::FieldTooLong));
        assert_eq!(reason(&[("a\u{202E}", "x")]), Some(Reason::FieldInvalid));
        assert_eq!(reason(&[("a", "\u{1b}[2J")]), Some(Reason::FieldInvalid));
        assert_eq!(reason(&[("a=b", "x")]), Some(Reason::FieldInvalid));
        assert_eq!(reason(&[("\u{e9}", "x"), ("e\u{301}", "y")]), Some(Reason::FieldInvalid));
        let many = |count: usize| clean("labels", (0..count).map(|n| (n.to_string(), String::new())));
        assert_eq!(many(32).unwrap().len(), 32);
        assert_eq!(many(33).unwrap_err().reason(), Reason::FieldTooLong);
    }

    #[test]
    fn what_is_granted_wins_over_what_is_said() {
        let labels = |pairs: &[(&str, &str)]| -> Labels {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let both = granted_over("labels", labels(&[("region", "moon"), ("disk", "ssd")]), &labels(&[("region", "eu")]));
        assert_eq!(both.unwrap(), labels(&[("disk", "ssd"), ("region", "eu")]));
        let many: Labels = (0..32).map(|n| (n.to_string(), String::new())).collect();
        assert_eq!(granted_over("l", many, &labels(&[("x", "")])).unwrap_err().reason(), Reason::FieldTooLong);
    }

    #[test]
    fn a_realm_may_be_left_out() {
        assert_eq!(realm("realm", "").unwrap(), None);
        assert_eq!(realm("realm", "lab").unwrap().as_deref(), Some("lab"));
        assert!(realm("realm", " ").is_err() && realm("realm", "a\nb").is_err());
    }
}
