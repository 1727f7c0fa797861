//! What replicas tell each other: whom one heard since it last said so, as few bytes.
//!
//! A version, then whole numbers as LEB128 and ids as their sixteen bytes. A reader that does not know the version takes the batch
//! for lost, so a new version is first only read by a release, and written by the next.

use cpcd_model::{
    id::NodeId,
    node::{NodeStatus, Resources},
};
use uuid::Uuid;

const VERSION: u8 = 1;
/// The least that a report takes: an id and five numbers.
const LEAST: usize = 16 + 5;

/// Whom a replica heard. All times are milliseconds of the clock that all replicas share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// Who heard them.
    pub(super) replica: Uuid,
    /// Since when it hears.
    pub(super) started_ms: i64,
    /// Rises from batch to batch.
    pub(super) seq: u64,
    /// This one holds all that came after that one, 0 for the start. Those between were perhaps never passed on.
    pub(super) after: u64,
    /// With this batch all is said that was heard until then.
    pub(super) through_ms: i64,
    /// Whether it says goodbye.
    pub(super) is_last: bool,
    /// Of whom it heard, and what they said last.
    pub(super) reports: Vec<Report>,
}

/// What a node last said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) id: NodeId,
    /// When.
    pub(super) heard_ms: i64,
    /// When it was told to come back, counted from then.
    pub(super) told_ms: u32,
    pub(super) used: Resources,
}

impl Batch {
    /// Writes it.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64 + self.reports.len() * 36);
        bytes.push(VERSION);
        bytes.push(u8::from(self.is_last));
        bytes.extend_from_slice(self.replica.as_bytes());
        put_signed(&mut bytes, self.started_ms);
        put(&mut bytes, self.seq);
        put(&mut bytes, self.after);
        put_signed(&mut bytes, self.through_ms);
        put(&mut bytes, self.reports.len() as u64);
        for report in &self.reports {
            report.put(&mut bytes, self.through_ms);
        }
        bytes
    }

    /// Reads it; nothing if it is no batch.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = Reader(bytes);
        if rest.byte()? != VERSION {
            return None;
        }
        let is_last = match rest.byte()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let replica = rest.id()?;
        let (started_ms, seq, after) = (rest.signed()?, rest.number()?, rest.number()?);
        let through_ms = rest.signed()?;
        let count = usize::try_from(rest.number()?).ok()?;
        // Nobody makes us reserve more than they sent.
        if after >= seq || count > rest.0.len() / LEAST {
            return None;
        }
        let reports = (0..count).map(|_| Report::read(&mut rest, through_ms)).collect::<Option<_>>()?;
        rest.0.is_empty().then_some(Self { replica, started_ms, seq, after, through_ms, is_last, reports })
    }
}

impl Report {
    fn put(&self, bytes: &mut Vec<u8>, through_ms: i64) {
        bytes.extend_from_slice(self.id.uuid().as_bytes());
        put_signed(bytes, through_ms.wrapping_sub(self.heard_ms));
        put(bytes, self.told_ms.into());
        put(bytes, self.used.cpu_millicores);
        put(bytes, self.used.memory_bytes);
        put(bytes, self.used.bandwidth_bits_per_second);
    }

    fn read(rest: &mut Reader<'_>, through_ms: i64) -> Option<Self> {
        Some(Self {
            id: rest.id()?.into(),
            heard_ms: through_ms.wrapping_sub(rest.signed()?),
            told_ms: u32::try_from(rest.number()?).ok()?,
            used: Resources {
                cpu_millicores: rest.number()?,
                memory_bytes: rest.number()?,
                bandwidth_bits_per_second: rest.number()?,
            },
        })
    }

    /// Writes it for the cache, where whoever starts finds it: with what the node was taken for.
    pub(super) fn encode(&self, status: NodeStatus) -> Vec<u8> {
        let mut bytes = vec![VERSION, status_number(status)];
        self.put(&mut bytes, 0);
        bytes
    }

