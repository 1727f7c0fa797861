//! Recovery: a user who has lost all keys comes in with a code that they have kept, and a new key.

use cpc_signing::Purpose;
use cpcd_model::{
    Error, Reason, Result,
    id::{KeyId, UserId},
    time::Clock,
    user::{User, UserKey, Username},
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority, Revocation, RevocationTarget},
};
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    Proof, Proofs, Revoked, current::check_current, presence::Presence, recovery_code as code, sessions, user_keys,
};
use crate::Caller;

/// How many codes a user gets.
const CODES: usize = 10;
/// The field that the proof of the new key comes in.
const FIELD: &str = "proof";

/// A recovery, as it came.
#[derive(Clone)]
pub struct RecoveryRequest {
    /// Whose account.
    pub username: String,
    /// The code.
    pub code: Zeroizing<String>,
    /// The proof of the new key.
    pub proof: Option<Proof>,
    /// What the new key is to be called; empty for nothing.
    pub name: String,
}

/// Lets users in who have lost their keys.
#[derive(Clone)]
pub struct Recovery {
    store: Store,
    clock: Clock,
    revoked: Revoked,
    proofs: Proofs,
    presence: Presence,
}

impl Recovery {
    pub(super) fn new(store: &Store, clock: &Clock, revoked: Revoked, proofs: Proofs, presence: Presence) -> Self {
        Self { store: store.clone(), clock: clock.clone(), revoked, proofs, presence }
    }

    /// Makes recovery codes in place of all that the caller has; nobody can give them again. Needs a login as a user who is there.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `CONFIRMATION_REQUIRED` and those of a proof.
    pub async fn create_codes(&self, caller: &Caller, confirmation: Option<&Proof>) -> Result<Vec<Zeroizing<String>>> {
        let user = caller.require_user()?;
        let now = self.clock.now();
        let present = self.presence.require(caller, confirmation, now).await?;
        let codes = (0..CODES).map(|_| code::make()).collect::<Result<Vec<_>>>()?;
        let hashes: Vec<_> = codes.iter().map(|made| code::hash(user, made)).collect();
        let (used, caller) = (present.one_use(), caller.clone());
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                tx.lock_user(user).await?.ok_or_else(|| super::users::not_found(&user.to_string()))?;
                check_current(tx, &caller).await?;
                if let Some(used) = used {
                    used.write(tx).await?;
                }
                let session = caller.session().map(|session| session.id);
                tx.replace_recovery_codes(user, session, &hashes, now).await?;
                let payload = json!({ "codes": hashes.len() });
                tx.insert_events(&[NewEvent { kind: "user.recovery_codes", subject_id: user.uuid(), payload }], now)
                    .await
            })
        });
        write.await?;
        self.presence.remember(&present, now).await;
        Ok(codes.iter().map(|made| code::write(made)).collect())
    }

    /// Gives a user a new key for a code: it is their only one, everything that was begun with the others ends, and the code is used
    /// up. Needs nothing but code and key. A user who is not there is answered as one whose code it is not.
    ///
    /// # Errors
    /// Those of a proof, `RECOVERY_REFUSED`, `KEY_TAKEN`.
    pub async fn recover(&self, request: RecoveryRequest) -> Result<(User, u32)> {
        let proof = request.proof.ok_or_else(|| Error::required(FIELD))?;
        let name = user_keys::name(&request.name)?;
        let now = self.clock.now();
        let proven = self.proofs.check_in(FIELD, &proof, Purpose::Recover, now).await?;
        // Whatever is wrong, the same is done and said.
        let username = Username::parse("username", &request.username).ok();
        let known = username.as_ref().map_or("", Username::as_str);
        let user = self.store.get_user_by_name(known).await?.map(|user| user.id);
        let given = code::read(&request.code);
        let hash = code::hash(user.unwrap_or_else(UserId::generate), given.as_deref().unwrap_or(&[0; 16]));
        let is_good = self.store.has_recovery_code(user, &hash).await? && given.is_some();
        let Some(user) = user.filter(|_| is_good) else { return Err(refused()) };
        let key = UserKey {
            id: KeyId::generate(),
            user_id: user,
            public_key: *proven.key().as_bytes(),
            name,
            created_at: now,
            last_used_at: None,
        };
        let used = proven.one_use();
        let revocation = sessions::of_all(RevocationTarget::Subject(user.uuid()), now)?;
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                tx.lock_user(user).await?.ok_or_else(refused)?;
                used.write(tx).await?;
                if !tx.use_recovery_code(user, &hash).await? {
                    return Err(refused());
                }
                tx.ensure_user_key(user).await?;
                for old in tx.get_user_keys(user).await? {
                    tx.delete_user_key(user, old.id).await?;
                }
                tx.insert_user_key(FIELD, &key).await?;
                tx.update_first_key(user).await?;
                let payload = json!({ "key_id": key.id.to_string() });
                tx.insert_events(&[NewEvent { kind: "user.recovered", subject_id: user.uuid(), payload }], now).await?;
                end_all(tx, user, &revocation, now).await
            })
        });
        write.await?;
        self.revoked.add(&revocation);
        self.proofs.remember(&proven, now).await;
        let left = self.store.count_recovery_codes(user).await?;
        let user = self.store.get_user(user).await?.ok_or_else(refused)?;
        Ok((user, left))
    }
}

/// Ends all that a user has begun, and records it.
async fn end_all(
    tx: &mut cpcd_store::Tx,
    user: UserId,
    revocation: &Revocation,
    now: cpcd_model::time::Timestamp,
) -> Result<()> {
    sessions::end_begun(tx, Some(user.uuid()), revocation.before, now).await?;
    tx.insert_revocation(revocation, now).await
}

fn refused() -> Error {
    Error::new(Reason::RecoveryRefused, "there is no such user, or the code is none of theirs or was used")
}
