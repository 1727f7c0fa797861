//! Table `allocation_owners`: what each owner has, counted under the lock of their row, so that quotas are kept exactly.

use cpcd_model::{Result, node::Resources};
use uuid::Uuid;

use super::{Store, Tx, arg::big, row::unsigned};

/// More of anything is counted for nobody, quota or not: two sums of so much still fit a number of the engines.
const CEILING: u64 = i64::MAX as u64 / 2;

/// What an owner has, or may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Allocations that have not ended.
    pub allocations: u64,
    /// The amounts of all their parts.
    pub resources: Resources,
}

impl Totals {
    /// Gives all amounts with their names, in one order.
    #[must_use]
    pub fn amounts(&self) -> [(&'static str, u64); 4] {
        [
            ("allocations", self.allocations),
            ("cpu_millicores", self.resources.cpu_millicores),
            ("memory_bytes", self.resources.memory_bytes),
            ("bandwidth_bits_per_second", self.resources.bandwidth_bits_per_second),
        ]
    }
}

type Row = (i64, i64, i64, i64);

const GET: &str = "SELECT allocations, cpu, memory, bandwidth FROM allocation_owners WHERE owner_id = $1";

fn read(row: Option<Row>) -> Result<Totals> {
    let Some((allocations, cpu, memory, bandwidth)) = row else { return Ok(Totals::default()) };
    Ok(Totals {
        allocations: unsigned("allocation_owners.allocations", allocations)?,
        resources: Resources {
            cpu_millicores: unsigned("allocation_owners.cpu", cpu)?,
            memory_bytes: unsigned("allocation_owners.memory", memory)?,
            bandwidth_bits_per_second: unsigned("allocation_owners.bandwidth", bandwidth)?,
        },
    })
}

impl Tx {
    /// Counts more for an owner, who has at most so much afterwards (0: no limit); false if that would be too much.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn count_to_owner(&mut self, owner: Uuid, more: &Totals, most: &Totals) -> Result<bool> {
        let limits = most.amounts().map(|(_, most)| if most == 0 { CEILING } else { most.min(CEILING) });
        let more = more.amounts().map(|(_, more)| more);
        if more.iter().zip(limits).any(|(more, most)| *more > most) {
            return Ok(false);
        }
        let mut args = vec![owner.into()];
        args.extend(more.into_iter().chain(limits).map(|number| big(number).into()));
        let counted = self
            .execute(
                "INSERT INTO allocation_owners (owner_id, allocations, cpu, memory, bandwidth) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (owner_id) DO UPDATE SET allocations = allocation_owners.allocations + excluded.allocations,
                     cpu = allocation_owners.cpu + excluded.cpu, memory = allocation_owners.memory + excluded.memory,
                     bandwidth = allocation_owners.bandwidth + excluded.bandwidth
                 WHERE allocation_owners.allocations <= $6 - excluded.allocations AND allocation_owners.cpu <= $7 - excluded.cpu
                     AND allocation_owners.memory <= $8 - excluded.memory
                     AND allocation_owners.bandwidth <= $9 - excluded.bandwidth",
                &args,
            )
            .await?;
        Ok(counted == 1)
    }

    /// Counts less for an owner.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_from_owner(&mut self, owner: Uuid, less: &Totals) -> Result<()> {
        let mut args = vec![owner.into()];
        args.extend(less.amounts().map(|(_, less)| big(less).into()));
        self.execute(
            "UPDATE allocation_owners SET allocations = allocations - $2, cpu = cpu - $3, memory = memory - $4,
                 bandwidth = bandwidth - $5
             WHERE owner_id = $1",
            &args,
        )
        .await
        .map(drop)
    }

    /// Removes at most `limit` owners who have nothing any more; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_owners_of_nothing(&mut self, limit: u32) -> Result<u64> {
        // Said twice: who was given something while the row was waited for stays.
        self.execute(
            "DELETE FROM allocation_owners WHERE allocations = 0
                 AND owner_id IN (SELECT owner_id FROM allocation_owners WHERE allocations = 0 LIMIT $1)",
            &[i64::from(limit).into()],
        )
        .await
    }

    /// Gives what an owner has, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_totals(&mut self, owner: Uuid) -> Result<Totals> {
        read(self.fetch_optional::<Row>(GET, &[owner.into()]).await?)
    }
}

impl Store {
    /// Gives what an owner has.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_owner_totals(&self, owner: Uuid) -> Result<Totals> {
        read(self.db.fetch_optional::<Row>(GET, &[owner.into()]).await?)
    }
}
