//! Where a call comes from, as its entries say it.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, atomic::AtomicU64},
};

use cpcd_model::{Error, Kind, time::Clock};
use cpcd_store::sql::Asked;
use uuid::Uuid;

pub use cpcd_store::sql::Keeps;

use super::refusals::{Refusal, SEVERAL};
use crate::{Caller, caller::Subject, identity};

/// The kinds of callers.
pub(super) const KINDS: [&str; 6] = ["anonymous", "user", "service", "node", "local_admin", SEVERAL];

/// A call that came in.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// Its name, such as `IdentityService/CreateUser`.
    pub action: &'static str,
    /// What of its changes is kept; nothing for those that change nothing, or too much and too often.
    pub keeps: Option<Keeps>,
    /// The request.
    pub request_id: Option<Uuid>,
    /// Where it came from; nothing for this machine's socket.
    pub address: Option<IpAddr>,
}

impl Origin {
    /// Gives in whose name it is done, if that is kept.
    pub(super) fn asked(&self, caller: &Caller, clock: &Clock, written: &Arc<AtomicU64>) -> Option<Asked> {
        let session = caller.session();
        Some(Asked {
            actor_kind: kind(caller.subject()),
            actor_id: caller.subject().uuid(),
            session_id: session.map(|session| session.id.uuid()),
            token_id: session.map(|session| session.token_id),
            action: self.action,
            request_id: self.request_id,
            network: self.address.map(|address| address.to_string()).unwrap_or_default(),
            keeps: self.keeps?,
            clock: clock.clone(),
            written: written.clone(),
        })
    }

    /// Gives the refusal that an error is.
    pub(super) fn refusal(&self, caller: Option<&Caller>, error: &Error) -> Option<Refusal> {
        if !matches!(error.kind(), Kind::Unauthenticated | Kind::PermissionDenied) {
            return None;
        }
        let subject = caller.map_or(Subject::Anonymous, Caller::subject);
        Some(Refusal {
            actor_kind: kind(subject),
            actor_id: subject.uuid(),
            action: self.action,
            reason: error.reason().as_str(),
            key: error.metadata().get(identity::KEY).cloned(),
            network: self.address.map(network).unwrap_or_default(),
        })
    }
}

const fn kind(subject: Subject) -> &'static str {
    match subject {
        Subject::Anonymous => "anonymous",
        Subject::User(_) => "user",
        Subject::Service(_) => "service",
        Subject::Node(_) => "node",
        Subject::LocalAdmin => "local_admin",
        Subject::System => "system",
    }
}

/// Gives the network that an address belongs to: the blocks that the limits of calls count by.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{}/24", Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8))),
        IpAddr::V6(address) => format!("{}/56", Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 72))),
    }
}

#[cfg(test)]
mod tests {
    use cpcd_model::Reason;

    use super::*;

    #[test]
    fn a_refusal_is_of_a_network_and_a_key() {
        let origin = Origin {
            action: "S/Call",
            keeps: None,
            request_id: None,
            address: Some("2001:db8:1:2ff:3::4".parse().unwrap()),
        };
        let error = Error::new(Reason::LoginRefused, "no").with_metadata(identity::KEY, "12D3");
        let refusal = origin.refusal(None, &error).unwrap();
        assert_eq!((refusal.network.as_str(), refusal.key.as_deref()), ("2001:db8:1:200::/56", Some("12D3")));
        assert_eq!((refusal.actor_kind, refusal.reason), ("anonymous", "LOGIN_REFUSED"));
        assert!(origin.refusal(None, &Error::new(Reason::UserNotFound, "no")).is_none());
        assert_eq!(network("203.0.113.7".parse().unwrap()), "203.0.113.0/24");
    }
}
