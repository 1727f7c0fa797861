//! `GET /routing/v1/peers/{peer-id}`, as the Delegated Routing V1 HTTP API has it.

use http::Method;
use serde_json::json;

use super::{Newcomer, PRIVATE, Registered};
use crate::harness::{ADDRESS, Daemon, Engine, for_each_engine};

const QUIC: &str = "/ip4/8.8.8.8/udp/4001/quic-v1";

fn path(node: &Registered) -> String {
    format!("/routing/v1/peers/{}", node.peer_id())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_peer_is_found_by_its_id() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &[("registry.private_addresses", "always")]).await;
        let public = Newcomer { addresses: &[ADDRESS, QUIC, PRIVATE], ..Default::default() }.register(&daemon).await;
        let hidden = Newcomer { realm: "home", addresses: &[ADDRESS], ..Default::default() }.register(&daemon).await;
        let inner = Newcomer { addresses: &[PRIVATE], ..Default::default() }.register(&daemon).await;

        let answer = daemon.get(&path(&public)).await;
        let peer = json!({ "Schema": "peer", "ID": public.peer_id(), "Addrs": [ADDRESS, QUIC], "Protocols": [] });
        assert_eq!((answer.status, answer.json()), (200, json!({ "Peers": [peer] })));
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/json");
        assert_eq!(header("cache-control"), "public, max-age=300");
        assert_eq!(header("access-control-allow-origin"), "*");
        assert!(header("vary").contains("Accept"));
        // The same key by its other name.
        let cid = [&[1, 0x72], public.node.key.public().peer_id().to_bytes().as_slice()].concat();
        let hex: String = cid.iter().map(|byte| format!("{byte:02x}")).collect();
        let answer = daemon.get(&format!("/routing/v1/peers/f{hex}")).await;
        assert_eq!(answer.json()["Peers"][0]["ID"], public.peer_id());

        // Nobody learns whether there is one that is not public.
        let nobody = daemon.get("/routing/v1/peers/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N").await;
        for node in [&hidden, &inner] {
            let answer = daemon.get(&path(node)).await;
            assert_eq!((answer.status, answer.json()), (nobody.status, json!({ "Peers": [] })));
            assert_eq!(answer.headers["cache-control"], "public, max-age=15");
            assert_eq!(answer.headers.len(), nobody.headers.len());
        }
        // Filters and lines.
        let answer = daemon.get(&format!("{}?filter-addrs=quic-v1&filter-protocols=unknown", path(&public))).await;
        assert_eq!(answer.json()["Peers"][0]["Addrs"], json!([QUIC]));
        let answer = daemon.get(&format!("{}?filter-protocols=transport-bitswap", path(&public))).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "Peers": [] })));
        let lines = [("accept", "application/x-ndjson".to_owned())];
        let answer = daemon.rest_with(Method::GET, &path(&public), &lines).await;
        assert_eq!(answer.headers["content-type"], "application/x-ndjson");
        assert_eq!((answer.json(), answer.text().matches('\n').count()), (peer, 1));
        let answer = daemon.rest_with(Method::GET, &path(&hidden), &lines).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, ""));
        // What is no id, and what browsers ask before they ask.
        let answer = daemon.get("/routing/v1/peers/bafkqaaa").await;
        assert_eq!((answer.status, answer.reason().as_str()), (422, "FIELD_INVALID"));
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        let answer = daemon.rest(Method::OPTIONS, &path(&public), None, None).await;
        assert_eq!(
            (answer.status, &answer.headers["access-control-allow-methods"]),
            (204, &"GET, OPTIONS".parse().unwrap())
        );
        let answer = daemon.rest(Method::PUT, &path(&public), None, None).await;
        assert_eq!((answer.status, &answer.headers["allow"]), (405, &"GET, HEAD, OPTIONS".parse().unwrap()));
        // One that is silent for too long is nowhere.
        daemon
            .local_registry()
            .await
            .delete_node(cpc_proto::v1::DeleteNodeRequest { id: public.node.id.clone() })
            .await
            .unwrap();
        assert_eq!(daemon.get(&path(&public)).await.json(), json!({ "Peers": [] }));
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_open_where_the_settings_say_and_not_for_ever_so_many() {
    let closed = Daemon::start_with(&Engine::sqlite(), &[("peers.routing", "never")]).await;
    let public = Newcomer { addresses: &[ADDRESS], ..Default::default() }.register(&closed).await;
    let stranger = closed.person("stranger", &["content=read"]).await;
    let answer = closed.get(&path(&public)).await;
    assert_eq!((answer.status, answer.reason().as_str()), (401, "TOKEN_MISSING"));
    let answer = closed.rest(Method::GET, &path(&public), Some(&stranger.token), None).await;
    assert_eq!((answer.status, &answer.headers["cache-control"]), (200, &"private, max-age=300".parse().unwrap()));
    closed.stop().await;

    let busy =
        Daemon::start_with(&Engine::sqlite(), &[("rates.search.network", "1/2"), ("limits.limit_loopback", "true")])
            .await;
    let public = Newcomer { addresses: &[ADDRESS], ..Default::default() }.register(&busy).await;
    let mut answer = busy.get(&path(&public)).await;
    for _ in 0..50 {
        if answer.status == 429 {
            break;
        }
        answer = busy.get(&path(&public)).await;
    }
    assert_eq!((answer.status, answer.reason().as_str()), (429, "RATE_LIMITED"));
    assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    busy.stop().await;
}
