//! One call's row.

use cpcd_domain::audit::Keeps;
use cpcd_model::Reason;

use super::Needs;
use crate::calls::{Call, Spoken};

/// A call: its names on both edges, and what it needs.
pub struct Row {
    grpc: &'static str,
    rest: &'static str,
    also: &'static [&'static str],
    names: &'static [(&'static str, &'static str)],
    needs: Needs,
    note: &'static str,
    hidden: Option<Reason>,
    keeps: Option<Keeps>,
    unkept: &'static str,
    spoken: Option<Spoken>,
}

impl Row {
    /// Makes the row of a unary call: `Service/Method`, and verb and path of its route, such as `GET /v1/users/{id}`.
    pub(super) const fn unary<C: Call>(grpc: &'static str, rest: &'static str, needs: Needs) -> Self {
        let spoken = Some(Spoken::of::<C>());
        Self { grpc, rest, also: &[], names: &[], needs, note: "", hidden: None, keeps: None, unkept: "", spoken }
    }

    /// Makes the row of a call with a stream: by hand in `rpc/`, and on REST only where it is [`Self::told`].
    pub(super) const fn stream(grpc: &'static str, needs: Needs) -> Self {
        Self {
            grpc,
            rest: "",
            also: &[],
            names: &[],
            needs,
            note: "",
            hidden: None,
            keeps: None,
            unkept: "",
            spoken: None,
        }
    }

    /// Gives a stream of answers a route: they are server-sent events there.
    pub(super) const fn told(self, rest: &'static str) -> Self {
        Self { rest, ..self }
    }

    /// Adds paths with the same answer.
    pub(super) const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    /// Names query parameters (first) otherwise than their fields (second).
    pub(super) const fn names(self, names: &'static [(&'static str, &'static str)]) -> Self {
        Self { names, ..self }
    }

    /// Adds words to what it needs, for people.
    pub(super) const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// Answers as if it were not there, to callers who may not know that it is.
    pub(super) const fn hidden(self, reason: Reason) -> Self {
        Self { hidden: Some(reason), ..self }
    }

    /// Leaves an entry of each of its changes in the audit.
    pub(super) const fn audited(self) -> Self {
        Self { keeps: Some(Keeps::All), ..self }
    }

    /// Leaves an entry of each of its changes to what is others'.
    pub(super) const fn audited_on_others(self) -> Self {
        Self { keeps: Some(Keeps::Marked), ..self }
    }

    /// Changes something and leaves no entry, and why.
    pub(super) const fn unaudited(self, why: &'static str) -> Self {
        Self { unkept: why, ..self }
    }

    /// Gives what of its changes is kept in the audit; nothing if it makes none, or they are not.
    #[must_use]
    pub const fn keeps(&self) -> Option<Keeps> {
        self.keeps
    }

    /// Gives why its changes are not kept in the audit; empty if they are, or it makes none.
    #[must_use]
    pub const fn unaudited_because(&self) -> &'static str {
        self.unkept
    }

    /// Gives what callers are told who may not know that it is there; nothing where they are told what they lack.
    #[must_use]
    pub const fn hidden_as(&self) -> Option<Reason> {
        self.hidden
    }

    /// Gives `Service/Method`.
    #[must_use]
    pub const fn grpc(&self) -> &'static str {
        self.grpc
    }

    /// Gives verb and path of each route, the one of the version first; none for most streams.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.rest).chain(self.also.iter().copied()).filter(|path| !path.is_empty())
    }

    /// Says whether it is a stream whose answers are server-sent events on REST.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        self.spoken.is_none() && !self.rest.is_empty()
    }

    /// Gives what the call needs.
    #[must_use]
    pub const fn needs(&self) -> Needs {
        self.needs
    }

    /// Gives the query parameter of a field.
    #[must_use]
    pub fn parameter<'a>(&self, field: &'a str) -> &'a str {
        self.names.iter().find(|(_, known)| *known == field).map_or(field, |(name, _)| name)
    }

    /// Gives what the call needs, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let words = self.needs.words();
        if self.note.is_empty() { words } else { format!("{words}; {}", self.note) }
    }

    /// Gives how it is answered; nothing for a stream.
    pub(crate) const fn spoken(&self) -> Option<Spoken> {
        self.spoken
    }
}
