//! Rate limits: budgets that say where one stands, refuse with a time, and touch nobody else.

use danvan::clock::Clock;

use crate::support::{App, id, json};

/// A tenth of the usual budgets: 3 heavy reads, 30 writes, 60 reads at once.
async fn tight() -> App {
    let app = App::start().await;
    App::limited(&app.database, Clock::default(), 10).await
}

#[tokio::test]
async fn a_caller_that_asks_too_much_is_told_when_to_come_back() {
    let app = tight().await;
    let (officer, other) = (app.token("a.officer1").await, app.token("a.officer2").await);
    let path = "/v1/sync?resources=hamlets";
    let first = app.get(&officer, path).await;
    assert_eq!((first.status, first.header("ratelimit"), first.header("ratelimit-policy")), (200, "\"heavy\";r=2", "\"heavy\";q=6;w=60"));
    // Until it is refused; a slow machine gives time for some more.
    let mut refused = first;
    for _ in 0..100 {
        if refused.status == 429 {
            break;
        }
        refused = app.get(&officer, path).await;
    }
    assert_eq!((refused.status, refused.problem().1.as_str()), (429, "too_many_requests"));
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=11).contains(&seconds), "{seconds}: a tenth of a minute's six");
    assert!(refused.header("ratelimit").starts_with("\"heavy\";r=0;t="));
    // Neither other budgets of the caller, nor other callers; and a cursor makes a sync cheap.
    let cursor = app.get(&other, path).await.expect(200)["next_cursor"].as_str().unwrap().to_owned();
    app.get(&other, &format!("{path}&cursor={cursor}")).await.expect(200);
    app.get(&officer, "/v1/hamlets").await.expect(200);
    // A refused write is not done.
    let hamlet = format!("/v1/hamlets/{}", id("a.ap-1"));
    let mut versions = vec![];
    let mut last = 0;
    for n in 0..1_000 {
        if last == 429 {
            break;
        }
        let reply = app.patch(&officer, &hamlet, json!({"population": n})).await;
        last = reply.status;
        versions.extend(reply.body["version"].as_i64());
    }
    assert_eq!(last, 429);
    assert!(versions.len() >= 30);
    let kept = app.get(&other, &hamlet).await.expect(200);
    let (first, done) = (versions[0], i64::try_from(versions.len()).unwrap());
    assert_eq!(kept["version"], first + done - 1, "one number for each that was done");
}

#[tokio::test]
async fn what_has_not_changed_costs_little() {
    let app = tight().await;
    let officer = app.token("a.officer1").await;
    let tag = app.get(&officer, "/v1/hamlets").await.header("etag").to_owned();
    for _ in 0..300 {
        let reply = app.ask("GET", &officer, "/v1/hamlets").header("If-None-Match", &tag).send().await;
        assert_eq!(reply.status, 304);
    }
    // The same number of full answers is far too much.
    let mut refused = 0;
    for _ in 0..300 {
        refused += i64::from(app.get(&officer, "/v1/hamlets").await.status == 429);
    }
    assert!(refused > 100, "{refused}");
    // The public behind one address has a budget of its own.
    app.get("", "/v1/communes").await.expect(200);
}

/// Bodies may come packed; unpacked they are no larger than any other, and nobody's clock is the limit.
#[tokio::test]
async fn bodies_come_packed_within_their_limits() {
    use std::io::Write as _;
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/hamlets/{}", id("a.ap-1"));
    let gzip = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let deflate = |bytes: &[u8]| {
        let mut packer = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let brotli = |bytes: &[u8]| {
        let mut packer = brotli::CompressorWriter::new(vec![], 4096, 5, 18);
        packer.write_all(bytes).unwrap();
        packer.into_inner()
    };
    let send = async |coding: &str, body: Vec<u8>| {
        app.ask("PATCH", &officer, &path).header("If-Match", "*").header("Content-Encoding", coding).bytes("application/json", body).send().await
    };
    for (n, (coding, pack)) in [("gzip", &gzip as &dyn Fn(&[u8]) -> Vec<u8>), ("deflate", &deflate), ("br", &brotli), ("GZIP", &gzip)].into_iter().enumerate() {
        let reply = send(coding, pack(json!({"population": 100 + n}).to_string().as_bytes())).await.expect(200);
        assert_eq!(reply["population"], 100 + n, "{coding}");
    }
    let packed = zstd::bulk::compress(br#"{"population":7}"#, 1).unwrap();
    assert_eq!(send("zstd", packed).await.expect(200)["population"], 7);
    assert_eq!(send("identity", br#"{"population":8.0}"#.to_vec()).await.expect(200)["population"], 8, "8.0 is whole");
    // A bomb, another coding, what is not what it says.
    let bomb = send("gzip", gzip(&vec![b' '; 4 << 20])).await;
    assert_eq!((bomb.status, bomb.body["code"].as_str()), (413, Some("body_too_large")), "{}", bomb.text);
    let other = send("compress", b"x".to_vec()).await;
    assert_eq!((other.status, other.header("accept-encoding")), (415, "gzip, br, zstd, deflate"));
    assert_eq!(send("gzip", b"{}".to_vec()).await.status, 400);
    // Nothing has no type, whatever a program says of it.
    let publish = format!("/v1/activities/{}/actions/publish", id("a.activity1"));
    let reply = app.ask("POST", &officer, &publish).bytes("application/x-www-form-urlencoded", Vec::new()).send().await;
    assert_ne!(reply.status, 415, "{}", reply.text);
}
