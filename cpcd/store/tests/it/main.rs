//! Tests of the engines, each on every engine there is.

#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

mod allocation_moves;
mod cache;
mod cache_links;
mod cache_places;
mod cluster;
mod harness;
mod http_link;
mod opensearch;
mod search_parity;
mod sql_accounts;
mod sql_allocations;
mod sql_contents;
mod sql_copy;
mod sql_enrolments;
mod sql_events;
mod sql_faults;
mod sql_identity;
mod sql_index;
mod sql_invites;
mod sql_joining;
mod sql_keyring;
mod sql_leases;
mod sql_listings;
mod sql_liveness;
mod sql_marks;
mod sql_migrations;
mod sql_nodes;
mod sql_open;
mod sql_outage;
mod sql_schema;
mod sql_sealed;
mod sql_search;
mod sql_service_tokens;
mod sql_user_keys;
mod sql_webhooks;
mod sql_write;
mod toxiproxy;
mod valkey;
