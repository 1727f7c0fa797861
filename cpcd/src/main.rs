//! The daemon's program: reads arguments, binds, waits for a signal, shuts down.

mod args;

use std::{process::ExitCode, sync::mpsc, thread, time::Duration};

use args::{Args, Command};
use clap::Parser;
use cpcd::{
    Server, init_logs,
    settings::{DEFAULTS, Settings},
};
use tokio::signal::unix::{SignalKind, signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The end of everything after a signal: whatever hangs, the process is gone by then.
const LAST_MOMENT: Duration = Duration::from_millis(14_500);

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cpcd: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> anyhow::Result<()> {
    let settings = || Settings::load(args.config.as_deref(), &args.overrides());
    match args.command {
        Some(Command::Config) => print!("{DEFAULTS}"),
        Some(Command::Init) => println!("{}", cpcd::init(&settings()?)?.display()),
        None => {
            let settings = settings()?;
            init_logs(&settings.log)?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let served = runtime.block_on(serve(settings));
            runtime.shutdown_timeout(Duration::from_millis(500));
            served?;
        }
    }
    Ok(())
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
