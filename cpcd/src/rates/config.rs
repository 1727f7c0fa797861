//! Section `[rates]`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Section `[rates]`: for each sort of costly calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Logins, renewals, registrations.
    pub login: Levels,
    /// Searches.
    pub search: Levels,
    /// Publishes: one by one, or a bulk publish as one.
    pub publish: Levels,
}

/// How often, at each level.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// By one caller, or with one key.
    pub key: Rate,
    /// From one network.
    pub network: Rate,
    /// By all.
    pub all: Rate,
}

/// So many a second, after so many at once; or as many as there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate(pub(super) Option<(u32, u32)>);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let number = |text: &str| text.trim().parse::<u32>().ok().filter(|number| (1..=1_000_000).contains(number));
        let parsed = text.split_once('/').and_then(|(rate, burst)| Some((number(rate)?, number(burst)?)));
        parsed.map(|rate| Self(Some(rate))).ok_or_else(|| {
            format!("{text}: a rate is PER_SECOND/AT_ONCE, each from 1 to 1000000, as in \"5/100\", or \"off\"")
        })
    }
}

impl TryFrom<String> for Rate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((rate, burst)) => write!(out, "{rate}/{burst}"),
            None => out.write_str("off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_one_spelling() {
        for text in ["5/100", "1/1", "off"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for odd in ["", "5", "0/1", "1/0", "-1/5", "1/2/3", "many"] {
            assert!(odd.parse::<Rate>().unwrap_err().contains("PER_SECOND"), "{odd}");
        }
    }
}
