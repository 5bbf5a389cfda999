//! The server that a newcomer gets: it comes back when it dies, and goes when we go.

use std::process::Command;

use danvan::db::connect_plainly;
use danvan::db::supervise::{OWNER, Plan, start};

#[tokio::test]
async fn a_server_that_is_killed_comes_back_and_leaves_with_us() {
    // A folder as people name theirs.
    let home = std::env::temp_dir().join(format!("Dân vận's {}", danvan::random::token(6)));
    let server = start(&Plan { home: home.clone(), throwaway: true }, &|text| eprintln!("{text}")).unwrap();
    assert!(server.socket.starts_with(&home), "not where temporary files are cleaned away");
    let url = server.url(OWNER, "postgres");
    drop(connect_plainly(&url).await.unwrap());
    let pid = || std::fs::read_to_string(home.join("data/postmaster.pid")).ok()?.lines().next().map(str::to_owned);
    let first = pid().unwrap();
    assert!(Command::new("sh").args(["-c", &format!("kill -KILL {first}")]).status().unwrap().success());
    while pid().is_none_or(|now| now == first) || connect_plainly(&url).await.is_err() {
        tokio::task::yield_now().await;
    }
    let second = pid().unwrap();
    drop(server);
    assert!(!home.exists(), "what was thrown away is gone");
    assert!(!Command::new("sh").args(["-c", &format!("kill -0 {second}")]).status().unwrap().success(), "and so is the server");
}

#[test]
fn a_server_leaves_its_data_and_nothing_else() {
    // Named from where we are, as people do at a prompt.
    let up = "../".repeat(std::env::current_dir().unwrap().components().count());
    let temporary = std::env::temp_dir();
    let home = std::path::Path::new(&up).join(temporary.strip_prefix("/").unwrap()).join(format!("danvan-kept-{}", danvan::random::token(6)));
    assert!(home.is_relative());
    drop(start(&Plan { home: home.clone(), throwaway: false }, &|_| ()).unwrap());
    let mut left: Vec<String> = std::fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    std::fs::remove_dir_all(&home).unwrap();
    assert_eq!(left, ["data", "lock", "postgresql.log"]);
}
