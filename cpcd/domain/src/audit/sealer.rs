//! The sealer: under a lease, gives each second the entries that have none their places in the chain, and signs its end.
//!
//! What it builds on it has checked: the end of the chain must be the one that it signed. Else somebody's change would be sealed over.
//! Entries that are older than they are kept are cleared away behind an anchor, which is signed, too.

use std::{
    fmt::Display,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use cpc_signing::{AuditChain, AuditSeal, SealKind};
use cpcd_model::{
    Error, Result,
    audit::{Sealed, StoredSeal},
    time::{Tick, Timestamp},
};
use cpcd_store::sql::{AuditBounds, Priority};
use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Audit, with_record};
use crate::{caller::Caller, identity::ServerIdentity};

const LEASE: &str = "audit";
const LEASE_TTL: Duration = Duration::from_secs(10);
/// Less than a third of the lease: two attempts may fail.
const RENEW_EVERY: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Entries of one transaction.
const MOST: u32 = 1_000;
/// Transactions of one look.
const ROUNDS: u32 = 20;
const CLEAR_EVERY: Duration = Duration::from_secs(600);

/// Seals the audit.
pub struct Sealer {
    audit: Audit,
    keep: Duration,
    holder: String,
    held: Option<Held>,
}

/// The lease as it was last taken or renewed.
#[derive(Clone, Copy)]
struct Held {
    epoch: u64,
    renewed: Tick,
}

impl Sealer {
    pub(super) fn new(audit: Audit, keep: Duration) -> Self {
        Self { audit, keep, holder: Uuid::now_v7().to_string(), held: None }
    }

