//! How many nodes of one network there may be, on both edges.

use cpc_proto::v1;
use cpc_signing::{Dialect, SecretKey};
use http::Method;
use tonic::{Request, Status};
use tonic_types::StatusExt;

use crate::harness::{Daemon, Engine, eventually, for_each_engine, reason, record};

async fn info(daemon: &Daemon, invite: &str) -> v1::NodeInfo {
    let key = SecretKey::generate();
    let mut info = daemon.node_info(&key, record(&key, 1, &[], Dialect::Standard)).await;
    info.proof.as_mut().unwrap().invite = invite.into();
    info
}

/// Registers a new node from an address, as the proxy says.
async fn by_grpc(daemon: &Daemon, from: &str, invite: &str) -> Result<v1::RegistrationResponse, Status> {
    let mut request = Request::new(info(daemon, invite).await);
    request.metadata_mut().insert("x-forwarded-for", from.parse().unwrap());
    daemon.registry(None).await.register_node(request).await.map(tonic::Response::into_inner)
}

async fn by_rest(daemon: &Daemon, from: &str) -> crate::harness::Answer {
    let body = serde_json::to_string(&info(daemon, "").await).unwrap();
    let headers = [("x-forwarded-for", from.to_owned())];
    daemon.send(Method::POST, "/register", None, Some(&body), &headers).await
}

fn full(status: &Status, limit: &str, network: &str) {
    assert_eq!(reason(status), "QUOTA_EXCEEDED", "{status}");
    let details = status.get_error_details();
    let metadata = &details.error_info().unwrap().metadata;
    assert_eq!((metadata["limit"].as_str(), metadata["network"].as_str()), (limit, network));
    assert!(metadata["used"].parse::<u64>().unwrap() >= metadata["most"].parse::<u64>().unwrap());
    assert!(details.retry_info().unwrap().retry_delay.unwrap().as_secs() > 0, "it says when");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_from_two_networks_ends_at_their_quotas() {
    for_each_engine(async |engine: Engine| {
        let settings = [
            ("identity.join", "open"),
            ("limits.trusted_proxies", "[\"127.0.0.1\"]"),
            ("registry.nodes_per_network", "5"),
        ];
        let daemon = Daemon::start_with(&engine, &settings).await;
        // Over gRPC many at once from one /24, over REST one after the other from one /64.
        let flood = (0..40).map(|number| {
            let (daemon, from) = (&daemon, format!("203.0.113.{number}"));
            async move { by_grpc(daemon, &from, "").await }
        });
        let answers = futures_util::future::join_all(flood).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
        answers.iter().filter_map(|answer| answer.as_ref().err()).for_each(|status| {
            full(status, "nodes_per_network", "203.0.113.0/24");
        });
        let mut let_in = 0;
        for number in 0..12 {
            let answer = by_rest(&daemon, &format!("2001:db8:0:7::{number:x}")).await;
            if answer.status == 200 {
                let_in += 1;
            } else {
                assert_eq!((answer.status, answer.reason().as_str()), (429, "QUOTA_EXCEEDED"));
                assert!(answer.headers.contains_key("retry-after"));
                let text = answer.text();
                assert!(text.contains("2001:db8:0:7::/64"), "{text}");
            }
        }
        assert_eq!(let_in, 5);
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM nodes").await, 10);
        let sum = "SELECT nodes FROM node_counts WHERE name = 'all'";
        assert_eq!(daemon.count(&engine, sum).await, 10);

        // Others come in: of another network, from this machine, by an invite that does not count.
        let next = by_grpc(&daemon, "203.0.114.1", "").await.unwrap();
        let shown = daemon.look(&next.node_id).await.unwrap();
        assert_eq!(shown.network, "203.0.114.0/24");
        let (local, _) = daemon.join("", v1::NodeInfo::default()).await.unwrap();
        assert_eq!(daemon.look(&local.id).await.unwrap().network, "");
        let invite = async |is_uncounted: bool| {
            let kind = v1::SubjectKind::Node.into();
            let request = v1::CreateInviteRequest { kind, uses: 9, is_uncounted, ..Default::default() };
            daemon.local().await.create_invite(request).await.unwrap().into_inner().code
        };
        let (counted, uncounted) = (invite(false).await, invite(true).await);
        full(&by_grpc(&daemon, "203.0.113.200", &counted).await.unwrap_err(), "nodes_per_network", "203.0.113.0/24");
        by_grpc(&daemon, "203.0.113.201", &uncounted).await.unwrap();

        // Whoever goes makes room, once.
        let id = answers.iter().find_map(|answer| answer.as_ref().ok()).unwrap().node_id.clone();
        daemon.local_registry().await.delete_node(v1::DeleteNodeRequest { id }).await.unwrap();
        eventually("there is room", async || by_grpc(&daemon, "203.0.113.99", "").await.is_ok()).await;
        let again = by_grpc(&daemon, "203.0.113.98", "").await.unwrap_err();
        full(&again, "nodes_per_network", "203.0.113.0/24");
        let status = daemon.admin().await.get_status(v1::GetStatusRequest {}).await.unwrap().into_inner();
        let quota = status.node_quotas.iter().find(|quota| quota.limit == "nodes_per_network").unwrap();
        assert_eq!((quota.used, quota.most), (5, 5), "{quota:?}");
        let text = daemon.get("/metrics").await.text();
        assert!(text.contains("cpcd_registrations_refused_total{limit=\"nodes_per_network\"}"), "{text}");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_nodes_are_counted_by_the_hour_and_all_together() {
    let settings = [
        ("identity.join", "open"),
        ("limits.trusted_proxies", "[\"127.0.0.1\"]"),
        ("registry.new_nodes_per_network_per_hour", "3"),
        ("registry.max_nodes", "5"),
    ];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    // Who comes and goes is counted each time.
    for _ in 0..3 {
        let id = by_grpc(&daemon, "198.51.100.1", "").await.unwrap().node_id;
        daemon.local_registry().await.delete_node(v1::DeleteNodeRequest { id }).await.unwrap();
    }
    let status = by_grpc(&daemon, "198.51.100.2", "").await.unwrap_err();
    full(&status, "new_nodes_per_network_per_hour", "198.51.100.0/24");
    for number in 1..=5 {
        by_grpc(&daemon, &format!("192.0.{number}.1"), "").await.unwrap();
    }
    let status = by_grpc(&daemon, "192.0.9.1", "").await.unwrap_err();
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().metadata["limit"], "max_nodes", "{status}");
    daemon.stop().await;
}