    /// Reads it from the cache; nothing if it is none.
    pub(super) fn decode(bytes: &[u8]) -> Option<(Self, NodeStatus)> {
        let mut rest = Reader(bytes);
        if rest.byte()? != VERSION {
            return None;
        }
        let number = rest.byte()?;
        let status = NodeStatus::ALL.into_iter().find(|status| status_number(*status) == number)?;
        let report = Self::read(&mut rest, 0)?;
        rest.0.is_empty().then_some((report, status))
    }
}

fn status_number(status: NodeStatus) -> u8 {
    match status {
        NodeStatus::Online => 0,
        NodeStatus::Degraded => 1,
        NodeStatus::Offline => 2,
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Writes a number that may be below nothing: small ones of either sign are short.
fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned());
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn id(&mut self) -> Option<Uuid> {
        let (first, rest) = self.0.split_first_chunk::<16>()?;
        self.0 = rest;
        Some(Uuid::from_bytes(*first))
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for place in 0..10 {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit.
            if place == 9 && bits > 1 {
                return None;
            }
            number |= bits << (7 * place);
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reports() -> impl Strategy<Value = Vec<Report>> {
        let report = (any::<u128>(), any::<i64>(), any::<u32>(), any::<[u64; 3]>()).prop_map(
            |(id, heard_ms, told_ms, [cpu_millicores, memory_bytes, bandwidth_bits_per_second])| Report {
                id: Uuid::from_u128(id).into(),
                heard_ms,
                told_ms,
                used: Resources { cpu_millicores, memory_bytes, bandwidth_bits_per_second },
            },
        );
        proptest::collection::vec(report, 0..20)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            replica in any::<u128>(), started_ms in any::<i64>(), seq in 1u64.., back in 1u64.., through_ms in any::<i64>(),
            is_last in any::<bool>(), reports in reports()
        ) {
            let after = seq.saturating_sub(back);
            let replica = Uuid::from_u128(replica);
            let batch = Batch { replica, started_ms, seq, after, through_ms, is_last, reports };
            let bytes = batch.encode();
            prop_assert_eq!(Batch::decode(&bytes), Some(batch.clone()));
            for length in 0..bytes.len() {
                prop_assert_eq!(Batch::decode(&bytes[..length]), None, "a part is no batch");
            }
            for report in batch.reports {
                for status in NodeStatus::ALL {
                    prop_assert_eq!(Report::decode(&report.encode(status)), Some((report, status)));
                }
            }
        }

        #[test]
        fn garbage_is_no_batch_and_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(batch) = Batch::decode(&bytes) {
                prop_assert!(bytes[0] == VERSION && batch.reports.len() < 10);
            }
            let _ = Report::decode(&bytes);
        }

        #[test]
        fn damage_is_no_other_length(seq in 2u64..1000, reports in reports(), place in any::<usize>(), bit in 0u8..8) {
            let replica = Uuid::now_v7();
            let batch = Batch { replica, started_ms: 5, seq, after: 1, through_ms: 9, is_last: false, reports };
            let mut bytes = batch.encode();
            let place = place % bytes.len();
            bytes[place] ^= 1 << bit;
            if let Some(read) = Batch::decode(&bytes) {
                prop_assert!(read != batch && read.reports.len() <= batch.reports.len() + 1);
            }
        }
    }

    #[test]
    fn a_usual_report_is_short_and_another_version_is_none() {
        let used = Resources { cpu_millicores: 1500, memory_bytes: 6 << 30, bandwidth_bits_per_second: 40_000_000 };
        let report = |_| Report { id: NodeId::generate(), heard_ms: 1_767_225_599_400, told_ms: 28_500, used };
        let reports: Vec<_> = (0..1000).map(report).collect();
        let batch = Batch {
            replica: Uuid::now_v7(),
            started_ms: 1_767_225_000_000,
            seq: 700,
            after: 699,
            through_ms: 1_767_225_600_000,
            is_last: false,
            reports,
        };
        let mut bytes = batch.encode();
        assert!(bytes.len() < 33_100, "{} bytes", bytes.len());
        bytes[0] += 1;
        assert_eq!(Batch::decode(&bytes), None);
        let untimely = Batch { after: 700, ..batch };
        assert_eq!(Batch::decode(&untimely.encode()), None, "what follows itself");
    }
}
