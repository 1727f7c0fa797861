//! What both edges have in common below their calls: connections, their places, their time, and HTTP with every limit set.

mod activity;
mod connection;
mod dial;
mod heads;
mod http;
mod meter;
mod peer;
mod places;
mod refusals;
mod stream;

pub(crate) use connection::Refuse;
pub(crate) use dial::{DialFault, dial_back, resolve};
pub(crate) use http::{Http, Versions};
pub(crate) use peer::{Peer, Proxies, network};
pub(crate) use places::{Place, Places};
pub(crate) use refusals::Refusals;
pub(crate) use stream::Stream;
