//! Plain types and rules of cpcd: no input, no output, no framework.
//!
//! Everything above (store, domain, the edges) speaks in these types. [`error`] is the one error of the whole daemon.

pub mod allocation;
pub mod content;
pub mod error;
pub mod id;
pub mod invite;
pub mod labels;
pub mod namespace;
pub mod node;
pub mod opening;
pub mod page;
pub mod permission;
pub mod query;
pub mod service_token;
pub mod text;
pub mod time;
pub mod user;
pub mod webhook;

pub use error::{Error, Kind, Reason, Result};
