//! Who may do what: every call, by everybody, through both edges.

mod changes;
mod closed;
mod matrix;
mod scopes;
mod specimens;
