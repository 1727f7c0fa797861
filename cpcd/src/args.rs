//! The command line: what people type, and which settings it stands for.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use cpcd::settings::Override;

/// The CPC Orchestrator: the control plane of a peer-to-peer network.
#[derive(Parser)]
#[command(
    version,
    after_help = "Without arguments it serves gRPC on 127.0.0.1:50051 and REST on 127.0.0.1:3030, and keeps \
    its files in the user's data directory.\n\nExamples:\n  cpcd\n  cpcd --data-dir /var/lib/cpcd --log-format json\n  \
    cpcd config > cpcd.toml && cpcd --config cpcd.toml"
)]
pub(crate) struct Args {
    /// Settings file (TOML); `cpcd config` prints one with every key
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for everything that is kept
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// Where gRPC listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    grpc_listen: Option<String>,
    /// Where REST listens
    #[arg(long, value_name = "ADDRESS")]
    rest_listen: Option<String>,
    /// The administrator's Unix socket
    #[arg(long, value_name = "PATH")]
    socket: Option<String>,
    /// The source of truth: sqlite:PATH or postgres://...
    #[arg(long, value_name = "URL")]
    store_url: Option<String>,
    /// The cache
    #[arg(long, value_name = "URL")]
    cache_url: Option<String>,
    /// The index: tantivy:FOLDER
    #[arg(long, value_name = "URL")]
    search_url: Option<String>,
    /// Serve administration only (cpcctl migrate) and leave the store as it is
    #[arg(long)]
    maintenance: bool,
    /// Where to write the addresses in use, as JSON, once everything listens
    #[arg(long, value_name = "FILE")]
    addr_file: Option<String>,
    /// Form of log lines: text or json
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes the root key for a new PostgreSQL database (an embedded store makes its own)
    Init,
    /// Prints every setting with its default
    Config,
    /// Makes and shows certificates
    #[command(subcommand)]
    Tls(TlsCommand),
    /// Moves the store to the other engine
    #[command(subcommand)]
    Store(StoreCommand),
    /// Puts another root key in the place of the one that seals the store's secrets
    #[command(subcommand)]
    RootKey(RootKeyCommand),
}

#[derive(Subcommand)]
pub(crate) enum RootKeyCommand {
    /// Seals the store's secrets under a new root key
    ///
    /// All daemons on the store must be stopped, and each needs the new file before it starts again. Nothing ends by it: sessions,
    /// service tokens and invites go on. The old file is kept beside the new one for copies of the store from before.
    #[command(after_help = "Examples:\n  cpcd root-key rotate\n  cpcd --config cpcd.toml root-key rotate --leaked")]
    Rotate {
        /// Somebody else may have the old key: new signing keys too, and all sessions, service tokens and invites end
        #[arg(long)]
        leaked: bool,
    },
    /// Gives a store whose root key is lost a new one, with a new identity and new signing keys
    ///
    /// Accounts, keys of users, nodes and content stay. All sessions, service tokens and invites end, webhooks are given up, and the server
    /// has another id: clients that keep it ask for `cpcctl login --repin`. All daemons on the store must be stopped.
    #[command(after_help = "Examples:\n  cpcd root-key reset --yes")]
    Reset {
        /// Says that all of this is meant
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum StoreCommand {
    /// Copies a store into an empty one of the other engine, and compares the two
    ///
    /// All daemons on both must be stopped. A copy that was cut off goes on where it was when it is run again. The root key stays the
    /// same: the new store needs the file of the old one. A password is better in PGPASSWORD or ~/.pgpass than in the URL.
    #[command(
        after_help = "Examples:\n  cpcd store copy --from sqlite:/var/lib/cpcd/cpcd.sqlite --to postgres://cpcd@db/cpcd\n  \
        cpcd store copy --from postgres://cpcd@db/cpcd --to sqlite:cpcd.sqlite"
    )]
    Copy {
        /// The store that there is: sqlite:PATH or postgres://...
        #[arg(long, value_name = "URL")]
        from: String,
        /// The empty store of the other engine
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum TlsCommand {
    /// Makes an authority of one's own, a server key, and a certificate by that authority
    #[command(after_help = "Examples:\n  cpcd tls init\n  cpcd tls init --name cpcd.example --name 192.0.2.7\n  \
        cpcd tls init --force    # a new certificate; the authority and the keys stay")]
    Init {
        /// A name or address that clients reach the server by; may be given again [default: those of this machine]
        #[arg(long, value_name = "HOST")]
        name: Vec<String>,
        /// The folder for the files [default: tls in the data directory]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Replaces the certificate that is there; its authority and keys stay
        #[arg(long)]
        force: bool,
    },
    /// Shows a certificate: its names, how long it is good, and the pin that clients can hold it to
    Show {
        /// The certificate's file [default: that of the settings]
        file: Option<PathBuf>,
    },
}

impl Args {
    /// Gives what was said as settings.
    pub(crate) fn overrides(&self) -> [Override; 10] {
        [
            ("server.data_dir", self.data_dir.clone()),
            ("server.grpc_listen", self.grpc_listen.clone()),
            ("server.rest_listen", self.rest_listen.clone()),
            ("server.socket", self.socket.clone()),
            ("server.maintenance", self.maintenance.then(|| "true".to_owned())),
            ("server.addr_file", self.addr_file.clone()),
            ("store.url", self.store_url.clone()),
            ("cache.url", self.cache_url.clone()),
            ("search.url", self.search_url.clone()),
            ("log.format", self.log_format.clone()),
        ]
    }
}
