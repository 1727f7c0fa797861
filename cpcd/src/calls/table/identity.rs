//! Calls of `IdentityService`.

use cpc_proto::v1;
use cpcd_model::{
    Reason::{KeyNotFound, ServiceTokenNotFound},
    permission::{
        Level::*,
        Resource::{System, Users},
    },
};

use super::{Needs::*, Row};

pub(super) const ROWS: &[Row] = &[
    Row::unary::<v1::AuthRequest>("IdentityService/Authenticate", "POST /v1/auth", Nothing).also(&["POST /auth"]),
    Row::unary::<v1::RefreshRequest>("IdentityService/RefreshToken", "POST /v1/auth/refresh", Nothing)
        .note("the refresh token alone counts"),
    Row::unary::<v1::LogoutRequest>("IdentityService/Logout", "POST /v1/auth/logout", Session).note("it is ended"),
    Row::unary::<v1::RevokeTokensRequest>("IdentityService/RevokeTokens", "POST /v1/auth/revoke", OwnOr(Users, Admin)),
    Row::unary::<v1::ListSessionsRequest>("IdentityService/ListSessions", "GET /v1/sessions", OwnOr(Users, Read))
        .names(&[("subject", "subject_id")]),
    Row::unary::<v1::GetCallerRequest>("IdentityService/GetCaller", "GET /v1/caller", Nothing)
        .note("says who the server takes you for"),
    Row::unary::<v1::CreateUserRequest>("IdentityService/CreateUser", "POST /v1/users", Level(Users, Write))
        .note("beyond the default for new users nobody can give what they do not hold"),
    Row::unary::<v1::GetUserRequest>("IdentityService/GetUser", "GET /v1/users/{id}", OwnOr(Users, Read)),
    Row::unary::<v1::ListUsersRequest>("IdentityService/ListUsers", "GET /v1/users", Level(Users, Read)),
    Row::unary::<v1::UpdatePermissionsRequest>(
        "IdentityService/UpdatePermissions",
        "PUT /v1/users/{id}/permissions",
        Level(Users, Admin),
    )
    .note("nobody gives or takes what they do not hold, and the last with admin on users keeps it"),
    Row::unary::<v1::ApproveUserRequest>(
        "IdentityService/ApproveUser",
        "POST /v1/users/{id}/approve",
        Level(Users, Admin),
    ),
    Row::unary::<v1::SuspendUserRequest>(
        "IdentityService/SuspendUser",
        "POST /v1/users/{id}/suspend",
        Level(Users, Admin),
    )
    .note("nobody takes what they do not hold, and the last with admin on users stays"),
    Row::unary::<v1::ResumeUserRequest>(
        "IdentityService/ResumeUser",
        "POST /v1/users/{id}/resume",
        Level(Users, Admin),
    )
    .note("nobody gives what they do not hold"),
    Row::unary::<v1::CreateInviteRequest>("IdentityService/CreateInvite", "POST /v1/invites", Level(Users, Write))
        .note("for a node's invite write on nodes; beyond the default nobody can give what they do not hold"),
    Row::unary::<v1::ListInvitesRequest>("IdentityService/ListInvites", "GET /v1/invites", Level(Users, Read))
        .note("for those of nodes read on nodes"),
    Row::unary::<v1::GetInviteRequest>("IdentityService/GetInvite", "GET /v1/invites/{id}", Level(Users, Read))
        .note("for a node's invite on nodes"),
    Row::unary::<v1::ListInviteUsesRequest>(
        "IdentityService/ListInviteUses",
        "GET /v1/invites/{id}/uses",
        Level(Users, Read),
    )
    .note("for a node's invite on nodes"),
    Row::unary::<v1::RevokeInviteRequest>(
        "IdentityService/RevokeInvite",
        "DELETE /v1/invites/{id}",
        Owner(Users, Write),
    )
    .note("for a node's invite on nodes; to end what it let in admin there"),
    Row::unary::<v1::ListKeysRequest>("IdentityService/ListKeys", "GET /v1/keys", OwnOr(Users, Read))
        .names(&[("user", "user_id")]),
    Row::unary::<v1::AddKeyRequest>("IdentityService/AddKey", "POST /v1/keys", User).note(PRESENT),
    Row::unary::<v1::RotateKeyRequest>("IdentityService/RotateKey", "POST /v1/keys/{id}/rotate", User).note(PRESENT),
    Row::unary::<v1::RevokeKeyRequest>("IdentityService/RevokeKey", "POST /v1/keys/{id}/revoke", OwnOr(Users, Admin))
        .note("for one's own a fresh session or a confirmation by a key; the last one stays")
        .hidden(KeyNotFound),
    Row::unary::<v1::CreateRecoveryCodesRequest>(
        "IdentityService/CreateRecoveryCodes",
        "POST /v1/recovery-codes",
        User,
    )
    .note("a fresh session or a confirmation by a key"),
    Row::unary::<v1::RecoverRequest>("IdentityService/Recover", "POST /v1/recover", Nothing)
        .note("a recovery code and a proof by the new key"),
    Row::unary::<v1::CreateServiceTokenRequest>("IdentityService/CreateServiceToken", "POST /v1/service-tokens", User)
        .note("nobody can give what they do not hold"),
    Row::unary::<v1::ListServiceTokensRequest>(
        "IdentityService/ListServiceTokens",
        "GET /v1/service-tokens",
        OwnOr(Users, Read),
    )
    .names(&[("owner", "owner_id")]),
    Row::unary::<v1::RevokeServiceTokenRequest>(
        "IdentityService/RevokeServiceToken",
        "DELETE /v1/service-tokens/{id}",
        OwnOr(Users, Admin),
    )
    .hidden(ServiceTokenNotFound),
    Row::unary::<v1::ListTokenKeysRequest>("IdentityService/ListTokenKeys", "GET /v1/token-keys", Level(System, Admin)),
    Row::unary::<v1::RotateTokenKeyRequest>(
        "IdentityService/RotateTokenKey",
        "POST /v1/token-keys/rotate",
        Level(System, Admin),
    ),
];

const PRESENT: &str = "a fresh session or a confirmation by a key that one has, and a proof by the new key";
