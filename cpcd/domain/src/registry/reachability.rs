//! Reachability: whether a node is reached at an address that it says it has. We dial it, under the rules of `AutoNAT` v2
//! (<https://github.com/libp2p/specs/blob/master/autonat/autonat-v2.md>), so that nobody has us dial whom they like.
//!
//! One address is dialled, the first that is allowed: public, by TCP, through no relay. One that is not where the node speaks from costs
//! it more bytes than the dial costs a stranger. Nobody has many dials, and all together have few. Then the node shows that it got what
//! was sent there: any other machine would take a connection too. What was shown is kept in memory for some hours, by the replica that
//! dialled: it orders peers, and nothing rests on it.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_lc_rs::rand;
use cpc_signing::{is_private, is_public};
use cpcd_model::{
    Error, Reason, Result,
    id::NodeId,
    time::{Clock, Tick},
};

use super::{Config, Nodes, config::PrivateAddresses};
use crate::{Caller, caller::Subject};

/// Dials in a minute: all together, and of one node.
const MOST: usize = 60;
const MOST_OF_ONE: usize = 12;
/// Dials at once of one node.
const AT_ONCE: usize = 2;
const MINUTE: Duration = Duration::from_secs(60);
/// How long an address counts as reached.
const KEPT: Duration = Duration::from_secs(6 * 3600);
/// Nodes of whom that is kept.
const NODES: usize = 100_000;
/// Bytes that a dial to somewhere else costs: from the first to the sum of both.
const BYTES: (u32, u32) = (30_000, 70_000);

/// What was reached, and who may dial.
#[derive(Clone)]
pub struct Reachability {
    clock: Clock,
    nodes: Nodes,
    private: PrivateAddresses,
    most_addresses: usize,
    dials: Arc<Mutex<Dials>>,
    reached: Arc<Reached>,
}

/// The dials of the last minute.
#[derive(Default)]
struct Dials {
    all: VecDeque<Tick>,
    of: HashMap<NodeId, Own>,
}

#[derive(Default)]
struct Own {
    begun: VecDeque<Tick>,
    running: usize,
}

/// The right to dial once; given back at the end.
pub struct Dial {
    dials: Arc<Mutex<Dials>>,
    node: NodeId,
    rules: DialRules,
    secret: [u8; 16],
}

/// What may be dialled for a node.
#[derive(Clone, Copy, Debug)]
pub struct DialRules {
    observed: Option<IpAddr>,
    private: bool,
    loopback: bool,
    /// Decides what a dial costs.
    lot: u32,
}

impl DialRules {
    /// Says whether an IP address may be dialled: a public one, or a private one that the node speaks from.
    #[must_use]
    pub fn allow(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        let is_own = self.observed == Some(ip);
        is_public(ip) || is_own && is_private(ip) && if ip.is_loopback() { self.loopback } else { self.private }
    }

    /// Gives how many bytes a dial costs; none if the node speaks from there.
    #[must_use]
    pub fn cost(&self, ip: IpAddr) -> Option<u32> {
        (self.observed != Some(ip.to_canonical())).then_some(BYTES.0 + self.lot % (BYTES.1 + 1))
    }
}

impl Dial {
    /// Gives what may be dialled.
    #[must_use]
    pub fn rules(&self) -> DialRules {
        self.rules
    }

    /// Gives what is to be sent to the address, and to be shown afterwards.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl Drop for Dial {
    fn drop(&mut self) {
        if let Some(own) = lock(&self.dials).of.get_mut(&self.node) {
            own.running = own.running.saturating_sub(1);
        }
    }
}

impl Reachability {
    pub(super) fn new(clock: &Clock, nodes: Nodes, config: &Config, reached: Arc<Reached>) -> Self {
        let (private, most_addresses) = (config.private_addresses, config.max_addresses);
        Self { clock: clock.clone(), nodes, private, most_addresses, dials: Arc::default(), reached }
    }

