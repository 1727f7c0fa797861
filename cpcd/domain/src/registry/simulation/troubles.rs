//! What goes wrong between replicas, and when.

use proptest::prelude::*;

use super::STORM;

/// A fault, from a second on for a while.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// The cache answers nobody, and has lost what was in it lately.
    CacheAway,
    /// One replica cannot reach it.
    CacheCutOff(usize),
    /// The store answers nobody.
    StoreAway,
    StoreCutOff(usize),
    /// One replica reaches neither, but nodes reach it.
    CutOff(usize),
    /// A replica does not run.
    Stopped(usize),
    /// A replica is killed; another is started in its place at the end.
    Killed(usize),
    /// A replica is stopped as it should be, and started at the end.
    Restarted(usize),
    /// Of what is appended to the cache some is lost, late, doubled, or there although it is said to have failed.
    CacheUnsure,
    /// What is written to the store is there, and its writer is told that it is not.
    StoreUnsure,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble {
    pub(super) fault: Fault,
    pub(super) from: u64,
    pub(super) length: u64,
}

/// Draws a trouble.
pub(super) fn trouble() -> impl Strategy<Value = Trouble> {
    let fault = prop_oneof![
        Just(Fault::CacheAway),
        (0usize..4).prop_map(Fault::CacheCutOff),
        Just(Fault::StoreAway),
        (0usize..4).prop_map(Fault::StoreCutOff),
        (0usize..4).prop_map(Fault::CutOff),
        (0usize..4).prop_map(Fault::Stopped),
        (0usize..4).prop_map(Fault::Killed),
        (0usize..4).prop_map(Fault::Restarted),
        Just(Fault::CacheUnsure),
        Just(Fault::StoreUnsure),
    ];
    // Short ones too: what ends before anyone notices is the hardest.
    (fault, 0..STORM, prop_oneof![1u64..20, 1u64..100]).prop_map(|(fault, from, length)| Trouble {
        fault,
        from,
        length: length.min(STORM - from),
    })
}

/// Whether at each second some replica hears nodes and all can be told of them: otherwise nodes are silent for all that anyone knows.
pub(super) fn somebody_hears(replicas: usize, troubles: &[Trouble]) -> bool {
    (0..STORM).all(|second| {
        let now = troubles.iter().filter(|trouble| (trouble.from..trouble.from + trouble.length).contains(&second));
        let mut hears = vec![true; replicas];
        for trouble in now {
            match trouble.fault {
                Fault::Stopped(place) | Fault::Killed(place) | Fault::Restarted(place) => {
                    if let Some(hears) = hears.get_mut(place) {
                        *hears = false;
                    }
                }
                Fault::CacheAway
                | Fault::CacheCutOff(_)
                | Fault::StoreAway
                | Fault::StoreCutOff(_)
                | Fault::CutOff(_)
                | Fault::CacheUnsure
                | Fault::StoreUnsure => {}
            }
        }
        hears.contains(&true)
    })
}
