//! Renewal: a session's refresh token in exchange for the next pair.
//!
//! One conditional update decides who of many is first. The others get the very same pair, as long as they come soon and nobody has
//! used it: an answer that got lost looks the same as a race. Any other use of an old token means that two hold it, and ends the
//! session for both.

use std::time::Duration;

use cpc_signing::Purpose;
use cpcd_model::{
    Error, Reason, Result,
    time::{Clock, Timestamp, elapsed},
};
use cpcd_store::{
    Store,
    sql::{Exchange, Family, NewEvent, Priority, Tx},
};
use serde_json::json;

use super::{
    Proof, Proofs, Revoked, TokenPair, Tokens, accounts,
    proof::{self, Proven},
    refresh::{self, RefreshToken, RefreshTokens},
    sessions,
    token::{Grant, Holder},
};

/// So long after an exchange its answer is given once more.
const RETRY: Duration = Duration::from_secs(10);

/// Renews sessions.
#[derive(Clone)]
pub struct Renewal {
    store: Store,
    clock: Clock,
    refresh: RefreshTokens,
    tokens: Tokens,
    revoked: Revoked,
    proofs: Proofs,
}

/// What a token that has come back is to its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The current one: it is exchanged.
    Current,
    /// The one before, soon after its exchange: the answer may have got lost.
    Retry { refreshed_at: Timestamp },
    /// An old one, used again.
    Reused,
    /// The session was ended.
    Ended,
    /// The session's time is over.
    Expired,
    /// The session never had it.
    Unknown,
}

impl Renewal {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        refresh: RefreshTokens,
        tokens: Tokens,
        revoked: Revoked,
        proofs: Proofs,
    ) -> Self {
        Self { store: store.clone(), clock: clock.clone(), refresh, tokens, revoked, proofs }
    }

    /// Renews a session. Needs nothing but its current refresh token and, if it is bound to a key, a proof of that.
    ///
    /// # Errors
    /// `REFRESH_INVALID`, `REFRESH_EXPIRED`, `REFRESH_REUSED`; `TOKEN_REVOKED` if the session or its subject is gone; those of
    /// a proof, and `FIELD_REQUIRED` where one is needed and none came.
    pub async fn renew(&self, refresh_token: &str, proof: Option<&Proof>) -> Result<TokenPair> {
        let given = self.refresh.read(refresh_token)?;
        let now = self.clock.now();
        let family = self.store.get_family(given.session_id).await?.ok_or_else(refresh::invalid)?;
        // Before all else: who has the token alone can neither renew the session nor end it.
        let proven = self.prove(&family, proof, now).await?;
        let used = proven.as_ref().map(|proven| (proven.challenge.id, proven.challenge.expires_at));
        // Most of what is hopeless ends here, without a write; what may be decided by a race is judged again below.
        if let Some(error) = refusal(standing(&family, &given, now)) {
            return Err(error);
        }
        self.revoked.check_session(family.id, family.subject_id)?;
        let user = self.store.get_user(family.subject_id.into()).await?.ok_or_else(gone)?;
        accounts::check_state(user.state, &user.username)?;
        let next = self.refresh.make(given.session_id, given.generation + 1);
        let successor = next.hash;
        let write = self.store.write(Priority::Identity, move |tx| Box::pin(exchange(tx, given, successor, used, now)));
        let exchanged = write.await?;
        if let Some(proven) = &proven {
            self.proofs.remember(proven, now).await;
        }
        let Some((issued_at, expires_at)) = exchanged else {
            self.revoked.add(&sessions::of_session(next.session_id, now));
            return Err(reused());
        };
        let grant = Grant {
            holder: Holder::User(user.id),
            epoch: user.permission_epoch,
            session: next.session_id,
            token_id: self.refresh.token_id(next.session_id, next.generation),
            issued_at,
        };
        let (access_token, access_expires_at) = self.tokens.issue(&grant)?;
        Ok(TokenPair {
            access_token,
            access_expires_at,
            refresh_token: next.text,
            refresh_expires_at: Some(expires_at),
            session_id: next.session_id,
        })
    }

    /// Checks the proof of a session that is bound to a key.
    async fn prove(&self, family: &Family, proof: Option<&Proof>, now: Timestamp) -> Result<Option<Proven>> {
        let (bound_key, proof) = match (family.bound_key, proof) {
            (Some(bound_key), Some(proof)) => (bound_key, proof),
            (None, None) => return Ok(None),
            (Some(_), None) => {
                let text = "must be given: the session is bound to its key; ask for a challenge for purpose refresh";
                return Err(Error::field(Reason::FieldRequired, "proof", text));
            }
            (None, Some(_)) => {
                return Err(Error::field(Reason::FieldInvalid, "proof", "is for a session that is bound to its key"));
            }
        };
        let proven = self.proofs.check(proof, Purpose::Refresh, now).await?;
        if *proven.challenge.public_key.as_bytes() != bound_key {
            let text = "is by another key than the session is bound to";
            return Err(Error::field(Reason::SignatureInvalid, "proof.signature", text));
        }
        Ok(Some(proven))
    }
}