    /// Lets a node have some of so many addresses dialled; it speaks from `observed`. Needs to be a node.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `FIELD_TOO_LONG`, `RATE_LIMITED`, `NODE_NOT_FOUND`.
    pub async fn begin(&self, caller: &Caller, addresses: usize, observed: Option<IpAddr>) -> Result<Dial> {
        let node = match caller.subject() {
            Subject::Node(id) => id,
            Subject::Anonymous => return Err(Error::new(Reason::TokenMissing, "a check needs the node's token")),
            Subject::User(_) | Subject::Service(_) | Subject::LocalAdmin | Subject::System => {
                return Err(Error::new(Reason::PermissionDenied, "only a node can have its own addresses checked"));
            }
        };
        if addresses > self.most_addresses {
            let text = format!("has {addresses} addresses, at most {} are allowed", self.most_addresses);
            return Err(Error::field(Reason::FieldTooLong, "dial.addresses", text));
        }
        if addresses == 0 {
            return Err(Error::required("dial.addresses"));
        }
        self.nodes.require_let_in(caller).await?;
        let (mut secret, mut lot) = ([0; 16], [0; 4]);
        for part in [secret.as_mut_slice(), lot.as_mut_slice()] {
            rand::fill(part).map_err(|_| Error::internal("the system gives no random bytes"))?;
        }
        lock(&self.dials).take(node, self.clock.tick())?;
        let observed = observed.map(|ip| ip.to_canonical());
        let rules = DialRules { observed, private: false, loopback: false, lot: u32::from_be_bytes(lot) };
        let mut dial = Dial { dials: self.dials.clone(), node, rules, secret };
        let realm = self.nodes.realm_of(caller).await?.ok_or_else(|| super::access::not_found(&node.to_string()))?;
        dial.rules.loopback = self.private == PrivateAddresses::Always;
        dial.rules.private = dial.rules.loopback || self.private == PrivateAddresses::Realm && !realm.is_empty();
        Ok(dial)
    }

    /// Notes that a node was reached at an address, if it shows what was sent there.
    ///
    /// # Errors
    /// `FIELD_INVALID`.
    pub fn reached(&self, dial: &Dial, proof: &[u8], address: &str, is_public: bool) -> Result<()> {
        if proof != dial.secret {
            return Err(Error::field(Reason::FieldInvalid, "proof.proof", "is not what was sent to the address"));
        }
        self.reached.note(dial.node, address, is_public, self.clock.tick());
        Ok(())
    }
}

impl Dials {
    fn take(&mut self, node: NodeId, now: Tick) -> Result<()> {
        let is_over = |begun: &Tick| now.since(*begun) >= MINUTE;
        while self.all.pop_front_if(|begun| is_over(begun)).is_some() {}
        // Nobody is kept in mind for longer than their dials are.
        if self.of.len() > MOST * 4 {
            self.of.retain(|_, own| own.running > 0 || own.begun.back().is_some_and(|last| !is_over(last)));
        }
        let own = self.of.entry(node).or_default();
        while own.begun.pop_front_if(|begun| is_over(begun)).is_some() {}
        if own.running >= AT_ONCE {
            return Err(refused("as many checks of this node as may be are under way", Duration::from_secs(10)));
        }
        for (begun, most) in [(&own.begun, MOST_OF_ONE), (&self.all, MOST)] {
            if let (true, Some(first)) = (begun.len() >= most, begun.front()) {
                let wait = MINUTE.saturating_sub(now.since(*first));
                return Err(refused("addresses are checked so often already; try again later", wait));
            }
        }
        own.begun.push_back(now);
        own.running += 1;
        self.all.push_back(now);
        Ok(())
    }
}

fn refused(text: &str, wait: Duration) -> Error {
    Error::new(Reason::RateLimited, text).with_retry_after(wait.max(Duration::from_secs(1)))
}

/// Which nodes were reached lately, and where.
#[derive(Default)]
pub(super) struct Reached(Mutex<HashMap<NodeId, Place>>);

struct Place {
    address: String,
    is_public: bool,
    at: Tick,
}

impl Reached {
    fn note(&self, node: NodeId, address: &str, is_public: bool, now: Tick) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= NODES && !places.contains_key(&node) {
            places.retain(|_, place| now.since(place.at) < KEPT);
        }
        if places.len() < NODES || places.contains_key(&node) {
            places.insert(node, Place { address: address.to_owned(), is_public, at: now });
        }
    }

    /// Says whether a node was reached lately; `with_private` says whether an address of its own network counts.
    pub(super) fn has(&self, node: NodeId, with_private: bool, now: Tick) -> bool {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.get(&node).is_some_and(|place| now.since(place.at) < KEPT && (place.is_public || with_private))
    }

    /// Says whether a node was reached lately at one of these addresses.
    pub(super) fn has_one_of(&self, node: NodeId, addresses: &[String], now: Tick) -> bool {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.get(&node).is_some_and(|place| now.since(place.at) < KEPT && addresses.contains(&place.address))
    }
}

