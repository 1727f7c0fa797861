//! What moves parts of allocations, on each engine.

mod model;
mod moves;
mod world;
