//! Where cpcd listens.

use std::{fmt, path::PathBuf, str::FromStr};

use tonic::transport::Uri;

/// Where cpcd listens if nothing else is said.
pub(crate) const DEFAULT: &str = "http://127.0.0.1:50051";

/// An address of cpcd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// gRPC over TCP, not encrypted: scheme and authority, nothing behind.
    Http(String),
    /// gRPC over TLS: scheme and authority, nothing behind.
    Https(String),
    /// gRPC over the daemon's Unix socket.
    Unix(PathBuf),
}

impl Endpoint {
    /// Tells whether what is sent leaves this machine unencrypted.
    pub(crate) fn is_exposed(&self) -> bool {
        let Self::Http(url) = self else { return false };
        let host = url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host != "localhost" && !address.is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.starts_with('/') {
                Ok(Self::Unix(path.into()))
            } else {
                Err(format!("{text}: the path of a socket begins with a slash, as in unix:///run/cpcd/cpcd.sock"))
            };
        }
        if !text.contains("://") {
            return Err(format!("{text}: an endpoint begins with https://, http:// or unix://, as in http://{text}"));
        }
        let uri: Uri = text.parse().map_err(|error| format!("{text}: {error}"))?;
        let authority = uri.authority().filter(|authority| !authority.host().is_empty());
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), authority) else {
            return Err(format!("{text}: an endpoint is https://HOST:PORT, http://HOST:PORT or unix:///PATH"));
        };
        if authority.as_str().contains('@') {
            return Err("an endpoint holds no name or password: log in with `cpcctl login`".to_owned());
        }
        if uri.path_and_query().is_some_and(|path| path.as_str() != "/") {
            return Err(format!("{text}: nothing can follow behind the port"));
        }
        let url = format!("{scheme}://{}", authority.as_str().to_ascii_lowercase());
        Ok(if scheme == "https" { Self::Https(url) } else { Self::Http(url) })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(url) | Self::Https(url) => out.write_str(url),
            Self::Unix(path) => write!(out, "unix://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_have_one_spelling() {
        for (text, spelled) in [
            (DEFAULT, DEFAULT),
            ("http://LocalHost:50051/", "http://localhost:50051"),
            ("http://[::1]:50051", "http://[::1]:50051"),
            ("https://CPCD.example:50051/", "https://cpcd.example:50051"),
            ("unix:///run/cpcd.sock", "unix:///run/cpcd.sock"),
            ("unix:/run/cpcd.sock", "unix:///run/cpcd.sock"),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), spelled);
        }
    }

    #[test]
    fn other_endpoints_are_refused_with_the_way_out() {
        for (text, word) in [
            ("https://a.example/path", "behind the port"),
            ("127.0.0.1:50051", "http://127.0.0.1:50051"),
            ("http://name:password@host:1", "cpcctl login"),
            ("http://host:1/path", "behind the port"),
            ("ftp://host", "http://HOST:PORT"),
            ("unix://relative", "slash"),
            ("http://", ""),
            ("", ""),
        ] {
            let error = text.parse::<Endpoint>().unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn loopback_is_not_exposed() {
        let exposed = |text: &str| text.parse::<Endpoint>().unwrap().is_exposed();
        assert!(
            !exposed(DEFAULT)
                && !exposed("https://cpcd.example:1")
                && !exposed("http://localhost:1")
                && !exposed("http://[::1]:1")
                && !exposed("unix:///x")
        );
        assert!(exposed("http://192.0.2.1:50051") && exposed("http://cpcd.example:50051"));
    }
}
