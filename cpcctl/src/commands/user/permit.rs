use cpc_proto::v1::{GetUserRequest, PermissionRule, Scope, UpdatePermissionsRequest, User, get_user_request::By};

use super::permissions::{ScopePart, covers, permission, rule, scope_of, scope_part};
use crate::{
    commands::owner,
    context::Context,
    failure::{Failure, Result},
};

/// Changes what a user may do
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The user's tokens of before are refused at once; cpcctl and other clients renew their session by themselves.

Examples:
  cpcctl user permit alice --permission content=admin
  cpcctl user permit bob --permission nodes=write --scope label=region:eu-west --dry-run
  cpcctl user permit bob --permission content=admin@owner=alice
  cpcctl user permit carol --permission users=read --remove
  cpcctl user permit dave --permission content=write --replace --yes")]
pub(crate) struct Args {
    /// The name or the id
    #[arg(value_name = "NAME|ID")]
    user: String,
    /// What the user may do: a resource and a level, and after @ what it is narrowed to
    #[arg(long = "permission", value_name = "RESOURCE=LEVEL[@SCOPE]", value_parser = permission, required_unless_present = "replace")]
    permissions: Vec<PermissionRule>,
    /// Narrows the permissions that have no scope of their own: owner=USER, object=ID or label=NAME:VALUE
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope_part, requires = "permissions")]
    scopes: Vec<ScopePart>,
    /// Adds to what the user may do (the default); a higher level that is there stays
    #[arg(long, conflicts_with_all = ["remove", "replace"])]
    add: bool,
    /// Takes these permissions away
    #[arg(long, conflicts_with = "replace")]
    remove: bool,
    /// Puts these in place of everything that the user may do
    #[arg(long)]
    replace: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let by = if owner::is_id(&self.user) { By::Id(self.user.clone()) } else { By::Username(self.user.clone()) };
        let request = GetUserRequest { by: Some(by) };
        let answer = context.call(async |client| client.identity().get_user(request.clone()).await).await?;
        let user = answer.user.ok_or_else(Failure::empty_answer)?;

        let scope = if self.scopes.is_empty() { None } else { Some(scope_of(&self.scopes).map_err(Failure::usage)?) };
        let mut given = Vec::with_capacity(self.permissions.len());
        for mut rule in self.permissions {
            rule.scope = rule.scope.or_else(|| scope.clone());
            resolve(context, rule.scope.as_mut()).await?;
            given.push(rule);
        }
        if self.replace {
            context.prompt.confirm(&format!("Replace everything that {} may do?", user.username))?;
        }
        let permissions = if self.replace {
            given
        } else if self.remove {
            without(&user, &given)?
        } else {
            with(&user, given)
        };
        let request = UpdatePermissionsRequest {
            id: user.id,
            permissions,
            // What is replaced may be anything; else somebody may have changed it since.
            expected_epoch: if self.replace { 0 } else { user.permission_epoch },
            dry_run: context.is_rehearsal(),
        };
        let answer = context.call(async |client| client.identity().update_permissions(request.clone()).await).await?;
        context.output.record(&answer.user.ok_or_else(Failure::empty_answer)?)
    }
}

/// Puts an id in the place of an owner's name.
pub(in crate::commands) async fn resolve(context: &mut Context, scope: Option<&mut Scope>) -> Result<()> {
    if let Some(scope) = scope.filter(|scope| !scope.owner_id.is_empty()) {
        scope.owner_id = owner::id(context, Some(&scope.owner_id)).await?;
    }
    Ok(())
}

/// Adds rules; one that covers another takes its place.
fn with(user: &User, given: Vec<PermissionRule>) -> Vec<PermissionRule> {
    let mut rules = user.permissions.clone();
    for new in given {
        let is_there = |held: &PermissionRule| held.resource == new.resource && held.scope == new.scope;
        match rules.iter_mut().find(|held| is_there(held)) {
            Some(held) if covers(held, &new) => {}
            Some(held) => *held = new,
            None => rules.push(new),
        }
    }
    rules
}

/// Takes rules away, each of which must be there.
fn without(user: &User, given: &[PermissionRule]) -> Result<Vec<PermissionRule>> {
    if let Some(missing) = given.iter().find(|rule| !user.permissions.contains(rule)) {
        return Err(Failure::usage(format_args!("{} does not have {}", user.username, rule(missing)))
            .hint(format_args!("`cpcctl user show {}` shows what there is", user.username)));
    }
    Ok(user.permissions.iter().filter(|rule| !given.contains(rule)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::{super::permissions::rules, *};

    fn user(permissions: &[&str]) -> User {
        User { permissions: parse(permissions), username: "alice".into(), ..User::default() }
    }

    fn parse(texts: &[&str]) -> Vec<PermissionRule> {
        texts.iter().map(|text| permission(text).unwrap()).collect()
    }

    #[test]
    fn adding_never_takes() {
        let user = user(&["content=write", "nodes=read@label=a:b"]);
        let added = |given: &[&str]| rules(&with(&user, parse(given)));
        assert_eq!(added(&["content=read"]), "content=write, nodes=read@label=a:b");
        assert_eq!(added(&["content=admin"]), "content=admin, nodes=read@label=a:b");
        assert_eq!(added(&["nodes=write@label=a:b", "nodes=read"]), "content=write, nodes=write@label=a:b, nodes=read");
    }

    #[test]
    fn what_is_taken_must_be_there() {
        let user = user(&["content=write", "nodes=read@label=a:b"]);
        assert_eq!(rules(&without(&user, &parse(&["nodes=read@label=a:b"])).unwrap()), "content=write");
        for missing in ["content=read", "nodes=read", "nodes=read@label=a:c"] {
            let failure = without(&user, &parse(&[missing])).unwrap_err();
            assert_eq!(failure.message, format!("alice does not have {missing}"));
        }
    }
}
