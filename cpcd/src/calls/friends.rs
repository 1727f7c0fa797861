//! Calls of `IdentityService` about friends.

use cpc_proto::v1;
use cpcd_domain::Caller;
use cpcd_model::Result;

use super::Call;
use crate::{
    app::App,
    wire::{self, Wire},
};

impl Call for v1::FriendRequest {
    type Response = v1::FriendResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::FriendResponse> {
        caller.require_user()?;
        let (action, named) = wire::friend_action(self)?;
        Ok(app.identity.friends.manage(caller, action, named).await?.to_wire())
    }
}

impl Call for v1::ListFriendsRequest {
    type Response = v1::ListFriendsResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListFriendsResponse> {
        let listed = wire::friend_list(&self)?;
        let (found, next_page_token) =
            app.identity.friends.list(caller, &self.user_id, listed, self.page_size, &self.page_token).await?;
        Ok(v1::ListFriendsResponse { friends: found.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}
