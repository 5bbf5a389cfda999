//! What a caller holds open for long: streams, uploads. Each has so many, and no more at the others' cost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::call::Call;
use crate::error::{Error, Result};

/// Shares of one thing, for each user, and for all API clients of an owner together.
#[derive(Debug)]
pub struct Shares {
    most: usize,
    taken: Mutex<HashMap<(Option<Uuid>, bool), usize>>,
}

/// One share; given back when dropped.
#[derive(Debug)]
pub struct Share {
    of: Arc<Shares>,
    caller: (Option<Uuid>, bool),
}

impl Shares {
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default() })
    }

    /// One more for who asks; 429 when that is too many.
    pub fn take(self: &Arc<Self>, call: &Call) -> Result<Share> {
        let caller = (call.actor.user_id(), call.actor.client.is_some());
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(caller).or_default();
        if *count >= self.most {
            return Err(Error::too_many(5));
        }
        *count += 1;
        Ok(Share { of: self.clone(), caller })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.caller);
            }
        }
    }
}
