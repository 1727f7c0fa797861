use std::collections::HashMap;

use cpc_proto::v1::{Node, UpdateNodeRequest};

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Sets and takes away labels of a node, by name
///
/// What a node says of itself it says anew each time that it registers, so that these labels last until then; with --granted they are
/// the server's word, which the node cannot change, and stay. Granting needs admin on nodes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node label 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 rack=7
  cpcctl --local node label 12D3KooW... region=eu-west tier- --granted")]
pub(crate) struct Args {
    /// Its id, or its peer id
    #[arg(value_name = "ID|PEER_ID")]
    id: String,
    /// A label to set, or the name of one to take away and a minus
    #[arg(required = true, value_name = "NAME=VALUE|NAME-", value_parser = change)]
    changes: Vec<Change>,
    /// Change what the node is granted, in place of what it says of itself
    #[arg(long)]
    granted: bool,
}

/// What becomes of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Set(String, String),
    Remove(String),
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let (mut set, mut remove) = (HashMap::new(), Vec::new());
        let count = self.changes.len();
        for change in self.changes {
            match change {
                Change::Set(name, value) => drop(set.insert(name, value)),
                Change::Remove(name) => remove.push(name),
            }
        }
        remove.sort();
        remove.dedup();
        if set.len() + remove.len() != count || remove.iter().any(|name| set.contains_key(name)) {
            return Err(Failure::usage("a label is named twice"));
        }
        let request = if self.granted {
            UpdateNodeRequest {
                id: self.id,
                set_granted_labels: set,
                remove_granted_labels: remove,
                ..Default::default()
            }
        } else {
            UpdateNodeRequest { id: self.id, set_labels: set, remove_labels: remove, ..Default::default() }
        };
        let answer = context.call(async |client| client.nodes().update_node(request.clone()).await).await?;
        context.output.record::<Node>(&answer.node.ok_or_else(Failure::empty_answer)?)
    }
}

fn change(text: &str) -> std::result::Result<Change, String> {
    match (text.split_once('='), text.strip_suffix('-')) {
        (Some((name, value)), _) if !name.is_empty() => Ok(Change::Set(name.to_owned(), value.to_owned())),
        (None, Some(name)) if !name.is_empty() => Ok(Change::Remove(name.to_owned())),
        _ => Err("a change is NAME=VALUE, as in rack=7, or NAME-, as in rack-".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_set_or_take_away() {
        assert_eq!(change("rack=7"), Ok(Change::Set("rack".into(), "7".into())));
        assert_eq!(change("rack=7-"), Ok(Change::Set("rack".into(), "7-".into())));
        assert_eq!(change("my-rack-"), Ok(Change::Remove("my-rack".into())));
        for text in ["", "-", "rack", "=7"] {
            assert!(change(text).is_err(), "{text}");
        }
    }
}