/// Exchanges a token, or finds that it was; gives when, and the session's end. Nothing if it is reused: then the session is ended.
async fn exchange(
    tx: &mut Tx,
    given: RefreshToken,
    successor: [u8; 32],
    used: Option<([u8; 16], Timestamp)>,
    now: Timestamp,
) -> Result<Option<(Timestamp, Timestamp)>> {
    if let Some((challenge, expires_at)) = used {
        proof::use_up(tx, &challenge, expires_at).await?;
    }
    let RefreshToken { session_id: id, generation, hash: current, .. } = given;
    let is_first = tx.exchange_refresh(&Exchange { id, generation, current, successor }, now).await?;
    let family = tx.get_family(id).await?.ok_or_else(refresh::invalid)?;
    if is_first {
        return Ok(Some((now, family.expires_at)));
    }
    match standing(&family, &given, now) {
        Standing::Retry { refreshed_at } => Ok(Some((refreshed_at, family.expires_at))),
        Standing::Reused => {
            if tx.end_session(id, now).await? {
                let payload = json!({ "session_id": id.to_string(), "generation": generation });
                let event = NewEvent { kind: "session.reused", subject_id: family.subject_id, payload };
                tx.insert_events(&[event], now).await?;
                tx.insert_revocation(&sessions::of_session(id, now), now).await?;
            }
            Ok(None)
        }
        Standing::Current => Err(Error::new(Reason::WriteConflict, "another renewal came between; try again")),
        standing @ (Standing::Ended | Standing::Expired | Standing::Unknown) => {
            Err(refusal(standing).unwrap_or_else(refresh::invalid))
        }
    }
}

/// Says what a token is to its session. The token's MAC has been checked: the session had it, or will have it.
fn standing(family: &Family, given: &RefreshToken, now: Timestamp) -> Standing {
    if family.ended_at.is_some() {
        return Standing::Ended;
    }
    if now >= family.expires_at {
        return Standing::Expired;
    }
    if given.generation == family.generation {
        return if family.current == Some(given.hash) { Standing::Current } else { Standing::Unknown };
    }
    if given.generation > family.generation {
        // Only a store that was set back to an earlier day does not know its own tokens.
        return Standing::Unknown;
    }
    match family.refreshed_at {
        Some(refreshed_at)
            if given.generation + 1 == family.generation
                && family.previous == Some(given.hash)
                && elapsed(refreshed_at, now) <= RETRY =>
        {
            Standing::Retry { refreshed_at }
        }
        Some(_) | None => Standing::Reused,
    }
}

/// Gives the error of a standing that nothing can be done about.
fn refusal(standing: Standing) -> Option<Error> {
    match standing {
        Standing::Current | Standing::Retry { .. } | Standing::Reused => None,
        Standing::Ended => Some(gone()),
        Standing::Expired => Some(Error::field(
            Reason::RefreshExpired,
            "refresh_token",
            "belongs to a session whose time is over; log in again",
        )),
        Standing::Unknown => Some(refresh::invalid()),
    }
}

fn gone() -> Error {
    Error::new(Reason::TokenRevoked, "the session has ended, or its subject is gone; log in again")
}

fn reused() -> Error {
    Error::field(
        Reason::RefreshReused,
        "refresh_token",
        "was used before, so somebody else may have it: the session is ended; log in again",
    )
}

#[cfg(test)]
mod tests {
    use cpcd_model::id::SessionId;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn family(generation: u64) -> Family {
        let hash = |generation: u64| Some([u8::try_from(generation).unwrap(); 32]);
        Family {
            id: SessionId::generate(),
            subject_id: uuid::Uuid::now_v7(),
            created_at: START,
            expires_at: START + Duration::from_secs(3600),
            ended_at: None,
            generation,
            current: hash(generation),
            previous: generation.checked_sub(1).and_then(hash),
            refreshed_at: (generation > 0).then_some(START),
            bound_key: None,
        }
    }

    fn token(family: &Family, generation: u64) -> RefreshToken {
        let hash = [u8::try_from(generation).unwrap(); 32];
        RefreshToken { session_id: family.id, generation, text: String::new(), hash }
    }

    fn judge(family: &Family, generation: u64, seconds: u64) -> Standing {
        standing(family, &token(family, generation), START + Duration::from_secs(seconds))
    }

    #[test]
    fn the_current_one_is_good_until_the_session_ends() {
        assert_eq!(judge(&family(0), 0, 0), Standing::Current);
        assert_eq!(judge(&family(5), 5, 3599), Standing::Current);
        assert_eq!(judge(&family(5), 5, 3600), Standing::Expired);
        let ended = Family { ended_at: Some(START), ..family(5) };
        for generation in 0..=6 {
            assert_eq!(judge(&ended, generation, 1), Standing::Ended);
        }
    }

    #[test]
    fn the_one_before_is_forgiven_for_ten_seconds() {
        assert_eq!(judge(&family(5), 4, 0), Standing::Retry { refreshed_at: START });
        assert_eq!(judge(&family(5), 4, 10), Standing::Retry { refreshed_at: START });
        assert_eq!(judge(&family(5), 4, 11), Standing::Reused);
    }

    #[test]
    fn an_older_one_is_never_forgiven() {
        assert_eq!(judge(&family(5), 3, 0), Standing::Reused);
        assert_eq!(judge(&family(5), 0, 0), Standing::Reused);
    }

    #[test]
    fn what_the_session_never_had_ends_nothing() {
        assert_eq!(judge(&family(5), 6, 0), Standing::Unknown);
        let family = family(5);
        let other = RefreshToken { hash: [99; 32], ..token(&family, 5) };
        assert_eq!(standing(&family, &other, START), Standing::Unknown);
        let no_tokens = Family { current: None, ..family };
        assert_eq!(judge(&no_tokens, 5, 0), Standing::Unknown);
    }
}
