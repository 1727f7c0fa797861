//! `IdentityService`.

use cpc_proto::v1::{self, identity_service_server::IdentityService};
use tonic::{Request, Response, Status, async_trait};

use super::Edge;

#[async_trait]
impl IdentityService for Edge {
    async fn authenticate(&self, request: Request<v1::AuthRequest>) -> Result<Response<v1::AuthResponse>, Status> {
        self.unary(request).await
    }

    async fn refresh_token(&self, request: Request<v1::RefreshRequest>) -> Result<Response<v1::AuthResponse>, Status> {
        self.unary(request).await
    }

    async fn logout(&self, request: Request<v1::LogoutRequest>) -> Result<Response<v1::LogoutResponse>, Status> {
        self.unary(request).await
    }

    async fn revoke_tokens(
        &self,
        request: Request<v1::RevokeTokensRequest>,
    ) -> Result<Response<v1::RevokeTokensResponse>, Status> {
        self.unary(request).await
    }

    async fn list_sessions(
        &self,
        request: Request<v1::ListSessionsRequest>,
    ) -> Result<Response<v1::ListSessionsResponse>, Status> {
        self.unary(request).await
    }

    async fn get_caller(
        &self,
        request: Request<v1::GetCallerRequest>,
    ) -> Result<Response<v1::GetCallerResponse>, Status> {
        self.unary(request).await
    }

    async fn create_user(
        &self,
        request: Request<v1::CreateUserRequest>,
    ) -> Result<Response<v1::CreateUserResponse>, Status> {
        self.unary(request).await
    }

    async fn get_user(&self, request: Request<v1::GetUserRequest>) -> Result<Response<v1::GetUserResponse>, Status> {
        self.unary(request).await
    }

    async fn list_users(
        &self,
        request: Request<v1::ListUsersRequest>,
    ) -> Result<Response<v1::ListUsersResponse>, Status> {
        self.unary(request).await
    }

    async fn create_invite(
        &self,
        request: Request<v1::CreateInviteRequest>,
    ) -> Result<Response<v1::CreateInviteResponse>, Status> {
        self.unary(request).await
    }

    async fn list_invites(
        &self,
        request: Request<v1::ListInvitesRequest>,
    ) -> Result<Response<v1::ListInvitesResponse>, Status> {
        self.unary(request).await
    }

    async fn revoke_invite(
        &self,
        request: Request<v1::RevokeInviteRequest>,
    ) -> Result<Response<v1::RevokeInviteResponse>, Status> {
        self.unary(request).await
    }

    async fn list_token_keys(
        &self,
        request: Request<v1::ListTokenKeysRequest>,
    ) -> Result<Response<v1::ListTokenKeysResponse>, Status> {
        self.unary(request).await
    }

    async fn rotate_token_key(
        &self,
        request: Request<v1::RotateTokenKeyRequest>,
    ) -> Result<Response<v1::RotateTokenKeyResponse>, Status> {
        self.unary(request).await
    }
}
