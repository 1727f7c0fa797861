//! Where an OpenSearch is: its nodes, and who we are to it.

use opensearch::http::Url;

/// The nodes of a cluster, from a URL such as `https://user:password@one:9200,two:9200`.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::index) struct Address {
    pub(super) nodes: Vec<Url>,
    /// Name and password.
    pub(super) user: Option<(String, String)>,
}

impl Address {
    /// Reads a URL; nothing if it is none.
    pub(in crate::index) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
        // A password may have any sign: the last @ ends it.
        let (user, hosts) = rest.rsplit_once('@').map_or((None, rest), |(user, hosts)| (Some(user), hosts));
        let user = match user {
            None => None,
            Some(user) => {
                let (name, password) = user.split_once(':')?;
                Some((decode(name)?, decode(password)?))
            }
        };
        let hosts = hosts.strip_suffix('/').unwrap_or(hosts);
        let nodes: Option<Vec<_>> = hosts.split(',').map(|host| node(scheme, host)).collect();
        nodes.map(|nodes| Self { nodes, user })
    }
}

fn node(scheme: &str, host: &str) -> Option<Url> {
    if host.is_empty() || host.contains(['/', '?', '#', '@']) {
        return None;
    }
    let mut url = Url::parse(&format!("{scheme}://{host}")).ok()?;
    // A URL forgets the port that is its scheme's, so what was written decides.
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()));
    if !has_port {
        url.set_port(Some(9200)).ok()?;
    }
    url.host_str().is_some().then_some(url)
}

fn decode(text: &str) -> Option<String> {
    percent_encoding::percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(text: &str) -> Vec<String> {
        Address::parse(text).map(|address| address.nodes.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    #[test]
    fn nodes_are_separated_by_commas_and_have_a_usual_port() {
        assert_eq!(nodes("http://one"), ["http://one:9200/"]);
        assert_eq!(
            nodes("https://one:9201,10.0.0.2:443,[::1]"),
            ["https://one:9201/", "https://10.0.0.2/", "https://[::1]:9200/"]
        );
        for wrong in ["", "one:9200", "ftp://one", "http://", "http://one,,two", "http://one/path", "http://user@one"] {
            assert!(Address::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_password_may_have_any_sign() {
        let user = |text| Address::parse(text).unwrap().user.unwrap();
        assert_eq!(user("https://a:b@one,two"), ("a".into(), "b".into()));
        assert_eq!(user("https://a:b@c:%25%2F@one"), ("a".into(), "b@c:%/".into()));
    }
}
