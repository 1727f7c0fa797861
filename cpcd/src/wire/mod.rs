//! Model to message and back, one file an area.
//!
//! The types of both sides belong to other crates, so `From` between them is not ours to write; this trait is.

mod allocation;
mod directives;
mod discovery;
mod events;
mod identity;
mod index;
mod invites;
mod keys;
mod migrations;
mod peers;
mod registry;
mod service_tokens;
mod token_keys;

use cpcd_model::{Error, Reason, Result, time::Timestamp};

pub(crate) use allocation::{allocation_draft, allocation_state_filter};
pub(crate) use discovery::{draft, publish_response};
pub(crate) use events::{event_json, watched_node};
pub(crate) use identity::{
    challenge_purpose, key_proof, permissions, proof, rules, session, subject_kind, user_state_filter,
};
pub(crate) use invites::{invite_kind, invite_use};
pub(crate) use migrations::migration_target;
pub(crate) use registry::{beat, resources, scheduling_filter, status_filter};

/// Reads a time of a request.
pub(crate) fn time(field: &str, message: &pbjson_types::Timestamp) -> Result<Timestamp> {
    Timestamp::new(message.seconds, message.nanos)
        .map_err(|_| Error::field(Reason::FieldInvalid, field, "is no time between the years 1 and 9999"))
}

/// A model type that has a message.
pub(crate) trait Wire {
    /// The message.
    type Message;

    /// Gives the message.
    fn to_wire(&self) -> Self::Message;
}

impl Wire for Timestamp {
    type Message = pbjson_types::Timestamp;

    fn to_wire(&self) -> Self::Message {
        // jiff keeps the fraction's sign with the instant's; protobuf counts nanoseconds forward.
        let nanos = self.as_nanosecond();
        let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).expect("years 1 to 9999 fit");
        let fraction = i32::try_from(nanos.rem_euclid(1_000_000_000)).expect("less than a billion");
        pbjson_types::Timestamp { seconds, nanos: fraction }
    }
}
