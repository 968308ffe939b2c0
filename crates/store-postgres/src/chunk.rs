//! The chunks of ledgers: bytes under numbers that only grow.

use std::collections::HashMap;

use domain::ids::ClientId;
use store::ledger::ChunkNo;

use crate::columns::{Columns, signed};
use crate::fault::{Attempt, damaged};
use crate::session::Session;

const LOAD_CHUNKS: &str = "\
-- load_chunks
select chunk_no, bytes
from chunk
where client_id = $1 and chunk_no = any($2)
order by chunk_no";

pub(crate) const WRITE_CHUNKS: &str = "\
-- write_chunks
insert into chunk (client_id, chunk_no, account_no, kind, bytes)
select $1, chunk_no, $2, kind, bytes
from unnest($3::bigint[], $4::smallint[], $5::bytea[]) as listed (chunk_no, kind, bytes)
order by chunk_no";

pub(crate) const DELETE_CHUNKS: &str = "\
-- delete_chunks
delete from chunk
where client_id = $1 and chunk_no = any($2)";

/// The bytes of chunks, in the order in which they were asked for.
pub(crate) async fn load(
    session: &Session,
    client: ClientId,
    numbers: &[ChunkNo],
) -> Attempt<Vec<(ChunkNo, Vec<u8>)>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = numbers.iter().copied().map(signed).collect::<Attempt<Vec<i64>>>()?;
    let mut found: HashMap<ChunkNo, Vec<u8>> = HashMap::with_capacity(numbers.len());
    for row in session.rows(LOAD_CHUNKS, &[&client.uuid(), &wanted]).await? {
        let mut columns = Columns::of(&row);
        found.insert(columns.number()?, columns.take()?);
    }
    let in_order = numbers.iter().map(|number| {
        let bytes = found.remove(number);
        Ok((*number, bytes.ok_or_else(|| damaged(format!("chunk {number}, which is not there")))?))
    });
    in_order.collect()
}

/// Deletes chunks.
pub(crate) async fn delete(session: &Session, client: ClientId, numbers: &[i64]) -> Attempt<()> {
    session.run(DELETE_CHUNKS, &[&client.uuid(), &numbers]).await?;
    Ok(())
}
