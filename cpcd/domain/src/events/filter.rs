//! Which events somebody asks for.

use std::collections::BTreeSet;

use cpcd_model::{Error, Reason, Result};
use uuid::Uuid;

/// What every kind begins with that anybody is told of.
pub(super) const AREAS: [&str; 4] = ["node.", "allocation.", "registry.", "friend."];
const MOST_KINDS: usize = 32;
const LONGEST_KIND: usize = 50;
const MOST_SUBJECTS: usize = 100;

/// Which events somebody asks for, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What the kind begins with; one of them.
    pub(super) kinds: Vec<String>,
    /// What it happened to; none means anything.
    pub(super) subjects: Vec<Uuid>,
}

impl Filter {
    /// Reads a filter as it came: beginnings of kinds, and ids; none of either means all.
    ///
    /// # Errors
    /// `FIELD_INVALID`, `FIELD_TOO_LONG`.
    pub fn read(kinds: &[String], subjects: &[String]) -> Result<Self> {
        let too_many = |field: &str, count: usize, most: usize| {
            let text = format!("names {count}, and may name {most}");
            (count > most).then(|| Error::field(Reason::FieldTooLong, field, text)).map_or(Ok(()), Err)
        };
        too_many("kinds", kinds.len(), MOST_KINDS)?;
        too_many("subject_ids", subjects.len(), MOST_SUBJECTS)?;
        for kind in kinds {
            let is_known = AREAS.iter().any(|area| kind.starts_with(area)) && kind.len() <= LONGEST_KIND;
            if !is_known || !kind.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_' | b'-')) {
                let text = "must each begin with node., allocation., registry. or friend., as in allocation.moved";
                return Err(Error::field(Reason::FieldInvalid, "kinds", text));
            }
        }
        let id = |text: &String| {
            Uuid::try_parse(text).map_err(|_| {
                let text =
                    "must each be the id of a node, an allocation or a user, such as 0198c5f0-7a3e-7c52-9d21-3f1b2a4c5d6e";
                Error::field(Reason::FieldInvalid, "subject_ids", text)
            })
        };
        let subjects: BTreeSet<_> = subjects.iter().map(id).collect::<Result<_>>()?;
        let kinds: BTreeSet<_> = kinds.iter().cloned().collect();
        if kinds.is_empty() {
            return Ok(Self { subjects: subjects.into_iter().collect(), ..Self::all() });
        }
        Ok(Self { kinds: kinds.into_iter().collect(), subjects: subjects.into_iter().collect() })
    }

    /// Gives the filter that lets everything through.
    #[must_use]
    pub fn all() -> Self {
        Self { kinds: AREAS.iter().map(|area| (*area).to_owned()).collect(), subjects: Vec::new() }
    }

    /// Gives the filter of what happens to nodes.
    #[must_use]
    pub fn nodes() -> Self {
        Self { kinds: vec!["node.".to_owned()], subjects: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kinds: &[&str], subjects: &[&str]) -> Result<Filter> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Filter::read(&owned(kinds), &owned(subjects))
    }

    #[test]
    fn kinds_are_of_an_area_that_there_is() {
        assert_eq!(read(&[], &[]).unwrap(), Filter::all());
        assert_eq!(read(&["node.", "node."], &[]).unwrap(), Filter::nodes());
        assert_eq!(read(&["allocation.moved"], &[]).unwrap().kinds, ["allocation.moved"]);
        for wrong in ["", "node", "content.", "Node.", "node.%", "user.deleted", &format!("node.{}", "x".repeat(60))] {
            let error = read(&[wrong], &[]).unwrap_err();
            assert_eq!((error.reason(), error.fields()[0].field.as_str()), (Reason::FieldInvalid, "kinds"), "{wrong}");
        }
        assert_eq!(read(&["node."; 33], &[]).unwrap_err().reason(), Reason::FieldTooLong);
    }

    #[test]
    fn subjects_are_ids_and_not_too_many() {
        let id = Uuid::from_u128(7).to_string();
        assert_eq!(read(&[], &[&id, &id]).unwrap().subjects, [Uuid::from_u128(7)]);
        assert_eq!(read(&[], &["7"]).unwrap_err().reason(), Reason::FieldInvalid);
        assert_eq!(read(&[], &vec![id.as_str(); 101]).unwrap_err().reason(), Reason::FieldTooLong);
    }
}
