//! One message and more for each call: what the matrix sends.

use cpc_proto::{clients::event_service_client::EventServiceClient, v1};
use cpc_signing::SecretKey;
use serde_json::{Value, json};

use crate::harness::{Bearer, Daemon, Person, rule_message};

/// A message of a call, and what comes of it for those who may.
pub(super) struct Specimen {
    /// In proto JSON.
    pub(super) message: Value,
    /// What is the caller's own needs less.
    pub(super) is_own: bool,
    /// `OK`, or the reason that a caller who may ends with.
    pub(super) outcome: &'static str,
}

/// Others' message that a caller who may succeeds with.
fn others(message: Value) -> Specimen {
    Specimen { message, is_own: false, outcome: super::matrix::OK }
}

/// Others' message that ends with a reason even for those who may.
fn ends(outcome: &'static str, message: Value) -> Specimen {
    Specimen { outcome, ..others(message) }
}

/// A message about what is the caller's own.
fn own(message: Value) -> Specimen {
    Specimen { is_own: true, ..others(message) }
}

/// Makes what is sent to a call; whatever it uses up is new each time. `owner` is somebody who is none of the callers.
pub(super) async fn of(call: &str, daemon: &Daemon, owner: &Person) -> Vec<Specimen> {
    match call {
        "NodeOrchestration/RegisterNode" => vec![ends("FIELD_REQUIRED", json!({}))],
        "NodeOrchestration/Heartbeat" | "NodeOrchestration/HeartbeatStream" => vec![others(json!({ "sequence": "1" }))],
        "NodeOrchestration/ListNodes" | "NodeOrchestration/WatchNodes" | "NodeOrchestration/FindPeers" => {
            vec![others(json!({}))]
        }
        "NodeOrchestration/GetNode" | "NodeOrchestration/DeleteNode" | "NodeOrchestration/ResetNodeSequence" => {
            vec![others(json!({ "id": daemon.node().await.id }))]
        }
        "NodeOrchestration/CordonNode" | "NodeOrchestration/UncordonNode" | "NodeOrchestration/DrainNode" => {
            vec![others(json!({ "id": daemon.node().await.id }))]
        }
        "NodeOrchestration/UpdateNode" => {
            vec![others(json!({ "id": daemon.node().await.id, "setLabels": { "rack": "7" } }))]
        }
        "NodeOrchestration/ApproveNode" => vec![others(json!({ "id": daemon.node().await.id }))],
        "NodeOrchestration/ExpireNode" => vec![others(json!({ "id": daemon.node().await.id, "never": true }))],
        "NodeOrchestration/RequestResources" => vec![ends("FIELD_REQUIRED", json!({}))],
        "NodeOrchestration/RenewAllocation"
        | "NodeOrchestration/ReleaseAllocation"
        | "NodeOrchestration/GetAllocation" => vec![others(json!({ "id": allocation(daemon).await }))],
        "NodeOrchestration/ListAllocations" => vec![others(json!({}))],
        "EventService/WatchEvents" => vec![others(json!({}))],
        "EventService/CreateWebhook" => vec![ends("FIELD_REQUIRED", json!({}))],
        "EventService/ListWebhooks" => vec![own(json!({})), others(json!({ "ownerId": owner.id }))],
        "EventService/DeleteWebhook" | "EventService/TestWebhook" => {
            vec![others(json!({ "id": webhook(daemon, owner).await }))]
        }
        "NodeOrchestration/CheckReachability" => {
            vec![others(json!({ "dial": { "addresses": ["/ip4/192.168.1.1/tcp/1"], "nonce": "1" } }))]
        }
        "IdentityService/Authenticate" => vec![ends("FIELD_REQUIRED", json!({}))],
        "IdentityService/RefreshToken" => vec![ends("REFRESH_INVALID", json!({ "refreshToken": "cpcr_" }))],
        "IdentityService/GetCaller" | "IdentityService/Logout" | "AdminService/GetStatus" => vec![others(json!({}))],
        "AdminService/ListMigrations" | "AdminService/ApplyMigrations" => vec![others(json!({}))],
        "IdentityService/RevokeTokens" => {
            // Nobody's session began that early, so that it changes nothing.
            vec![others(json!({ "subjectId": owner.id, "before": "1970-01-01T00:00:00Z" }))]
        }
        "IdentityService/ListSessions" => vec![own(json!({})), others(json!({ "subjectId": owner.id }))],
        "IdentityService/CreateUser" => vec![ends("FIELD_REQUIRED", json!({}))],
        "IdentityService/GetUser" => vec![others(json!({ "id": owner.id }))],
        "IdentityService/ListUsers" => vec![others(json!({}))],
        "IdentityService/UpdatePermissions" => {
            let rules = json!([{ "resource": "RESOURCE_CONTENT", "level": "LEVEL_WRITE" }]);
            vec![others(json!({ "id": owner.id, "permissions": rules }))]
        }
        "IdentityService/CreateInvite" => vec![others(json!({ "kind": "SUBJECT_KIND_USER" }))],
        "IdentityService/ListInvites" => vec![others(json!({ "kind": "SUBJECT_KIND_USER" }))],
        "IdentityService/ApproveUser" | "IdentityService/SuspendUser" | "IdentityService/ResumeUser" => {
            vec![others(json!({ "id": passer_by(daemon).await }))]
        }
        "IdentityService/GetInvite" | "IdentityService/ListInviteUses" => {
            vec![others(json!({ "id": invite(daemon).await }))]
        }
        "IdentityService/RevokeInvite" => vec![others(json!({ "id": invite(daemon).await }))],
        "IdentityService/ListKeys" => vec![own(json!({})), others(json!({ "userId": owner.id }))],
        "IdentityService/AddKey" | "IdentityService/Recover" => vec![ends("FIELD_REQUIRED", json!({}))],
        "IdentityService/RotateKey" => vec![ends("FIELD_REQUIRED", json!({ "id": owner.id }))],
        "IdentityService/RevokeKey" => vec![others(json!({ "id": second_key(daemon, owner).await }))],
        "IdentityService/CreateRecoveryCodes" => vec![others(json!({}))],
        "IdentityService/CreateServiceToken" => vec![ends("FIELD_REQUIRED", json!({}))],
        "IdentityService/ListServiceTokens" => vec![own(json!({})), others(json!({ "ownerId": owner.id }))],
        "IdentityService/RevokeServiceToken" => vec![others(json!({ "id": service_token(daemon, owner).await }))],
        "IdentityService/ListTokenKeys" | "IdentityService/RotateTokenKey" => vec![others(json!({}))],
        "AdminService/GetIndexStatus" | "AdminService/RebuildIndex" => vec![others(json!({}))],
        "DiscoveryService/PublishContent" => vec![others(json!({ "title": "a title" }))],
        "DiscoveryService/PublishContentStream" => {
            vec![others(json!({ "sequence": "1", "content": { "title": "a title" } }))]
        }
        "DiscoveryService/SearchContent" => vec![others(json!({ "q": "word" }))],
        "DiscoveryService/ListContent" => vec![others(json!({}))],
        "DiscoveryService/GetContent" | "DiscoveryService/DeleteContent" => {
            vec![others(json!({ "id": content(daemon, owner).await }))]
        }
        other => panic!("{other} has no specimen: add what to send to it"),
    }
}

