//! What may be placed on a node: nothing new while it is cordoned, and nothing at all once it is drained.

use cpcd_model::{Result, node::Scheduling};
use cpcd_store::sql::Priority;

use super::{Nodes, Seen, access};
use crate::Caller;

impl Nodes {
    /// Keeps what a node has, and places nothing new on it; a drain that is under way ends where it is. Needs admin on nodes, write on
    /// nodes and to own it, or to be it.
    ///
    /// # Errors
    /// `NODE_NOT_FOUND`, `NOT_OWNER`, `PERMISSION_DENIED`, `TOKEN_MISSING`.
    pub async fn cordon(&self, caller: &Caller, name: &str) -> Result<Seen> {
        self.schedule(caller, name, |from| match from {
            Scheduling::Active | Scheduling::Draining | Scheduling::Drained => Scheduling::Cordoned,
            Scheduling::Cordoned => from,
        })
        .await
    }

    /// Places allocations on a node again. Needs what cordoning needs.
    ///
    /// # Errors
    /// As [`Nodes::cordon`].
    pub async fn uncordon(&self, caller: &Caller, name: &str) -> Result<Seen> {
        self.schedule(caller, name, |_| Scheduling::Active).await
    }

    /// Moves what a node has elsewhere, each part as soon as another node has room for it, and places nothing new on it. Needs what
    /// cordoning needs.
    ///
    /// # Errors
    /// As [`Nodes::cordon`].
    pub async fn drain(&self, caller: &Caller, name: &str) -> Result<Seen> {
        self.schedule(caller, name, |from| match from {
            Scheduling::Active | Scheduling::Cordoned => Scheduling::Draining,
            Scheduling::Draining | Scheduling::Drained => from,
        })
        .await
    }

    async fn schedule(
        &self,
        caller: &Caller,
        name: &str,
        become_: impl FnOnce(Scheduling) -> Scheduling + Send + 'static,
    ) -> Result<Seen> {
        let found = self.find_to_change(caller, name).await?;
        access::may_operate(caller, &found)?;
        let (id, now) = (found.id, self.clock.now());
        let (node, changed) = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    let mut node = tx.lock_node(id).await?.ok_or_else(|| access::not_found(&id.to_string()))?;
                    let to = become_(node.scheduling);
                    let changed = tx.set_scheduling(id, node.scheduling, to, now).await?;
                    if let Some(changed) = &changed {
                        (node.scheduling, node.directives) = (changed.to, changed.directives);
                    }
                    Ok((node, changed))
                })
            })
            .await?;
        if let Some(changed) = changed {
            tracing::info!(node.id = %id, from = %changed.from, to = %changed.to, "what may be placed on a node changed");
            self.placements.note(std::slice::from_ref(&node));
            self.moves.note_scheduling(&changed);
        }
        let realm = self.realm_of(caller).await?;
        Ok(self.show(caller, realm.as_deref(), node))
    }
}