    /// Seals each second, and clears away what is too old, until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let caller = Caller::system();
        let (mut is_away, mut cleared) = (false, None::<Instant>);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = time::sleep(LOOK_EVERY) => {}
            }
            let mut done = self.seal(&caller).await;
            if done.is_ok() && cleared.is_none_or(|cleared| cleared.elapsed() >= CLEAR_EVERY) {
                done = self.clear(&caller).await;
                cleared = Some(Instant::now());
            }
            match done {
                Ok(()) => is_away = false,
                Err(error) => {
                    self.held = None;
                    self.audit.failures.fetch_add(1, Ordering::Relaxed);
                    if !is_away {
                        tracing::warn!(error = ?error, "entries of the audit are not sealed for now");
                    }
                    is_away = true;
                }
            }
        }
        if self.held.take().is_some()
            && let Err(error) = self.audit.store.release_lease(LEASE, &self.holder).await
        {
            tracing::debug!(%error, "the sealer's lease was not given back; it ends by itself");
        }
    }

    /// Gives what has none its place.
    pub(super) async fn seal(&mut self, caller: &Caller) -> Result<()> {
        caller.require_system()?;
        let store = self.audit.store.clone();
        for _ in 0..ROUNDS {
            let entries = store.list_unsealed_audit(MOST).await?;
            if entries.is_empty() {
                return Ok(());
            }
            let Some(epoch) = self.hold().await? else { return Ok(()) };
            let mut chain = self.end_of_chain().await?;
            let behind = chain.number;
            let places: Vec<_> = entries
                .iter()
                .map(|entry| {
                    let number = chain.number + 1;
                    let hash = with_record(number, entry, |record| chain.append(record));
                    (entry.id, Sealed { number, hash })
                })
                .collect();
            let head = self.signed(SealKind::Head, chain);
            let is_last = entries.len() < MOST as usize;
            let write = store.write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    tx.seal_audit(behind, &places, &head).await
                })
            });
            write.await?;
            if is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Clears away what is older than it is kept.
    pub(super) async fn clear(&mut self, caller: &Caller) -> Result<()> {
        caller.require_system()?;
        let (store, before) = (self.audit.store.clone(), self.audit.clock.now() - self.keep);
        loop {
            let bounds = store.audit_bounds().await?;
            let (after, end) =
                (bounds.anchor.map_or(0, |anchor| anchor.number), bounds.head.map_or(0, |head| head.number));
            let entries = store.list_sealed_audit(after, end, MOST).await?;
            let old = entries.iter().take_while(|entry| entry.entry.time < before);
            let Some(last) = old.filter_map(|entry| entry.sealed).last() else { return Ok(()) };
            let Some(epoch) = self.hold().await? else { return Ok(()) };
            // Nothing is signed away that is not what was sealed.
            self.end_of_chain().await?;
            let mut chain = start(&bounds);
            for entry in entries.iter().filter(|entry| entry.sealed.is_some_and(|place| place.number <= last.number)) {
                let Some(place) = entry.sealed else { continue };
                with_record(place.number, entry, |record| chain.follow(record, &place.hash))
                    .map_err(|fault| broken(&fault))?;
            }
            let anchor = self.signed(SealKind::Anchor, chain);
            let write = store.write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    tx.clear_audit(&anchor).await
                })
            });
            let cleared = write.await?;
            tracing::debug!(cleared, "cleared away old entries of the audit");
        }
    }

    /// Gives where the chain ends, if that is where it was sealed.
    async fn end_of_chain(&self) -> Result<AuditChain> {
        let bounds = self.audit.store.audit_bounds().await?;
        let mut chain = start(&bounds);
        self.audit.check_seals(&bounds).map_err(|fault| broken(&fault.what))?;
        let Some(head) = bounds.head else { return Ok(chain) };
        if head.number > chain.number {
            let last = self.audit.store.list_sealed_audit(head.number - 1, head.number, 1).await?;
            if last.first().and_then(|last| last.sealed) != Some(Sealed { number: head.number, hash: head.hash }) {
                return Err(broken(&"the last entry is not the one that was signed"));
            }
        }
        chain = AuditChain { number: head.number, hash: head.hash };
        Ok(chain)
    }

    /// Has it believe that its lease was renewed at a moment.
    #[cfg(test)]
    pub(super) fn believe(&mut self, renewed: Tick) {
        self.held = self.held.map(|held| Held { renewed, ..held });
    }

    fn signed(&self, kind: SealKind, chain: AuditChain) -> StoredSeal {
        signed(&self.audit.server, kind, chain, self.audit.clock.now())
    }

    /// Takes the lease or renews it; gives its epoch, or nothing while somebody else holds it.
    async fn hold(&mut self) -> Result<Option<u64>> {
        let tick = self.audit.clock.tick();
        if let Some(held) = self.held.filter(|held| tick.since(held.renewed) < RENEW_EVERY) {
            return Ok(Some(held.epoch));
        }
        let now = self.audit.clock.now();
        let epoch = self.audit.store.acquire_lease(LEASE, &self.holder, LEASE_TTL, now).await?;
        self.held = epoch.map(|epoch| Held { epoch, renewed: tick });
        Ok(epoch)
    }
}

/// Has the server sign where a chain ends, or what of it was cleared away.
pub(crate) fn signed(server: &ServerIdentity, kind: SealKind, chain: AuditChain, time: Timestamp) -> StoredSeal {
    let seal = AuditSeal { kind, number: chain.number, hash: chain.hash, time_us: time.as_microsecond() };
    StoredSeal { number: chain.number, hash: chain.hash, time, signature: server.sign_seal(&seal) }
}

/// Gives where a chain begins: behind what was cleared away.
pub(super) fn start(bounds: &AuditBounds) -> AuditChain {
    bounds.anchor.map_or_else(AuditChain::default, |anchor| AuditChain { number: anchor.number, hash: anchor.hash })
}

fn broken(why: &dyn Display) -> Error {
    Error::internal(format!(
        "the audit was changed behind the daemon's back, and nothing is sealed on top of that; `cpcctl audit verify` says where: {why}"
    ))
}
