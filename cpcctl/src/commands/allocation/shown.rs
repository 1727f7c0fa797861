//! What an allocation looks like.

use std::{collections::HashMap, time::Duration};

use cpc_proto::v1::{AllocationPart, AllocationState, PartState, Placement, PlacementStrategy, ResourceAllocation};

use crate::{
    clock,
    output::{Row, Show},
    units,
};

/// Names a state as it is typed and shown.
pub(super) fn word(state: AllocationState) -> String {
    state.as_str_name().trim_start_matches("ALLOCATION_STATE_").to_lowercase()
}

/// Tells whether it is over.
pub(super) fn has_ended(allocation: &ResourceAllocation) -> bool {
    matches!(allocation.state(), AllocationState::Released | AllocationState::Expired)
}

fn labels(labels: &HashMap<String, String>) -> String {
    let mut labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    labels.sort();
    labels.join(", ")
}

/// Says when it ends, or when it ended.
fn end(allocation: &ResourceAllocation) -> String {
    if let Some(ended) = &allocation.ended_at {
        return format!("{} ({} ago)", clock::rfc3339(ended.seconds, ended.nanos), clock::age(ended.seconds));
    }
    let at = allocation.deadline.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
    format!("{} (in {})", at.unwrap_or_default(), units::show_time(Duration::from_millis(allocation.expires_in_ms)))
}

fn part(part: &AllocationPart) -> String {
    let state = part.state().as_str_name().trim_start_matches("PART_STATE_").to_lowercase();
    let mut text = format!("{} {state}", part.number);
    if part.state() == PartState::Waiting {
        if let Some(time) = &part.not_before {
            text += &format!(", not before {}", clock::rfc3339(time.seconds, 0));
        }
    } else {
        text += &format!(" on {} ({}), epoch {}", part.node_id, part.peer_id, part.epoch);
    }
    if !part.reason.is_empty() {
        text += &format!(": {}", part.reason);
    }
    part.addresses.iter().fold(text, |text, address| format!("{text}\n  {address}"))
}

fn placement(placement: &Placement) -> String {
    let mut rules = Vec::new();
    let mut rule = |name: &str, value: String| {
        if !value.is_empty() {
            rules.push(format!("{name} {value}"));
        }
    };
    rule("labels", labels(&placement.labels));
    rule("region", placement.region.clone());
    rule("realm", placement.realm.clone());
    rule("on", placement.node_ids.join(", "));
    rule("not on", placement.excluded_node_ids.join(", "));
    rule("with", placement.with_allocation_ids.join(", "));
    rule("apart from", placement.apart_from_allocation_ids.join(", "));
    rule("spread over", placement.spread_over_label.clone());
    rules.join("\n")
}

fn requester(allocation: &ResourceAllocation) -> String {
    if allocation.requester_id.is_empty() {
        return "the local administrator".to_owned();
    }
    let kind = allocation.requester_kind().as_str_name().trim_start_matches("SUBJECT_KIND_").to_lowercase();
    format!("{kind} {}", allocation.requester_id)
}

impl Row for ResourceAllocation {
    const COLUMNS: &'static [&'static str] = &["STATE", "PARTS", "EACH", "ENDS", "OWNER", "ID"];
    const WHOLE: usize = 5;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        let request = self.request.as_ref();
        let wanted = request.map_or(1, |request| request.nodes.max(1)) as usize;
        let placed = self.parts.iter().filter(|part| part.state() != PartState::Waiting).count();
        let ends = if has_ended(self) {
            String::new()
        } else {
            format!("in {}", units::show_time(Duration::from_millis(self.expires_in_ms)))
        };
        vec![
            word(self.state()),
            format!("{placed}/{wanted}"),
            request.and_then(|request| request.resources.as_ref()).map(units::show_resources).unwrap_or_default(),
            ends,
            self.owner_id.clone(),
            self.id.clone(),
        ]
    }
}

impl Show for ResourceAllocation {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let request = self.request.clone().unwrap_or_default();
        let strategy = match request.strategy() {
            PlacementStrategy::Unspecified | PlacementStrategy::Spread => "spread",
            PlacementStrategy::Binpack => "binpack",
        };
        let created_at = self.created_at.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
        let mut fields = vec![
            ("Allocation", self.id.clone()),
            ("State", word(self.state())),
            ("Epoch", self.epoch.to_string()),
            (if has_ended(self) { "Ended" } else { "Ends" }, end(self)),
            ("Each", request.resources.as_ref().map(units::show_resources).unwrap_or_default()),
            ("Parts", self.parts.iter().map(part).collect::<Vec<_>>().join("\n")),
            ("Strategy", format!("{strategy}{}", if request.exclusive { ", exclusive" } else { "" })),
            ("Labels", labels(&request.labels)),
            ("Owner", self.owner_id.clone()),
            ("Asked for by", requester(self)),
            ("Made", created_at.unwrap_or_default()),
        ];
        let rules = request.placement.as_ref().map(placement).unwrap_or_default();
        if !rules.is_empty() {
            fields.insert(6, ("Placement", rules));
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use cpc_proto::v1::{NodeResources, ResourceRequest};

    use super::*;

    fn allocation() -> ResourceAllocation {
        let resources = NodeResources { cpu_millicores: 500, memory_bytes: 512 << 20, bandwidth_bits_per_second: 0 };
        let placed = AllocationPart {
            state: PartState::Placed.into(),
            node_id: "node".into(),
            peer_id: "peer".into(),
            epoch: 3,
            addresses: vec!["/ip4/192.0.2.1/tcp/1".into()],
            ..AllocationPart::default()
        };
        let waiting = AllocationPart {
            number: 1,
            state: PartState::Waiting.into(),
            reason: "no node has room".into(),
            ..AllocationPart::default()
        };
        ResourceAllocation {
            id: "id".into(),
            state: AllocationState::Pending.into(),
            epoch: 3,
            expires_in_ms: 252_000,
            parts: vec![placed, waiting],
            request: Some(ResourceRequest { resources: Some(resources), nodes: 2, ..ResourceRequest::default() }),
            ..ResourceAllocation::default()
        }
    }

    #[test]
    fn a_line_says_what_is_placed_and_how_long_it_lasts() {
        let cells = allocation().cells();
        assert_eq!(cells, ["pending", "1/2", "cpu 500m, memory 512MiB", "in 4m 12s", "", "id"]);
    }

    #[test]
    fn a_record_says_where_each_part_is_or_why_not() {
        let fields = allocation().fields();
        let parts = fields.iter().find(|(name, _)| *name == "Parts").map(|(_, text)| text.as_str());
        let expected = "0 placed on node (peer), epoch 3\n  /ip4/192.0.2.1/tcp/1\n1 waiting: no node has room";
        assert_eq!(parts, Some(expected));
        assert!(!fields.iter().any(|(name, _)| *name == "Placement"), "nothing is said where nothing was asked");
    }
}
