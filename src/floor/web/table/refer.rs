//! Rows that others refer to, within a write.

use uuid::Uuid;

use super::change::load;
use super::store::Stored;
use crate::db::constraints::not_there;
use crate::error::{Error, Result};
use crate::journal::{Seen, Write};
use crate::said;

/// A row of the write's commune, whoever asks: rules look at more than their caller may see.
pub async fn row<R: Stored>(write: &mut Write, id: Uuid) -> Result<Option<R>> {
    Ok(R::whoever_asks(write, id).await?)
}

/// The same that a body names.
///
/// # Errors
/// 422 at the pointer, in the words of a foreign key that is broken.
pub async fn named<R: Stored>(write: &mut Write, id: Uuid, pointer: &str) -> Result<R> {
    row::<R>(write, id).await?.ok_or_else(|| Error::fields(vec![not_there(R::KIND, pointer)]))
}

/// A row in the caller's reach that may be missing: none for what is not in reach. What is wrong with the service is no answer.
pub async fn found<R: Stored>(write: &mut Write, id: Uuid) -> Result<Option<Seen<R>>> {
    match load::<R>(write, id).await {
        Ok(seen) => Ok(Some(seen)),
        Err(error) if error.status() == 404 => Ok(None),
        Err(error) => Err(error),
    }
}

/// A row that a body refers to, in the caller's reach; what is said of it is said to nobody else.
pub async fn refer<R: Stored>(write: &mut Write, id: Uuid, pointer: &str) -> Result<R> {
    let not_there = || Error::field(pointer, "not_there", said!("Không có trong phạm vi của bạn", "Not there within your reach"));
    found::<R>(write, id).await?.map(|seen| seen.row).ok_or_else(not_there)
}
