//! Tests of the whole daemon, through its edges, on every engine that is there.
//!
//! SQLite always; PostgreSQL where `CPC_TEST_POSTGRES_URL` names one (`dev/test` sees to it). With `CPC_TEST_REQUIRE=all` a missing
//! engine is a failure.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod harness;

mod bound_sessions;
mod content;
mod deadlines;
mod documents;
mod edges;
mod index;
mod invites;
mod limits;
mod login;
mod lost_answers;
mod migrations;
mod moving;
mod permissions;
mod process;
mod rates;
mod registry;
mod sessions;
mod tls;
mod token_keys;
mod tour;
#[path = "../../store/tests/it/toxiproxy.rs"]
mod toxiproxy;
mod vectors;
