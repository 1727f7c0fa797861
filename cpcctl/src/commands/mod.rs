//! The commands: a folder a noun, a file a verb, each with its arguments and what it does.
#![allow(clippy::doc_markdown, rustdoc::bare_urls, reason = "shown as help, where backticks would only be letters")]

pub(crate) mod allocation;
pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod content;
pub(crate) mod context;
pub(crate) mod events;
pub(crate) mod friend;
pub(crate) mod generate;
pub(crate) mod grant;
pub(crate) mod index;
pub(crate) mod invite;
pub(crate) mod key;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod migrate;
pub(crate) mod node;
pub(crate) mod peers;
pub(crate) mod recover;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod status;
pub(crate) mod token;
pub(crate) mod token_key;
pub(crate) mod user;
pub(crate) mod version;
pub(crate) mod webhook;
pub(crate) mod whoami;

mod deleted;
mod following;
mod owner;
mod pages;
mod server;
