//! The one place that randomness comes from: the operating system's generator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// `N` random bytes.
///
/// # Panics
/// When the operating system has no randomness to give, which leaves nothing safe to do.
#[expect(clippy::expect_used, reason = "without randomness every secret would be guessable")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    getrandom::fill(&mut out).expect("the operating system gives randomness");
    out
}

/// A secret as text of `length` letters, digits, `-` and `_` (6 bits each, at most 43).
pub fn token(length: usize) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(bytes::<32>());
    text.truncate(length);
    text
}

/// A one-time code that people type: `length` digits and letters without look-alikes (5 bits each, at most 32).
pub fn code(length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    bytes::<32>().iter().take(length).filter_map(|byte| ALPHABET.get(usize::from(byte % 32)).copied().map(char::from)).collect()
}

/// A new id: UUID version 7, so that rows made one after another lie together.
pub fn id() -> Uuid {
    Uuid::now_v7()
}
