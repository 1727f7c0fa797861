//! Addresses of Valkey: one server, a cluster, or sentinels that know the primary.

use cpcd_model::{Error, Reason, Result};

const FORMS: &str = "known are memory:, valkey://[USER:PASSWORD@]HOST[:PORT][/DB], valkey+cluster://HOST:PORT,HOST:PORT and \
                     valkey+sentinel://HOST:PORT,HOST:PORT/MASTER-NAME[/DB], each with valkeys for TLS";
const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

/// A host and a port.
pub(super) type Host = (String, u16);

/// What a URL says. It has no `Debug`: it knows a password.
#[derive(Clone)]
#[cfg_attr(test, derive(PartialEq))]
pub(in super::super) struct Address {
    pub(super) kind: Kind,
    pub(super) has_tls: bool,
    pub(super) credentials: Option<Credentials>,
    pub(super) database: i64,
}

/// Who is asked.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    Node(Host),
    Cluster(Vec<Host>),
    Sentinels { sentinels: Vec<Host>, master: String },
}

/// A user, who may have no name, and the password.
#[derive(Clone, PartialEq)]
pub(super) struct Credentials {
    pub(super) user: String,
    pub(super) password: String,
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// `FIELD_INVALID`, without anything that may be secret.
    pub(in super::super) fn parse(url: &str) -> Result<Self> {
        let wrong = |why: &str| Error::field(Reason::FieldInvalid, "cache.url", format!("{why}; {FORMS}"));
        let (scheme, rest) = url.split_once("://").ok_or_else(|| {
            // Only what comes before the first colon is repeated: the rest may be a password.
            wrong(&format!("'{}' is not known", url.split(':').next().unwrap_or_default()))
        })?;
        let (base, kind) = scheme.split_once('+').map_or((scheme, None), |(base, kind)| (base, Some(kind)));
        let has_tls = match base {
            "valkey" | "redis" => false,
            "valkeys" | "rediss" => true,
            _ => return Err(wrong(&format!("'{scheme}' is not known"))),
        };
        if rest.contains(['?', '#']) {
            return Err(wrong("it takes no parameters; write ? and # in a password as %3F and %23"));
        }
        let (credentials, rest) = rest.rsplit_once('@').map_or((None, rest), |(user, rest)| (Some(user), rest));
        let credentials = credentials.map(|text| {
            let (user, password) = text.split_once(':').ok_or_else(|| wrong("the user has no password"))?;
            let decode = |part| decode(part).ok_or_else(|| wrong("user or password have a % that begins no %XX"));
            Ok(Credentials { user: decode(user)?, password: decode(password)? })
        });
        let credentials = credentials.transpose()?;
        let mut parts = rest.trim_end_matches('/').split('/');
        let hosts = parts.next().unwrap_or_default();
        let hosts = |port| read_hosts(hosts, port).ok_or_else(|| wrong("a host or its port cannot be read"));
        let kind = match kind {
            None => match <[Host; 1]>::try_from(hosts(PORT)?) {
                Ok([host]) => Kind::Node(host),
                Err(_) => return Err(wrong("one server is one host")),
            },
            Some("cluster") => Kind::Cluster(hosts(PORT)?),
            Some("sentinel") => {
                let master = parts.next().filter(|name| !name.is_empty());
                let master = master.ok_or_else(|| wrong("sentinels have to be asked for a master by its name"))?;
                Kind::Sentinels { sentinels: hosts(SENTINEL_PORT)?, master: master.to_owned() }
            }
            Some(_) => return Err(wrong(&format!("'{scheme}' is not known"))),
        };
        let database = match parts.next() {
            None | Some("") => 0,
            Some(number) => number
                .parse()
                .ok()
                .filter(|number: &i64| (0..=65_535).contains(number))
                .ok_or_else(|| wrong("the database must be a number"))?,
        };
        if parts.next().is_some() {
            return Err(wrong("nothing follows the database"));
        }
        if matches!(kind, Kind::Cluster(_)) && database != 0 {
            return Err(wrong("a cluster has no database but 0"));
        }
        Ok(Self { kind, has_tls, credentials, database })
    }
}

/// Reads `h1:p,h2,[::1]:p`.
fn read_hosts(text: &str, default_port: u16) -> Option<Vec<Host>> {
    text.split(',')
        .map(|place| {
            let (host, port) = match place.strip_prefix('[') {
                Some(rest) => rest.split_once(']').map(|(host, port)| (host, port.strip_prefix(':')))?,
                None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
            };
            let port = port.map_or(Ok(default_port), str::parse).ok().filter(|port| *port != 0)?;
            (!host.is_empty()).then(|| (host.to_owned(), port))
        })
        .collect()
}

/// Decodes `%XX`.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            if !digits.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            bytes.push(u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Writes a URL without what opens the door.
pub(in super::super) fn without_secrets(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, place)) => format!("{scheme}://***@{place}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, port: u16) -> Host {
        (name.into(), port)
    }

    #[test]
    fn a_url_says_who_is_asked() {
        let node = Address::parse("valkeys://u%40x:p%3A%2f@h/3").ok().unwrap();
        assert_eq!((node.kind, node.has_tls, node.database), (Kind::Node(host("h", 6379)), true, 3));
        let credentials = node.credentials.unwrap();
        assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("u@x", "p:/"));
        let node = Address::parse("redis://:pw@[::1]:7000/").ok().unwrap();
        assert_eq!((node.kind, node.has_tls), (Kind::Node(host("::1", 7000)), false));
        assert_eq!(node.credentials.unwrap().user, "");
        let cluster = Address::parse("valkey+cluster://a:1,b:2").ok().unwrap();
        assert_eq!(cluster.kind, Kind::Cluster(vec![host("a", 1), host("b", 2)]));
        let sentinel = Address::parse("rediss+sentinel://a,b:2/main/5").ok().unwrap();
        let sentinels = vec![host("a", 26379), host("b", 2)];
        assert_eq!(sentinel.kind, Kind::Sentinels { sentinels, master: "main".into() });
        assert_eq!((sentinel.has_tls, sentinel.database), (true, 5));
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_password() {
        for url in [
            "disk:/hidden",
            "http://u:hidden@h",
            "valkey+ring://u:hidden@h",
            "valkey://hidden@h",
            "valkey://u:hidden@h:0",
            "valkey://u:hidden@h:hidden",
            "valkey://u:hidden@",
            "valkey://u:hidden@a,b",
            "valkey://u:hidden@h/x",
            "valkey://u:hidden@h/1/2",
            "valkey://u:hidden%@h",
            "valkey://u:hidden?x@h",
            "valkey+cluster://u:hidden@h/1",
            "valkey+sentinel://u:hidden@h",
        ] {
            let error = Address::parse(url).err().expect(url);
            assert_eq!(error.fields()[0].field, "cache.url", "{url}");
            assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
        }
        assert_eq!(without_secrets("valkey://u:hid@den@h:1/2"), "valkey://***@h:1/2");
        assert_eq!(without_secrets("memory:"), "memory:");
    }
}
