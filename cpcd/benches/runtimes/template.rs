//! The header blocks of both kinds of call.

use std::sync::Arc;

use crate::Outcome;
use crate::plan::{AUTHORIZATION, Call, MESSAGE};
use crate::shared::template;

pub(crate) use crate::shared::template::Template;

/// The templates of both kinds of call.
pub(crate) struct Templates {
    unary: Arc<Template>,
    stream: Arc<Template>,
}

impl Templates {
    /// Captures both.
    pub(crate) fn capture() -> Outcome<Self> {
        Ok(Self { unary: Arc::new(capture(Call::Unary)?), stream: Arc::new(capture(Call::Stream)?) })
    }

    /// The one for a call.
    pub(crate) fn of(&self, call: Call) -> &Arc<Template> {
        match call {
            Call::Unary => &self.unary,
            Call::Stream => &self.stream,
        }
    }
}

fn capture(call: Call) -> Outcome<Template> {
    template::capture(call.path(), Some(&authorization()), MESSAGE)
}

/// Something as long as a signed token, and as varied, so that Huffman codes do not shorten it more than that.
fn authorization() -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let token = (0..AUTHORIZATION - "Bearer ".len()).map(|index| char::from(letters[index * 37 % letters.len()]));
    "Bearer ".chars().chain(token).collect()
}
