//! The proof of a copy: what a phone can compute of its own rows.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::dto::{Asked, Checksum};
use crate::error::Result;
use crate::web::call::Call;

/// All rows in reach, some at a time: one statement for each thousand of a kind.
pub async fn of(call: &Call, asked: &Asked) -> Result<Vec<Checksum>> {
    let mut out = vec![];
    for source in &asked.sources {
        let mut sums: BTreeMap<Option<Uuid>, (usize, Sha256)> = BTreeMap::new();
        let mut after = Uuid::nil();
        loop {
            let rows = (source.after)(call.clone(), asked.commune, after, asked.limit).await?;
            for row in &rows {
                let (count, hash) = sums.entry(row.hamlet).or_default();
                *count += 1;
                hash.update(format!("{} {}\n", row.id, row.version));
            }
            after = rows.last().map_or(after, |row| row.id);
            if i64::try_from(rows.len()).is_ok_and(|rows| rows < asked.limit) {
                break;
            }
        }
        out.extend(sums.into_iter().map(|(hamlet_id, (count, hash))| Checksum {
            resource: source.kind,
            hamlet_id,
            count,
            sha256: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        }));
    }
    Ok(out)
}
