//! Hosts that the operator lets webhooks go to.

use cpcd_model::{Error, Reason, Result};
use cpcd_store::outgoing::Target;

const SETTING: &str = "events.webhook_allow";

/// What the operator allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowed(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    is_secure: bool,
    host: String,
    /// Whether what lies under the host is meant, and not itself.
    is_suffix: bool,
    port: u16,
}

impl Allowed {
    /// Reads entries such as `hooks.example.org`, `*.example.org:8443` or `http://10.0.0.7:8080`: https and its port, unless said
    /// otherwise.
    ///
    /// # Errors
    /// `FIELD_INVALID` naming the entry.
    pub(super) fn read(entries: &[String]) -> Result<Self> {
        entries.iter().map(|entry| Entry::read(entry)).collect::<Result<_>>().map(Self)
    }

    /// Says whether nothing is allowed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Asks for a target being allowed.
    ///
    /// # Errors
    /// `TARGET_NOT_ALLOWED`.
    pub(super) fn require(&self, target: &Target) -> Result<()> {
        if self.0.iter().any(|entry| entry.holds(target)) {
            return Ok(());
        }
        let text = if self.is_empty() {
            "no webhooks are allowed here; the operator sets events.webhook_allow".to_owned()
        } else {
            let scheme = if target.is_secure { "https" } else { "http" };
            format!("{scheme}://{}:{} is not among what the operator allows", target.host, target.port)
        };
        Err(Error::field(Reason::TargetNotAllowed, "url", text))
    }
}

impl Entry {
    fn read(text: &str) -> Result<Self> {
        let wrong = || {
            let why = format!("'{text}' must be of the form HOST, *.DOMAIN:PORT or http://HOST:PORT");
            Error::field(Reason::FieldInvalid, SETTING, why)
        };
        let (is_secure, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            Some(_) => return Err(wrong()),
            None => (true, text),
        };
        let is_suffix = rest.starts_with("*.");
        let rest = rest.strip_prefix("*.").unwrap_or(rest);
        let scheme = if is_secure { "https" } else { "http" };
        // Read as a target is, so that both spell a host alike.
        let target = Target::read(SETTING, &format!("{scheme}://{rest}")).map_err(|_| wrong())?;
        let is_host_only = !rest.is_empty() && !rest.contains(['/', '?', '*', '@', '\\']);
        if !is_host_only || (is_suffix && target.address().is_some()) {
            return Err(wrong());
        }
        Ok(Self { is_secure, host: target.host, is_suffix, port: target.port })
    }

    fn holds(&self, target: &Target) -> bool {
        let is_host = if self.is_suffix {
            let above = target.host.strip_suffix(&self.host);
            above.is_some_and(|above| above.len() > 1 && above.ends_with('.'))
        } else {
            target.host == self.host
        };
        is_host && self.is_secure == target.is_secure && self.port == target.port
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(entries: &[&str]) -> Result<Allowed> {
        Allowed::read(&entries.iter().map(|entry| (*entry).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn only_what_is_named_is_allowed() {
        let list =
            allowed(&["hooks.example.org", "*.example.com:8443", "http://10.0.0.7:8080", "https://[2001:db8::1]"])
                .unwrap();
        let may = |url: &str| list.require(&Target::read("url", url).unwrap()).is_ok();
        for url in [
            "https://hooks.example.org/any?thing",
            "https://HOOKS.example.org:443",
            "https://hooks.example.org.",
            "https://a.example.com:8443",
            "https://a.b.example.com:8443/x",
            "http://10.0.0.7:8080",
            "https://[2001:0db8:0::1]/",
        ] {
            assert!(may(url), "{url}");
        }
        for url in [
            "http://hooks.example.org",
            "https://hooks.example.org:8443",
            "https://xhooks.example.org",
            "https://hooks.example.org.evil.example",
            "https://example.com:8443",
            "https://.example.com:8443",
            "https://xexample.com:8443",
            "https://a.example.com",
            "https://10.0.0.7:8080",
            "http://10.0.0.8:8080",
        ] {
            assert!(Target::read("url", url).is_err() || !may(url), "{url}");
        }
        assert!(allowed(&[]).unwrap().require(&Target::read("url", "https://a.example").unwrap()).is_err());
    }

    #[test]
    fn an_entry_that_means_nothing_is_refused() {
        for entry in
            ["", "*", "*.", "a/b", "ftp://a", "a.*.b", "https://", "a:b", "*.10.0.0.1", "user@host", "a?b", "a#b"]
        {
            let error = allowed(&[entry]).unwrap_err();
            assert_eq!(error.fields()[0].field, SETTING, "{entry}");
        }
    }
}
