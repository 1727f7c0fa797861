//! The chain of the audit.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use cpc_signing::{AuditChain, AuditFault, AuditRecord, AuditSeal, SealKind, SecretKey};

fn record(number: u64) -> AuditRecord<'static> {
    AuditRecord {
        number,
        id: number + 100,
        time_us: -5,
        actor_kind: "user",
        actor_id: "0198c5f0-7a3e-7c52-9d21-3f1b2a4c5d6e",
        session_id: "",
        token_id: "",
        action: "IdentityService/CreateUser",
        target_kind: "user",
        target_id: "x",
        outcome: "ok",
        reason: "",
        request_id: "",
        network: "203.0.113.7",
        details: "{}",
        count: 1,
    }
}

#[test]
fn each_part_of_an_entry_makes_another_hash() {
    let first = record(1);
    let changes: Vec<AuditRecord<'_>> = vec![
        AuditRecord { number: 2, ..first },
        AuditRecord { id: 7, ..first },
        AuditRecord { time_us: -6, ..first },
        AuditRecord { actor_kind: "node", ..first },
        AuditRecord { actor_id: "", ..first },
        AuditRecord { session_id: "s", ..first },
        AuditRecord { token_id: "s", ..first },
        AuditRecord { action: "IdentityService/CreateUse", ..first },
        AuditRecord { target_kind: "", ..first },
        // What moves from one part to the next is another entry.
        AuditRecord { target_kind: "userx", target_id: "", ..first },
        AuditRecord { target_id: "y", ..first },
        AuditRecord { outcome: "refused", ..first },
        AuditRecord { reason: "WHY", ..first },
        AuditRecord { request_id: "r", ..first },
        AuditRecord { network: "203.0.113.8", ..first },
        AuditRecord { details: "{ }", ..first },
        AuditRecord { count: 2, ..first },
    ];
    let mut hashes: Vec<_> = changes.iter().chain([&first]).map(|record| record.hash(&[0; 32])).collect();
    hashes.push(first.hash(&[1; 32]));
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
    // What is written down stays readable: a change of the encoding is a new domain.
    let hex: String = first.hash(&[0; 32]).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "e1e48769d8dec222f6bd0038309094a2501c366abd15b320968e3288786a75bf");
}

#[test]
fn a_chain_tells_what_is_wrong() {
    let mut chain = AuditChain::default();
    let hashes: Vec<_> = (1..=5).map(|number| chain.append(&record(number))).collect();
    let follow = |numbers: &[u64]| {
        let mut chain = AuditChain::default();
        numbers
            .iter()
            .try_for_each(|number| chain.follow(&record(*number), &hashes[*number as usize - 1]))
            .map(|()| chain)
    };
    assert_eq!(follow(&[1, 2, 3, 4, 5]).unwrap(), chain);
    assert_eq!(follow(&[2, 3]), Err(AuditFault::Missing { number: 1 }));
    assert_eq!(follow(&[1, 3]), Err(AuditFault::Missing { number: 2 }));
    assert_eq!(follow(&[1, 1]), Err(AuditFault::Missing { number: 2 }));
    let mut changed = follow(&[1, 2]).unwrap();
    let other = AuditRecord { details: "{\"a\":1}", ..record(3) };
    assert_eq!(changed.follow(&other, &hashes[2]), Err(AuditFault::Changed { number: 3 }));
    // Whoever makes the hashes anew cannot make the seal.
    changed.append(&other);
    changed.append(&record(4));
    changed.append(&record(5));
    assert_eq!(changed.ends_with(5, &chain.hash), Err(AuditFault::Replaced { number: 5 }));
    assert_eq!(follow(&[1, 2]).unwrap().ends_with(5, &chain.hash), Err(AuditFault::Short { number: 5 }));
    assert_eq!(chain.ends_with(4, &hashes[3]), Err(AuditFault::Long { number: 4 }));
    assert_eq!(chain.ends_with(5, &chain.hash), Ok(()));
}

#[test]
fn a_seal_is_of_one_server_for_one_purpose() {
    let (server, other) = (SecretKey::from_seed(&[7; 32]), SecretKey::from_seed(&[8; 32]));
    let seal = AuditSeal { kind: SealKind::Head, number: 5, hash: [3; 32], time_us: 1 };
    let signature = seal.sign(&server);
    assert!(seal.verify(&server.public(), &signature).is_ok());
    assert!(seal.verify(&other.public(), &signature).is_err());
    for wrong in [
        AuditSeal { kind: SealKind::Anchor, ..seal },
        AuditSeal { number: 6, ..seal },
        AuditSeal { hash: [4; 32], ..seal },
        AuditSeal { time_us: 2, ..seal },
    ] {
        assert!(wrong.verify(&server.public(), &signature).is_err(), "{wrong:?}");
    }
}
