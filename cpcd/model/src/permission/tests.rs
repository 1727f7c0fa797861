//! What rules open, and what is refused for a rule.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{id::UserId, labels::Labels};

const OWNER: &str = "0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21";

fn parse(json: &str) -> serde_json::Result<Permissions> {
    serde_json::from_str(json)
}

fn permissions(json: &Value) -> Permissions {
    parse(&json.to_string()).unwrap()
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_level_includes_the_ones_before_it() {
    let held = Permissions::new(vec!["content=write".parse().unwrap()]).unwrap();
    assert!(held.allow(Resource::Content, Level::Read));
    assert!(held.allow(Resource::Content, Level::Write));
    assert!(!held.allow(Resource::Content, Level::Admin));
    assert!(!held.allow(Resource::Users, Level::Read));
}

#[test]
fn a_scope_narrows() {
    let held = permissions(&json!({ "rules": [
        { "resource": "nodes", "level": "write", "scope": { "label": { "region": "eu-west" } } },
        { "resource": "nodes", "level": "admin", "scope": { "label": { "region": "eu-west", "rack": "7" }, "owner": OWNER } },
        { "resource": "nodes", "level": "read" },
    ] }));
    let owner = UserId::parse("owner", OWNER).unwrap();
    let (west, rack) = (labels(&[("region", "eu-west"), ("x", "y")]), labels(&[("region", "eu-west"), ("rack", "7")]));
    let on = |level, labels: &Labels, owner| {
        held.allow_on(Resource::Nodes, level, &Target { labels: Some(labels), owner, object: None })
    };
    assert!(on(Level::Write, &west, None) && !on(Level::Admin, &west, None));
    assert!(on(Level::Admin, &rack, Some(owner)) && !on(Level::Admin, &rack, Some(UserId::generate())));
    assert!(!on(Level::Write, &Labels::new(), None) && on(Level::Read, &Labels::new(), None));
    // What is asked of everything is not had by a scope.
    assert!(!held.allow(Resource::Nodes, Level::Write) && held.allow(Resource::Nodes, Level::Read));
    assert_eq!(held.scopes(Resource::Nodes, Level::Read), Scopes::All);
    let Scopes::Only(scopes) = held.scopes(Resource::Nodes, Level::Write) else { panic!("not of everything") };
    assert_eq!(scopes.len(), 2);
    assert_eq!(held.scopes(Resource::Content, Level::Read), Scopes::Only(Vec::new()));
}

#[test]
fn what_is_unknown_is_refused_not_ignored() {
    assert!(parse(r#"{"rules":[{"resource":"content","level":"write"}]}"#).is_ok());
    let scoped = format!(r#"{{"rules":[{{"resource":"content","level":"read","scope":{{"owner":"{OWNER}"}}}}]}}"#);
    assert!(parse(&scoped).is_ok());
    for wrong in [
        r#"{"rules":[{"resource":"content","level":"root"}]}"#,
        r#"{"rules":[{"resource":"content","level":"Write"}]}"#,
        r#"{"rules":[{"resource":"content","level":{"write":null}}]}"#,
        r#"{"rules":[{"resource":["content"],"level":"write"}]}"#,
        r#"{"rules":[{"resource":"content","level":"write","scope":{}}]}"#,
        r#"{"rules":[{"resource":"content","level":"write","scope":null}]}"#,
        r#"{"rules":[{"resource":"nodes","level":"write","scope":{"label":{}}}]}"#,
        r#"{"rules":[{"resource":"nodes","level":"write","scope":{"label":[["a","b"]]}}]}"#,
        r#"{"rules":[{"resource":"nodes","level":"write","scope":{"label":{"a":"b","a":"c"}}}]}"#,
        r#"{"rules":[{"resource":"nodes","level":"write","scope":{"label":{"a":7}}}]}"#,
        r#"{"rules":[{"resource":"nodes","level":"write","scope":{"realm":"a"}}]}"#,
        r#"{"rules":[{"resource":"nodes","level":"write","scope":{"owner":"me"}}]}"#,
        r#"{"rules":[{"resource":"nodes","level":"write","scope":{"owner":null,"label":{"a":"b"}}}]}"#,
        r#"{"rules":[{"resource":"nodes","level":"write","scope":[{"a":"b"}]}]}"#,
        r#"{"rules":[{"resource":"content","level":"write","scope":{"label":{"a":"b"}}}]}"#,
        r#"{"rules":[{"resource":"system","level":"read","scope":{"owner":"0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21"}}]}"#,
        r#"{"rules":[{"resource":"content","level":"read","level":"admin"}]}"#,
        r#"{"rules":[{"resource":"content","level":"read"},{"resource":"content","level":"admin"}]}"#,
        r#"{"rules":[],"admin":true}"#,
        r#"{"rules":[],"rules":[]}"#,
        r#"{"rules":"content=admin"}"#,
        r#"{"rules":[["content","admin"]]}"#,
        r#"[[{"resource":"content","level":"admin"}]]"#,
        r"[]",
        r"null",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_resource_is_named_once_for_each_scope() {
    let rules = vec!["users=read".parse().unwrap(), "users=admin".parse().unwrap()];
    assert_eq!(Permissions::new(rules).unwrap_err().reason(), Reason::FieldInvalid);
    let one = |object| Rule {
        scope: Some(Scope { object: Some(object), ..Scope::default() }),
        ..Rule::on(Resource::Users, Level::Read)
    };
    let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
    assert!(Permissions::new(vec![one(a), one(b), Rule::on(Resource::Users, Level::Read)]).is_ok());
    assert!(Permissions::new(vec![one(a), one(a)]).is_err());
    let many = (0..=Permissions::MAX).map(|_| one(Uuid::now_v7())).collect();
    assert_eq!(Permissions::new(many).unwrap_err().reason(), Reason::FieldTooLong);
}

fn scope() -> impl Strategy<Value = Scope> {
    let id = |number: u8| Uuid::from_u128(0x0192_f0c1_2b7a_7c3e_9d54_6a1f_0e8b_7c20 + u128::from(number));
    let labels = prop::collection::btree_map("[ab]", "[xy]", 0..3);
    (labels, prop::option::of(0..2_u8), prop::option::of(0..2_u8)).prop_map(move |(labels, owner, object)| Scope {
        labels,
        owner: owner.map(|owner| id(owner).into()),
        object: object.map(id),
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let (resources, levels) = (prop::sample::select(&Resource::ALL[..2]), prop::sample::select(&Level::ALL[..]));
    let scope = prop::option::of(scope().prop_filter("says something", |scope| *scope != Scope::default()));
    (resources, levels, scope).prop_map(|(resource, level, scope)| Rule { resource, level, scope })
}

/// Changes a value somewhere, in a way that makes it say something that it must not.
fn spoil(value: &mut Value, place: usize, how: usize) -> bool {
    let rule = value["rules"].as_array_mut().and_then(|rules| rules.get_mut(place));
    let Some(Value::Object(rule)) = rule else { return false };
    match how {
        0 => rule.insert("admin".into(), json!(true)).is_none(),
        1 => rule.insert("Level".into(), json!("admin")).is_none(),
        2 => rule.insert("level".into(), json!(["admin"])).is_some(),
        3 => rule.insert("level".into(), json!("ADMIN")).is_some(),
        4 => rule.insert("level".into(), json!({ "admin": null })).is_some(),
        5 => rule.insert("resource".into(), json!("*")).is_some(),
        6 => {
            rule.insert("scope".into(), json!([]));
            true
        }
        7 => rule.remove("level").is_some(),
        8 => rule.insert("rules".into(), json!([{ "resource": "system", "level": "admin" }])).is_none(),
        _ => rule
            .get_mut("scope")
            .and_then(Value::as_object_mut)
            .is_some_and(|scope| scope.insert("any".into(), json!(true)).is_none()),
    }
}

proptest! {
    #[test]
    fn what_is_kept_comes_back(rules in prop::collection::vec(rule(), 0..6)) {
        if let Ok(permissions) = Permissions::new(rules) {
            let json = serde_json::to_string(&permissions).unwrap();
            prop_assert_eq!(parse(&json).unwrap(), permissions);
        }
    }

    #[test]
    fn what_is_spoilt_is_refused(rules in prop::collection::vec(rule(), 1..4), place in 0..4_usize, how in 0..10_usize) {
        if let Ok(permissions) = Permissions::new(rules) {
            let mut value = serde_json::to_value(&permissions).unwrap();
            if spoil(&mut value, place, how) {
                prop_assert!(parse(&value.to_string()).is_err(), "{}", value);
            }
        }
    }

    #[test]
    fn who_covers_a_rule_may_all_that_it_opens(held in rule(), other in rule(), level in prop::sample::select(&Level::ALL[..]), thing in scope()) {
        let target = Target { labels: Some(&thing.labels), owner: thing.owner, object: thing.object };
        for resource in Resource::ALL {
            if held.covers(&other) && other.opens(resource, level, &target) {
                prop_assert!(held.opens(resource, level, &target), "{} covers {}", held, other);
            }
        }
        prop_assert!(held.covers(&held));
    }
}

#[test]
fn what_two_allow_is_what_each_allows() {
    let held = permissions(&json!({ "rules": [
        { "resource": "content", "level": "admin" },
        { "resource": "nodes", "level": "write", "scope": { "label": { "region": "eu-west" } } },
        { "resource": "users", "level": "read" },
    ] }));
    let wanted = permissions(&json!({ "rules": [
        { "resource": "content", "level": "write", "scope": { "owner": OWNER } },
        { "resource": "nodes", "level": "admin", "scope": { "label": { "rack": "7" } } },
        { "resource": "system", "level": "admin" },
        { "resource": "users", "level": "admin" },
    ] }));
    let both = permissions(&json!({ "rules": [
        { "resource": "content", "level": "write", "scope": { "owner": OWNER } },
        { "resource": "nodes", "level": "write", "scope": { "label": { "rack": "7", "region": "eu-west" } } },
        { "resource": "users", "level": "read" },
    ] }));
    assert!(wanted.within(&held).are(&both) && held.within(&wanted).are(&both));
    assert!(held.within(&Permissions::default()).rules().is_empty());
    assert!(held.within(&Permissions::all()).are(&held));
}

proptest! {
    #[test]
    fn what_two_allow_is_never_more(
        mine in prop::collection::vec(rule(), 0..5), theirs in prop::collection::vec(rule(), 0..5),
        level in prop::sample::select(&Level::ALL[..]), thing in scope(),
    ) {
        if let (Ok(mine), Ok(theirs)) = (Permissions::new(mine), Permissions::new(theirs)) {
            let both = mine.within(&theirs);
            let target = Target { labels: Some(&thing.labels), owner: thing.owner, object: thing.object };
            for resource in Resource::ALL {
                let may = |held: &Permissions| held.allow_on(resource, level, &target);
                prop_assert!(!may(&both) || may(&mine) && may(&theirs));
            }
            for rule in mine.rules().iter().filter(|rule| theirs.cover(rule)) {
                prop_assert!(both.cover(rule), "{}", rule);
            }
        }
    }
}
