//! Calls of `IdentityService`.

use cpc_proto::v1;
use cpcd_model::{
    Reason::{GrantNotFound, KeyNotFound, ServiceTokenNotFound},
    permission::{
        Level::*,
        Resource::{Content, System, Users},
    },
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
    Row::unary::<v1::DeleteUserRequest>("IdentityService/DeleteUser", "DELETE /v1/users/{id}", Level(Users, Admin))
        .note("nobody takes what they do not hold, and the last with admin on users stays")
        .audited(),
    Row::unary::<v1::FriendRequest>("IdentityService/ManageFriends", "POST /v1/friends", User).audited(),
    Row::unary::<v1::ListFriendsRequest>("IdentityService/ListFriends", "GET /v1/friends", OwnOr(Users, Admin))
        .names(&[("user", "user_id")])
        .note("mutual friends are shown of a friend and of who has asked to be one, else with read on users"),
    Row::unary::<v1::CreateGrantRequest>("IdentityService/CreateGrant", "POST /v1/grants", OwnOr(Content, Admin))
        .note("of a node on nodes, of an allocation on allocations")
        .audited(),
    Row::unary::<v1::ListGrantsRequest>("IdentityService/ListGrants", "GET /v1/grants", OwnOr(Users, Admin))
        .names(&[("user", "user_id"), ("object", "object_id")])
        .note("of those on a thing one's own, with admin on it, or if it is one's own, all"),
    Row::unary::<v1::RevokeGrantRequest>(
        "IdentityService/RevokeGrant",
        "DELETE /v1/grants/{id}",
        OwnOr(Content, Admin),
    )
    .note("of a node on nodes, of an allocation on allocations; what is granted to oneself is one's own, too")
    .hidden(GrantNotFound)
    .audited(),
    Row::unary::<v1::CheckPermissionRequest>("IdentityService/CheckPermission", "POST /v1/caller/check", Nothing)
        .note("says what you may")
        .unaudited("it changes nothing"),
    Row::unary::<v1::ApproveUserRequest>(
        "IdentityService/ApproveUser",
        "POST /v1/users/{id}/approve",
        Level(Users, Admin),
    )
    .audited(),
    Row::unary::<v1::SuspendUserRequest>(
        "IdentityService/SuspendUser",
        "POST /v1/users/{id}/suspend",
        Level(Users, Admin),
    )
    .note("nobody takes what they do not hold, and the last with admin on users stays")
    .audited(),
    Row::unary::<v1::ResumeUserRequest>(
        "IdentityService/ResumeUser",
        "POST /v1/users/{id}/resume",
        Level(Users, Admin),
    )
    .note("nobody gives what they do not hold")
    .audited(),
    Row::unary::<v1::CreateInviteRequest>("IdentityService/CreateInvite", "POST /v1/invites", Level(Users, Write))
        .note("for a node's invite write on nodes; beyond the default nobody can give what they do not hold")
        .audited(),
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
    .note("for a node's invite on nodes; to end what it let in admin there")
    .audited(),
    Row::unary::<v1::ListKeysRequest>("IdentityService/ListKeys", "GET /v1/keys", OwnOr(Users, Read))
        .names(&[("user", "user_id")]),
    Row::unary::<v1::AddKeyRequest>("IdentityService/AddKey", "POST /v1/keys", User).note(PRESENT).audited(),
    Row::unary::<v1::RotateKeyRequest>("IdentityService/RotateKey", "POST /v1/keys/{id}/rotate", User)
        .note(PRESENT)
        .audited(),
    Row::unary::<v1::RevokeKeyRequest>("IdentityService/RevokeKey", "POST /v1/keys/{id}/revoke", OwnOr(Users, Admin))
        .note("for one's own a fresh session or a confirmation by a key; the last one stays")
        .hidden(KeyNotFound)
        .audited(),
    Row::unary::<v1::CreateRecoveryCodesRequest>(
        "IdentityService/CreateRecoveryCodes",
        "POST /v1/recovery-codes",
        User,
    )
    .note("a fresh session or a confirmation by a key")
    .audited(),
    Row::unary::<v1::RecoverRequest>("IdentityService/Recover", "POST /v1/recover", Nothing)
        .note("a recovery code and a proof by the new key")
        .audited(),
    Row::unary::<v1::CreateServiceTokenRequest>("IdentityService/CreateServiceToken", "POST /v1/service-tokens", User)
        .note("nobody can give what they do not hold")
        .audited(),
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
    .hidden(ServiceTokenNotFound)
    .audited(),
    Row::unary::<v1::ListTokenKeysRequest>("IdentityService/ListTokenKeys", "GET /v1/token-keys", Level(System, Admin)),
    Row::unary::<v1::RotateTokenKeyRequest>(
        "IdentityService/RotateTokenKey",
        "POST /v1/token-keys/rotate",
        Level(System, Admin),
    )
    .audited(),
];

const PRESENT: &str = "a fresh session or a confirmation by a key that one has, and a proof by the new key";
