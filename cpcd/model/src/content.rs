//! Content: what is published, and the rules of what may be.

use std::fmt;

use cid::{Cid, CidGeneric, Version, multibase, multihash::Multihash};

use crate::{
    Error, Reason, Result,
    id::{ContentId, UserId},
    text::{clean, is_visible},
    time::Timestamp,
};

/// Most characters of a title (`VARCHAR(255)`).
pub const TITLE_MAX_CHARS: usize = 255;
/// Most bytes of a description.
pub const DESCRIPTION_MAX_BYTES: usize = 65_536;
/// Most tags.
pub const TAGS_MAX: usize = 32;
/// Most characters of a tag (`VARCHAR(50)`).
pub const TAG_MAX_CHARS: usize = 50;
/// Most characters of a media type (RFC 6838 names of at most 127 characters, taken together).
pub const MEDIA_TYPE_MAX_CHARS: usize = 127;
/// Most characters of a request id.
pub const REQUEST_ID_MAX_CHARS: usize = 100;

/// Code of the "raw" codec (multicodec table).
const RAW: u64 = 0x55;

/// Who may see content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Everyone who may search.
    Public,
    /// The owner and the owner's friends.
    Friends,
    /// The owner.
    Private,
}

impl Visibility {
    /// Gives the word that is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Friends => "friends",
            Self::Private => "private",
        }
    }

    /// Reads the word that is kept.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Public, Self::Friends, Self::Private].into_iter().find(|visibility| visibility.as_str() == word)
    }
}

/// What a publisher says about content, checked and in normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Title.
    pub title: String,
    /// Long description.
    pub description: String,
    /// Tags, sorted, without repetition.
    pub tags: Vec<String>,
    /// Content address.
    pub cid: Option<ContentCid>,
    /// Size of the content in bytes.
    pub size_bytes: u64,
    /// Media type; may be empty.
    pub media_type: String,
    /// Who may see it.
    pub visibility: Visibility,
}

/// A publish, checked: the metadata and what names the content it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Existing content to change.
    pub id: Option<ContentId>,
    /// Name that makes publishing without a cid safe to repeat.
    pub request_id: Option<String>,
    /// Who may see it, if that is said; otherwise new content is public, and a change leaves it as it is.
    pub visibility: Option<Visibility>,
    /// What is said.
    pub metadata: Metadata,
}

/// Published content.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Names it for good.
    pub id: ContentId,
    /// The user who published it.
    pub owner_id: UserId,
    /// Name given by the publisher.
    pub request_id: Option<String>,
    /// What the publisher said.
    pub metadata: Metadata,
    /// Number of active seeders.
    pub availability: i32,
    /// Rises by one with each change.
    pub version: u64,
    /// When it was first published.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What publishing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// New content.
    Created,
    /// Existing content changed.
    Updated,
    /// The same had been published before.
    Unchanged,
}

/// Fields of a publish as they come, before any check.
#[derive(Clone, Debug, Default)]
pub struct RawDraft {
    /// Id of existing content, or empty.
    pub id: String,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// Tags.
    pub tags: Vec<String>,
    /// CID or multihash, or empty.
    pub cid: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Media type, or empty.
    pub media_type: String,
    /// Who may see it.
    pub visibility: Option<Visibility>,
    /// Request id, or empty.
    pub request_id: String,
}

impl RawDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// `FIELD_REQUIRED`, `FIELD_TOO_LONG`, `FIELD_INVALID`, each with the field's name.
    pub fn check(self) -> Result<Draft> {
        if !self.title.chars().any(is_visible) {
            return Err(Error::required("title"));
        }
        let length = self.description.len();
        if length > DESCRIPTION_MAX_BYTES {
            let description = format!("has {length} bytes, at most {DESCRIPTION_MAX_BYTES} are allowed");
            return Err(Error::field(Reason::FieldTooLong, "description", description));
        }
        let id = if self.id.is_empty() { None } else { Some(ContentId::parse("id", &self.id)?) };
        if i64::try_from(self.size_bytes).is_err() {
            return Err(Error::field(Reason::FieldInvalid, "size_bytes", format!("must be at most {}", i64::MAX)));
        }
        Ok(Draft {
            id,
            request_id: non_empty(clean("request_id", &self.request_id, REQUEST_ID_MAX_CHARS, false)?),
            visibility: self.visibility,
            metadata: Metadata {
                title: clean("title", &self.title, TITLE_MAX_CHARS, false)?,
                description: clean("description", &self.description, DESCRIPTION_MAX_BYTES, true)?,
                tags: check_tags("tags", &self.tags)?,
                cid: if self.cid.is_empty() { None } else { Some(ContentCid::parse("cid", &self.cid)?) },
                size_bytes: self.size_bytes,
                media_type: check_media_type(&self.media_type)?,
                visibility: self.visibility.unwrap_or(Visibility::Public),
            },
        })
    }
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Checks tags and puts them in normal form: trimmed, NFC, sorted, each once.
///
/// # Errors
/// `FIELD_TOO_LONG` for too many or too long ones, `FIELD_INVALID`.
pub fn check_tags(field: &str, tags: &[String]) -> Result<Vec<String>> {
    if tags.len() > TAGS_MAX {
        let description = format!("has {} tags, at most {TAGS_MAX} are allowed", tags.len());
        return Err(Error::field(Reason::FieldTooLong, field, description));
    }
    let mut checked = Vec::with_capacity(tags.len());
    for (index, tag) in tags.iter().enumerate() {
        let name = format!("{field}[{index}]");
        let tag = clean(&name, tag.trim(), TAG_MAX_CHARS, false)?;
        if tag.is_empty() {
            return Err(Error::field(Reason::FieldInvalid, name, "must not be empty"));
        }
        checked.push(tag);
    }
    checked.sort_unstable();
    checked.dedup();
    Ok(checked)
}

