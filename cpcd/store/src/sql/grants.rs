//! Table `grants`: what a user may do with single things. It is read together with the user.

use cpcd_model::{
    Error, Result,
    id::UserId,
    permission::{Level, Permissions, Resource, Rule, Scope},
};
use serde::Deserialize;
use uuid::Uuid;

use super::Tx;

/// A grant, as a user's row brings it along.
#[derive(Deserialize)]
pub(super) struct Grant {
    resource: Resource,
    level: Level,
    object: Uuid,
}

impl From<Grant> for Rule {
    fn from(grant: Grant) -> Self {
        let scope = Scope { object: Some(grant.object), ..Scope::default() };
        Self { scope: Some(scope), ..Self::on(grant.resource, grant.level) }
    }
}

/// Gives the rules that are no grants, as they are kept with the user.
pub(super) fn without_grants(permissions: &Permissions) -> Result<Permissions> {
    let rules = permissions.rules().iter().filter(|rule| object(rule).is_none()).cloned().collect();
    Permissions::new(rules).map_err(Error::internal)
}

fn object(rule: &Rule) -> Option<Uuid> {
    rule.scope.as_ref().and_then(|scope| scope.object)
}

impl Tx {
    /// Sets what a user may do with single things, in place of all before.
    pub(super) async fn set_grants(&mut self, user: UserId, permissions: &Permissions) -> Result<()> {
        self.execute("DELETE FROM grants WHERE user_id = $1", &[user.uuid().into()]).await?;
        for rule in permissions.rules() {
            let Some(object) = object(rule) else { continue };
            self.execute(
                "INSERT INTO grants (user_id, resource, object_id, level) VALUES ($1, $2, $3, $4)",
                &[user.uuid().into(), rule.resource.as_str().into(), object.into(), rule.level.as_str().into()],
            )
            .await?;
        }
        Ok(())
    }
}
