//! What a search needs of table `content`: the rows that are shown, and a search of its own while the index is away.

use std::time::{Duration, Instant};

use cpcd_model::{
    Error, Reason, Result,
    content::Content,
    id::{ContentId, UserId},
    query::{Filter, Query, Term, Viewer},
};
use sqlx::{ColumnIndex, Decode, FromRow, Type};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    Store,
    arg::{Arg, sql},
    contents::Row,
    row::unsigned,
};
use crate::deadline;

/// Matches that a search without the index puts in order: the newest. Ranking a match costs as much as reading it.
const RANKED: i64 = 2_000;
/// How long a search without the index waits for its turn, and how long it may take.
const PLACE: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(2);

/// Rows for hits of the index, and how the index stood to the store when they were read.
#[derive(Debug)]
pub struct Shown {
    /// Those that were not deleted, in any order, each with whether its owner shows it to friends and the viewer is one.
    pub contents: Vec<(Content, bool)>,
    /// Whether nothing waits for the index and nothing was refused by it.
    pub is_complete: bool,
    /// The index that follows the store and the last generation whose marks are gone: as long as it is the same, no mark went.
    pub settled: Option<(Uuid, u64)>,
}

/// What a search without the index found.
#[derive(Debug)]
pub struct Matches {
    /// The asked part of it, best first; newest first among equals.
    pub hits: Vec<(ContentId, f32)>,
    /// How many were looked at in all.
    pub total: u64,
}

/// A row with what is said of all; without content there is one too.
struct Found {
    is_complete: bool,
    index_id: Option<Uuid>,
    settled: Option<i64>,
    is_of_friend: bool,
    row: Option<Row>,
}

impl<'r, R> FromRow<'r, R> for Found
where
    R: sqlx::Row,
    Row: FromRow<'r, R>,
    &'static str: ColumnIndex<R>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        let has_row = row.try_get::<Option<Uuid>, _>("id")?.is_some();
        Ok(Self {
            is_complete: row.try_get("is_complete")?,
            index_id: row.try_get("index_id")?,
            settled: row.try_get("settled")?,
            is_of_friend: row.try_get("is_of_friend")?,
            row: if has_row { Some(Row::from_row(row)?) } else { None },
        })
    }
}

macro_rules! select_shown {
    ($ids:literal) => {
        concat!(
            "SELECT c.id, owner_id, title, description, tags, availability, cid, request_id, size_bytes, media_type, visibility,
                 version, created_at, updated_at, is_complete, index_id, settled,
                 coalesce(visibility = 'friends' AND EXISTS (SELECT 1 FROM friends f
                     WHERE f.user_id = $2 AND f.other_id = c.owner_id AND f.state = 'friend'), FALSE) AS is_of_friend
             FROM (
                 SELECT NOT EXISTS (SELECT 1 FROM index_marks) AND NOT EXISTS (SELECT 1 FROM index_failures)
                         AND EXISTS (SELECT 1 FROM index_state WHERE settled IS NOT NULL) AS is_complete,
                     (SELECT index_id FROM index_state) AS index_id, (SELECT settled FROM index_state) AS settled
             ) s LEFT JOIN content c ON ",
            $ids,
            " AND c.deleted_at IS NULL"
        )
    };
}

