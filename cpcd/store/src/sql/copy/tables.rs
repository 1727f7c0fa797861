//! Which tables move with the house, and which the new one makes for itself.

/// What is copied, in the order in which one needs the other.
pub(super) const COPIED: &[&str] = &[
    "users",
    "user_keys",
    "recovery_codes",
    "invites",
    "nodes",
    "node_counts",
    "allocations",
    "allocation_parts",
    "allocation_owners",
    "grants",
    "webhooks",
    "service_tokens",
    "content",
    "sessions",
    "used_challenges",
    "signing_keys",
    "server_identity",
    "revocations",
];

/// What stays behind, and why.
pub(super) const LEFT: &[(&str, &str)] = &[
    ("events", "their order is the engine's own; whoever follows them is told of a gap"),
    ("event_horizon", "as events"),
    ("index_failures", "as index_marks"),
    ("index_rebuilds", "as index_marks"),
    ("index_marks", "the new home indexes everything"),
    ("index_state", "as index_marks"),
    ("leases", "their holders live on the old store"),
    ("liveness_batches", "as leases"),
    ("liveness_replicas", "as leases"),
    ("replicas", "as leases"),
    ("schema_compatibility", "the migrations of the new home fill it"),
];
