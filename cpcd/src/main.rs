//! The daemon's program: reads arguments, binds, waits for a signal, shuts down.

mod args;

use std::{process::ExitCode, sync::mpsc, thread, time::Duration};

use anyhow::ensure;
use args::{Args, Command, RootKeyCommand, StoreCommand, TlsCommand};
use clap::Parser;
use cpcd::{
    Server, init_logs,
    settings::{DEFAULTS, Settings},
    tls::Wanted,
};
use rustix::{
    fs::Mode,
    process::{Resource, Rlimit, getrlimit, setrlimit, umask},
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
    // Whatever is made, by the engines too, is its owner's alone.
    umask(Mode::RWXG | Mode::RWXO);
    let settings = || Settings::load(args.config.as_deref(), &args.overrides());
    match &args.command {
        Some(Command::Config) => print!("{DEFAULTS}"),
        Some(Command::Tls(command)) => print!("{}", tls(command, settings)?),
        Some(Command::Store(StoreCommand::Copy { from, to })) => {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(cpcd::copy_store(from, to))?;
        }
        Some(Command::RootKey(command)) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            print!("{}", runtime.block_on(root_key(command, settings()?))?);
        }
        Some(Command::Init) => println!("{}", cpcd::init(&settings()?)?.display()),
        None => {
            let settings = settings()?;
            init_logs(&settings.log)?;
            raise_open_files(settings.limits.connections);
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let served = runtime.block_on(serve(settings));
            runtime.shutdown_timeout(Duration::from_millis(500));
            served?;
        }
    }
    Ok(())
}

/// Does a command on the root key; gives what it prints.
async fn root_key(command: &RootKeyCommand, settings: Settings) -> anyhow::Result<String> {
    match command {
        RootKeyCommand::Rotate { leaked } => cpcd::rotate_root_key(&settings, *leaked).await,
        RootKeyCommand::Reset { yes } => {
            ensure!(
                *yes,
                "a reset ends all sessions, service tokens and invites, gives up all webhooks, and gives the server another id; it is for \
                 a root key that is lost. Add --yes if that is meant"
            );
            cpcd::reset_root_key(&settings).await
        }
    }
}

/// Does a command on certificates; gives what it prints.
fn tls(command: &TlsCommand, settings: impl Fn() -> anyhow::Result<Settings>) -> anyhow::Result<String> {
    match command {
        TlsCommand::Init { name, out, force } => {
            let folder = match out {
                Some(out) => std::path::absolute(out)?,
                None => settings()?.server.data_dir.join("tls"),
            };
            let made = cpcd::tls::init(&Wanted { names: name.clone(), folder, replace: *force })?;
            Ok(made.to_string())
        }
        TlsCommand::Show { file } => {
            let file = match file {
                Some(file) => file.clone(),
                None => settings()?.tls.cert_file,
            };
            ensure!(
                !file.as_os_str().is_empty(),
                "tls.cert_file is not set: name a file, or make one with `cpcd tls init`"
            );
            Ok(cpcd::tls::show(&file)?.to_string())
        }
    }
}

/// Takes as many open files as the system gives, and warns if the connections allowed need more.
fn raise_open_files(connections: usize) {
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let files = if raised.is_ok() { limit.maximum } else { limit.current };
    // Both edges, and what the engines keep open.
    let needed = u64::try_from(connections).unwrap_or(u64::MAX).saturating_mul(2).saturating_add(128);
    if let Some(files) = files.filter(|files| *files < needed) {
        tracing::warn!(
            files,
            needed,
            "fewer files can be open than limits.connections may need; raise `ulimit -n` or lower it"
        );
    }
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // In a task of its own: an engine that keeps a thread busy must not keep signals from being heard.
    let mut binding = tokio::spawn(Server::bind(settings));
    let bound = tokio::select! {
        bound = &mut binding => Some(bound),
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
    };
    let Some(bound) = bound else {
        binding.abort();
        tracing::info!("stopped before everything was there");
        return Ok(());
    };
    let mut server = bound??;
    let addresses = server.addresses();
    tracing::info!(grpc = %addresses.grpc, rest = %addresses.rest, socket = %addresses.socket.display(), "cpcd is ready");
    let failure = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        error = server.failed() => Some(error),
    };
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
    failure.map_or(Ok(()), Err)
}
