//! The engines of cpcd, each an enum with a few verbs: SQL (SQLite, PostgreSQL), cache (in-process, Valkey), search index (tantivy, OpenSearch); and what is sent to others.
//!
//! SQL is the source of truth; cache and index can be lost and are rebuilt from it.

pub mod cache;
pub mod deadline;
pub mod index;
pub mod outgoing;
pub mod sql;

pub use cache::Cache;
pub use index::Index;
pub use sql::{Store, Tx};