impl Store {
    /// Gives those of the contents that were not deleted, who of their owners shows them to friends of whom `user` is one, and how the
    /// index stands, in one statement.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_shown_contents(&self, ids: &[ContentId], user: Option<UserId>) -> Result<Shown> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let found: Vec<Found> = self
            .db
            .fetch_all(
                sql(
                    select_shown!("c.id = ANY($1)"),
                    select_shown!("c.id IN (SELECT unhex(value, '-') FROM json_each($1))"),
                ),
                &[Arg::UuidArray(&ids), user.map(UserId::uuid).into()],
            )
            .await?;
        let first = found.first();
        let is_complete = first.is_some_and(|found| found.is_complete);
        let settled = match first.and_then(|found| found.index_id.zip(found.settled)) {
            Some((index_id, settled)) => Some((index_id, unsigned("index_state.settled", settled)?)),
            None => None,
        };
        let rows = found.into_iter().filter_map(|found| found.row.map(|row| (row, found.is_of_friend)));
        let contents = rows.map(|(row, is_of_friend)| Ok((row.read()?, is_of_friend))).collect::<Result<_>>()?;
        Ok(Shown { contents, is_complete, settled })
    }

    /// Says whether [`Store::search_contents`] can search.
    #[must_use]
    pub fn has_full_text(&self) -> bool {
        self.engine() == "postgres"
    }

    /// Searches without the index, by PostgreSQL's own full text: of the newest matches the best. It stems like the index, but leaves
    /// out the commonest words. Finds nothing on SQLite.
    ///
    /// # Errors
    /// What the engine says; `OVERLOADED` while too many search like this, `DEADLINE_EXCEEDED` after two seconds.
    pub async fn search_contents(&self, query: &Query, filter: &Filter, offset: u32, limit: u32) -> Result<Matches> {
        if !self.has_full_text() {
            return Ok(Matches { hits: Vec::new(), total: 0 });
        }
        let (sees_all, user) = match filter.viewer {
            Viewer::Admin => (true, None),
            Viewer::User(user) => (false, Some(user.uuid())),
            Viewer::Public => (false, None),
        };
        let owner = filter.owner.map(|owner| owner.uuid());
        let text = web_search(query);
        let args = [
            Arg::Text(Some(&text)),
            sees_all.into(),
            user.into(),
            Arg::TextArray(&filter.tags),
            owner.into(),
            RANKED.into(),
            i64::from(offset).into(),
            i64::from(limit).into(),
            Arg::UuidArray(&filter.circle.friends),
            Arg::UuidArray(&filter.circle.granted),
        ];
        // A query without words to find has no place in the index of words; tags and owner say what it finds.
        let statement = if query.required.is_empty() {
            "WITH matching AS MATERIALIZED (
                 SELECT id FROM content
                 WHERE deleted_at IS NULL AND ($2 OR visibility = 'public' OR owner_id = $3 OR (visibility = 'friends' AND owner_id = ANY($9)) OR id = ANY($10))
                     AND tags::TEXT[] @> $4
                     AND ($5::UUID IS NULL OR owner_id = $5)
                     AND ($1 = '' OR content_words(title::TEXT, tags::TEXT[], description) @@ websearch_to_tsquery('pg_catalog.english', $1))
                 ORDER BY id DESC LIMIT $6
             )
             SELECT id, 0::REAL, (SELECT count(*) FROM matching) FROM matching ORDER BY id DESC OFFSET $7 LIMIT $8"
        } else {
            "WITH matching AS MATERIALIZED (
                 SELECT id, title, tags, description FROM content
                 WHERE deleted_at IS NULL AND ($2 OR visibility = 'public' OR owner_id = $3 OR (visibility = 'friends' AND owner_id = ANY($9)) OR id = ANY($10))
                     AND tags::TEXT[] @> $4
                     AND ($5::UUID IS NULL OR owner_id = $5)
                     AND content_words(title::TEXT, tags::TEXT[], description) @@ websearch_to_tsquery('pg_catalog.english', $1)
                 ORDER BY id DESC LIMIT $6
             ), ranked AS (
                 SELECT id, ts_rank(
                     content_words(title::TEXT, tags::TEXT[], description), websearch_to_tsquery('pg_catalog.english', $1), 1
                 ) AS rank FROM matching
             )
             SELECT id, rank, (SELECT count(*) FROM matching) FROM ranked ORDER BY rank DESC, id DESC OFFSET $7 LIMIT $8"
        };
        let Ok(place) = timeout(PLACE, self.searches.acquire()).await else {
            let text = "the index is away, and as many searches as may run without it run already; try again";
            return Err(Error::new(Reason::Overloaded, text).with_retry_after(Duration::from_secs(1)));
        };
        let longest = Instant::now() + LONGEST;
        let end = deadline::current().map_or(longest, |end| end.min(longest));
        // In a box: a read is large, and so is what waits for it.
        let read = Box::pin(self.db.fetch_all(statement, &args));
        let rows: Vec<(Uuid, f32, i64)> = deadline::within(Some(end), read).await?;
        drop(place);
        let total = rows.first().map_or(Ok(0), |(_, _, total)| unsigned("count of matches", *total))?;
        Ok(Matches { hits: rows.into_iter().map(|(id, rank, _)| (id.into(), rank)).collect(), total })
    }
}

/// Spells a query for `websearch_to_tsquery`, which takes any text: each term in quotation marks, so that nothing in it is an operator.
fn web_search(query: &Query) -> String {
    let term = |sign: &str, term: &Term| {
        let (Term::Word(text) | Term::Phrase(text)) = term;
        format!("{sign}\"{}\"", text.replace('"', " "))
    };
    let required = query.required.iter().map(|text| term("", text));
    let excluded = query.excluded.iter().map(|text| term("-", text));
    required.chain(excluded).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_quoted() {
        let query = Query::parse(r#"pdf or "to text" -viewer -"a b" :*|!"#).unwrap();
        assert_eq!(web_search(&query), r#""pdf" "or" "to text" -"viewer" -"a b""#);
    }
}
