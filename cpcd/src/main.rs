//! The daemon's program: reads arguments, binds, waits for a signal, shuts down.

use std::{path::PathBuf, process::ExitCode, sync::mpsc, thread, time::Duration};

use clap::{Parser, Subcommand};
use cpcd::{
    Server, init_logs,
    settings::{DEFAULTS, Override, Settings},
};
use tokio::signal::unix::{SignalKind, signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The end of everything after a signal: whatever hangs, the process is gone by then.
const LAST_MOMENT: Duration = Duration::from_millis(14_500);

/// The CPC Orchestrator: the control plane of a peer-to-peer network.
#[derive(Parser)]
#[command(
    version,
    after_help = "Without arguments it serves gRPC on 127.0.0.1:50051 and REST on 127.0.0.1:3030, and keeps \
    its files in the user's data directory.\n\nExamples:\n  cpcd\n  cpcd --data-dir /var/lib/cpcd --log-format json\n  \
    cpcd config > cpcd.toml && cpcd --config cpcd.toml"
)]
struct Args {
    /// Settings file (TOML); `cpcd config` prints one with every key
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder for everything that is kept
    #[arg(long, value_name = "DIR")]
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
    /// Where to write the addresses in use, as JSON, once everything listens
    #[arg(long, value_name = "FILE")]
    addr_file: Option<String>,
    /// Form of log lines: text or json
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the root key for a new PostgreSQL database (an embedded store makes its own)
    Init,
    /// Prints every setting with its default
    Config,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cpcd: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> anyhow::Result<()> {
    if matches!(args.command, Some(Command::Config)) {
        print!("{DEFAULTS}");
        return Ok(());
    }
    let overrides: [Override; 9] = [
        ("server.data_dir", args.data_dir),
        ("server.grpc_listen", args.grpc_listen),
        ("server.rest_listen", args.rest_listen),
        ("server.socket", args.socket),
        ("server.addr_file", args.addr_file),
        ("store.url", args.store_url),
        ("cache.url", args.cache_url),
        ("search.url", args.search_url),
        ("log.format", args.log_format),
    ];
    let settings = Settings::load(args.config.as_deref(), &overrides)?;
    if matches!(args.command, Some(Command::Init)) {
        let path = cpcd::init(&settings)?;
        println!("{}", path.display());
        return Ok(());
    }
    init_logs(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve(settings));
    runtime.shutdown_timeout(Duration::from_millis(500));
    served
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let server = Server::bind(settings).await?;
    let addresses = server.addresses();
    tracing::info!(grpc = %addresses.grpc, rest = %addresses.rest, socket = %addresses.socket.display(), "cpcd is ready");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping; a second signal stops at once");
    let (_alive, gone) = mpsc::channel::<()>();
    thread::spawn(move || {
        if gone.recv_timeout(LAST_MOMENT) == Err(mpsc::RecvTimeoutError::Timeout) {
            std::process::exit(0);
        }
    });
    tokio::select! {
        () = server.shutdown() => tracing::info!("stopped"),
        _ = terminate.recv() => tracing::warn!("stopped at once"),
        _ = interrupt.recv() => tracing::warn!("stopped at once"),
    }
    Ok(())
}
