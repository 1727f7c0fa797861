//! The names that clients may know this server by, where a login depends on it.

use std::net::IpAddr;

use http::uri::Authority;

use crate::settings::Settings;

/// The names; a listener that only this machine reaches has those of every machine for itself besides.
pub(crate) struct Hosts {
    names: Vec<String>,
}

impl Hosts {
    /// Takes them from the settings, for a listener.
    pub(crate) fn new(settings: &Settings, listener: IpAddr) -> Self {
        let endpoint = settings.server.public_endpoint.split_once("://").map_or("", |(_, authority)| authority);
        let endpoint = endpoint.parse::<Authority>().ok().map(|authority| authority.host().to_ascii_lowercase());
        let mut names: Vec<_> =
            settings.identity.http_login_hosts.iter().map(|name| name.to_ascii_lowercase()).collect();
        names.extend(endpoint);
        if listener.is_loopback() {
            names.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        }
        Self { names }
    }

    /// Gives how a client may spell the host that it asked, the plain name first; nothing if it is none of ours.
    pub(crate) fn spellings(&self, asked: &Authority) -> Option<Vec<String>> {
        let name = asked.host().to_ascii_lowercase();
        if !self.names.contains(&name) {
            return None;
        }
        let with_port = asked.port().map(|port| format!("{name}:{port}"));
        // An IPv6 address has brackets in a URL and none elsewhere.
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).map(str::to_owned);
        Some([Some(name), with_port, bare].into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_spelt_with_its_port_and_without() {
        let hosts = Hosts { names: vec!["cpcd.example".into(), "[::1]".into()] };
        let spellings = |text: &str| hosts.spellings(&text.parse().unwrap());
        assert_eq!(spellings("CPCD.example").unwrap(), ["cpcd.example"]);
        assert_eq!(spellings("cpcd.example:3030").unwrap(), ["cpcd.example", "cpcd.example:3030"]);
        assert_eq!(spellings("[::1]:3030").unwrap(), ["[::1]", "[::1]:3030", "::1"]);
        assert_eq!(spellings("evil.example"), None);
    }
}
