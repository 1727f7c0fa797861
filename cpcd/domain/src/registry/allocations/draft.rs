//! A request as it came, and what it means.

use std::collections::HashSet;

use aws_lc_rs::digest;
use cpc_signing::{PeerId, PublicKey};
use cpcd_model::{
    Error, Reason, Result,
    allocation::{AllocationRequest, Placement, Strategy},
    id::{AllocationId, NodeId},
    labels,
    node::Resources,
    text,
};
use cpcd_store::Store;
use uuid::Uuid;

use super::{access, config::AllocationConfig};
use crate::Caller;

/// Most nodes of a request.
const MOST_NODES: u32 = 64;
/// Most nodes that a placement names, in each of its lists.
const MOST_NAMED: usize = 100;
/// Most allocations that a placement names, in each of its lists.
const MOST_RELATED: usize = 16;
const LONGEST_REQUEST_ID: usize = 100;
const REGION: &str = "region";

/// A request for resources, as it came.
#[derive(Clone, Debug, Default)]
pub struct AllocationDraft {
    /// Of each node.
    pub resources: Resources,
    /// On so many nodes; 0 means one.
    pub nodes: u32,
    /// Labels of the nodes.
    pub node_labels: Vec<(String, String)>,
    /// Value of the nodes' label `region`; empty for any.
    pub region: String,
    /// Realm of the nodes; empty for any.
    pub realm: String,
    /// Only these nodes, by id or peer id.
    pub node_ids: Vec<String>,
    /// None of these nodes.
    pub excluded_node_ids: Vec<String>,
    /// On nodes of one of these allocations.
    pub with_allocation_ids: Vec<String>,
    /// On no node of these allocations.
    pub apart_from_allocation_ids: Vec<String>,
    /// The label over whose values the parts are spread; empty for none.
    pub spread_over_label: String,
    /// Which of the nodes that fit.
    pub strategy: Strategy,
    /// No two nodes may ever provide for the same part at once.
    pub is_exclusive: bool,
    /// How long; 0 means the default.
    pub ttl_seconds: u32,
    /// Names the request; empty for none.
    pub request_id: String,
    /// The allocation's own labels.
    pub labels: Vec<(String, String)>,
    /// Whether to wait for room.
    pub may_wait: bool,
}

/// A request whose every part holds by itself.
pub(super) struct Checked {
    pub(super) request: AllocationRequest,
    pub(super) request_id: Option<String>,
    /// Of what was asked for.
    pub(super) hash: [u8; 32],
}

impl AllocationDraft {
    /// Gives the hash of the request as it came: the same one has the same, whoever is there by then and whatever the settings say.
    ///
    /// # Errors
    /// None that happens.
    pub(super) fn hash(&self) -> Result<[u8; 32]> {
        let sorted = |labels: &[(String, String)]| labels.iter().cloned().collect::<std::collections::BTreeMap<_, _>>();
        let bytes = serde_json::to_vec(&(
            (
                self.resources,
                self.nodes.max(1),
                sorted(&self.labels),
                sorted(&self.node_labels),
                &self.region,
                &self.realm,
            ),
            (&self.node_ids, &self.excluded_node_ids, &self.with_allocation_ids, &self.apart_from_allocation_ids),
            (&self.spread_over_label, self.strategy, self.is_exclusive, self.ttl_seconds, self.may_wait),
        ));
        let hash = digest::digest(&digest::SHA256, &bytes.map_err(Error::internal)?);
        hash.as_ref().try_into().map_err(Error::internal)
    }

    /// Gives the name of the request; nothing if it has none.
    ///
    /// # Errors
    /// `FIELD_TOO_LONG`, `FIELD_INVALID`.
    pub(super) fn name(&self) -> Result<Option<String>> {
        let name = text::clean("request_id", &self.request_id, LONGEST_REQUEST_ID, false)?;
        Ok(Some(name).filter(|name| !name.is_empty()))
    }

