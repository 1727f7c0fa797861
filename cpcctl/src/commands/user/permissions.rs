//! Permissions as they are typed and shown: `content=write`, `nodes=write@label=region:eu-west`.

use cpc_proto::v1::{Level, PermissionRule, Resource, Scope};

/// Writes permissions as they are given on the command line.
pub(in crate::commands) fn rules(rules: &[PermissionRule]) -> String {
    if rules.is_empty() { "none".to_owned() } else { rules.iter().map(rule).collect::<Vec<_>>().join(", ") }
}

/// Writes one.
pub(in crate::commands) fn rule(rule: &PermissionRule) -> String {
    let word = |name: &str, prefix: &str| name.trim_start_matches(prefix).to_lowercase();
    let (resource, level): (Resource, Level) = (rule.resource(), rule.level());
    let text = format!("{}={}", word(resource.as_str_name(), "RESOURCE_"), word(level.as_str_name(), "LEVEL_"));
    match &rule.scope {
        Some(scope) => format!("{text}@{}", scope_text(scope)),
        None => text,
    }
}

fn scope_text(scope: &Scope) -> String {
    let mut labels: Vec<_> = scope.labels.iter().map(|(name, value)| format!("label={name}:{value}")).collect();
    labels.sort_unstable();
    let owner = Some(&scope.owner_id).filter(|id| !id.is_empty()).map(|id| format!("owner={id}"));
    let object = Some(&scope.object_id).filter(|id| !id.is_empty()).map(|id| format!("object={id}"));
    labels.into_iter().chain(owner).chain(object).collect::<Vec<_>>().join(",")
}

/// Reads a permission of the command line.
pub(in crate::commands) fn permission(text: &str) -> Result<PermissionRule, String> {
    let (rule, scope) = text.split_once('@').map_or((text, None), |(rule, scope)| (rule, Some(scope)));
    let (resource, level) =
        rule.split_once('=').ok_or_else(|| "a permission is RESOURCE=LEVEL, as in content=write".to_owned())?;
    let known = |name: String, word: &str| if word == "unspecified" { None } else { Some(name) };
    let resource_name = known(format!("RESOURCE_{}", resource.to_uppercase()), resource);
    let level_name = known(format!("LEVEL_{}", level.to_uppercase()), level);
    let resource = resource_name.and_then(|name| Resource::from_str_name(&name)).ok_or_else(|| {
        format!("no resource {resource}; there are nodes, allocations, content, users, metrics and system")
    })?;
    let level = level_name
        .and_then(|name| Level::from_str_name(&name))
        .ok_or_else(|| format!("no level {level}; there are read, write and admin"))?;
    let parts = scope.map(|scope| scope.split(',').map(scope_part).collect::<Result<Vec<_>, _>>()).transpose()?;
    let scope = parts.map(|parts| scope_of(&parts)).transpose()?;
    Ok(PermissionRule { resource: resource.into(), level: level.into(), scope })
}

/// Reads what somebody asks about: a permission, or its words in the other order, as in `write nodes`.
pub(in crate::commands) fn question(text: &str) -> Result<PermissionRule, String> {
    match text.trim().split_once(' ') {
        Some((level, resource)) => {
            let (resource, scope) = resource.trim().split_once('@').unwrap_or((resource.trim(), ""));
            let at = if scope.is_empty() { "" } else { "@" };
            permission(&format!("{resource}={level}{at}{scope}"))
        }
        None => permission(text),
    }
}

/// A part of a scope, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) enum ScopePart {
    /// Of a user: a name or an id.
    Owner(String),
    /// A single thing, by its id.
    Object(String),
    /// With a label.
    Label(String, String),
}

/// Reads a part of a scope.
pub(in crate::commands) fn scope_part(text: &str) -> Result<ScopePart, String> {
    let wrong = || "a scope is owner=USER, object=ID or label=NAME:VALUE".to_owned();
    let (kind, value) = text.split_once('=').filter(|(_, value)| !value.is_empty()).ok_or_else(wrong)?;
    match kind {
        "owner" => Ok(ScopePart::Owner(value.to_owned())),
        "object" => Ok(ScopePart::Object(value.to_owned())),
        "label" => {
            let (name, value) = value.split_once(':').ok_or_else(wrong)?;
            Ok(ScopePart::Label(name.to_owned(), value.to_owned()))
        }
        _ => Err(wrong()),
    }
}

/// Puts parts together, each but labels once.
pub(in crate::commands) fn scope_of(parts: &[ScopePart]) -> Result<Scope, String> {
    let mut scope = Scope::default();
    for part in parts {
        let is_twice = match part {
            ScopePart::Owner(owner) => !std::mem::replace(&mut scope.owner_id, owner.clone()).is_empty(),
            ScopePart::Object(object) => !std::mem::replace(&mut scope.object_id, object.clone()).is_empty(),
            ScopePart::Label(name, value) => scope.labels.insert(name.clone(), value.clone()).is_some(),
        };
        if is_twice {
            return Err("a scope says one thing once".to_owned());
        }
    }
    Ok(scope)
}

/// Says whether a rule opens all that another opens.
pub(super) fn covers(held: &PermissionRule, wanted: &PermissionRule) -> bool {
    let is_as_wide = match (&held.scope, &wanted.scope) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(held), Some(wanted)) => {
            held.labels.iter().all(|(name, value)| wanted.labels.get(name) == Some(value))
                && (held.owner_id.is_empty() || held.owner_id == wanted.owner_id)
                && (held.object_id.is_empty() || held.object_id == wanted.object_id)
        }
    };
    held.resource == wanted.resource && held.level >= wanted.level && is_as_wide
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_come_back_as_they_were_given() {
        for text in [
            "content=write",
            "users=read",
            "system=admin",
            "nodes=write@label=region:eu-west",
            "nodes=admin@label=rack:7,label=region:eu,owner=0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21",
            "content=read@object=0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21",
        ] {
            assert_eq!(rules(&[permission(text).unwrap()]), text);
        }
        for text in [
            "content",
            "content=",
            "=write",
            "content=all",
            "stuff=read",
            "unspecified=read",
            "content=unspecified",
            "nodes=read@",
            "nodes=read@realm=x",
            "nodes=read@label=region",
            "nodes=read@owner=a,owner=b",
        ] {
            assert!(permission(text).is_err(), "{text}");
        }
    }

    #[test]
    fn questions_have_two_orders() {
        for (text, same) in [("write nodes", "nodes=write"), ("read nodes@label=a:b", "nodes=read@label=a:b")] {
            assert_eq!(question(text), permission(same), "{text}");
            assert_eq!(question(same), permission(same), "{text}");
        }
        assert!(question("write").is_err() && question("nodes write").is_err());
    }

    #[test]
    fn a_wider_rule_covers_a_narrower_one() {
        let covers = |held: &str, wanted: &str| covers(&permission(held).unwrap(), &permission(wanted).unwrap());
        assert!(covers("nodes=write", "nodes=read@label=a:b") && covers("nodes=write", "nodes=write"));
        assert!(covers("nodes=write@label=a:b", "nodes=write@label=a:b,owner=x"));
        assert!(
            !covers("nodes=write@label=a:b", "nodes=write") && !covers("nodes=write@label=a:b", "nodes=read@label=a:c")
        );
        assert!(!covers("nodes=read", "nodes=write") && !covers("content=admin", "nodes=read"));
    }
}
