//! What the benches share: a generator that speaks HTTP/2 frame by frame, and what it measures with.

pub(crate) mod frames;
pub(crate) mod pin;
pub(crate) mod process;
pub(crate) mod record;
pub(crate) mod template;
