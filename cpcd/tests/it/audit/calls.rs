//! Every call that changes something leaves an entry of it: who, what, to which, when and from where.

use std::net::SocketAddr;

use cpc_proto::{FILE_DESCRIPTOR_SET, clients::event_service_client::EventServiceClient, v1};
use cpcd::table::{Row, rows};
use cpcd_domain::audit::Keeps;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::harness::{Bearer, Daemon, Engine, Person, eventually, raw, raw_stream, rule_message};

/// What a daemon was asked, and by whom.
struct Stage {
    daemon: Daemon,
    admin: Person,
    owner: Person,
    /// Takes whatever it is sent.
    hook: SocketAddr,
}

/// How a call is made so that it changes something.
enum Way {
    /// By the administrator, or whoever has this token.
    Call(Value, Option<String>),
    /// It was made just now.
    Done,
}

impl Stage {
    /// Makes what a call needs, and gives how it is to be made. A new call that is audited needs a line here.
    async fn way(&self, call: &str) -> Way {
        let Self { daemon, admin, owner, hook } = self;
        let by_admin = |message| Way::Call(message, None);
        match call {
            "NodeOrchestration/RegisterNode" => {
                daemon.node().await;
                Way::Done
            }
            "NodeOrchestration/DeleteNode"
            | "NodeOrchestration/ResetNodeSequence"
            | "NodeOrchestration/CordonNode"
            | "NodeOrchestration/DrainNode" => by_admin(json!({ "id": daemon.node().await.id })),
            "NodeOrchestration/UncordonNode" => {
                let id = daemon.node().await.id;
                let request = v1::CordonNodeRequest { id: id.clone() };
                daemon.local_registry().await.cordon_node(request).await.expect("it is cordoned");
                by_admin(json!({ "id": id }))
            }
            "NodeOrchestration/UpdateNode" => {
                by_admin(json!({ "id": daemon.node().await.id, "setLabels": { "rack": "7" } }))
            }
            "NodeOrchestration/ExpireNode" => by_admin(json!({ "id": daemon.node().await.id, "ttlSeconds": "3600" })),
            "NodeOrchestration/ApproveNode" => {
                let (node, answer) = daemon.join("", v1::NodeInfo::default()).await.expect("it waits");
                assert!(answer.is_pending);
                by_admin(json!({ "id": node.id }))
            }
            "NodeOrchestration/RenewAllocation" | "NodeOrchestration/ReleaseAllocation" => {
                let resources = Some(v1::NodeResources { cpu_millicores: 1 << 40, ..Default::default() });
                let request = v1::ResourceRequest { resources, wait: true, ..Default::default() };
                let made = daemon.local_registry().await.request_resources(request).await.expect("it waits");
                by_admin(json!({ "id": made.into_inner().id }))
            }
            "DiscoveryService/DeleteContent" => {
                let metadata = v1::ContentMetadata { title: "somebody's".into(), ..Default::default() };
                // The owner is no longer logged in by now.
                let author = daemon.person("author", &["content=write"]).await;
                let made = daemon.discovery(Some(&author.token)).await.publish_content(metadata).await;
                by_admin(json!({ "id": made.expect("it is published").into_inner().content.expect("content").id }))
            }
            "EventService/CreateWebhook" => by_admin(json!({ "url": format!("http://{hook}/a-secret-path") })),
            "EventService/DeleteWebhook" | "EventService/TestWebhook" => {
                let bearer = Bearer(Some(admin.token.clone()));
                let mut events = EventServiceClient::with_interceptor(daemon.channel().await, bearer);
                let request = v1::CreateWebhookRequest { url: format!("http://{hook}/x"), kinds: Vec::new() };
                let made = events.create_webhook(request).await.expect("it is made").into_inner();
                by_admin(json!({ "id": made.webhook.expect("a webhook").id }))
            }
            "IdentityService/Authenticate" => {
                daemon.login(&owner.key).await.expect("the login succeeds");
                Way::Done
            }
            "IdentityService/Logout" => Way::Call(json!({}), Some(daemon.login(&admin.key).await.expect("a login"))),
            "IdentityService/RevokeTokens" => by_admin(json!({ "subjectId": owner.id })),
            "IdentityService/CreateUser" => {
                let key = cpc_signing::SecretKey::generate().public();
                let key = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key.as_bytes());
                by_admin(json!({ "username": "somebody", "publicKey": key }))
            }
            "IdentityService/UpdatePermissions" => {
                let rules = json!([{ "resource": "RESOURCE_CONTENT", "level": "LEVEL_READ" }]);
                by_admin(json!({ "id": owner.id, "permissions": rules }))
            }
            "IdentityService/CreateInvite" => by_admin(json!({ "kind": "SUBJECT_KIND_USER" })),
            "IdentityService/RevokeInvite" => {
                let request = v1::CreateInviteRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
                let made = daemon.local().await.create_invite(request).await.expect("it is made");
                by_admin(json!({ "id": made.into_inner().invite.expect("an invite").id }))
            }
            "IdentityService/RotateTokenKey" | "AdminService/ApplyMigrations" | "AdminService/RebuildIndex" => {
                by_admin(json!({}))
            }
            other => panic!("{other} is audited: say here how it changes something"),
        }
    }

    /// Makes a call that changes something.
    async fn make(&self, pool: &DescriptorPool, row: &Row) {
        let Way::Call(message, token) = self.way(row.grpc()).await else { return };
        let (service, name) = row.grpc().split_once('/').unwrap();
        let service = pool.get_service_by_name(&format!("cpc.v1.{service}")).unwrap();
        let method = service.methods().find(|method| method.name() == name).unwrap();
        let bytes = DynamicMessage::deserialize(method.input(), &message).expect("a message").encode_to_vec();
        let path = format!("/cpc.v1.{}", row.grpc());
        let token = token.as_deref().or(Some(&self.admin.token));
        let channel = self.daemon.channel().await;
        let done = if method.is_server_streaming() {
            raw_stream(channel, &path, token, bytes).await
        } else {
            raw(channel, &path, token, bytes).await
        };
        done.unwrap_or_else(|status| panic!("{}: {status:?}", row.grpc()));
    }

    /// Gives the entries of a call, the newest first.
    async fn entries(&self, action: &str) -> Vec<v1::AuditEntry> {
        let request = v1::ListAuditEntriesRequest {
            action: action.into(),
            outcome: v1::AuditOutcome::Ok.into(),
            page_size: 500,
            ..Default::default()
        };
        self.daemon.local_audit().await.list_audit_entries(request).await.expect("a list").into_inner().entries
    }
}

