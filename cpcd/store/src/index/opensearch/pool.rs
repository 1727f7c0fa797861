//! The nodes of a cluster: requests go round those that answer, and what was away is asked now and then whether it is back.

use std::{
    cell::Cell,
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use opensearch::http::{
    Url,
    transport::{Connection, ConnectionPool},
};

tokio::task_local! {
    /// The node that the request at hand goes to: said beforehand, or chosen by the pool.
    static NODE: Cell<Option<usize>>;
}

/// The nodes; clones share what is known of them.
#[derive(Clone)]
pub(super) struct Pool {
    nodes: Arc<[Node]>,
    turn: Arc<AtomicUsize>,
}

struct Node {
    connection: Connection,
    url: Url,
    is_dead: AtomicBool,
}

impl Pool {
    pub(super) fn new(urls: Vec<Url>) -> Self {
        let node = |url: Url| Node { connection: Connection::new(url.clone()), url, is_dead: AtomicBool::new(false) };
        Self { nodes: urls.into_iter().map(node).collect(), turn: Arc::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Says whether no node answers, as far as is known.
    pub(super) fn is_away(&self) -> bool {
        self.nodes.iter().all(|node| node.is_dead.load(Ordering::Relaxed))
    }

    /// Gives the nodes that did not answer.
    pub(super) fn dead(&self) -> Vec<usize> {
        (0..self.len()).filter(|node| self.nodes[*node].is_dead.load(Ordering::Relaxed)).collect()
    }

    /// Notes whether a node answers; says whether that is news.
    pub(super) fn note(&self, node: usize, is_dead: bool) -> bool {
        self.nodes[node].is_dead.swap(is_dead, Ordering::Relaxed) != is_dead
    }

    /// Gives the address of a node, for the log.
    pub(super) fn name(&self, node: usize) -> &str {
        self.nodes[node].url.as_str()
    }

    /// Sends a request, to the given node or to the one whose turn it is; says which it was.
    pub(super) async fn with<T>(&self, node: Option<usize>, request: impl Future<Output = T>) -> (usize, T) {
        NODE.scope(Cell::new(node), async {
            let done = request.await;
            (NODE.with(Cell::get).unwrap_or_default(), done)
        })
        .await
    }

    fn choose(&self) -> usize {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let round = (0..self.len()).map(|step| turn.wrapping_add(step) % self.len());
        round.into_iter().find(|node| !self.nodes[*node].is_dead.load(Ordering::Relaxed)).unwrap_or(turn % self.len())
    }
}

impl ConnectionPool for Pool {
    fn next(&self) -> Connection {
        let asked = NODE.try_with(Cell::get).ok().flatten();
        let node = asked.unwrap_or_else(|| self.choose());
        // Outside of a scope nobody wants to know.
        let _ = NODE.try_with(|chosen| chosen.set(Some(node)));
        self.nodes[node].connection.clone()
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.nodes.iter().map(|node| node.url.as_str())).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(count: usize) -> Pool {
        Pool::new((0..count).map(|n| Url::parse(&format!("http://n{n}:9200")).unwrap()).collect())
    }

    async fn next(pool: &Pool, node: Option<usize>) -> usize {
        pool.with(node, async { pool.next() }).await.0
    }

    #[tokio::test]
    async fn requests_go_round_those_that_answer() {
        let pool = pool(3);
        let round = [next(&pool, None).await, next(&pool, None).await, next(&pool, None).await];
        assert_eq!(round, [0, 1, 2]);
        assert!(pool.note(0, true) && !pool.note(0, true), "news only once");
        for _ in 0..6 {
            assert_ne!(next(&pool, None).await, 0);
        }
        assert_eq!(next(&pool, Some(0)).await, 0, "a probe goes where it is sent");
        assert_eq!((pool.dead(), pool.is_away()), (vec![0], false));
        pool.note(1, true);
        pool.note(2, true);
        assert!(pool.is_away());
        pool.note(1, false);
        assert_eq!(next(&pool, None).await, 1);
    }
}
