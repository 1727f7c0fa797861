//! Tests of the whole daemon, through its edges, on every engine that is there.
//!
//! SQLite always; PostgreSQL where `CPC_TEST_POSTGRES_URL` names one; three replicas on PostgreSQL, Valkey and OpenSearch where
//! `CPC_TEST_VALKEY_URL` and `CPC_TEST_OPENSEARCH_URL` name these too (`dev/test` sees to it). With `CPC_TEST_REQUIRE=all` a missing engine is
//! a failure.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod harness;

mod accounts;
mod audit;
mod bound_sessions;
mod canary;
mod content;
mod deadlines;
mod degradation;
mod documents;
mod edges;
mod events;
mod friends;
mod index;
mod invites;
mod limits;
mod login;
mod lost_answers;
mod migrations;
mod moving;
mod overload;
mod peer_id_auth;
mod peers;
mod permissions;
mod popular;
mod process;
mod rates;
mod registry;
mod root_key;
mod search_cluster;
mod service_tokens;
mod sessions;
mod shared_cache;
mod shared_rates;
mod sharing;
mod tls;
mod token_keys;
mod tour;
#[path = "../../store/tests/it/toxiproxy.rs"]
mod toxiproxy;
mod user_keys;
#[allow(dead_code, reason = "the tests of the store use all of it")]
#[path = "../../store/tests/it/valkey.rs"]
mod valkey;
mod vectors;
