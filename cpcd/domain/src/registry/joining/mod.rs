//! Who is let in, how many of them, and who goes again by itself.
//!
//! Without an invite a node counts for the network that it registers from ([`quota`]), and under the policy `approval` it waits for an
//! administrator ([`pending`]). What its invite says of its time holds for as long as it is there; [`departures`] removes whoever's
//! time is over, and [`removal`] is how any node goes.

pub(super) mod departures;
pub(super) mod pending;
pub(super) mod quota;
pub(super) mod removal;
