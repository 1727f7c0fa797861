//! Each row of the table on a cluster of its own: the cells during the trouble, all calls and all that was acknowledged after it.

use super::{
    cluster::Cluster,
    probes::Prober,
    table::{CALLS, Cell, Place, ROWS, Row},
};
use crate::harness::{Fault, eventually};

/// How often each cell is tried: what remembers a failure must not answer otherwise than what finds it out.
const ROUNDS: usize = 3;

async fn row(what: &str) {
    let row = ROWS.iter().find(|row| row.what == what).expect("the row is in the table");
    let Some(cluster) = Cluster::start().await else { return };
    let mut prober = Prober::new(cluster.called()).await;
    cluster.fail(row.place, row.fault).await;
    let wrong = try_cells(row, &mut prober).await;
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
    if let (Fault::Down | Fault::HalfOpen, Some(role)) = (row.fault, role(row.place)) {
        eventually("the status says what is away", async || prober.away().await == [role]).await;
    }
    cluster.mend(row.place, row.fault).await;
    for call in CALLS {
        eventually(&format!("{call:?} is well again after {what}"), async || prober.probe(call).await == Ok(Cell::Ok))
            .await;
    }
    let published = prober.published.len() as u64;
    eventually("all that was acknowledged is listed and found", async || {
        prober.contents().await == (published, published) && prober.has_all_nodes().await
    })
    .await;
    cluster.stop().await;
}

/// Gives what is wrong with the cells of a row.
async fn try_cells(row: &Row, prober: &mut Prober<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for round in 1..=ROUNDS {
        for (call, expected) in CALLS.into_iter().zip(row.cells) {
            let became = prober.probe(call).await;
            if became != Ok(expected) {
                wrong.push(format!("  {call:?}, round {round}: {became:?}, the table says {expected:?}"));
            }
        }
    }
    wrong
}

/// Gives what the status calls the engine at a place.
fn role(place: Place) -> Option<&'static str> {
    match place {
        Place::Postgres => Some("store"),
        Place::Valkey => Some("cache"),
        Place::OpenSearch => Some("search"),
        Place::OfTheCalled | Place::OfAnother => None,
    }
}

macro_rules! rows {
    ($($name:ident: $what:literal;)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            row($what).await;
        })*

        #[test]
        fn each_row_is_tried() {
            assert_eq!(ROWS.map(|row| row.what), [$($what),*]);
        }
    };
}

rows! {
    postgres_down: "PostgreSQL down";
    postgres_slow: "PostgreSQL slow";
    postgres_half_open: "PostgreSQL half-open";
    valkey_down: "Valkey down";
    valkey_slow: "Valkey slow";
    valkey_half_open: "Valkey half-open";
    opensearch_down: "OpenSearch down";
    opensearch_slow: "OpenSearch slow";
    opensearch_half_open: "OpenSearch half-open";
    a_replica_cut_off: "one replica cut off: its own callers";
    another_replica_cut_off: "one replica cut off: the others'";
}
