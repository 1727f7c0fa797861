//! Nodes.

use clap::Subcommand;
use cpc_proto::v1::{Node, NodeResources};

use crate::{
    clock,
    context::Context,
    failure::Result,
    nodes,
    output::{Row, Show},
};

mod approve;
mod cordon;
mod delete;
mod drain;
mod expire;
mod label;
mod list;
mod register;
mod reset_seq;
mod run;
mod show;
mod uncordon;
mod watch;

/// Registers, runs, lists and follows nodes
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Register(register::Args),
    Run(run::Args),
    #[command(alias = "ls")]
    List(list::Args),
    #[command(alias = "get")]
    Show(show::Args),
    Watch(watch::Args),
    Label(label::Args),
    Cordon(cordon::Args),
    Uncordon(uncordon::Args),
    Drain(drain::Args),
    Approve(approve::Args),
    Expire(expire::Args),
    #[command(alias = "rm")]
    Delete(delete::Args),
    ResetSeq(reset_seq::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Register(args) => args.run(context).await,
            Self::Run(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
            Self::Watch(args) => args.run(context).await,
            Self::Label(args) => args.run(context).await,
            Self::Cordon(args) => args.run(context).await,
            Self::Uncordon(args) => args.run(context).await,
            Self::Drain(args) => args.run(context).await,
            Self::Approve(args) => args.run(context).await,
            Self::Expire(args) => args.run(context).await,
            Self::Delete(args) => args.run(context).await,
            Self::ResetSeq(args) => args.run(context).await,
        }
    }
}

/// Shortens a peer id to its end: all of them begin alike.
fn short(peer_id: &str) -> String {
    match peer_id.char_indices().rev().nth(7) {
        Some((start, _)) if start > 0 => format!("…{}", &peer_id[start..]),
        _ => peer_id.to_owned(),
    }
}

fn seen(node: &Node) -> String {
    node.last_seen.as_ref().map_or_else(|| "never".to_owned(), |time| clock::age(time.seconds))
}

/// Writes amounts as people count them.
fn amounts(resources: Option<&NodeResources>) -> String {
    let Some(NodeResources { cpu_millicores, memory_bytes, bandwidth_bits_per_second }) = resources else {
        return String::new();
    };
    let cores = format!("{}.{:02} cores", cpu_millicores / 1000, cpu_millicores % 1000 / 10);
    let memory = format!("{} MiB", memory_bytes >> 20);
    if *bandwidth_bits_per_second == 0 {
        return format!("{cores}, {memory}");
    }
    format!("{cores}, {memory}, {} kbit/s", bandwidth_bits_per_second / 1000)
}

fn labels(node: &Node) -> String {
    let mut labels: Vec<_> = node
        .labels
        .iter()
        .map(|(name, value)| {
            let granted = if node.granted_labels.contains_key(name) { " (granted)" } else { "" };
            format!("{name}={value}{granted}")
        })
        .collect();
    labels.sort();
    labels.join(", ")
}

/// Says what may be placed on a node, and why nothing may.
fn scheduling(node: &Node) -> String {
    match (node.is_pending, node.is_overcommitted) {
        (true, _) => "pending".to_owned(),
        (false, false) => nodes::scheduling(node.scheduling()),
        (false, true) => format!("{}, overcommitted", nodes::scheduling(node.scheduling())),
    }
}

/// Says when a node goes by itself.
fn goes(node: &Node) -> String {
    let expires = node.expires_at.as_ref().map(|time| clock::left(time.seconds));
    match (expires, node.is_ephemeral) {
        (None, false) => String::new(),
        (None, true) => "when it is gone".to_owned(),
        (Some(expires), false) => expires,
        (Some(expires), true) => format!("{expires}, or when it is gone"),
    }
}

impl Row for Node {
    const COLUMNS: &'static [&'static str] = &["PEER", "STATUS", "SCHEDULING", "SEEN", "OWNER", "REALM", "ID"];
    const WHOLE: usize = 6;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            short(&self.peer_id),
            nodes::word(self.status()),
            scheduling(self),
            seen(self),
            self.owner_id.clone(),
            self.realm.clone(),
            self.id.clone(),
        ]
    }

    fn whole_cells(&self) -> Vec<String> {
        let mut cells = self.cells();
        cells[0].clone_from(&self.peer_id);
        cells
    }
}

impl Show for Node {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let created_at = self.created_at.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
        vec![
            ("Node", self.id.clone()),
            ("Peer id", self.peer_id.clone()),
            ("Status", nodes::word(self.status())),
            ("Scheduling", scheduling(self)),
            ("Seen", seen(self)),
            ("Has", amounts(self.capacity.as_ref())),
            ("Granted", amounts(self.granted.as_ref())),
            ("Uses", amounts(self.used.as_ref())),
            ("Addresses", self.addresses.join("\n")),
            ("Labels", labels(self)),
            ("Realm", self.realm.clone()),
            ("Namespaces", self.namespaces.join("\n")),
            ("Network", self.network.clone()),
            ("Owner", self.owner_id.clone()),
            ("Agent", self.agent_version.clone()),
            ("Record", self.record_sequence.to_string()),
            ("Registered", created_at.unwrap_or_default()),
            ("Goes", goes(self)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peer_ids_are_told_apart_by_their_end() {
        assert_eq!(short("12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq"), "…Umo7R3pq");
        assert_eq!(short("short"), "short");
        assert_eq!(short(""), "");
    }

    #[test]
    fn amounts_are_written_for_people() {
        let resources = NodeResources { cpu_millicores: 1250, memory_bytes: 3 << 20, bandwidth_bits_per_second: 0 };
        assert_eq!(amounts(Some(&resources)), "1.25 cores, 3 MiB");
        let resources = NodeResources { bandwidth_bits_per_second: 8_500, ..resources };
        assert_eq!(amounts(Some(&resources)), "1.25 cores, 3 MiB, 8 kbit/s");
        assert_eq!(amounts(None), "");
    }
}
