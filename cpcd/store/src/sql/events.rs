//! Table `events`: each change of state, for whoever follows.

use cpcd_model::{Error, Reason, Result, time::Timestamp};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, json_text, sql},
    row::unsigned,
    rows::Insert,
};

/// An event to be recorded.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What happened, such as `content.created`.
    pub kind: &'static str,
    /// To what.
    pub subject_id: Uuid,
    /// What else there is to say.
    pub payload: serde_json::Value,
}

/// An event that was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Where it stands among the others.
    pub cursor: EventCursor,
    /// What happened.
    pub kind: String,
    /// To what.
    pub subject_id: Uuid,
    /// What else there is to say.
    pub payload: serde_json::Value,
    /// When.
    pub created_at: Timestamp,
}

/// A place in the stream of events of one store; it means nothing in another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventCursor {
    /// The transaction on PostgreSQL; 0 on SQLite.
    pub xid: i64,
    /// The event.
    pub id: i64,
}

#[derive(FromRow)]
struct Row {
    xid: i64,
    id: i64,
    kind: String,
    subject_id: Uuid,
    payload: Json<serde_json::Value>,
    created_at: jiff_sqlx::Timestamp,
}

impl Row {
    fn read(self) -> Event {
        Event {
            cursor: EventCursor { xid: self.xid, id: self.id },
            kind: self.kind,
            subject_id: self.subject_id,
            payload: self.payload.0,
            created_at: self.created_at.to_jiff(),
        }
    }
}

const EVENTS: Insert =
    Insert { head: "INSERT INTO events (kind, subject_id, payload, created_at)", tail: "", columns: 4 };

impl Tx {
    /// Records events, in their order.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_events(&mut self, events: &[NewEvent], now: Timestamp) -> Result<()> {
        if let Some(trail) = &mut self.trail {
            trail.note(events);
        }
        let row = |event: &NewEvent| {
            let payload = Arg::Json(json_text(&event.payload)?);
            Ok(vec![event.kind.into(), event.subject_id.into(), payload, now.into()])
        };
        let rows = events.iter().map(row).collect::<Result<Vec<_>>>()?;
        self.insert_rows(EVENTS, &rows).await
    }

    /// Removes at most `limit` events from before `time`; gives their number.
    ///
    /// They go in the order of the stream, so one that came behind a younger one stays a little longer: what is left is always
    /// whole after the horizon, the last event that went.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_events_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        if self.is_postgres() {
            // What does not show yet stays, so that nothing commits behind the horizon.
            let gone: Option<(i64,)> = self
                .fetch_optional(
                    "WITH kept AS (
                         SELECT xid, id FROM events WHERE created_at >= $1 OR xid >= pg_snapshot_xmin(pg_current_snapshot())
                         ORDER BY xid, id LIMIT 1
                     ), gone AS (
                         DELETE FROM events WHERE id IN (
                             SELECT id FROM events WHERE NOT EXISTS (SELECT 1 FROM kept) OR (xid, id) < (SELECT xid, id FROM kept)
                             ORDER BY xid, id LIMIT $2
                         )
                         RETURNING xid, id
                     ), last AS (
                         SELECT gone.xid::TEXT::BIGINT AS xid, id FROM gone ORDER BY gone.xid DESC, id DESC LIMIT 1
                     ), moved AS (
                         UPDATE event_horizon SET xid = last.xid, id = last.id FROM last
                     )
                     SELECT count(*) FROM gone",
                    &[time.into(), i64::from(limit).into()],
                )
                .await?;
            return unsigned("count of events", gone.map_or(0, |(count,)| count));
        }
        self.execute(
            "UPDATE event_horizon SET id = gone.id
             FROM (
                 SELECT max(id) AS id FROM (
                     SELECT id FROM events WHERE id < coalesce(
                         (SELECT id FROM events WHERE created_at >= $1 ORDER BY id LIMIT 1), 9223372036854775807
                     )
                     ORDER BY id LIMIT $2
                 )
             ) AS gone
             WHERE event_horizon.id < gone.id",
            &[time.into(), i64::from(limit).into()],
        )
        .await?;
        self.execute("DELETE FROM events WHERE id <= (SELECT id FROM event_horizon)", &[]).await
    }
}