async fn content(daemon: &Daemon, owner: &Person) -> String {
    let metadata = v1::ContentMetadata { title: "somebody's".into(), ..Default::default() };
    let published =
        daemon.discovery(Some(&owner.token)).await.publish_content(metadata).await.expect("it is published");
    published.into_inner().content.expect("content").id
}

/// Makes an allocation of the local administrator, which waits: the matrix has more of them than its nodes have room for.
async fn allocation(daemon: &Daemon) -> String {
    let resources = Some(v1::NodeResources { cpu_millicores: 1 << 40, ..Default::default() });
    let request = v1::ResourceRequest { resources, wait: true, ..Default::default() };
    daemon.local_registry().await.request_resources(request).await.expect("it waits").into_inner().id
}

/// Gives a user a second key in place of the one before: a user has only so many.
async fn second_key(daemon: &Daemon, owner: &Person) -> String {
    let mut identity = daemon.identity(Some(&owner.token)).await;
    let listed = identity.list_keys(v1::ListKeysRequest::default()).await.expect("a list").into_inner();
    for key in listed.keys.into_iter().filter(|key| key.id != owner.id) {
        let request = v1::RevokeKeyRequest { id: key.id, confirmation: None };
        identity.revoke_key(request).await.expect("it is revoked");
    }
    let proof = Some(daemon.key_proof(&SecretKey::generate(), v1::ChallengePurpose::AddKey).await);
    let request = v1::AddKeyRequest { proof, ..Default::default() };
    let added = identity.add_key(request).await.expect("it is added").into_inner();
    added.key.expect("a key").id
}

/// Makes a service token in place of the one before: a user has only so many.
async fn service_token(daemon: &Daemon, owner: &Person) -> String {
    let mut identity = daemon.identity(Some(&owner.token)).await;
    let listed = identity.list_service_tokens(v1::ListServiceTokensRequest::default()).await.expect("a list");
    for token in listed.into_inner().service_tokens.into_iter().filter(|token| token.revoked_at.is_none()) {
        let request = v1::RevokeServiceTokenRequest { id: token.id };
        identity.revoke_service_token(request).await.expect("it is revoked");
    }
    let permissions = vec![rule_message("content=read")];
    let request = v1::CreateServiceTokenRequest { name: "ci".into(), permissions, ..Default::default() };
    let made = identity.create_service_token(request).await.expect("it is made").into_inner();
    made.service_token.expect("a service token").id
}

/// Makes a user whom nobody needs.
async fn passer_by(daemon: &Daemon) -> String {
    let key = SecretKey::generate();
    let public_key = key.public().as_bytes().to_vec();
    let username = format!("passer-{}", key.public().peer_id().to_string()[8..30].to_lowercase());
    let request = v1::CreateUserRequest { username, public_key, permissions: Vec::new() };
    let made = daemon.local().await.create_user(request).await.expect("the user is made");
    made.into_inner().user.expect("a user").id
}

async fn invite(daemon: &Daemon) -> String {
    let request = v1::CreateInviteRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
    let made = daemon.local().await.create_invite(request).await.expect("it is made");
    made.into_inner().invite.expect("an invite").id
}

/// Makes a webhook in place of the one before: a user has only so many.
async fn webhook(daemon: &Daemon, owner: &Person) -> String {
    let bearer = Bearer(Some(owner.token.clone()));
    let mut events = EventServiceClient::with_interceptor(daemon.channel().await, bearer);
    let listed = events.list_webhooks(v1::ListWebhooksRequest::default()).await.expect("a list").into_inner();
    for webhook in listed.webhooks {
        events.delete_webhook(v1::DeleteWebhookRequest { id: webhook.id }).await.expect("it is deleted");
    }
    let request = v1::CreateWebhookRequest { url: "https://localhost:9/x".into(), kinds: Vec::new() };
    let made = events.create_webhook(request).await.expect("it is made").into_inner();
    made.webhook.expect("a webhook").id
}
