//! Calls of `IdentityService`.

use cpc_proto::v1;
use cpcd_model::permission::{
    Level::*,
    Resource::{System, Users},
};

use super::{Needs::*, Row};

pub(super) const ROWS: &[Row] = &[
    Row::unary::<v1::AuthRequest>("IdentityService/Authenticate", "POST /v1/auth", Nothing)
        .also(&["POST /auth"])
        .audited(),
    Row::unary::<v1::RefreshRequest>("IdentityService/RefreshToken", "POST /v1/auth/refresh", Nothing)
        .note("the refresh token alone counts")
        .unaudited("a session goes on; that a token was used twice is a refusal"),
    Row::unary::<v1::LogoutRequest>("IdentityService/Logout", "POST /v1/auth/logout", Session)
        .note("it is ended")
        .audited(),
    Row::unary::<v1::RevokeTokensRequest>("IdentityService/RevokeTokens", "POST /v1/auth/revoke", OwnOr(Users, Admin))
        .audited(),
    Row::unary::<v1::ListSessionsRequest>("IdentityService/ListSessions", "GET /v1/sessions", OwnOr(Users, Read))
        .names(&[("subject", "subject_id")]),
    Row::unary::<v1::GetCallerRequest>("IdentityService/GetCaller", "GET /v1/caller", Nothing)
        .note("says who the server takes you for"),
    Row::unary::<v1::CreateUserRequest>("IdentityService/CreateUser", "POST /v1/users", Level(Users, Write))
        .note("beyond the default for new users nobody can give what they do not hold")
        .audited(),
    Row::unary::<v1::GetUserRequest>("IdentityService/GetUser", "GET /v1/users/{id}", OwnOr(Users, Read)),
    Row::unary::<v1::ListUsersRequest>("IdentityService/ListUsers", "GET /v1/users", Level(Users, Read)),
    Row::unary::<v1::UpdatePermissionsRequest>(
        "IdentityService/UpdatePermissions",
        "PUT /v1/users/{id}/permissions",
        Level(Users, Admin),
    )
    .note("nobody gives or takes what they do not hold, and the last with admin on users keeps it")
    .audited(),
    Row::unary::<v1::CreateInviteRequest>("IdentityService/CreateInvite", "POST /v1/invites", Level(Users, Write))
        .note("for a node's invite write on nodes; beyond the default nobody can give what they do not hold")
        .audited(),
    Row::unary::<v1::ListInvitesRequest>("IdentityService/ListInvites", "GET /v1/invites", Level(Users, Read))
        .note("for those of nodes read on nodes"),
    Row::unary::<v1::RevokeInviteRequest>(
        "IdentityService/RevokeInvite",
        "DELETE /v1/invites/{id}",
        Owner(Users, Write),
    )
    .note("for a node's invite on nodes")
    .audited(),
    Row::unary::<v1::ListTokenKeysRequest>("IdentityService/ListTokenKeys", "GET /v1/token-keys", Level(System, Admin)),
    Row::unary::<v1::RotateTokenKeyRequest>(
        "IdentityService/RotateTokenKey",
        "POST /v1/token-keys/rotate",
        Level(System, Admin),
    )
    .audited(),
];
