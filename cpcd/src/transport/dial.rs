//! Dials back to a node, for `CheckReachability`: a name is looked up and held against the rules, and what is dialled is what was
//! looked up then.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use cpc_signing::{AddressHost, Family, TcpTarget};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// How long a name may take to be looked up.
const LOOKUP: Duration = Duration::from_secs(3);
/// How long a connection may take, and then what is sent on it.
const CONNECT: Duration = Duration::from_secs(8);
const SEND: Duration = Duration::from_secs(3);

/// Why a dial came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DialFault {
    /// Nobody took the connection.
    NotConnected,
    /// Whoever took it did not take what was sent.
    NotSent,
}

/// Gives where a target is, if it may be dialled; a name with any address that may not is refused as a whole.
pub(crate) async fn resolve(target: &TcpTarget, allow: impl Fn(IpAddr) -> bool) -> Option<SocketAddr> {
    match &target.host {
        AddressHost::Ip(ip) => allow(*ip).then_some(SocketAddr::new(*ip, target.port)),
        AddressHost::Name(name) => {
            let found = timeout(LOOKUP, lookup_host((name.as_str(), target.port))).await.ok()?.ok()?;
            let found: Vec<_> = found.collect();
            if !found.iter().all(|address| allow(address.ip())) {
                return None;
            }
            found.into_iter().find(|address| match target.family {
                Family::V4 => address.is_ipv4(),
                Family::V6 => address.is_ipv6(),
                Family::Any => true,
            })
        }
    }
}

/// Connects, from whichever port is free and so from none that we listen on, and sends the bytes.
pub(crate) async fn dial_back(address: SocketAddr, bytes: &[u8]) -> Result<(), DialFault> {
    let connected = timeout(CONNECT, TcpStream::connect(address)).await;
    let mut stream = connected.ok().and_then(Result::ok).ok_or(DialFault::NotConnected)?;
    let send = async {
        stream.write_all(bytes).await?;
        stream.shutdown().await
    };
    timeout(SEND, send).await.ok().and_then(Result::ok).ok_or(DialFault::NotSent)
}