fn check_media_type(text: &str) -> Result<String> {
    let length = text.chars().count();
    if length > MEDIA_TYPE_MAX_CHARS {
        let description = format!("has {length} characters, at most {MEDIA_TYPE_MAX_CHARS} are allowed");
        return Err(Error::field(Reason::FieldTooLong, "media_type", description));
    }
    let well_formed = text.split_once('/').is_some_and(|(kind, subtype)| {
        let name = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_graphic());
        name(kind) && name(subtype)
    });
    if text.is_empty() || well_formed {
        Ok(text.to_owned())
    } else {
        Err(Error::field(Reason::FieldInvalid, "media_type", "must be of the form text/plain"))
    }
}

/// A content address in normal form: CIDv1 in base32.
///
/// Source: <https://github.com/multiformats/cid>. A CIDv0 becomes its CIDv1; a bare multihash becomes a CIDv1 with codec "raw".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContentCid(String);

impl ContentCid {
    /// Reads the content address in `field` of a request.
    ///
    /// # Errors
    /// `FIELD_INVALID` if it is neither a CID nor a multihash in multibase, or its digest has the wrong length.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let wrong =
            |why: &str| Error::field(Reason::FieldInvalid, field, format!("must be a CID or a multihash: {why}"));
        if text.len() > 200 {
            return Err(wrong("longer than 200 characters"));
        }
        let cid = if text.starts_with("Qm") {
            Cid::try_from(text)
                .map_err(|error| wrong(&error.to_string()))?
                .into_v1()
                .map_err(|error| wrong(&error.to_string()))?
        } else {
            let (_, bytes) = multibase::decode(text).map_err(|_| wrong("not in a multibase encoding"))?;
            let bare = Multihash::<64>::from_bytes(&bytes).ok();
            match bare {
                Some(hash) => Cid::new_v1(RAW, hash),
                None => match CidGeneric::<64>::try_from(bytes) {
                    Ok(cid) if cid.version() == Version::V1 => cid,
                    Ok(_) => return Err(wrong("a CIDv0 is written in base58btc, beginning with Qm")),
                    Err(error) => return Err(wrong(&error.to_string())),
                },
            }
        };
        let hash = cid.hash();
        let right = match hash.code() {
            0x12 | 0x16 | 0x1b | 0x1e | 0xb220 => hash.size() == 32, // sha2-256, sha3-256, keccak-256, blake3, blake2b-256
            0x13 | 0x14 | 0x1d | 0xb240 => hash.size() == 64,        // sha2-512, sha3-512, keccak-512, blake2b-512
            _ => hash.size() > 0,
        };
        if !right {
            return Err(wrong("the digest has the wrong length for its hash function"));
        }
        Ok(Self(cid.to_string()))
    }

    /// Takes text that was in normal form when it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// Gives the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentCid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> RawDraft {
        RawDraft { title: "a title".into(), ..RawDraft::default() }
    }

    #[test]
    fn each_rule_names_its_field() {
        let cases: Vec<(RawDraft, Reason, &str)> = vec![
            (RawDraft::default(), Reason::FieldRequired, "title"),
            (RawDraft { title: "x".repeat(256), ..draft() }, Reason::FieldTooLong, "title"),
            (RawDraft { title: "a\u{7}".into(), ..draft() }, Reason::FieldInvalid, "title"),
            (RawDraft { description: "x".repeat(65_537), ..draft() }, Reason::FieldTooLong, "description"),
            (RawDraft { tags: vec!["t".into(); 33], ..draft() }, Reason::FieldTooLong, "tags"),
            (RawDraft { tags: vec!["ok".into(), "x".repeat(51)], ..draft() }, Reason::FieldTooLong, "tags[1]"),
            (RawDraft { tags: vec![" ".into()], ..draft() }, Reason::FieldInvalid, "tags[0]"),
            (RawDraft { cid: "nonsense".into(), ..draft() }, Reason::FieldInvalid, "cid"),
            (RawDraft { size_bytes: u64::MAX, ..draft() }, Reason::FieldInvalid, "size_bytes"),
            (RawDraft { media_type: "text".into(), ..draft() }, Reason::FieldInvalid, "media_type"),
            (RawDraft { request_id: "r".repeat(101), ..draft() }, Reason::FieldTooLong, "request_id"),
            (RawDraft { id: "7".into(), ..draft() }, Reason::FieldInvalid, "id"),
        ];
        for (raw, reason, field) in cases {
            let error = raw.check().unwrap_err();
            assert_eq!((error.reason(), error.fields()[0].field.as_str()), (reason, field));
        }
    }

    #[test]
    fn tags_are_in_normal_form() {
        let tags = ["b", " a ", "b"].map(String::from);
        assert_eq!(check_tags("tags", &tags).unwrap(), ["a", "b"]);
    }

    #[test]
    fn a_content_address_has_one_spelling() {
        // The same digest (sha2-256 of the empty string), as CIDv1 raw in two bases and as a bare multihash.
        let v1 = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
        let upper = "BAFKREIHDWDCEFGH4DQKJV67UZCMW7OJEE6XEDZDETOJUZJEVTENXQUVYKU";
        let bare = "f1220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for text in [v1, upper, bare] {
            assert_eq!(ContentCid::parse("cid", text).unwrap().as_str(), v1, "{text}");
        }
        let v0 = "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n";
        assert_eq!(
            ContentCid::parse("cid", v0).unwrap().as_str(),
            "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
        );
        for wrong in ["", "Qm", "f12201234", "bafk", "f1210e3b0c44298fc1c149afbf4c8996fb924"] {
            assert!(ContentCid::parse("cid", wrong).is_err(), "{wrong}");
        }
    }
}
