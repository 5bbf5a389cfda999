//! Passwords: argon2id with OWASP's parameters, on as many threads as there are cores, each with memory of its own
//! that is used again and again; a queue of limited length before them.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization as _;

use crate::error::{Error, Result};
use crate::{random, said};

/// OWASP's second recommendation: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const SALT: usize = 16;
const HASH: usize = 32;
/// Sign-ins that may wait for a hash: about half a second's work per core.
const WAITING: usize = 32;

pub const MIN_LENGTH: usize = 15;
pub const MAX_LENGTH: usize = 256;

struct Job {
    password: String,
    salt: [u8; SALT],
    reply: oneshot::Sender<[u8; HASH]>,
}

/// The threads that hash.
#[derive(Debug, Clone)]
pub struct Hasher(SyncSender<Job>);

impl Hasher {
    pub fn start() -> anyhow::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        for i in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let receiver = receiver.clone();
            std::thread::Builder::new().name(format!("argon2-{i}")).spawn(move || work(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// The stored form of a password: `$argon2id$v=19$m=...,t=...,p=1$salt$hash` (PHC string).
    pub async fn hash(&self, password: &str) -> Result<String> {
        let salt = random::bytes::<SALT>();
        let hash = self.run(password, salt).await?;
        Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash)))
    }

    /// Whether the password is the one stored. Without a stored one it takes the same time and is false.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let parts = stored.and_then(parse);
        let (salt, expected) = parts.unwrap_or(([0; SALT], [0; HASH]));
        let hash = self.run(password, salt).await?;
        // No early end: the time tells nothing of how much was right.
        let differences = hash.iter().zip(expected).fold(0, |all, (a, b)| all | (a ^ b));
        Ok(parts.is_some() && differences == 0)
    }

    async fn run(&self, password: &str, salt: [u8; SALT]) -> Result<[u8; HASH]> {
        let (reply, answer) = oneshot::channel();
        match self.0.try_send(Job { password: normalise(password), salt, reply }) {
            Ok(()) => answer.await.map_err(Error::internal),
            Err(TrySendError::Full(_)) => Err(Error::unavailable()),
            Err(TrySendError::Disconnected(_)) => Err(Error::internal("the argon2 threads ended")),
        }
    }
}

fn work(receiver: &Mutex<Receiver<Job>>) {
    let Ok(params) = Params::new(MEMORY_KIB, PASSES, 1, Some(HASH)) else { return };
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    loop {
        let job = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { password, salt, reply }) = job else { return };
        let mut hash = [0; HASH];
        if argon2.hash_password_into_with_memory(password.as_bytes(), &salt, &mut hash, &mut memory).is_ok() {
            reply.send(hash).ok();
        }
    }
}

fn parse(stored: &str) -> Option<([u8; SALT], [u8; HASH])> {
    let expected = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$");
    let (salt, hash) = stored.strip_prefix(&expected)?.split_once('$')?;
    Some((STANDARD_NO_PAD.decode(salt).ok()?.try_into().ok()?, STANDARD_NO_PAD.decode(hash).ok()?.try_into().ok()?))
}

/// One password however the keyboard composed it (NIST SP 800-63B: NFKC); never trimmed.
fn normalise(password: &str) -> String {
    password.nfkc().collect()
}

/// Passwords that are tried first everywhere, folded; those of fewer than 15 characters are out anyway.
static BLOCKED: &str = include_str!("blocked_passwords.txt");

/// Refuses passwords that are too short, too long or easily guessed (NIST SP 800-63B-4: length and a block-list, no
/// rules of composition).
pub fn check(password: &str, username: &str, pointer: &str) -> Result<()> {
    let password = normalise(password);
    let count = password.chars().count();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&count) {
        return Err(Error::field(
            pointer,
            "password_length",
            said!("Mật khẩu phải dài {MIN_LENGTH} đến {MAX_LENGTH} ký tự", "A password has {MIN_LENGTH} to {MAX_LENGTH} characters"),
        ));
    }
    let folded: String = crate::text::fold(&password).split_whitespace().collect();
    let bare: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let different: std::collections::HashSet<char> = bare.chars().collect();
    let user: String = crate::text::fold(username).chars().filter(|c| c.is_alphanumeric()).collect();
    let repeats = (1..=5).any(|n| bare.len() >= 2 * n && bare.bytes().zip(bare.bytes().skip(n)).all(|(a, b)| a == b));
    let runs = bare.as_bytes().windows(2).filter(|pair| matches!(pair, [a, b] if b.abs_diff(*a) <= 1)).count() + 2 >= bare.len();
    // What is left when the well-known words are taken out is what an attacker has to guess.
    let mut rest = bare.clone();
    for word in BLOCKED.lines().chain([user.as_str()]).filter(|word| word.len() >= 4) {
        rest = rest.replace(word, "");
    }
    let guessable = different.len() < 5 || repeats || runs || rest.len() < 6;
    if guessable {
        return Err(Error::field(
            pointer,
            "password_guessable",
            said!("Mật khẩu này quá dễ đoán; hãy ghép vài từ không liên quan", "This password is easily guessed; put a few unrelated words together"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_guessed_first() {
        for bad in [
            "short",
            "aaaaaaaaaaaaaaaaaaa",
            "123456789012345",
            "abcabcabcabcabcabc",
            "matkhaumatkhau1",
            "Mật khẩu 123456789",
            "nguyenvan.an2024",
            "qwertyuiopasdfghjkl",
        ] {
            assert!(check(bad, "nguyenvan.an", "/password").is_err(), "{bad}");
        }
        for good in ["con-trau-di-cay-ruong", "Đường làng rợp bóng tre xanh"] {
            assert!(check(good, "nguyenvan.an", "/password").is_ok(), "{good}");
        }
    }

    #[tokio::test]
    async fn knows_a_password_however_it_was_typed() {
        let hasher = Hasher::start().expect("threads");
        let stored = hasher.hash("Đường làng rợp bóng tre").await.expect("a hash");
        let decomposed: String = "Đường làng rợp bóng tre".nfd().collect();
        assert!(hasher.verify(&decomposed, Some(&stored)).await.expect("verified"));
        assert!(!hasher.verify("something else entirely", Some(&stored)).await.expect("verified"));
        assert!(!hasher.verify("Đường làng rợp bóng tre", None).await.expect("verified"));
    }
}
