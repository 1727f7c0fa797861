//! cpcctl as a program: what it prints, where, and with which exit code.

mod daemon;
mod errors;
mod generated;
mod harness;
mod keys;
mod output;
