//! A search that ends when nobody waits for it any more.

use std::time::Instant;

use tantivy::{
    DocId, DocSet, Score, SegmentOrdinal, SegmentReader, TERMINATED, TantivyError,
    collector::{Collector, SegmentCollector},
    query::Weight,
};

/// Documents between two looks at the clock.
const LOOK_EVERY: u32 = 1024;

/// What a search says that ran out of time.
const LATE: &str = "the search ran out of time";

/// Collects until a deadline; the search fails then.
pub(super) struct Timely<C> {
    pub(super) inner: C,
    pub(super) end: Option<Instant>,
}

/// Tells whether this is how a search ended.
pub(super) fn is_late(error: &TantivyError) -> bool {
    matches!(error, TantivyError::InternalError(text) if text == LATE)
}

impl<C: Collector> Timely<C> {
    fn check(&self) -> tantivy::Result<()> {
        if self.end.is_some_and(|end| Instant::now() >= end) {
            return Err(TantivyError::InternalError(LATE.to_owned()));
        }
        Ok(())
    }

    fn collect(&self, child: &mut C::Child, weight: &dyn Weight, reader: &SegmentReader) -> tantivy::Result<()> {
        let mut scorer = weight.scorer(reader, 1.0)?;
        let (alive, scores) = (reader.alive_bitset(), self.requires_scoring());
        let mut seen = 0_u32;
        let mut document: DocId = scorer.doc();
        while document != TERMINATED {
            seen = seen.wrapping_add(1);
            if seen.is_multiple_of(LOOK_EVERY) {
                self.check()?;
            }
            if alive.is_none_or(|alive| alive.is_alive(document)) {
                let score: Score = if scores { scorer.score() } else { 0.0 };
                child.collect(document, score);
            }
            document = scorer.advance();
        }
        Ok(())
    }
}

impl<C: Collector> Collector for Timely<C> {
    type Fruit = C::Fruit;
    type Child = C::Child;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<C::Child> {
        self.inner.for_segment(segment, reader)
    }

    fn requires_scoring(&self) -> bool {
        self.inner.requires_scoring()
    }

    fn merge_fruits(&self, fruits: Vec<<C::Child as SegmentCollector>::Fruit>) -> tantivy::Result<C::Fruit> {
        self.inner.merge_fruits(fruits)
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<<C::Child as SegmentCollector>::Fruit> {
        self.check()?;
        let mut child = self.for_segment(segment, reader)?;
        self.collect(&mut child, weight, reader)?;
        Ok(child.harvest())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tantivy::{Index, TantivyDocument, collector::Count, query::AllQuery, schema::Schema};

    use super::*;

    #[test]
    fn a_search_counts_the_same_with_time_and_fails_without() {
        let index = Index::create_in_ram(Schema::builder().build());
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 15_000_000).unwrap();
        for _ in 0..5_000 {
            writer.add_document(TantivyDocument::new()).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let count = |end| searcher.search(&AllQuery, &Timely { inner: Count, end });
        assert_eq!(count(None).unwrap(), 5_000);
        assert_eq!(count(Some(Instant::now() + Duration::from_secs(600))).unwrap(), 5_000);
        assert!(is_late(&count(Some(Instant::now())).unwrap_err()));

        // Half way through a segment.
        let late = Timely { inner: Count, end: Some(Instant::now()) };
        let reader = searcher.segment_reader(0);
        let weight = searcher.schema();
        let enabled = tantivy::query::EnableScoring::disabled_from_schema(weight);
        let weight = tantivy::query::Query::weight(&AllQuery, enabled).unwrap();
        let mut child = late.for_segment(0, reader).unwrap();
        assert!(is_late(&late.collect(&mut child, weight.as_ref(), reader).unwrap_err()));
        assert!(child.harvest() < 5_000, "it stopped on the way");
    }
}