impl Store {
    /// Gives at most `limit` events after a cursor, and the cursor to go on with; without one, from the first that is kept.
    ///
    /// No event is skipped: on PostgreSQL those of a transaction wait until all earlier ones have ended.
    ///
    /// # Errors
    /// `PAGE_TOKEN_INVALID` if events after the cursor are gone: list again what they are about, and begin anew.
    pub async fn list_events(&self, after: Option<&EventCursor>, limit: u32) -> Result<(Vec<Event>, EventCursor)> {
        let start = after.copied().unwrap_or_default();
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                sql(
                    "SELECT xid::TEXT::BIGINT AS xid, id, kind, subject_id, payload, created_at FROM events
                     WHERE (events.xid, id) > ($1::TEXT::XID8, $2) AND events.xid < pg_snapshot_xmin(pg_current_snapshot())
                     ORDER BY events.xid, id LIMIT $3",
                    "SELECT 0 AS xid, id, kind, subject_id, payload, created_at FROM events
                     WHERE $1 IS NOT NULL AND id > $2 ORDER BY id LIMIT $3",
                ),
                &[start.xid.to_string().as_str().into(), start.id.into(), i64::from(limit).into()],
            )
            .await?;
        let horizon = self.horizon().await?;
        if after.is_some_and(|after| *after < horizon) {
            return Err(gone());
        }
        let events: Vec<_> = rows.into_iter().map(Row::read).collect();
        let cursor = events.last().map_or(start.max(horizon), |event| event.cursor);
        Ok((events, cursor))
    }

    /// Gives the last event that shows, or the last that was cleared away: where "now" is.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn newest_event(&self) -> Result<EventCursor> {
        let (xid, id): (i64, i64) = self
            .db
            .fetch_one(
                sql(
                    "SELECT xid, id FROM (
                         (SELECT xid::TEXT::BIGINT AS xid, id FROM events
                          WHERE events.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY events.xid DESC, id DESC LIMIT 1)
                         UNION ALL SELECT xid, id FROM event_horizon
                     ) AS places ORDER BY xid DESC, id DESC LIMIT 1",
                    "SELECT 0 AS xid, max(coalesce((SELECT max(id) FROM events), 0), (SELECT id FROM event_horizon)) AS id",
                ),
                &[],
            )
            .await?;
        Ok(EventCursor { xid, id })
    }

    /// Gives at most `limit` events whose kind begins with one of `kinds`, after one cursor and up to another that shows already.
    ///
    /// # Errors
    /// `PAGE_TOKEN_INVALID` if events after the cursor are gone.
    pub async fn list_events_of(
        &self,
        kinds: &[&str],
        after: &EventCursor,
        until: &EventCursor,
        limit: u32,
    ) -> Result<Vec<Event>> {
        let kinds: Vec<_> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        self.list_events_about(&kinds, &[], after, until, limit).await
    }

    /// Does the same for events of some subjects only; none means all.
    ///
    /// # Errors
    /// `PAGE_TOKEN_INVALID` if events after the cursor are gone.
    pub async fn list_events_about(
        &self,
        kinds: &[String],
        subjects: &[Uuid],
        after: &EventCursor,
        until: &EventCursor,
        limit: u32,
    ) -> Result<Vec<Event>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                sql(
                    "SELECT xid::TEXT::BIGINT AS xid, id, kind, subject_id, payload, created_at FROM events
                     WHERE (events.xid, id) > ($1::TEXT::XID8, $2) AND (events.xid, id) <= ($3::TEXT::XID8, $4)
                         AND EXISTS (SELECT 1 FROM unnest($5) AS wanted WHERE starts_with(kind, wanted))
                         AND (cardinality($7) = 0 OR subject_id = ANY($7))
                     ORDER BY events.xid, id LIMIT $6",
                    "SELECT 0 AS xid, id, kind, subject_id, payload, created_at FROM events
                     WHERE $1 IS NOT NULL AND $3 IS NOT NULL AND id > $2 AND id <= $4
                         AND EXISTS (SELECT 1 FROM json_each($5) WHERE substr(kind, 1, length(value)) = value)
                         AND (json_array_length($7) = 0 OR subject_id IN (SELECT unhex(value, '-') FROM json_each($7)))
                     ORDER BY id LIMIT $6",
                ),
                &[
                    after.xid.to_string().as_str().into(),
                    after.id.into(),
                    until.xid.to_string().as_str().into(),
                    until.id.into(),
                    Arg::TextArray(kinds),
                    i64::from(limit).into(),
                    Arg::UuidArray(subjects),
                ],
            )
            .await?;
        if *after < self.horizon().await? {
            return Err(gone());
        }
        Ok(rows.into_iter().map(Row::read).collect())
    }

    /// Gives the last event that was cleared away; to be read after the events, so that what went meanwhile shows.
    async fn horizon(&self) -> Result<EventCursor> {
        let (xid, id): (i64, i64) = self.db.fetch_one("SELECT xid, id FROM event_horizon", &[]).await?;
        Ok(EventCursor { xid, id })
    }
}

fn gone() -> Error {
    Error::new(Reason::PageTokenInvalid, "events after this cursor are gone; list again and begin anew")
}
