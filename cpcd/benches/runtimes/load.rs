//! The generator: one thread a core, each with its share of the connections.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};

use crate::Outcome;
use crate::client::{Client, Shared};
use crate::plan::{Shape, cores};
use crate::shared::record::Record;
use crate::template::Template;

/// A running load.
pub(crate) struct Load {
    measuring: Arc<AtomicBool>,
    end: watch::Sender<bool>,
    threads: Vec<JoinHandle<Outcome<Record>>>,
}

impl Load {
    /// Connects and keeps the requests of a shape in flight.
    pub(crate) fn start(address: SocketAddr, shape: Shape, template: &Arc<Template>) -> Self {
        let (measuring, (end, ended)) = (Arc::new(AtomicBool::new(false)), watch::channel(false));
        let threads = (0..cores())
            .map(|thread| {
                let (measuring, ended, template) = (measuring.clone(), ended.clone(), template.clone());
                let connections = (0..shape.connections).filter(|number| number % cores() == thread).count();
                std::thread::spawn(move || {
                    let record = Rc::new(RefCell::new(Record::new(connections)));
                    drive(address, &Shared { shape, template, measuring, record }, connections, ended)
                })
            })
            .collect();
        Self { measuring, end, threads }
    }

    /// Starts or ends writing down.
    pub(crate) fn measure(&self, on: bool) {
        self.measuring.store(on, Ordering::Relaxed);
    }

    /// Drops all connections and hands out what was written down.
    pub(crate) fn finish(self) -> Outcome<Record> {
        self.end.send_replace(true);
        let mut all = Record::new(0);
        for thread in self.threads {
            all.append(thread.join().map_err(|_| "a thread of the generator panicked")??);
        }
        Ok(all)
    }
}

fn drive(
    address: SocketAddr,
    shared: &Shared,
    connections: usize,
    mut ended: watch::Receiver<bool>,
) -> Outcome<Record> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let mut clients = JoinSet::new();
        for number in 0..connections {
            clients.spawn_local(Client::new(number, shared.clone()).run(address));
        }
        tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => Ok(()),
            // A client ends only when something is wrong; what is measured after that is not worth having.
            Some(client) = clients.join_next() => client?,
        }
    })?;
    Ok(shared.record.replace(Record::new(0)))
}
