//! Presence: what outlasts a session is done by a user who is there, and not by whoever has got hold of a token.
//!
//! A user is there while their session is young, or when one of their keys has signed that they want this. A service token never is.

use std::time::Duration;

use cpc_signing::Purpose;
use cpcd_model::{
    Error, Reason, Result,
    time::{Timestamp, elapsed},
};
use cpcd_store::Store;

use super::{
    Config, Proof, Proofs,
    proof::{Proven, Use},
};
use crate::Caller;

/// The field that a confirmation comes in.
const FIELD: &str = "confirmation";

/// Asks that users are there.
#[derive(Clone)]
pub(super) struct Presence {
    store: Store,
    proofs: Proofs,
    /// A session that began so lately needs no further proof.
    young: Duration,
}

/// A user who is there.
pub(super) struct Present {
    /// The confirmation, if there was one: its use is written with what it confirms.
    confirmed: Option<Proven>,
}

impl Present {
    /// Gives the use of the confirmation, to be written in the transaction of what it confirms.
    pub(super) fn one_use(&self) -> Option<Use> {
        self.confirmed.as_ref().map(Proven::one_use)
    }
}

impl Presence {
    pub(super) fn new(store: &Store, config: &Config, proofs: Proofs) -> Self {
        let young = Duration::from_secs(config.fresh_login_seconds.into());
        Self { store: store.clone(), proofs, young }
    }

    /// Asks that the user who calls is there: their session is young, or a key of theirs confirms it.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED` for a caller that is no user; `CONFIRMATION_REQUIRED`, `SIGNATURE_INVALID`, and those of a proof.
    pub(super) async fn require(
        &self,
        caller: &Caller,
        confirmation: Option<&Proof>,
        now: Timestamp,
    ) -> Result<Present> {
        let user = caller.require_user()?;
        let Some(confirmation) = confirmation else {
            let begun = caller.session().and_then(|session| session.id.begun_ms());
            let begun = begun.and_then(|ms| Timestamp::from_millisecond(ms).ok());
            if begun.is_some_and(|begun| elapsed(begun, now) < self.young) {
                return Ok(Present { confirmed: None });
            }
            let text = format!(
                "the session did not begin within the last {} seconds: confirm this with a key of the user, by a challenge for \
                 purpose confirm, or log in again",
                self.young.as_secs()
            );
            return Err(Error::new(Reason::ConfirmationRequired, text));
        };
        let proven = self.proofs.check_in(FIELD, confirmation, Purpose::Confirm, now).await?;
        let owner = self.store.get_user_by_key(proven.key().as_bytes()).await?;
        if owner.is_none_or(|owner| owner.id != user) {
            let text = "is by a key that is none of the user's";
            return Err(Error::field(Reason::SignatureInvalid, format!("{FIELD}.signature"), text));
        }
        Ok(Present { confirmed: Some(proven) })
    }

    /// Remembers that a confirmation was used.
    pub(super) async fn remember(&self, present: &Present, now: Timestamp) {
        if let Some(proven) = &present.confirmed {
            self.proofs.remember(proven, now).await;
        }
    }
}
