//! A walk over rings for one page: window by window, ranked, from where a cursor says.

use super::{
    Directory, Query,
    cursor::Cursor,
    hash,
    rank::{Candidate, Page, Standing},
    ring::{Member, SPAN},
};

/// Nodes that one page looks at: what asks for labels that nobody has costs no more.
const LOOKS: usize = 8192;

/// A walk.
pub(super) struct Walk<'a> {
    directory: &'a Directory,
    query: Query,
    /// Hashes of the realms whose rings are walked, in their order.
    realms: Vec<u64>,
    cursor: Cursor,
    page: Page,
    /// What is left of the window; nothing before it was looked at.
    window: Option<Vec<Candidate>>,
    looked: usize,
    is_at_the_end: bool,
}

impl<'a> Walk<'a> {
    /// Begins where a cursor says, or anew with a seed, for a page of a size.
    pub(super) fn new(
        directory: &'a Directory,
        query: Query,
        realms: Vec<u64>,
        cursor: Option<Cursor>,
        seed: u64,
        size: usize,
    ) -> Self {
        let first = realms.first().copied();
        let mut cursor = cursor.unwrap_or_else(|| Cursor::new(seed, first.unwrap_or_default()));
        let is_at_the_end = match (realms.contains(&cursor.realm), first) {
            (true, _) => false,
            // The caller may no longer find what it was at: the rest, or nothing.
            (false, first) => {
                cursor = Cursor::new(cursor.seed, first.unwrap_or_default());
                first.is_none()
            }
        };
        Self { directory, query, realms, cursor, page: Page::new(size), window: None, looked: 0, is_at_the_end }
    }

    /// Picks at most `most` of a window for the page, best first; nothing if the page gets no more. `judge` says how a node of a realm stands, or
    /// that it is not to be found now.
    pub(super) fn pick(&mut self, most: usize, judge: impl Fn(u64, &Member) -> Option<Standing>) -> Vec<Candidate> {
        self.settle(judge);
        let Some(window) = &mut self.window else { return Vec::new() };
        let picked = self.page.pick(window, most);
        picked.iter().for_each(|candidate| self.cursor.give(candidate.number));
        picked
    }

    /// Gives where the next page goes on; nothing if there is none.
    pub(super) fn rest(mut self, judge: impl Fn(u64, &Member) -> Option<Standing>) -> Option<Cursor> {
        self.settle(judge);
        (!self.is_at_the_end).then_some(self.cursor)
    }

    /// Goes to the next window that has somebody, as far as one page may look.
    fn settle(&mut self, judge: impl Fn(u64, &Member) -> Option<Standing>) {
        while !self.is_at_the_end {
            match &self.window {
                Some(window) if !window.is_empty() => return,
                Some(_) => self.advance(),
                None if self.looked >= LOOKS => return,
                None => self.look(&judge),
            }
        }
    }

    fn look(&mut self, judge: impl Fn(u64, &Member) -> Option<Standing>) {
        let Cursor { seed, realm, from, until, .. } = self.cursor;
        let start = hash::low(hash::mix(seed ^ realm));
        let window = self.directory.window(realm, &self.query, start, from, until, LOOKS - self.looked);
        self.looked += window.looked;
        self.cursor.until = Some(window.end);
        let new = window.members.iter().enumerate().filter(|(number, _)| !self.cursor.has(*number));
        let candidates = new
            .filter_map(|(number, member)| Some(Candidate::new(number, member, judge(realm, member)?, seed)))
            .collect();
        self.window = Some(candidates);
    }

    fn advance(&mut self) {
        self.window = None;
        self.cursor.given.clear();
        self.cursor.from = self.cursor.until.take().unwrap_or(SPAN);
        if self.cursor.from < SPAN {
            return;
        }
        let next = self.realms.iter().position(|realm| *realm == self.cursor.realm).map(|at| at + 1);
        match next.and_then(|next| self.realms.get(next)) {
            Some(realm) => self.cursor = Cursor::new(self.cursor.seed, *realm),
            None => self.is_at_the_end = true,
        }
    }
}
