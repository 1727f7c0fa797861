//! Cursors as callers see them: a place in the stream of events, and of which store.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpcd_model::{Error, Reason, Result};
use cpcd_store::sql::EventCursor;
use uuid::Uuid;

/// Bytes of the store's id that a cursor begins with.
const STORE: usize = 8;

/// Writes a cursor of a store.
pub(super) fn write(store_id: Uuid, cursor: EventCursor) -> String {
    let mut bytes = store_id.as_bytes()[..STORE].to_vec();
    bytes.extend_from_slice(&cursor.xid.to_be_bytes());
    bytes.extend_from_slice(&cursor.id.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor of a store.
///
/// # Errors
/// `PAGE_TOKEN_INVALID` for one that is damaged, or of another store.
pub(super) fn read(store_id: Uuid, text: &str) -> Result<EventCursor> {
    let wrong = || {
        Error::field(
            Reason::PageTokenInvalid,
            "cursor",
            "is damaged or belongs to another store; list again and begin anew",
        )
    };
    let bytes: [u8; STORE + 16] =
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(wrong)?;
    let (store, rest) = bytes.split_at(STORE);
    if store != &store_id.as_bytes()[..STORE] {
        return Err(wrong());
    }
    let number = |bytes: &[u8]| bytes.try_into().map(i64::from_be_bytes).map_err(|_| wrong());
    Ok(EventCursor { xid: number(&rest[..8])?, id: number(&rest[8..])? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_on_its_own_store_only() {
        let (store, other) = (Uuid::from_u128(1 << 127), Uuid::from_u128(2 << 120));
        let cursor = EventCursor { xid: 7, id: i64::MAX };
        let text = write(store, cursor);
        assert_eq!(read(store, &text).unwrap(), cursor);
        for (store, text) in [(other, text.as_str()), (store, &text[1..]), (store, ""), (store, "%")] {
            assert_eq!(read(store, text).unwrap_err().reason(), Reason::PageTokenInvalid, "{text}");
        }
    }
}
