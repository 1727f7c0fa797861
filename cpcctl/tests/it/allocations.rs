//! Allocations: asked for, followed, provided by a real agent and given back, against a real cpcd; and what needs none.

use serde_json::Value;

use crate::harness::Home;

#[test]
fn a_request_is_shown_before_it_is_sent() {
    let home = Home::new();
    let arguments = [
        "alloc",
        "request",
        "--cpu",
        "500m",
        "--memory",
        "1.5GiB",
        "--bandwidth",
        "100Mbit",
        "--nodes",
        "3",
        "--region",
        "eu",
        "--node-label",
        "disk=ssd",
        "--spread-over",
        "rack",
        "--label",
        "job=render",
        "--exclusive",
        "--binpack",
        "--ttl",
        "10m",
        "--request-id",
        "job-17",
        "--wait",
        "--dry-run",
    ];
    let table = home.ok(&arguments);
    let expected = "\
Nodes       3
Each        cpu 500m, memory 1536MiB, bandwidth 100Mbit
Placement   labels disk=ssd
            region eu
            spread over rack
Strategy    binpack, exclusive
Labels      job=render
Request id  job-17
";
    assert_eq!(table, expected);
    let json: Value = serde_json::from_str(&home.ok(&[&arguments[..], &["-o", "json"]].concat())).unwrap();
    let resources = serde_json::json!({
        "cpuMillicores": "500", "memoryBytes": "1610612736", "bandwidthBitsPerSecond": "100000000",
    });
    assert_eq!((&json["resources"], &json["ttlSeconds"], &json["wait"]), (&resources, &600.into(), &true.into()));
    assert_eq!(json["placement"]["spreadOverLabel"], "rack");
    assert_eq!(home.ok(&[&arguments[..], &["-o", "name"]].concat()), "job-17\n");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_sent() {
    let home = Home::new();
    let refused = |arguments: &[&str]| home.refused(2, &[&["allocation"], arguments, &["-o", "json"]].concat());
    assert!(refused(&["request"])["message"].as_str().unwrap().contains("--cpu"));
    assert!(refused(&["request", "--cpu", "many"])["message"].as_str().unwrap().contains("500m"));
    assert!(refused(&["request", "--memory", "5 parsecs"])["message"].as_str().unwrap().contains("512MiB"));
    assert!(refused(&["request", "--cpu", "1", "--nodes", "65"])["message"].as_str().unwrap().contains("64"));
    let twice = refused(&["request", "--cpu", "1", "--label", "a=1", "--label", "a=2"]);
    assert_eq!(twice["message"], "--label: a name is given twice");
    // Nobody can be asked here, so it says what to add.
    assert!(refused(&["release", "some-id"])["message"].as_str().unwrap().contains("--yes"));
    assert!(refused(&["renew", "one", "two", "--epoch", "3"])["message"].as_str().unwrap().contains("one id"));
}
