//! What the database's refusals mean to a client: busy or away is 503, a broken reference 422, a broken key 409.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::{CONFLICT, Error, VALIDATION_FAILED};
use crate::said;

/// Diesel passes no SQLSTATE on: the server's words are known in English.
const BUSY: &[&str] = &[
    "canceling statement due to",
    "terminating connection",
    "the database system is",
    "read-only transaction",
    // A full disk: reads go on, and writes once there is room again.
    "No space left on device",
    "connection closed",
    // Of a server behind the server: class 08 of SQLSTATE, in words.
    "connection to the remote node",
    "could not connect to server",
    "connection failure",
    "error communicating with the server",
    "deadlock detected",
];

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::NotFound => Self::not_found(),
            DieselError::DatabaseError(kind, info) => {
                let message = info.message();
                match kind {
                    DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                        tracing::warn!(%error, "the database is away");
                        Self::unavailable()
                    }
                    _ if BUSY.iter().any(|busy| message.contains(busy)) => {
                        tracing::warn!(%error, "the database is busy");
                        if message.contains("due to lock timeout") { Self::unavailable().locked() } else { Self::unavailable() }
                    }
                    DatabaseErrorKind::ForeignKeyViolation => Self::new(&VALIDATION_FAILED)
                        .detail(said!("Dữ liệu được dẫn chiếu không có trong xã này", "Something that is referred to is not in this commune"))
                        .with_constraint(info.constraint_name(), error.to_string()),
                    // What no room explains: somebody else was first.
                    DatabaseErrorKind::UniqueViolation => Self::new(&CONFLICT).with_constraint(info.constraint_name(), error.to_string()),
                    _ => Self::internal(&error).with_constraint(info.constraint_name(), error.to_string()),
                }
            }
            DieselError::BrokenTransactionManager => Self::unavailable(),
            _ => Self::internal(&error),
        }
    }
}

impl From<diesel::ConnectionError> for Error {
    fn from(error: diesel::ConnectionError) -> Self {
        tracing::warn!(%error, "no database connection");
        Self::unavailable()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_behind_the_server_that_is_away_is_503() {
        for words in ["connection to the remote node worker-1:5432 failed", "could not connect to server: Connection refused", "connection failure"] {
            let error = DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(words.to_owned()));
            assert_eq!(Error::from(error).status(), 503, "{words}");
        }
        let other = DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new("division by zero".to_owned()));
        assert_eq!(Error::from(other).status(), 500);
    }
}
