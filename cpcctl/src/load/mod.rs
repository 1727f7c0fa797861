//! A load of heartbeats: many nodes over few connections, and what came of it.

pub(crate) mod agents;
pub(crate) mod crowd;
pub(crate) mod enrol;
pub(crate) mod lane;
pub(crate) mod process;
pub(crate) mod record;
