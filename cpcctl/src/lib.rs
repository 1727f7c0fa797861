//! cpcctl, the admin and user client of the CPC Orchestrator.
//!
//! `cli` is the definition, `commands/<noun>/<verb>.rs` does what a command says, `context` gives it the way to the server.
//! Data goes to stdout through `output`; everything else to stderr; `exit` is the table of exit codes.

pub mod cli;
pub mod exit;

mod agent;
mod choice;
mod client;
mod clock;
mod commands;
mod context;
mod contexts;
mod endpoint;
mod environment;
mod escape;
mod failure;
mod folders;
mod global;
mod interrupt;
mod joining;
mod key_choice;
mod key_file;
mod key_form;
mod load;
mod nodes;
mod output;
mod private_file;
mod progress;
mod prompt;
mod rehearsal;
mod session;
mod settings;
mod shape;
mod signer;
mod stages;
mod tls;
mod token_file;
mod units;

use std::{ffi::OsString, process::ExitCode};

use clap::error::ErrorKind;

use crate::{
    cli::Cli,
    context::Context,
    environment::Environment,
    exit::Exit,
    failure::{Failure, Result},
    output::Output,
    shape::{Format, Shape},
};

/// Runs the program on its command line and gives the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    leave_no_core();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let environment = Environment::read();
    let (output, result) = match Cli::read(&arguments) {
        Ok(cli) => {
            interrupt::watch();
            (Output::new(cli.global.shape(), &environment), run(cli, environment))
        }
        Err(error) => match misuse(&error) {
            None => return ExitCode::from(shown(&error)),
            Some(failure) => {
                let format = asked_format(&arguments);
                if format == Format::Table {
                    let _ = error.print();
                    return ExitCode::from(Exit::Usage.code());
                }
                (Output::new(Shape { format, ..Shape::default() }, &environment), Err(failure))
            }
        },
    };
    let Err(failure) = result else { return ExitCode::SUCCESS };
    output.failure(&failure);
    ExitCode::from(failure.exit.code())
}

/// Has no memory written to disk when the program dies, since keys and tokens are in it; and no other program of this user look into it.
fn leave_no_core() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        // What it starts, such as the hooks of a node, may have more again.
        let maximum = getrlimit(Resource::Core).maximum;
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    }
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

fn run(cli: Cli, environment: Environment) -> Result<()> {
    let mut context = Context::new(&cli.global, environment)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::new(Exit::Failure, "NO_RUNTIME", format_args!("cannot start: {error}")))?;
    let done = runtime.block_on(cli.run(&mut context));
    context.rehearsed(done)
}

/// Turns a refusal of the command line into a failure; none if help or the version was asked for.
fn misuse(error: &clap::Error) -> Option<Failure> {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return None;
    }
    let text = error.render().to_string();
    let message = text.split("\n\nUsage:").next().unwrap_or(&text).trim();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    Some(Failure::usage(message).hint("see --help"))
}

fn shown(error: &clap::Error) -> u8 {
    match error.print().map_err(Failure::from) {
        Ok(()) => Exit::Ok.code(),
        Err(failure) => failure.exit.code(),
    }
}

/// Finds out whether programs read the errors, when the command line itself could not be parsed.
fn asked_format(arguments: &[OsString]) -> Format {
    let texts: Vec<_> =
        arguments.iter().map(|argument| argument.to_string_lossy()).take_while(|text| text != "--").collect();
    let attached = |text: &str| {
        let value = text.strip_prefix("--output=").or_else(|| text.strip_prefix("-o="));
        value.or_else(|| text.strip_prefix("-o")).map(str::to_owned)
    };
    let followed =
        texts.windows(2).filter(|pair| pair[0] == "-o" || pair[0] == "--output").map(|pair| pair[1].to_string());
    match followed
        .chain(texts.iter().filter_map(|text| attached(text)))
        .find(|value| value == "json" || value == "ndjson")
    {
        Some(value) if value == "json" => Format::Json,
        Some(_) => Format::Ndjson,
        None => Format::Table,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        cli::definition().debug_assert();
    }

    #[test]
    fn the_format_is_found_in_a_broken_command_line() {
        let format = |line: &str| asked_format(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        for line in
            ["cpcctl -o json nonsense", "cpcctl nonsense -ojson", "cpcctl --output json", "cpcctl x --output=json"]
        {
            assert_eq!(format(line), Format::Json, "{line}");
        }
        assert_eq!(format("cpcctl -o ndjson x"), Format::Ndjson);
        for line in ["cpcctl", "cpcctl -o table", "cpcctl search -- -o json", "cpcctl -o"] {
            assert_eq!(format(line), Format::Table, "{line}");
        }
    }
}
