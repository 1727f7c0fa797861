//! What a match weighs, alike for all engines.

/// How much a match in the title, the tags and the description weighs.
pub(super) const WEIGHTS: [f32; 3] = [3.0, 2.0, 1.0];
/// What a title gains by having the words in a row; in descriptions it would cost more than it tells.
pub(super) const IN_A_ROW: f32 = 1.0;
/// What a title gains by starting with the words, by having them as its name, and by being them.
pub(super) const OPENINGS: [f32; 3] = [5.0, 10.0, 20.0];