/// Listens, and takes whatever it is sent.
async fn hook() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 16 << 10]).await;
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_changes_something_leaves_an_entry() {
    let hook = hook().await;
    let allow = format!(r#"["http://{hook}"]"#);
    let settings =
        [("identity.join", "approval"), ("events.webhook_allow", allow.as_str()), ("events.webhook_private", "true")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    let all = ["nodes", "allocations", "content", "users", "metrics", "system"].map(|name| format!("{name}=admin"));
    let admin = daemon.person("admin", &all.each_ref().map(String::as_str)).await;
    let owner = daemon.person("owner", &["content=write"]).await;
    let stage = Stage { daemon, admin, owner, hook };
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let mut audited = 0;
    for row in rows().filter(|row| row.keeps().is_some()) {
        let before = stage.entries(row.grpc()).await.len();
        stage.make(&pool, row).await;
        if row.paths().next().is_none() {
            // Of a stream only the first answer was waited for.
            eventually("it is done", async || stage.entries(row.grpc()).await.len() > before).await;
        }
        // Asked at once: an entry is there with what it is about. A step of an operation, or of what was made for it, may leave one more.
        let entries = stage.entries(row.grpc()).await;
        assert!(entries.len() > before, "{} left no entry", row.grpc());
        let entry = &entries[0];
        let from_here = matches!(row.grpc(), "NodeOrchestration/RegisterNode");
        assert_eq!(entry.network, if from_here { "" } else { "127.0.0.1" }, "{entry:?}");
        assert!(!entry.request_id.is_empty() && entry.time.is_some() && entry.count == 1, "{entry:?}");
        assert!(!entry.target_kind.is_empty(), "{entry:?}");
        let details: Value = serde_json::from_str(&entry.details).unwrap();
        assert!(details.is_object() && !entry.details.contains("a-secret-path"), "{entry:?}");
        match row.grpc() {
            "NodeOrchestration/RegisterNode" => assert_eq!(entry.actor_kind, "local_admin"),
            "IdentityService/Authenticate" => {
                assert_eq!((&entry.actor_id, entry.target_kind.as_str()), (&stage.owner.id, "session"));
                assert_eq!(entry.session_id, entry.target_id);
            }
            "IdentityService/UpdatePermissions" => {
                assert_eq!(entry.target_id, stage.owner.id);
                assert_eq!(
                    (&details["before"], &details["after"]),
                    (&json!(["write on content"]), &json!(["read on content"]))
                );
            }
            _ => assert_eq!((entry.actor_kind.as_str(), &entry.actor_id), ("user", &stage.admin.id), "{entry:?}"),
        }
        audited += 1;
    }
    assert!(audited > 20, "{audited}");
    let Stage { daemon, .. } = stage;
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ones_own_and_what_changes_nothing_leaves_none() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let owner = daemon.person("owner", &["content=write"]).await;
    let mut discovery = daemon.discovery(Some(&owner.token)).await;
    let metadata = v1::ContentMetadata { title: "my own".into(), ..Default::default() };
    let id = discovery.publish_content(metadata).await.unwrap().into_inner().content.unwrap().id;
    discovery.delete_content(v1::DeleteContentRequest { id }).await.unwrap();
    let rules = vec![rule_message("content=write")];
    for dry_run in [false, true] {
        let request = v1::UpdatePermissionsRequest {
            id: owner.id.clone(),
            permissions: if dry_run { vec![rule_message("content=read")] } else { rules.clone() },
            dry_run,
            ..Default::default()
        };
        daemon.local().await.update_permissions(request).await.unwrap();
    }
    let request = v1::ListAuditEntriesRequest::default();
    let entries = daemon.local_audit().await.list_audit_entries(request).await.unwrap().into_inner().entries;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["IdentityService/Authenticate", "IdentityService/CreateUser"]);
    // Whether all of a row is kept or what is marked, the table says; the documents show it.
    let kept = |call: &str| rows().find(|row| row.grpc() == call).unwrap().keeps();
    assert_eq!(kept("DiscoveryService/DeleteContent"), Some(Keeps::Marked));
    assert_eq!(kept("DiscoveryService/PublishContent"), None);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_their_own_and_who_may_everything() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &["content=write"]).await;
    let reader = daemon.person("reader", &["system=read"]).await;
    let list = async |token: &str, actor: &str| {
        let request = v1::ListAuditEntriesRequest { actor: actor.into(), ..Default::default() };
        let listed = daemon.audit(Some(token)).await.list_audit_entries(request).await;
        listed.map(|listed| listed.into_inner().entries).map_err(|status| crate::harness::reason(&status))
    };
    let own = list(&alice.token, "").await.unwrap();
    assert_eq!(own.len(), 1, "her login: {own:?}");
    assert_eq!(list(&alice.token, &alice.id).await.unwrap(), own);
    for others in [&reader.id, "local_admin", "anonymous"] {
        assert_eq!(list(&alice.token, others).await.unwrap_err(), "PERMISSION_DENIED", "{others}");
    }
    assert_eq!(list(&reader.token, &alice.id).await.unwrap(), own);
    assert_eq!(list(&reader.token, "local_admin").await.unwrap().len(), 2, "two users were made");
    assert_eq!(list(&reader.token, "").await.unwrap().len(), 4);
    assert_eq!(list(&reader.token, "nobody").await.unwrap_err(), "FIELD_INVALID");
    // Page by page it is the same.
    let (mut page_token, mut paged) = (String::new(), Vec::new());
    loop {
        let request = v1::ListAuditEntriesRequest { page_size: 3, page_token, ..Default::default() };
        let page = daemon.audit(Some(&reader.token)).await.list_audit_entries(request).await.unwrap().into_inner();
        paged.extend(page.entries.into_iter().map(|entry| entry.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let all = list(&reader.token, "").await.unwrap();
    assert_eq!(paged, all.iter().map(|entry| entry.id).collect::<Vec<_>>());
    let answer =
        daemon.rest(http::Method::GET, "/v1/audit?outcome=ok&action=IdentityService/", Some(&reader.token), None);
    let listed = answer.await.json();
    assert_eq!(listed["entries"].as_array().unwrap().len(), 4);
    daemon.stop().await;
}
