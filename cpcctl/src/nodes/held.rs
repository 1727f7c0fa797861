//! Allocations that a node asked for, as the server says that they are now.

use std::collections::BTreeMap;

use cpc_proto::v1::{AllocationState, PartState, ResourceAllocation};

/// What was heard of each.
#[derive(Debug, Default)]
pub(crate) struct Held(BTreeMap<String, (u64, i32)>);

impl Held {
    /// Notes what holds now; gives those of which something is new, in words too. Of two epochs the higher one counts.
    pub(crate) fn heed(&mut self, held: &[ResourceAllocation]) -> Vec<(ResourceAllocation, String)> {
        let mut news = Vec::new();
        let mut now = BTreeMap::new();
        for allocation in held {
            let heard = self.0.get(&allocation.id).copied();
            let state = (allocation.epoch, allocation.state);
            if heard.is_none_or(|heard| heard != state && heard.0 <= allocation.epoch) {
                news.push((without_tickets(allocation), words(allocation)));
                now.insert(allocation.id.clone(), state);
            } else {
                now.insert(allocation.id.clone(), heard.unwrap_or(state));
            }
        }
        self.0 = now;
        news
    }
}

/// What is written to a log proves nothing to anybody.
fn without_tickets(allocation: &ResourceAllocation) -> ResourceAllocation {
    let mut allocation = allocation.clone();
    allocation.parts.iter_mut().for_each(|part| part.ticket.clear());
    allocation
}

fn words(allocation: &ResourceAllocation) -> String {
    let state = allocation.state().as_str_name().trim_start_matches("ALLOCATION_STATE_").to_lowercase();
    let parts = allocation.parts.iter().filter(|part| part.state() != PartState::Waiting);
    let nodes: Vec<_> = parts.map(|part| part.peer_id.as_str()).collect();
    match allocation.state() {
        AllocationState::Active => {
            format!("holds allocation {} at epoch {}: {}", allocation.id, allocation.epoch, nodes.join(", "))
        }
        AllocationState::Pending
        | AllocationState::Released
        | AllocationState::Expired
        | AllocationState::Unspecified => {
            format!("allocation {} is {state} at epoch {}", allocation.id, allocation.epoch)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_news_is_told_and_never_an_older_epoch() {
        let at = |epoch, state: AllocationState| ResourceAllocation {
            id: "a".into(),
            epoch,
            state: state.into(),
            ..ResourceAllocation::default()
        };
        let mut held = Held::default();
        assert_eq!(held.heed(&[at(1, AllocationState::Active)]).len(), 1);
        assert!(held.heed(&[at(1, AllocationState::Active)]).is_empty());
        assert_eq!(held.heed(&[at(3, AllocationState::Active)])[0].1, "holds allocation a at epoch 3: ");
        assert!(held.heed(&[at(2, AllocationState::Active)]).is_empty());
        assert_eq!(held.heed(&[at(3, AllocationState::Expired)])[0].1, "allocation a is expired at epoch 3");
    }
}
