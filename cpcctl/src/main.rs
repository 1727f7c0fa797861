//! The program: all that it does is in the library, so that tests see the same definition.

use std::process::ExitCode;

fn main() -> ExitCode {
    cpcctl::main(std::env::args_os())
}
