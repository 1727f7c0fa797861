//! How far something that needs no login is open.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// To whom something is open that needs no login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Opening {
    /// To nobody.
    Never,
    /// On listeners that only this machine reaches.
    Loopback,
    /// To everybody who reaches the listener.
    Always,
}

impl Opening {
    /// Says whether it is open on a listener at this address.
    #[must_use]
    pub fn allows(self, listener: IpAddr) -> bool {
        match self {
            Self::Never => false,
            Self::Loopback => listener.is_loopback(),
            Self::Always => true,
        }
    }
}
