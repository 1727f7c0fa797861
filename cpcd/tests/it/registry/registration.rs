//! Registration: what is taken, what is refused, and that both edges say the same.

use cpc_proto::v1;
use cpc_signing::{Dialect, SecretKey};
use http::Method;

use crate::harness::{ADDRESS, Daemon, Engine, for_each_engine, reason, record};

/// Registers over gRPC in the name of nobody, or with a token.
async fn register(
    daemon: &Daemon,
    token: Option<&str>,
    info: v1::NodeInfo,
) -> Result<v1::RegistrationResponse, String> {
    let answer = daemon.registry(token).await.register_node(info).await;
    answer.map(tonic::Response::into_inner).map_err(|status| reason(&status))
}

/// Makes a message that was complete wrong.
type Fault<'a> = dyn Fn(&mut v1::NodeInfo) + 'a;

async fn node_invite(daemon: &Daemon, realm: &str, labels: &[(&str, &str)]) -> String {
    let request = v1::CreateInviteRequest {
        kind: v1::SubjectKind::Node.into(),
        uses: 10,
        realm: realm.into(),
        labels: labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Default::default()
    };
    daemon.local().await.create_invite(request).await.expect("an invite").into_inner().code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_registers_once_however_often() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let operator = daemon.person("operator", &["nodes=write"]).await;
        let token = Some(operator.token.as_str());
        for dialect in [Dialect::Standard, Dialect::Legacy] {
            let key = SecretKey::generate();
            let first = record(&key, 7, &[ADDRESS], dialect);
            let answer = register(&daemon, token, daemon.node_info(&key, first.clone()).await).await.unwrap();
            assert_eq!(answer.peer_id, key.public().peer_id().to_string());
            assert!(answer.next_heartbeat_ms > 0 && answer.next_heartbeat_ms <= 30_000, "{answer:?}");
            let tokens = answer.tokens.unwrap();
            assert!(!tokens.access_token.is_empty() && tokens.refresh_token.is_empty());
            let node = daemon.look(&answer.node_id).await.unwrap();
            assert_eq!((node.status(), node.owner_id.as_str()), (v1::NodeStatus::Online, operator.id.as_str()));
            assert_eq!(node.signed_peer_record, first, "served as it came");
            assert_eq!(node.addresses, [ADDRESS]);
            assert_eq!(node.capacity.unwrap().cpu_millicores, 4000);

            // The same again changes nothing, whoever brings it: the key is the proof.
            let again = register(&daemon, None, daemon.node_info(&key, first.clone()).await).await.unwrap();
            assert_eq!(again.node_id, answer.node_id);
            let lower = record(&key, 6, &[], dialect);
            let stale = register(&daemon, None, daemon.node_info(&key, lower.clone()).await).await;
            assert_eq!(stale.unwrap_err(), "RECORD_STALE");
            let same = record(&key, 7, &[], dialect);
            let stale = register(&daemon, None, daemon.node_info(&key, same).await).await;
            assert_eq!(stale.unwrap_err(), "RECORD_STALE", "another record of the same number");
            let newer = record(&key, 8, &[ADDRESS, "/dns4/node.example.org/tcp/443/wss"], dialect);
            register(&daemon, None, daemon.node_info(&key, newer).await).await.unwrap();
            let node = daemon.look(&key.public().peer_id().to_string()).await.unwrap();
            assert_eq!((node.record_sequence, node.addresses.len()), (8, 2));
            assert_eq!(node.owner_id, operator.id, "whoever brings a newer record owns nothing by it");

            // A node that lost count begins anew once its owner says so.
            let request = v1::ResetNodeSequenceRequest { id: answer.node_id.clone() };
            let reset = daemon.registry(token).await.reset_node_sequence(request).await.unwrap().into_inner();
            assert_eq!(reset.old_sequence, 8);
            register(&daemon, None, daemon.node_info(&key, lower).await).await.unwrap();
            assert_eq!(daemon.look(&answer.node_id).await.unwrap().record_sequence, 6);
        }
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM nodes").await, 2);
        let registered = "SELECT count(*) FROM events WHERE kind = 'node.registered'";
        assert_eq!(daemon.count(&engine, registered).await, 2);
        let updated = "SELECT count(*) FROM events WHERE kind = 'node.updated'";
        assert_eq!(daemon.count(&engine, updated).await, 4, "two changes for each, no-ops left out");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_lets_a_node_in_and_says_whose_it_is() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let key = SecretKey::generate();
        let private = record(&key, 1, &["/ip4/192.168.1.7/tcp/4001", ADDRESS], Dialect::Standard);
        let info = daemon.node_info(&key, private.clone()).await;
        assert_eq!(register(&daemon, None, info).await.unwrap_err(), "FIELD_REQUIRED", "the policy asks for an invite");

        let plain = node_invite(&daemon, "", &[]).await;
        let with = async |code: &str, labels: &[(&str, &str)]| {
            let mut info = daemon.node_info(&key, private.clone()).await;
            info.proof.as_mut().unwrap().invite = code.to_owned();
            info.labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            register(&daemon, None, info).await
        };
        assert_eq!(with(&plain, &[]).await.unwrap_err(), "ADDRESS_NOT_ALLOWED", "private addresses need a realm");
        let home = node_invite(&daemon, "home", &[("region", "eu-west")]).await;
        let answer = with(&home, &[("region", "moon"), ("disk", "ssd")]).await.unwrap();
        let node = daemon.look(&answer.node_id).await.unwrap();
        assert_eq!(node.realm, "home");
        assert_eq!((node.labels["region"].as_str(), node.labels["disk"].as_str()), ("eu-west", "ssd"));
        assert_eq!(with("cpci_nonsense", &[("region", "sun")]).await.unwrap().node_id, answer.node_id, "it is known");
        assert_eq!(daemon.look(&answer.node_id).await.unwrap().labels["region"], "eu-west", "what is granted stays");
        // Also where somebody registers it who needs no invite: its own realm is what its addresses are held against.
        let again = daemon.node_info(&key, private.clone()).await;
        let again = daemon.local_registry().await.register_node(again).await.unwrap().into_inner();
        assert_eq!(
            (again.node_id.as_str(), daemon.look(&again.node_id).await.unwrap().realm.as_str()),
            (answer.node_id.as_str(), "home")
        );
        // The refused attempts used nothing up.
        let uses = "SELECT count(*) FROM nodes WHERE realm = 'home'";
        assert_eq!(daemon.count(&engine, uses).await, 1);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_alike_on_both_edges() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let operator = daemon.person("operator", &["nodes=write"]).await;
    let (key, other) = (SecretKey::generate(), SecretKey::generate());
    let good = record(&key, 1, &[ADDRESS], Dialect::Standard);
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let at = |address: &str| record(&key, 1, &[address], Dialect::Standard);
    let own = key.public().peer_id();
    let records = [
        ("nothing", Vec::new(), "FIELD_REQUIRED"),
        ("no protobuf", vec![0xff; 40], "RECORD_INVALID"),
        ("too long", vec![0x0a; 100_000], "RECORD_INVALID"),
        ("another payload", flipped(42), "RECORD_INVALID"),
        ("another's signature", flipped(good.len() - 1), "SIGNATURE_INVALID"),
        ("another's record", record(&other, 1, &[ADDRESS], Dialect::Standard), "RECORD_KEY_MISMATCH"),
        ("a number beyond the store's", record(&key, u64::MAX, &[ADDRESS], Dialect::Standard), "RECORD_INVALID"),
        ("loopback", at("/ip4/127.0.0.1/tcp/4001"), "ADDRESS_NOT_ALLOWED"),
        ("a private network", at("/ip4/10.0.0.1/tcp/4001"), "ADDRESS_NOT_ALLOWED"),
        ("carrier-grade NAT", at("/ip4/100.64.0.1/tcp/4001"), "ADDRESS_NOT_ALLOWED"),
        ("mapped", at("/ip6/::ffff:10.0.0.1/tcp/4001"), "ADDRESS_NOT_ALLOWED"),
        ("port 0", at("/ip4/8.8.8.8/tcp/0"), "ADDRESS_NOT_ALLOWED"),
        ("memory", at("/memory/5"), "ADDRESS_NOT_ALLOWED"),
        ("another's id", at(&format!("/ip4/8.8.8.8/tcp/1/p2p/{}", other.public().peer_id())), "ADDRESS_NOT_ALLOWED"),
        ("itself as relay", at(&format!("/ip4/8.8.8.8/tcp/1/p2p/{own}/p2p-circuit")), "ADDRESS_NOT_ALLOWED"),
        (
            "too many",
            record(
                &key,
                1,
                &(1..=21)
                    .map(|port| format!("/ip4/8.8.8.8/tcp/{port}"))
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>(),
                Dialect::Legacy,
            ),
            "ADDRESS_NOT_ALLOWED",
        ),
    ];
    let info = async |change: &dyn Fn(&mut v1::NodeInfo)| {
        let mut info = daemon.node_info(&key, good.clone()).await;
        change(&mut info);
        info
    };
    let mut wrong = Vec::new();
    for (what, bytes, expected) in records {
        for _ in 0..2 {
            wrong.push((what, info(&|info| info.signed_peer_record = bytes.clone()).await, expected));
        }
    }
    let login = daemon.proof_for(&key, v1::SubjectKind::Node, v1::ChallengePurpose::Login).await;
    let faults: [(&str, &Fault<'_>, &str); 8] = [
        ("no proof", &|info| info.proof = None, "FIELD_REQUIRED"),
        ("a proof for login", &|info| info.proof = Some(login.clone()), "CHALLENGE_INVALID"),
        ("no challenge", &|info| info.proof.as_mut().unwrap().challenge.clear(), "CHALLENGE_INVALID"),
        ("no signature", &|info| info.proof.as_mut().unwrap().signature.clear(), "SIGNATURE_INVALID"),
        ("another signature", &|info| info.proof.as_mut().unwrap().signature[3] ^= 1, "SIGNATURE_INVALID"),
        ("impossible memory", &|info| info.capacity.as_mut().unwrap().memory_bytes = u64::MAX, "FIELD_INVALID"),
        ("a hostile agent", &|info| info.agent_version = "\u{202E}".into(), "FIELD_INVALID"),
        ("a long label", &|info| drop(info.labels.insert("x".into(), "y".repeat(51))), "FIELD_TOO_LONG"),
    ];
    for (what, change, expected) in faults {
        for _ in 0..2 {
            wrong.push((what, info(change).await, expected));
        }
    }
    for pair in wrong.chunks(2) {
        let (what, grpc, expected) = pair[0].clone();
        let got = register(&daemon, Some(&operator.token), grpc).await.unwrap_err();
        assert_eq!(got, expected, "gRPC: {what}");
        let body = serde_json::to_string(&pair[1].1).unwrap();
        let answer = daemon.rest(Method::POST, "/register", Some(&operator.token), Some(&body)).await;
        assert_eq!(answer.reason(), expected, "REST: {what}");
    }
    assert_eq!(daemon.count(&Engine::sqlite(), "SELECT count(*) FROM nodes").await, 0);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_registers_once() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let operator = daemon.person("operator", &["nodes=write"]).await;
        let key = SecretKey::generate();
        let info = daemon.node_info(&key, record(&key, 1, &[ADDRESS], Dialect::Standard)).await;
        let mut running = Vec::new();
        for _ in 0..8 {
            let client = daemon.registry(Some(&operator.token)).await;
            for _ in 0..25 {
                let (mut client, info) = (client.clone(), info.clone());
                running.push(tokio::spawn(async move { client.register_node(info).await.map_err(|e| reason(&e)) }));
            }
        }
        let mut successes = 0;
        for call in running {
            match call.await.unwrap() {
                Ok(_) => successes += 1,
                Err(reason) => assert!(["CHALLENGE_USED", "WRITE_CONFLICT"].contains(&reason.as_str()), "{reason}"),
            }
        }
        assert_eq!(successes, 1);
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM nodes").await, 1);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_one_node_however_many_register_it_at_once() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let operator = daemon.person("operator", &["nodes=write"]).await;
        let key = SecretKey::generate();
        let mut running = Vec::new();
        for _ in 0..20 {
            let info = daemon.node_info(&key, record(&key, 1, &[ADDRESS], Dialect::Standard)).await;
            let mut client = daemon.registry(Some(&operator.token)).await;
            running.push(tokio::spawn(async move { client.register_node(info).await.map_err(|e| reason(&e)) }));
        }
        let mut ids = std::collections::BTreeSet::new();
        for call in running {
            match call.await.unwrap() {
                Ok(answer) => drop(ids.insert(answer.into_inner().node_id)),
                Err(reason) => assert_eq!(reason, "WRITE_CONFLICT"),
            }
        }
        assert_eq!(ids.len(), 1);
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM nodes").await, 1);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_come_together_are_told_apart() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let operator = daemon.person("operator", &["nodes=write"]).await;
        let known = daemon.node().await;
        let again = daemon.node_info(&known.key, record(&known.key, 2, &[ADDRESS], Dialect::Standard)).await;
        let mut infos = vec![("known", again.clone()), ("the same proof", again)];
        for number in 0..60 {
            let key = SecretKey::generate();
            let info = daemon.node_info(&key, record(&key, 1, &[ADDRESS], Dialect::Standard)).await;
            infos.push(("new", info.clone()));
            if number % 10 == 0 {
                infos.push(("the same proof", info));
            }
        }
        let client = daemon.registry(Some(&operator.token)).await;
        let mut running = Vec::new();
        for (what, info) in infos {
            let mut client = client.clone();
            running.push(tokio::spawn(async move { (what, client.register_node(info).await) }));
        }
        let (mut ids, mut replayed) = (Vec::new(), 0);
        for call in running {
            match call.await.unwrap() {
                (_, Ok(answer)) => ids.push(answer.into_inner().node_id),
                (what, Err(status)) => {
                    assert_eq!(reason(&status), "CHALLENGE_USED", "{what}");
                    replayed += 1;
                }
            }
        }
        assert_eq!((ids.len(), replayed), (61, 7));
        assert!(ids.contains(&known.id), "a known node keeps its id");
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM nodes").await, 61);
        let events = "SELECT count(*) FROM events WHERE kind = 'node.registered'";
        assert_eq!(daemon.count(&engine, events).await, 61);
        daemon.stop().await;
    })
    .await;
}