    /// Checks what needs no statement, and all that it names of others.
    ///
    /// # Errors
    /// A field's fault; `NODE_NOT_FOUND` for an only node that is not there; `ALLOCATION_NOT_FOUND` for an allocation that the caller
    /// may not know of.
    pub(super) async fn check(self, caller: &Caller, store: &Store, config: &AllocationConfig) -> Result<Checked> {
        if self.resources == Resources::default() {
            return Err(Error::required("resources"));
        }
        self.resources.check("resources")?;
        let nodes = self.nodes.max(1);
        if nodes > MOST_NODES {
            let text = format!("is {nodes}, at most {MOST_NODES} nodes are granted at once");
            return Err(Error::field(Reason::FieldInvalid, "nodes", text));
        }
        let ttl_seconds = config.ttl(self.ttl_seconds)?;
        let (hash, request_id) = (self.hash()?, self.name()?);
        let labels = labels::clean("labels", self.labels)?;
        let mut node_labels = labels::clean("placement.labels", self.node_labels)?;
        let region = text::clean("placement.region", &self.region, labels::MAX_CHARS, false)?;
        if !region.is_empty()
            && let Some(other) = node_labels.insert(REGION.into(), region.clone())
            && other != region
        {
            let text = format!("is '{region}', while the labels ask for the region '{other}'");
            return Err(Error::field(Reason::FieldInvalid, "placement.region", text));
        }
        let spread_over =
            text::clean("placement.spread_over_label", &self.spread_over_label, labels::MAX_CHARS, false)?;
        let placement = Placement {
            labels: node_labels,
            realm: labels::realm("placement.realm", &self.realm)?.unwrap_or_default(),
            nodes: named(store, "placement.node_ids", &self.node_ids, true).await?,
            excluded: named(store, "placement.excluded_node_ids", &self.excluded_node_ids, false).await?,
            with: related(caller, store, "placement.with_allocation_ids", &self.with_allocation_ids).await?,
            apart_from: related(caller, store, "placement.apart_from_allocation_ids", &self.apart_from_allocation_ids)
                .await?,
            spread_over,
        };
        let request = AllocationRequest {
            resources: self.resources,
            nodes,
            placement,
            strategy: self.strategy,
            is_exclusive: self.is_exclusive,
            ttl_seconds,
            labels,
            may_wait: self.may_wait,
        };
        Ok(Checked { request, request_id, hash })
    }
}

fn check_count(field: &str, given: &[String], most: usize) -> Result<()> {
    if given.len() <= most {
        return Ok(());
    }
    Err(Error::field(Reason::FieldTooLong, field, format!("has {} entries, at most {most} are allowed", given.len())))
}

/// Finds nodes by their ids or peer ids; those that are not there are left out, unless each `must` be there.
async fn named(store: &Store, field: &str, given: &[String], must: bool) -> Result<Vec<Uuid>> {
    check_count(field, given, MOST_NAMED)?;
    let mut ids = Vec::new();
    for name in given {
        if let Ok(id) = NodeId::parse(field, name) {
            ids.push(id);
            continue;
        }
        let key = PeerId::parse(name).ok().and_then(|peer| peer.public_key());
        let key = key.as_ref().map(PublicKey::as_bytes).ok_or_else(|| {
            Error::field(Reason::FieldInvalid, field, format!("has '{name}', which is neither a UUID nor a peer id"))
        })?;
        match store.get_node_by_key(key).await? {
            Some(node) => ids.push(node.id),
            None if must => return Err(Error::new(Reason::NodeNotFound, format!("there is no node {name}"))),
            None => {}
        }
    }
    if must && !ids.is_empty() {
        let found: HashSet<_> = store.get_nodes(&ids).await?.into_iter().map(|node| node.id).collect();
        if let Some(missing) = ids.iter().find(|id| !found.contains(id)) {
            return Err(Error::new(Reason::NodeNotFound, format!("there is no node {missing}")));
        }
    }
    let mut ids: Vec<_> = ids.into_iter().map(NodeId::uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Reads allocations that the caller may know of: whoever lies beside another's learns where that lies.
async fn related(caller: &Caller, store: &Store, field: &str, given: &[String]) -> Result<Vec<Uuid>> {
    check_count(field, given, MOST_RELATED)?;
    let mut ids = Vec::new();
    for name in given {
        let id = AllocationId::parse(field, name)?;
        let found = store.get_allocation(id).await?.filter(|allocation| access::may_see(caller, allocation));
        found.ok_or_else(|| access::not_found(name))?;
        ids.push(id.uuid());
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
