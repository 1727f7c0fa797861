//! Where something is sent to, read as the client itself reads it.

use std::net::IpAddr;

use cpcd_model::{Error, Reason, Result};
use reqwest::Url;

/// Longest URL.
const LONGEST: usize = 2_000;

/// A URL that something can be sent to, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whether it is https.
    pub is_secure: bool,
    /// The host: a name in its ASCII form, or an IP address without brackets.
    pub host: String,
    /// The port, the scheme's own if none is said.
    pub port: u16,
}

impl Target {
    /// Reads the URL in `field` of a request.
    ///
    /// # Errors
    /// `FIELD_REQUIRED`, `FIELD_TOO_LONG`, `FIELD_INVALID`.
    pub fn read(field: &str, text: &str) -> Result<Self> {
        let wrong = |why: &str| Error::field(Reason::FieldInvalid, field, why);
        if text.is_empty() {
            return Err(Error::required(field));
        }
        if text.len() > LONGEST {
            let why = format!("has {} characters, and may have {LONGEST}", text.len());
            return Err(Error::field(Reason::FieldTooLong, field, why));
        }
        let url = Url::parse(text).map_err(|_| wrong("must be a URL such as https://hooks.example.org/cpc"))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(wrong("must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(wrong("must have neither a user, a password nor a fragment: what signs is the secret"));
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("must name a host"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_owned();
        let port = url.port_or_known_default().ok_or_else(|| wrong("must name a port"))?;
        Ok(Self { is_secure: url.scheme() == "https", host, port })
    }

    /// Gives the address, if the host is one: nobody is asked where it leads.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_as_it_is_called() {
        let read = |text: &str| Target::read("url", text).map(|target| (target.is_secure, target.host, target.port));
        let is = |secure: bool, host: &str, port: u16| (secure, host.to_owned(), port);
        assert_eq!(read("https://Hooks.Example.org/a?b=c").unwrap(), is(true, "hooks.example.org", 443));
        assert_eq!(read("http://hooks.example.org.:8080").unwrap(), is(false, "hooks.example.org", 8080));
        // In every spelling an address is an address.
        for text in
            ["https://127.0.0.1", "https://127.1", "https://0x7f000001", "https://2130706433", "https://017700000001"]
        {
            assert_eq!(read(text).unwrap(), is(true, "127.0.0.1", 443), "{text}");
        }
        let mapped = Target::read("url", "https://[::ffff:10.0.0.1]:8443/").unwrap();
        assert_eq!((mapped.address().is_some_and(|ip| ip.is_ipv6()), mapped.port), (true, 8443));
        for (text, reason) in [
            ("", Reason::FieldRequired),
            ("hooks.example.org", Reason::FieldInvalid),
            ("ftp://hooks.example.org", Reason::FieldInvalid),
            ("https://user@hooks.example.org", Reason::FieldInvalid),
            ("https://:secret@hooks.example.org", Reason::FieldInvalid),
            ("https://hooks.example.org#part", Reason::FieldInvalid),
            ("file:///etc/passwd", Reason::FieldInvalid),
            (&format!("https://a.example/{}", "x".repeat(LONGEST)), Reason::FieldTooLong),
        ] {
            assert_eq!(read(text).unwrap_err().reason(), reason, "{text}");
        }
    }
}