fn lock(dials: &Mutex<Dials>) -> MutexGuard<'_, Dials> {
    dials.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Every kind of address, whoever asks from wherever: dialled are public ones, and private ones that the node speaks from.
    #[test]
    fn only_the_public_and_ones_own_are_dialled() {
        let special = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ];
        let nowhere = DialRules { observed: None, private: true, loopback: true, lot: 0 };
        for text in special {
            assert!(!nowhere.allow(ip(text)), "{text}");
            let strict = DialRules { observed: Some(ip(text).to_canonical()), private: false, loopback: false, lot: 0 };
            assert!(!strict.allow(ip(text)), "{text}, from where the node speaks");
        }
        for text in ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(nowhere.allow(ip(text)), "{text}");
        }
        let inside = DialRules { observed: Some(ip("10.1.2.3")), private: true, loopback: false, lot: 0 };
        assert!(inside.allow(ip("10.1.2.3")) && !inside.allow(ip("10.1.2.4")), "itself, and nobody beside it");
        let same = DialRules { observed: Some(ip("127.0.0.1")), ..inside };
        assert!(!same.allow(ip("127.0.0.1")), "behind a proxy everybody speaks from there");
        assert!(DialRules { loopback: true, ..same }.allow(ip("127.0.0.1")));
        let nothing = DialRules { observed: Some(ip("224.0.0.1")), private: true, loopback: true, lot: 0 };
        assert!(!nothing.allow(ip("224.0.0.1")));
    }

    #[test]
    fn a_dial_to_somewhere_else_costs() {
        let rules = DialRules { observed: Some(ip("8.8.8.8")), private: false, loopback: false, lot: 0 };
        assert_eq!(rules.cost(ip("8.8.8.8")), None);
        assert_eq!(rules.cost(ip("::ffff:8.8.8.8")), None);
        assert_eq!(rules.cost(ip("9.9.9.9")), Some(30_000));
        let cost = |lot| DialRules { lot, ..rules }.cost(ip("9.9.9.9"));
        assert!((0..100_000).all(|lot| cost(lot).is_some_and(|cost| (30_000..=100_000).contains(&cost))));
        assert!(DialRules { observed: None, ..rules }.cost(ip("8.8.8.8")).is_some());
    }

    #[test]
    fn nobody_dials_often_and_all_together_seldom() {
        let mut dials = Dials::default();
        let (node, start) = (NodeId::generate(), Clock::default().tick());
        let at = |seconds: u64| start.after(Duration::from_secs(seconds));
        for _ in 0..AT_ONCE {
            dials.take(node, at(0)).unwrap();
        }
        assert!(dials.take(node, at(0)).is_err(), "two at once");
        for _ in AT_ONCE..MOST_OF_ONE {
            dials.of.get_mut(&node).unwrap().running = 0;
            dials.take(node, at(1)).unwrap();
        }
        dials.of.get_mut(&node).unwrap().running = 0;
        let error = dials.take(node, at(59)).unwrap_err();
        assert_eq!((error.reason(), error.retry_after()), (Reason::RateLimited, Some(Duration::from_secs(1))));
        for _ in MOST_OF_ONE..MOST {
            dials.take(NodeId::generate(), at(59)).unwrap();
        }
        assert!(dials.take(NodeId::generate(), at(59)).is_err(), "sixty in a minute");
        dials.take(node, at(60)).unwrap();
    }

    #[test]
    fn what_was_reached_counts_for_a_while() {
        let (reached, node, start) = (Reached::default(), NodeId::generate(), Clock::default().tick());
        reached.note(node, "/ip4/10.0.0.1/tcp/1", false, start);
        assert!(reached.has(node, true, start) && !reached.has(node, false, start));
        assert!(reached.has_one_of(node, &["/ip4/10.0.0.1/tcp/1".into()], start));
        assert!(!reached.has_one_of(node, &["/ip4/10.0.0.1/tcp/2".into()], start));
        assert!(!reached.has(node, true, start.after(KEPT)));
    }
}
