//! What operators rely on: a drain that loses nothing, logs without personal data, metrics, TLS, several hosts.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use danvan::db::supervise::SERVICE;
use serde_json::Value;

use crate::support::{App, Process, id, json, socket, url, world};

#[tokio::test]
async fn a_process_that_ends_says_so_first_and_answers_what_is_under_way() {
    let app = App::start().await;
    let mut process = Process::serve_with(&url(SERVICE, &app.database), &["--drain-wait", "1"]);
    assert_eq!(process.get("", "/health/ready").await.status, 200);
    let body = json!({"username": "nobody", "password": "không có người này", "device_name": "x"}).to_string();
    let (first, second) = body.as_bytes().split_at(10);
    let mut under_way = TcpStream::connect(&process.address).unwrap();
    write!(
        under_way,
        "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    under_way.write_all(first).unwrap();
    process.terminate();
    // Until readiness falls; the listener is still open then.
    while process.get("", "/health/ready").await.status == 200 {}
    assert_eq!(process.get("", "/health/live").await.status, 200);
    under_way.write_all(second).unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(process.ended().success());
    assert!(process.log.lock().unwrap().last().unwrap().contains("\"ended\""));
    assert!(TcpStream::connect(&process.address).is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let mut process = Process::serve(&app.database);
    process.hang_up();
    process.get(&officer, "/v1/hamlets").await.expect(200);
    process.unheard();
    for _ in 0..3 {
        process.get(&officer, "/v1/hamlets").await.expect(200);
        process.get("", "/v1/hamlets/nothing").await.problem();
    }
}

/// Names, phones, passwords, codes and tokens that go through the service, and must not come out in its log.
#[tokio::test]
async fn the_log_names_requests_and_no_person() {
    let app = App::start().await;
    world::a_day(&app).await;
    let officer = app.token("a.officer1").await;
    let mut process = Process::serve(&app.database);
    let canaries = ["Nguyễn Bí Mật", "0977123456", "mat-khau-bi-mat-cua-toi", "Bệnh tim mạch", "198.51.100.77"];
    let person = json!({"commune_id": id("a"), "full_name": canaries[0], "phone": canaries[1], "hamlet_id": id("a.ap-1"), "skills": [canaries[3]],
        "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
    let made = process.post(&officer, "/v1/volunteers", &person).await.expect(201);
    process.get(&officer, &format!("/v1/volunteers?q={}", "Nguy%E1%BB%85n")).await.expect(200);
    process.get(&officer, &format!("/v1/volunteers?phone={}", canaries[1])).await.expect(200);
    let login = json!({"username": "a.officer1", "password": canaries[2], "device_name": canaries[0]});
    assert_eq!(process.post("", "/v1/auth/login", &login).await.status, 401);
    let code = process.post(&officer, &format!("/v1/volunteers/{}/actions/invite", made["id"].as_str().unwrap()), &json!({})).await.expect(200);
    let session = process.post("", "/v1/auth/activate", &json!({"code": code["code"], "device_name": canaries[0]})).await.expect(200);
    process.post(&officer, "/v1/volunteers", &json!({"full_name": canaries[0], "phone": "x"})).await;
    process.post(&officer, "/v1/hamlets", &json!({"commune_id": id("a"), "code": "ap-1", "name": canaries[0], "kind": "ap", "sort_order": 1})).await;
    process.terminate();
    assert!(process.ended().success());
    let log = process.log.lock().unwrap().join("\n");
    let secrets = [code["code"].as_str().unwrap(), session["access_token"].as_str().unwrap(), session["refresh_token"].as_str().unwrap(), officer.as_str()];
    for canary in canaries.iter().copied().chain(secrets) {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
    let requests: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).filter(|line: &Value| line["fields"]["message"] == "request").collect();
    assert!(requests.len() >= 8 && requests.iter().all(|line| line["fields"]["request_id"].is_string() && line["fields"]["operation"].is_string()));
}

#[tokio::test]
async fn metrics_are_on_the_admin_listener_alone() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let process = Process::serve_with(&url(SERVICE, &app.database), &["--admin-bind", "127.0.0.1:0"]);
    process.get(&officer, "/v1/hamlets").await.expect(200);
    assert_eq!(process.get(&officer, "/v1/hamlets/none").await.status, 404);
    assert_eq!(process.get("", "/metrics").await.status, 404);
    let text = process.http.execute(process.http.get(format!("http://{}/metrics", process.admin)).build().unwrap()).await.unwrap().text().await.unwrap();
    for line in [
        "danvan_requests_total{operation=\"list_hamlets\",status=\"2xx\"} 1",
        "danvan_requests_total{operation=\"get_hamlet\",status=\"4xx\"} 1",
        "danvan_request_seconds_bucket{operation=\"list_hamlets\",le=\"+Inf\"} 1",
        "danvan_write_queue_depth 0",
        "danvan_pool_max 4",
        "danvan_database_up 1",
        "danvan_feed_lag_numbers ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn the_host_that_takes_writes_is_found_among_several() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let away = url(SERVICE, &app.database).replacen("host='", "host='/nonexistent,", 1);
    let process = Process::serve_with(&format!("{away} target_session_attrs=read-write"), &[]);
    process.get(&officer, "/v1/hamlets").await.expect(200);
}

/// A real Postgres behind TLS: takes the client's request for TLS, and passes what is said in it to the socket.
async fn behind_tls(certificate: rcgen::CertifiedKey<rcgen::KeyPair>, socket: std::path::PathBuf) -> u16 {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let key = rustls::pki_types::PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (acceptor, socket) = (acceptor.clone(), socket.clone());
            tokio::spawn(async move {
                let mut request = [0; 8];
                client.read_exact(&mut request).await.ok()?;
                client.write_all(b"S").await.ok()?;
                let mut inside = acceptor.accept(client).await.ok()?;
                let mut server = tokio::net::UnixStream::connect(socket).await.ok()?;
                tokio::io::copy_bidirectional(&mut inside, &mut server).await.ok()
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remote_database_is_talked_to_by_tls_that_is_verified() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let made = |name: &str| rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let (right, wrong) = (made("localhost"), made("localhost"));
    let folder = std::env::temp_dir();
    let [right_file, wrong_file] = [&right, &wrong].map(|certificate| {
        let file = folder.join(format!("danvan-ca-{}.pem", danvan::random::token(8)));
        std::fs::write(&file, certificate.cert.pem()).unwrap();
        file.to_str().unwrap().to_owned()
    });
    let port = behind_tls(right, socket().join(".s.PGSQL.5432")).await;
    let remote = |host: &str| format!("host={host} hostaddr=127.0.0.1 port={port} user={SERVICE} dbname={} sslmode=require", app.database);
    let process = Process::serve_with(&remote("localhost"), &["--database-ca-file", &right_file]);
    process.get(&officer, "/v1/hamlets").await.expect(200);
    drop(process);
    // Another authority, and another name than the certificate's.
    for (host, file) in [("localhost", &wrong_file), ("db.example", &right_file)] {
        let refused = tokio::process::Command::new(env!("CARGO_BIN_EXE_danvan"))
            .args(["--database-url", &remote(host), "--database-ca-file", file, "--secret-file"])
            .arg(crate::support::secret_file())
            .args(["journal", "verify"])
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains("certificate"), "{host}: {said}");
    }
    for file in [right_file, wrong_file] {
        std::fs::remove_file(file).unwrap();
    }
}
