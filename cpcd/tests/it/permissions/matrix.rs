//! Every call x everybody x both edges, as the table of calls states it.

use cpc_proto::{FILE_DESCRIPTOR_SET, v1};
use cpcd::table::{Needs, Row, rows};
use cpcd_model::permission::{Level, Resource};
use http::Method;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use serde_json::Value;

use super::specimens::{self, Sight, Specimen, Stage};
use crate::harness::{Daemon, Engine, Person, TestNode, raw, raw_stream, reason};

/// What a call answers to somebody who may.
pub(super) const OK: &str = "ok";

/// What kind of caller somebody is.
enum Who {
    Nobody,
    /// On the Unix socket, without a token.
    Local,
    User(Box<Person>),
    Node(Box<TestNode>),
}

/// Somebody who calls everything.
struct Caller {
    name: &'static str,
    who: Who,
    /// On all resources that calls ask for.
    level: Option<Level>,
}

impl Caller {
    /// Gives what the table says that a call with a specimen answers.
    fn expected(&self, row: &Row, specimen: &Specimen) -> &'static str {
        let needs = row.needs();
        let is_open = matches!(needs, Needs::Level(Resource::Content, Level::Read));
        let is_granted = matches!(specimen.sight, Sight::Grantee | Sight::GranteeAlone) && self.name == "grantee";
        let holds = |level| self.level >= Some(level) || (is_granted && level <= Level::Write);
        let sees = match specimen.sight {
            Sight::All => true,
            Sight::Friends => self.name == "friend" || holds(Level::Admin),
            Sight::Grantee => is_granted || holds(Level::Admin),
            Sight::GranteeAlone => is_granted,
        };
        let (is_nobody, is_user) = (matches!(self.who, Who::Nobody), matches!(self.who, Who::User(_)));
        let is_node = matches!(self.who, Who::Node(_));
        let is_allowed = match needs {
            Needs::Nothing => true,
            Needs::Session => is_user || is_node,
            Needs::Login => !is_nobody,
            Needs::User => is_user,
            Needs::Level(_, level) => is_open || holds(level),
            Needs::AsUser(_, level) => is_user && holds(level),
            Needs::OwnOr(_, level) => (specimen.is_own && (is_user || is_node)) || holds(level),
            Needs::Owner(resource, level) => {
                // Whoever has write on some of it is told whose the rest is, as far as they may know of it.
                let has_some = holds(level) || (self.name == "grantee" && resource == Resource::Content);
                if has_some && !holds(Level::Admin) && !specimen.is_own {
                    return if sees { "NOT_OWNER" } else { "CONTENT_NOT_FOUND" };
                }
                holds(level)
            }
            Needs::Node => is_node,
            Needs::NodeOr(_, level) => is_node || holds(level),
        };
        match (is_allowed, is_nobody) {
            (true, _) if !sees => "CONTENT_NOT_FOUND",
            // The local administrator has nothing of their own and must say whose.
            (true, _) if specimen.is_own && !is_user && !is_node => "FIELD_REQUIRED",
            (true, _) => specimen.outcome,
            (false, true) => "TOKEN_MISSING",
            (false, false) if !holds(Level::Read) => {
                row.hidden_as().map_or("PERMISSION_DENIED", |reason| reason.as_str())
            }
            (false, false) => "PERMISSION_DENIED",
        }
    }

    /// Gives a token that the call may use up.
    async fn token(&self, daemon: &Daemon) -> Option<String> {
        match &self.who {
            Who::Nobody | Who::Local => None,
            Who::User(person) => Some(daemon.login(&person.key).await.expect("the login succeeds")),
            Who::Node(node) => {
                let proof = daemon.proof_for(&node.key, v1::SubjectKind::Node, v1::ChallengePurpose::Login).await;
                Some(daemon.prove(proof).await.expect("the login succeeds"))
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_by_everybody_on_both_edges() {
    let allow = [("events.webhook_allow", r#"["localhost:9"]"#)];
    let daemon = Daemon::start_with(&Engine::sqlite(), &allow).await;
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let stage = Stage::set(&daemon).await;
    let person = async |name: &'static str, level: Option<Level>| {
        let all = ["nodes", "allocations", "content", "users", "metrics", "system"];
        let rules: Vec<_> = match level {
            Some(level) => all.iter().map(|resource| format!("{resource}={level}")).collect(),
            // An empty list would mean the default, so this one has a right that no call asks for.
            None => vec!["metrics=read".into()],
        };
        let rules: Vec<_> = rules.iter().map(String::as_str).collect();
        Caller { name, who: Who::User(Box::new(daemon.person(name, &rules).await)), level }
    };
    let befriended = |name, person| Caller { name, who: Who::User(Box::new(person)), level: None };
    let callers = [
        Caller { name: "anonymous", who: Who::Nobody, level: None },
        person("stranger", None).await,
        befriended("friend", stage.friend(&daemon).await),
        befriended("grantee", stage.grantee(&daemon).await),
        person("reader", Some(Level::Read)).await,
        person("writer", Some(Level::Write)).await,
        person("admin", Some(Level::Admin)).await,
        Caller { name: "node", who: Who::Node(Box::new(daemon.node().await)), level: None },
        Caller { name: "local", who: Who::Local, level: Some(Level::Admin) },
    ];
    let mut wrong = Vec::new();
    let (mut calls, mut cells) = (0, 0);
    for row in rows() {
        calls += 1;
        let (service, name) = row.grpc().split_once('/').unwrap();
        let service = pool.get_service_by_name(&format!("cpc.v1.{service}")).unwrap();
        let method = service.methods().find(|method| method.name() == name).unwrap();
        let specimens = specimens::of(row.grpc(), &daemon, &stage).await.len();
        for caller in &callers {
            for number in 0..specimens {
                let specimen = specimens::of(row.grpc(), &daemon, &stage).await.swap_remove(number);
                let expected = caller.expected(row, &specimen);
                let got = by_grpc(&daemon, &method, caller, &specimen).await;
                cells += 1;
                if got != expected {
                    wrong.push(format!("gRPC {} by {}: {got} instead of {expected}", row.grpc(), caller.name));
                }
                if matches!(caller.who, Who::Local) {
                    continue;
                }
                for path in row.paths() {
                    let specimen = specimens::of(row.grpc(), &daemon, &stage).await.swap_remove(number);
                    let got = by_rest(&daemon, row, path, caller, &specimen).await;
                    cells += 1;
                    if got != expected {
                        wrong.push(format!("{path} by {}: {got} instead of {expected}", caller.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
    eprintln!("{calls} calls by {} callers: {cells} cells, all as stated", callers.len());
    assert!(cells >= calls * callers.len(), "{cells}");
    daemon.stop().await;
}

async fn by_grpc(daemon: &Daemon, method: &MethodDescriptor, caller: &Caller, specimen: &Specimen) -> String {
    let message = DynamicMessage::deserialize(method.input(), &specimen.message).expect("the specimen is a message");
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let channel = match caller.who {
        Who::Local => daemon.local_channel().await,
        Who::Nobody | Who::User(_) | Who::Node(_) => daemon.channel().await,
    };
    let token = caller.token(daemon).await;
    let (token, bytes) = (token.as_deref(), message.encode_to_vec());
    let answer = if method.is_client_streaming() || method.is_server_streaming() {
        raw_stream(channel, &path, token, bytes).await
    } else {
        raw(channel, &path, token, bytes).await
    };
    answer.map_or_else(|status| reason(&status), |_| OK.to_owned())
}

async fn by_rest(daemon: &Daemon, row: &Row, label: &str, caller: &Caller, specimen: &Specimen) -> String {
    let (verb, path) = label.split_once(' ').unwrap();
    let mut path = path.to_owned();
    let mut query = Vec::new();
    let has_body = verb != "GET" && verb != "DELETE";
    let mut body = specimen.message.clone();
    for (name, value) in specimen.message.as_object().unwrap() {
        let name: String =
            name.chars().map(|c| if c.is_uppercase() { format!("_{}", c.to_lowercase()) } else { c.into() }).collect();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if path.contains(&format!("{{{name}}}")) {
            path = path.replace(&format!("{{{name}}}"), &text);
            body.as_object_mut().unwrap().remove(&name);
        } else if !has_body {
            query.push(format!("{}={text}", row.parameter(&name)));
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let token = caller.token(daemon).await;
    let body = has_body.then(|| Value::to_string(&body));
    let answer = daemon.rest(verb.parse::<Method>().unwrap(), &path, token.as_deref(), body.as_deref()).await;
    if answer.status == 200 { OK.to_owned() } else { answer.reason() }
}
