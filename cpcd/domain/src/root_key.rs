//! Another root key in the place of the one that seals the store's secrets.
//!
//! All of it is one transaction: before it the old key opens the store, after it the new one, and at no moment neither or both. The files
//! are the daemon's matter; it writes the new one before and gives it its name after.

use cpc_signing::{AuditChain, SealKind};
use cpcd_model::{
    Error, Reason, Result,
    audit::{NewAuditEntry, Outcome, StoredSeal},
    text::hex,
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store, Tx,
    sql::{NewEvent, Priority, RevocationTarget, ServerIdentity as StoredIdentity},
};
use serde_json::{Value, json};

use crate::{
    audit,
    events::webhook_label,
    identity::{RootKey, ServerIdentity, root_change as change},
};

/// Rows that are read at once.
const CHUNK: u32 = 200;
/// What owners are told of webhooks whose secret is lost.
const LOST: &str = "the root key was reset, and with it the secret of this webhook is lost: remove it and add it anew";

/// What a change of the root key has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RootKeyChange {
    /// Signing keys that are sealed under the new key.
    pub signing_keys: usize,
    /// Webhooks whose secrets are; after a reset those that were given up.
    pub webhooks: u64,
    /// Sessions that ended.
    pub sessions_ended: u64,
    /// Invites that were taken back.
    pub invites_revoked: u64,
}

/// Seals all secrets of the store under a new root key.
///
/// Nothing ends by it, unless the old one `is_leaked`: then what could be made with it is good no longer, sessions and invites among it.
///
/// # Errors
/// `STORE_FOREIGN` if the old key does not open the store, or it has no secrets yet.
pub async fn rotate(
    store: &Store,
    clock: &Clock,
    old: &RootKey,
    new: &RootKey,
    is_leaked: bool,
) -> Result<RootKeyChange> {
    let (old, new, now) = (old.clone(), new.clone(), clock.now());
    store
        .write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let identity = tx.lock_server_identity().await?.ok_or_else(nothing)?;
                let changed = change::reseal_identity(&identity, &old, &new, is_leaked)?;
                tx.update_server_identity(&changed).await?;
                let mut done = RootKeyChange::default();
                for key in tx.get_signing_keys().await? {
                    tx.update_sealed_signing_key(&change::reseal_signing_key(&key, &old, &new)?).await?;
                    done.signing_keys += 1;
                }
                let mut after = None;
                loop {
                    let webhooks = tx.get_sealed_webhooks(after, CHUNK).await?;
                    let Some((last, _)) = webhooks.last() else { break };
                    after = Some(*last);
                    for (id, sealed) in webhooks {
                        let label = webhook_label(id);
                        // What a reset left behind is under no key, and stays so.
                        if let Ok(secret) = old.open(&label, &sealed) {
                            tx.update_sealed_webhook(id, &new.seal(&label, &secret)?).await?;
                            done.webhooks += 1;
                        }
                    }
                }
                if is_leaked {
                    end_all(tx, &new, &mut done, now).await?;
                }
                let payload = json!({ "leaked": is_leaked });
                tx.insert_audit(&[noted("root-key rotate", &identity, &payload, now)]).await?;
                let event = NewEvent { kind: "root_key.rotated", subject_id: identity.store_id, payload };
                tx.insert_events(&[event], now).await?;
                Ok(done)
            })
        })
        .await
}

/// Gives a store whose root key is lost a new one, and with it a new identity and new signing keys.
///
/// Accounts, keys of users, nodes and content stay; what only the old key knew is lost: sessions, service tokens, invites and the secrets
/// of webhooks.
///
/// # Errors
/// `STORE_FOREIGN` if the store has no secrets yet.
pub async fn reset(store: &Store, clock: &Clock, new: &RootKey) -> Result<RootKeyChange> {
    let (new, now) = (new.clone(), clock.now());
    store
        .write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let identity = tx.lock_server_identity().await?.ok_or_else(nothing)?;
                let fresh = change::fresh_identity(&new, identity.store_id, now)?;
                tx.update_server_identity(&fresh).await?;
                let mut done =
                    RootKeyChange { webhooks: tx.disable_webhooks(LOST, now).await?, ..RootKeyChange::default() };
                end_all(tx, &new, &mut done, now).await?;
                let event = NewEvent { kind: "root_key.reset", subject_id: identity.store_id, payload: json!({}) };
                tx.insert_events(&[event], now).await?;
                // The chain goes on under the new identity, from where the old one left it: nobody has the key any more that signed it.
                let server = change::read_identity(&fresh, &new)?;
                let head = tx.sign_audit_anew(|kind, before| sign_anew(&server, kind, before, now)).await?;
                let sealed = head.map(|head| json!({ "number": head.number, "hash": hex(&head.hash) }));
                let details = json!({ "server_id": server.id(), "chain_signed_anew": sealed });
                tx.insert_audit(&[noted("root-key reset", &identity, &details, now)]).await?;
                Ok(done)
            })
        })
        .await
}

/// Signs a seal of the audit as a new identity.
fn sign_anew(server: &ServerIdentity, kind: &str, before: &StoredSeal, now: Timestamp) -> StoredSeal {
    let kind = if kind == SealKind::Anchor.as_str() { SealKind::Anchor } else { SealKind::Head };
    audit::signed(server, kind, AuditChain { number: before.number, hash: before.hash }, now)
}

/// Makes the audit's entry of a change, which is made at the daemon's own machine.
fn noted(action: &str, identity: &StoredIdentity, details: &Value, now: Timestamp) -> NewAuditEntry {
    NewAuditEntry {
        time: now,
        actor_kind: "local_admin".to_owned(),
        actor_id: None,
        session_id: None,
        token_id: None,
        action: action.to_owned(),
        target_kind: "root_key".to_owned(),
        target_id: identity.store_id.to_string(),
        outcome: Outcome::Done,
        reason: String::new(),
        request_id: None,
        network: String::new(),
        details: details.to_string(),
        count: 1,
    }
}

/// Puts a new signing key in the place of all others, and ends all that the root key vouched for.
async fn end_all(tx: &mut Tx, new: &RootKey, done: &mut RootKeyChange, now: Timestamp) -> Result<()> {
    tx.replace_signing_keys(&change::fresh_signing_key(new, now)?).await?;
    done.signing_keys = 1;
    let revocation = change::of_all(RevocationTarget::All, now)?;
    done.sessions_ended = change::end_begun(tx, None, revocation.before, now).await?;
    tx.insert_revocation(&revocation, now).await?;
    done.invites_revoked = tx.revoke_all_invites(now).await?;
    Ok(())
}

fn nothing() -> Error {
    Error::new(Reason::StoreForeign, "the store has no secrets yet: a daemon makes them at its first start")
}
