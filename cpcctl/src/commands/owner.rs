//! Owners, named by id, by name, or as oneself.

use cpc_proto::v1::{GetCallerRequest, GetUserRequest, get_user_request::By};

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Tells whether text has the form of an id; no user name that looks like one can be meant then.
pub(crate) fn is_id(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.chars().all(|letter| letter.is_ascii_hexdigit()))
}

/// Finds the id of an owner: an id, a user's name, or "me"; empty for none.
pub(crate) async fn id(context: &mut Context, owner: Option<&str>) -> Result<String> {
    match owner {
        None => Ok(String::new()),
        Some(id) if is_id(id) => Ok(id.to_owned()),
        Some("me") => {
            let caller = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await?;
            let user = caller
                .user
                .ok_or_else(|| Failure::usage("--owner me: nobody is logged in").hint("log in with `cpcctl login`"))?;
            Ok(user.id)
        }
        Some(name) => {
            let request = GetUserRequest { by: Some(By::Username(name.to_owned())) };
            let answer = context.call(async |client| client.identity().get_user(request.clone()).await).await?;
            Ok(answer.user.ok_or_else(Failure::empty_answer)?.id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_names() {
        assert!(is_id("0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21"));
        for name in
            ["alice", "0192f0c1", "0192f0c12b7a7c3e9d546a1f0e8b7c21", "g192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21", ""]
        {
            assert!(!is_id(name), "{name}");
        }
    }
}
