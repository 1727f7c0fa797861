//! Who may do what: every call, by everybody, through both edges.

mod closed;
mod matrix;
mod specimens;
