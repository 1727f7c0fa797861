//! What the index holds of content: terms to find it by, its id and its version, and nothing to show.

use cpcd_model::content::{Content, Visibility};
use tantivy::{
    TantivyDocument, Term,
    schema::{BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions},
    tokenizer::TextAnalyzer,
};
use uuid::Uuid;

use super::super::{analysis, opening::Openings};

/// Raised with each change of what is indexed or how, so that older indexes are made anew.
pub(super) const VERSION: u32 = 1;

/// Name of the column with the upper half of the id.
pub(super) const ID_HIGH: &str = "id_high";
/// Name of the column with the lower half of the id.
pub(super) const ID_LOW: &str = "id_low";
/// Name of the column with the version.
pub(super) const CONTENT_VERSION: &str = "version";

/// The fields of the index.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    id: Field,
    id_high: Field,
    id_low: Field,
    version: Field,
    /// Title.
    pub(super) title: Field,
    /// What the title starts with.
    pub(super) opening: Field,
    /// Words of the tags.
    pub(super) tag_words: Field,
    /// Description.
    pub(super) description: Field,
    tag: Field,
    owner: Field,
    visibility: Field,
}

impl Fields {
    /// Makes the schema and its fields.
    pub(super) fn new() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let bytes = || BytesOptions::default().set_indexed();
        let column = || NumericOptions::default().set_fast();
        let text = |analyser, record, norms| {
            let indexing = TextFieldIndexing::default();
            let indexing = indexing.set_tokenizer(analyser).set_index_option(record).set_fieldnorms(norms);
            TextOptions::default().set_indexing_options(indexing)
        };
        let words = || text(analysis::TEXT, IndexRecordOption::WithFreqsAndPositions, true);
        let exact = || text("raw", IndexRecordOption::Basic, false);
        let fields = Self {
            id: schema.add_bytes_field("id", bytes()),
            id_high: schema.add_u64_field(ID_HIGH, column()),
            id_low: schema.add_u64_field(ID_LOW, column()),
            version: schema.add_u64_field(CONTENT_VERSION, column()),
            title: schema.add_text_field("title", words()),
            opening: schema.add_text_field("opening", exact()),
            tag_words: schema.add_text_field("tag_words", words()),
            description: schema.add_text_field("description", words()),
            tag: schema.add_text_field("tag", exact()),
            owner: schema.add_bytes_field("owner", bytes()),
            visibility: schema.add_text_field("visibility", exact()),
        };
        (schema.build(), fields)
    }

    /// Makes the document of `content`.
    pub(super) fn document(&self, content: &Content, analyser: &TextAnalyzer) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let (high, low) = content.id.uuid().as_u64_pair();
        document.add_bytes(self.id, content.id.uuid().as_bytes());
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
        document.add_u64(self.version, content.version);
        document.add_text(self.title, &content.metadata.title);
        for opening in Openings::of(&content.metadata.title, analyser).terms() {
            document.add_text(self.opening, opening);
        }
        document.add_text(self.description, &content.metadata.description);
        for tag in &content.metadata.tags {
            document.add_text(self.tag_words, tag);
            document.add_text(self.tag, tag);
        }
        document.add_bytes(self.owner, content.owner_id.uuid().as_bytes());
        document.add_text(self.visibility, content.metadata.visibility.as_str());
        document
    }

    /// Makes the term of an id.
    pub(super) fn id(&self, id: Uuid) -> Term {
        Term::from_field_bytes(self.id, id.as_bytes())
    }

    /// Makes the term of an owner.
    pub(super) fn owner(&self, owner: Uuid) -> Term {
        Term::from_field_bytes(self.owner, owner.as_bytes())
    }

    /// Makes the term of a whole tag.
    pub(super) fn tag(&self, tag: &str) -> Term {
        Term::from_field_text(self.tag, tag)
    }

    /// Makes the term of what is to be seen so.
    pub(super) fn visibility(&self, visibility: Visibility) -> Term {
        Term::from_field_text(self.visibility, visibility.as_str())
    }
}
