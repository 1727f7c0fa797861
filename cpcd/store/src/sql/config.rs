//! Settings of the SQL store.

use std::{fmt, str::FromStr, time::Duration};

use cpcd_model::{Error, Reason, Result};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnectOptions;

/// Settings of the SQL store.
#[derive(Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where it is: `sqlite:PATH`, `sqlite::memory:` or `postgres://USER@HOST/DATABASE`.
    ///
    /// Empty stands for a file in the data directory, which the caller fills in. A path is taken as it is: nothing in it is
    /// decoded and there are no parameters.
    pub url: String,
    /// Most connections to PostgreSQL, or most readers of an SQLite file.
    pub max_connections: u32,
    /// How long a statement waits for a connection.
    pub acquire_timeout_ms: u64,
    /// How long PostgreSQL may be silent before it counts as away.
    pub away_after_ms: u64,
    /// How long a statement may take on PostgreSQL.
    pub statement_timeout_ms: u64,
    /// How long a statement waits for another's lock on PostgreSQL.
    pub lock_timeout_ms: u64,
    /// How long a transaction may rest between two statements on PostgreSQL.
    pub idle_in_transaction_timeout_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            url: String::new(),
            max_connections: 16,
            acquire_timeout_ms: 500,
            away_after_ms: 900,
            statement_timeout_ms: 10_000,
            lock_timeout_ms: 5_000,
            idle_in_transaction_timeout_ms: 10_000,
        }
    }
}

/// What the URL names.
pub(super) enum Place<'a> {
    Memory,
    File(&'a str),
    Postgres(Box<PgConnectOptions>),
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming the setting.
    pub fn validate(&self) -> Result<()> {
        if !self.url.is_empty() {
            self.place()?;
        }
        if !(1..=1_000).contains(&self.max_connections) {
            return Err(Error::field(Reason::FieldInvalid, "store.max_connections", "must be from 1 to 1000"));
        }
        for (name, value) in [
            ("acquire_timeout_ms", self.acquire_timeout_ms),
            ("away_after_ms", self.away_after_ms),
            ("statement_timeout_ms", self.statement_timeout_ms),
            ("lock_timeout_ms", self.lock_timeout_ms),
            ("idle_in_transaction_timeout_ms", self.idle_in_transaction_timeout_ms),
        ] {
            if !(1..=3_600_000).contains(&value) {
                let field = format!("store.{name}");
                return Err(Error::field(Reason::FieldInvalid, field, "must be from 1 to 3600000 (an hour)"));
            }
        }
        Ok(())
    }

    pub(super) fn acquire_timeout(&self) -> Duration {
        Duration::from_millis(self.acquire_timeout_ms)
    }

    pub(super) fn place(&self) -> Result<Place<'_>> {
        let known = "known are sqlite:PATH, sqlite::memory: and postgres://USER@HOST/DATABASE";
        let wrong = |why: &str| Error::field(Reason::FieldInvalid, "store.url", format!("{why}; {known}"));
        match self.url.split_once(':') {
            Some(("sqlite", ":memory:")) => Ok(Place::Memory),
            Some(("sqlite", path)) => match path.strip_prefix("//").unwrap_or(path) {
                "" => Err(wrong("names no file")),
                path => Ok(Place::File(path)),
            },
            Some(("postgres" | "postgresql", _)) => PgConnectOptions::from_str(&self.url)
                .map(|options| Place::Postgres(Box::new(options)))
                .map_err(|error| wrong("is no URL of a PostgreSQL database").with_source(error)),
            Some((scheme, _)) => Err(wrong(&format!("has the unknown scheme '{scheme}'"))),
            None => Err(wrong("has no scheme")),
        }
    }
}

/// Writes a URL without what opens the door.
fn without_secrets(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    if scheme == "sqlite" {
        return url.to_owned();
    }
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let (place, parameters) = place.split_once('?').map_or((place, ""), |(place, _)| (place, "?***"));
    let user = if rest.contains('@') { "***@" } else { "" };
    format!("{scheme}://{user}{place}{parameters}")
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("url", &without_secrets(&self.url))
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout_ms", &self.acquire_timeout_ms)
            .field("away_after_ms", &self.away_after_ms)
            .field("statement_timeout_ms", &self.statement_timeout_ms)
            .field("lock_timeout_ms", &self.lock_timeout_ms)
            .field("idle_in_transaction_timeout_ms", &self.idle_in_transaction_timeout_ms)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> Config {
        Config { url: url.into(), ..Config::default() }
    }

    #[test]
    fn a_url_is_known_or_refused_by_name() {
        for good in
            ["", "sqlite:a.db", "sqlite:///a/b?c%20", "sqlite::memory:", "postgres://u:p@h:1/d", "postgresql:///d"]
        {
            assert!(config(good).validate().is_ok(), "{good}");
        }
        for wrong in ["mysql://u:hidden@h/d", "sqlite:", "cpcd.sqlite", "postgres://h:notaport/d"] {
            let error = config(wrong).validate().unwrap_err();
            assert_eq!(
                (error.reason(), error.fields()[0].field.as_str()),
                (Reason::FieldInvalid, "store.url"),
                "{wrong}"
            );
            assert!(error.message().contains("sqlite:PATH") && error.message().contains("postgres://"), "{error}");
            assert!(!error.message().contains("hidden"), "{error}");
        }
        assert!(Config { max_connections: 0, ..Config::default() }.validate().is_err());
        assert!(Config { lock_timeout_ms: 0, ..Config::default() }.validate().is_err());
    }

    #[test]
    fn passwords_are_not_shown() {
        for url in
            ["postgres://u:hidden@h/d", "postgres://h/d?password=hidden", "postgres://u:hid@den/hidden@h/d?user=x"]
        {
            let text = format!("{:?}", config(url));
            assert!(!text.contains("hid"), "{text}");
            assert!(text.contains("h/d"), "{text}");
        }
        assert!(format!("{:?}", config("sqlite:/a@b")).contains("sqlite:/a@b"));
    }
}
