//! What goes on while an engine, or a replica's way to the engines, is away: one table, which docs/operations.md shows and in which
//! each cell is tried.

mod cluster;
mod matrix;
mod probes;
mod security;
mod table;
