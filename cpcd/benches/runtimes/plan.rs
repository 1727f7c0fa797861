//! What is compared: the candidates for the server and the shapes of load.

/// Bytes of a message, both ways.
pub(crate) const MESSAGE: usize = 64;

/// Bytes of the authorization metadata on each call.
pub(crate) const AUTHORIZATION: usize = 200;

/// How connections come to the runtimes that serve them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// One multi-thread runtime, one listener.
    Shared,
    /// One current-thread runtime per core, each with its own listener on the same port: the kernel hashes.
    ReusePort,
    /// One acceptor, one current-thread runtime per core, in turn.
    RoundRobin,
    /// One acceptor, one current-thread runtime per core, the one with the fewest open connections.
    LeastOpen,
}

/// One way to run the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Its name on the command line and in the tables.
    pub(crate) name: &'static str,
    /// How connections are placed.
    pub(crate) placement: Placement,
    /// Whether the handler spawns its work on a separate multi-thread runtime and awaits it there.
    pub(crate) hop: bool,
}

/// All candidates; one that hops follows the one it is compared with somewhere in the list.
pub(crate) const CANDIDATES: [Candidate; 7] = [
    Candidate { name: "multi-thread", placement: Placement::Shared, hop: false },
    Candidate { name: "reuse-port", placement: Placement::ReusePort, hop: false },
    Candidate { name: "round-robin", placement: Placement::RoundRobin, hop: false },
    Candidate { name: "least-open", placement: Placement::LeastOpen, hop: false },
    Candidate { name: "multi-thread+hop", placement: Placement::Shared, hop: true },
    Candidate { name: "round-robin+hop", placement: Placement::RoundRobin, hop: true },
    Candidate { name: "least-open+hop", placement: Placement::LeastOpen, hop: true },
];

/// Finds a candidate by its name.
pub(crate) fn candidate(name: &str) -> Option<Candidate> {
    CANDIDATES.into_iter().find(|candidate| candidate.name == name)
}

/// How a call looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// A call for each message.
    Unary,
    /// One bidirectional stream per connection, a message each way for each request.
    Stream,
}

impl Call {
    /// The path that the server routes on.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Call::Unary => "/bench.Echo/Unary",
            Call::Stream => "/bench.Echo/Stream",
        }
    }
}

/// One shape of load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Its name in the tables.
    pub(crate) name: &'static str,
    /// How a call looks.
    pub(crate) call: Call,
    /// Open connections.
    pub(crate) connections: usize,
    /// Requests that each connection keeps in flight.
    pub(crate) in_flight: usize,
}

/// A is what real agents look like, B is what a saturated gateway looks like.
pub(crate) const SHAPES: [Shape; 4] = [
    Shape { name: "A unary, 256 x 1", call: Call::Unary, connections: 256, in_flight: 1 },
    Shape { name: "A stream, 256 x 1", call: Call::Stream, connections: 256, in_flight: 1 },
    Shape { name: "B unary, 32 x 32", call: Call::Unary, connections: 32, in_flight: 32 },
    Shape { name: "B stream, 32 x 32", call: Call::Stream, connections: 32, in_flight: 32 },
];

/// Cores of this machine: threads of the server, of the runtime behind the hop, and of the generator.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
