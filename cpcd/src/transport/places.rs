//! Places for connections: so many in all, so many from one address.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::{
    Proxies,
    peer::{Peer, network},
};
use crate::limits::Limits;

/// Addresses that count as one: who has IPv6 has 64 bits of it.
const BITS: (u32, u32) = (32, 64);

/// How many connections each address has.
type Open = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// The places of an edge.
#[derive(Clone)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    /// Never more entries than there are connections.
    open: Open,
    per_address: usize,
    limits_loopback: bool,
    proxies: Proxies,
}

impl Places {
    /// Makes the places that the limits allow, but no more than `files` can be open.
    pub(crate) fn new(limits: &Limits, files: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.connections.min(files))),
            open: Arc::default(),
            per_address: limits.connections_per_address,
            limits_loopback: limits.limit_loopback,
            proxies: limits.trusted_proxies.clone(),
        }
    }

    /// Accepts a connection that there is a place for. Over the limit of all they wait in the kernel's queue; over the limit of its
    /// address one is closed at once.
    pub(crate) async fn accept(&self, listener: &TcpListener) -> io::Result<(TcpStream, Place)> {
        let mut permit = self.all.clone().acquire_owned().await.expect("the semaphore is never closed");
        loop {
            let (stream, address) = listener.accept().await?;
            match self.take(permit, address.ip()) {
                Ok(place) => {
                    stream.set_nodelay(true)?;
                    return Ok((stream, place));
                }
                Err(back) => permit = back,
            }
        }
    }

    /// Takes the place for a connection from `address`; gives the permit back if that has as many as it may.
    fn take(&self, permit: OwnedSemaphorePermit, address: IpAddr) -> Result<Place, OwnedSemaphorePermit> {
        let peer = Peer::network(address);
        let limited = peer.limited(self.limits_loopback).filter(|_| !self.proxies.contain(peer));
        let mut counted = None;
        if let Some(address) = limited {
            let address = network(address, BITS.0, BITS.1);
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let count = open.entry(address).or_default();
            if *count >= self.per_address {
                return Err(permit);
            }
            *count += 1;
            drop(open);
            counted = Some((self.open.clone(), address));
        }
        Ok(Place { peer, counted, runtime: None, _permit: permit })
    }
}

/// A connection's place: among all that are allowed, among those of its address and its runtime. Dropping it gives all back.
pub(crate) struct Place {
    /// Who has it.
    pub(super) peer: Peer,
    counted: Option<(Open, IpAddr)>,
    runtime: Option<Arc<AtomicUsize>>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Counts the connection with its runtime too.
    pub(crate) fn on_runtime(mut self, open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        self.runtime = Some(open.clone());
        self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(open) = &self.runtime {
            open.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some((open, address)) = &self.counted {
            let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = open.get_mut(address) {
                *count -= 1;
                if *count == 0 {
                    open.remove(address);
                }
            }
        }
    }
}
