//! Getting in, staying in, and being put out.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection as _;
use futures::future::join_all;

use crate::support::{App, Reply, id, json};

const PASSWORD: &str = "Đường làng rợp bóng tre";

/// Gives an account a password through a code, as the office does.
async fn with_password(app: &App, username: &str) -> serde_json::Value {
    let leader = app.token("a.leader2").await;
    let code = app.post(&leader, &format!("/v1/users/{}/actions/issue_code", id(username)), json!({})).await.expect(200)["code"].as_str().unwrap().to_owned();
    let typed = format!("{}-{}", &code[..5].to_lowercase(), &code[5..]);
    app.post("", "/v1/auth/activate", json!({"code": typed, "device_name": "Điện thoại", "new_password": PASSWORD})).await.expect(200)
}

async fn login(app: &App, username: &str, password: &str) -> Reply {
    app.post("", "/v1/auth/login", json!({"username": username, "password": password, "device_id": "d1", "device_name": "Máy bàn"})).await
}

async fn refresh(app: &App, session: &serde_json::Value) -> Reply {
    app.post("", "/v1/auth/refresh", json!({"refresh_token": session["refresh_token"]})).await
}

fn bearer(session: &serde_json::Value) -> &str {
    session["access_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_code_opens_a_session_once_and_sets_a_password() {
    let app = App::start().await;
    let session = with_password(&app, "a.officer1").await;
    let me = app.get(bearer(&session), "/v1/me").await.expect(200);
    assert_eq!((me["username"].clone(), me["grants"][0]["role"].clone()), (json!("a.officer1"), json!("commune_officer")));
    assert!(me["grants"][0]["allows"].as_array().unwrap().contains(&json!({"operation": "create_hamlet", "relation": "in_commune"})));
    let signed_in = login(&app, "A.Officer1", PASSWORD).await;
    assert_eq!(signed_in.header("cache-control"), "no-store");
    let sessions = app.get(bearer(&signed_in.body), "/v1/me/sessions").await.expect(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2);

    let leader = app.token("a.leader1").await;
    let code = app.post(&leader, &format!("/v1/users/{}/actions/issue_code", id("a.head1")), json!({})).await.expect(200)["code"].clone();
    let tries = join_all((0..5).map(|n| app.post("", "/v1/auth/activate", json!({"code": code, "device_name": n.to_string()})))).await;
    assert_eq!(tries.iter().filter(|r| r.status == 200).count(), 1, "a code works once");
    // A lost answer is asked for again from the same device, until the session moves on.
    let code = app.post(&leader, &format!("/v1/users/{}/actions/issue_code", id("a.head1")), json!({})).await.expect(200)["code"].clone();
    let once = json!({"code": code, "device_id": "d", "device_name": "x", "new_password": PASSWORD});
    let first = app.post("", "/v1/auth/activate", once.clone()).await.expect(200);
    let again = app.post("", "/v1/auth/activate", once.clone()).await.expect(200);
    assert_eq!((&first["session_id"], &first["refresh_token"]), (&again["session_id"], &again["refresh_token"]));
    app.get(bearer(&again), "/v1/me").await.expect(200);
    let other = json!({"code": code, "device_id": "e", "device_name": "x"});
    assert_eq!(app.post("", "/v1/auth/activate", other).await.problem().1, "sign_in_failed", "another device");
    refresh(&app, &again).await.expect(200);
    assert_eq!(app.post("", "/v1/auth/activate", once).await.problem().1, "sign_in_failed", "it was not lost");
    let late = app.post(&leader, &format!("/v1/users/{}/actions/issue_code", id("a.head1")), json!({})).await.expect(200)["code"].clone();
    app.service.clock.advance(TimeDelta::hours(49));
    assert_eq!(app.post("", "/v1/auth/activate", json!({"code": late, "device_name": "x"})).await.problem().1, "sign_in_failed");
}

#[tokio::test]
async fn a_lost_answer_to_a_refresh_logs_nobody_out_and_a_stolen_token_does() {
    let app = App::start().await;
    let first = with_password(&app, "a.officer1").await;
    let second = refresh(&app, &first).await.expect(200);
    let repeated = refresh(&app, &first).await.expect(200);
    assert_eq!(second["refresh_token"], repeated["refresh_token"], "the answer was lost: the same successor");
    let third = refresh(&app, &second).await.expect(200);
    app.get(bearer(&third), "/v1/me").await.expect(200);
    assert_eq!(refresh(&app, &first).await.problem().1, "session_revoked", "used again after its successor");
    assert_eq!(refresh(&app, &third).await.problem().1, "session_revoked", "the session is over for both");
    assert_eq!(app.get(bearer(&third), "/v1/me").await.problem().1, "session_revoked");

    let other = with_password(&app, "a.officer2").await;
    for forged in ["", "AAAA", "x y", &other["refresh_token"].as_str().unwrap().replacen('A', "B", 1)] {
        assert!([401, 422].contains(&app.post("", "/v1/auth/refresh", json!({"refresh_token": forged})).await.status));
    }
    refresh(&app, &other).await.expect(200);
    app.service.clock.advance(danvan::accounts::MAX_IDLE + TimeDelta::days(1));
    assert_eq!(refresh(&app, &other).await.problem().1, "session_revoked", "idle for too long");
}

#[tokio::test]
async fn an_ended_session_right_or_user_stops_on_every_instance() {
    let app = App::start().await;
    let other = app.another().await;
    let leader = app.token("a.leader1").await;
    let session = with_password(&app, "a.officer1").await;
    other.get(bearer(&session), "/v1/me").await.expect(200);
    app.post(bearer(&session), "/v1/auth/logout", json!({})).await.expect(204);
    assert_eq!(app.get(bearer(&session), "/v1/me").await.problem().1, "session_revoked");
    // The other instance notices at its next reading, at most a second old; the test does not wait for it.
    other.service.pulse.forget();
    assert_eq!(other.get(bearer(&session), "/v1/me").await.problem().1, "session_revoked");

    let head = app.token("a.head1").await;
    let own = format!("/v1/hamlets/{}", id("a.ap-1"));
    other.patch(&head, &own, json!({"population": 5})).await.expect(200);
    app.post(&leader, &format!("/v1/grants/{}/actions/revoke", id("a.head1/grant")), json!({"reason": "Hết nhiệm kỳ"})).await.expect(200);
    other.service.pulse.forget();
    assert_eq!(other.patch(&head, &own, json!({"population": 6})).await.problem().1, "term_ended");

    let observer = app.token("a.observer1").await;
    app.get(&observer, "/v1/hamlets").await.expect(200);
    app.post(&leader, &format!("/v1/users/{}/actions/disable", id("a.observer1")), json!({"reason": "Nghỉ việc"})).await.expect(200);
    assert_eq!(app.get(&observer, "/v1/hamlets").await.problem().1, "session_revoked");
    let auditor = app.token("a.auditor1").await;
    app.get(&auditor, "/v1/hamlets").await.expect(200);
    app.service.clock.advance(TimeDelta::days(61));
    let auditor_later = app.token("a.auditor1").await;
    assert_eq!(app.get(&auditor, "/v1/hamlets").await.problem().1, "token_expired");
    assert_eq!(app.get(&auditor_later, "/v1/hamlets").await.problem().1, "term_ended");
}

#[tokio::test]
async fn guessing_slows_down_and_locks_nobody_out() {
    let app = App::start().await;
    with_password(&app, "a.officer1").await;
    let mut waits = 0;
    for _ in 0..8 {
        let reply = login(&app, "a.officer1", "một mật khẩu sai bét").await;
        match reply.status {
            401 => assert_eq!(reply.problem().1, "sign_in_failed"),
            429 => {
                waits += 1;
                app.service.clock.advance(TimeDelta::seconds(reply.header("retry-after").parse().unwrap()));
            }
            other => panic!("{other}"),
        }
    }
    assert!(waits >= 1, "tries beyond the free ones wait");
    app.service.clock.advance(TimeDelta::minutes(16));
    login(&app, "a.officer1", PASSWORD).await.expect(200);
    let unknown = login(&app, "nobody.at.all", PASSWORD).await;
    assert_eq!(unknown.problem().1, "sign_in_failed", "an unknown name looks like a wrong password");
    assert_eq!(login(&app, "a.head1", PASSWORD).await.problem().1, "sign_in_failed", "so does an account without password");
}

#[tokio::test]
async fn changing_a_password_asks_for_the_old_one_and_ends_other_sessions() {
    let app = App::start().await;
    let first = with_password(&app, "a.officer1").await;
    let second = login(&app, "a.officer1", PASSWORD).await.expect(200);
    let change =
        |current: &'static str, new: &'static str| app.post(bearer(&second), "/v1/me/password", json!({"current_password": current, "new_password": new}));
    assert_eq!(change("sai hoàn toàn rồi nhé", "Con trâu đi cày ruộng sâu").await.problem().1, "sign_in_failed");
    assert_eq!(change(PASSWORD, "ngắn").await.problem().3, "password_length");
    assert_eq!(change(PASSWORD, "123456789012345").await.problem().3, "password_guessable");
    change(PASSWORD, "Con trâu đi cày ruộng sâu").await.expect(204);
    assert_eq!(app.get(bearer(&first), "/v1/me").await.problem().1, "session_revoked");
    app.get(bearer(&second), "/v1/me").await.expect(200);
    login(&app, "a.officer1", "Con trâu đi cày ruộng sâu").await.expect(200);
}

#[tokio::test]
async fn nobody_grants_or_takes_over_more_than_they_hold() {
    let app = App::start().await;
    let (leader, officer) = (app.token("a.leader1").await, app.token("a.officer1").await);
    let new = app.post(&officer, "/v1/users", json!({"home_commune_id": id("a"), "username": "a.new", "display_name": "Người mới"})).await.expect(201);
    let grant = |role: &str, commune: &str| json!({"user_id": new["id"], "role": role, "commune_id": id(commune)});
    assert_eq!(app.post(&officer, "/v1/grants", grant("commune_leader", "a")).await.status, 403);
    assert_eq!(app.post(&leader, "/v1/grants", grant("observer", "b")).await.status, 403);
    assert_eq!(app.post(&leader, "/v1/grants", grant("hamlet_head", "a")).await.problem().2, "/hamlet_id");
    let elsewhere = json!({"user_id": new["id"], "role": "hamlet_head", "commune_id": id("a"), "hamlet_id": id("b.ap-1")});
    assert_eq!(app.post(&leader, "/v1/grants", elsewhere).await.problem().3, "no_hamlet");
    app.post(&officer, "/v1/grants", grant("observer", "a")).await.expect(201);
    let over = format!("/v1/users/{}/actions/issue_code", id("a.leader2"));
    assert_eq!(app.post(&officer, &over, json!({})).await.status, 403, "an officer may not take over a leader's account");
    assert_eq!(app.post(&app.token("b.leader1").await, &over, json!({})).await.status, 404);
    let platform = app.token("platform1").await;
    let leader_user = app.get(&platform, &format!("/v1/users/{}", id("a.leader1"))).await.expect(200);
    assert!(leader_user.get("display_name").is_none() && leader_user.get("phone").is_none(), "no personal data for the platform");
    assert_eq!(
        app.post(&leader, "/v1/users", json!({"home_commune_id": id("a"), "username": "A b", "display_name": "x"})).await.problem().3,
        "invalid_username"
    );
    assert_eq!(
        app.post(&leader, "/v1/users", json!({"home_commune_id": id("a"), "username": "a.head1", "display_name": "x"})).await.problem().3,
        "username_taken"
    );
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
    let app = App::start().await;
    let token = app.token("a.officer1").await;
    let parts: Vec<&str> = token.split('.').collect();
    let header: serde_json::Value = serde_json::from_slice(&B64.decode(parts[0]).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&B64.decode(parts[1]).unwrap()).unwrap();
    let pack = |value: &serde_json::Value| B64.encode(value.to_string());
    let with = |value: &serde_json::Value, key: &str, new: serde_json::Value| {
        let mut value = value.clone();
        value[key] = new;
        value
    };
    let none = with(&header, "alg", json!("none"));
    let forged = [
        format!("{}.{}.", pack(&none), parts[1]),
        format!("{}.{}.{}", pack(&with(&header, "alg", json!("HS256"))), parts[1], parts[2]),
        format!("{}.{}.{}", pack(&with(&header, "typ", json!("JWT"))), parts[1], parts[2]),
        format!("{}.{}.{}", pack(&with(&header, "kid", json!("other"))), parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], pack(&with(&claims, "sub", json!(id("a.leader1")))), parts[2]),
        format!("{}.{}.{}", parts[0], pack(&with(&claims, "exp", json!("9999999999"))), parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{token}x"),
        "ey".into(),
    ];
    for token in forged {
        assert_eq!(app.get(&token, "/v1/me").await.problem().1, "token_invalid", "{token}");
    }
    // Signed, and still none of ours: not yet begun, begun before time, without a session, living too long.
    let signed = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut claims = claims.clone();
        change(&mut claims);
        jsonwebtoken::encode(&jsonwebtoken::decode_header(&token).unwrap(), &claims, &app.service.keys.current().signing).unwrap()
    };
    let now = app.service.clock.now().timestamp();
    app.get(&signed(&|claims| claims["iat"] = json!(now + 45)), "/v1/me").await.expect(200);
    app.get(&signed(&|claims| claims["nbf"] = json!(now - 5)), "/v1/me").await.expect(200);
    for wrong in [
        signed(&|claims| claims["nbf"] = json!(now + 3600)),
        signed(&|claims| claims["nbf"] = json!((now + 3600).to_string())),
        signed(&|claims| claims["iat"] = json!(-1)),
        signed(&|claims| (claims["iat"], claims["exp"]) = (json!(-(1_i64 << 62)), json!(1_i64 << 62))),
        signed(&|claims| claims["exp"] = json!(now + 7200)),
        signed(&|claims| drop(claims.as_object_mut().unwrap().remove("sid"))),
    ] {
        assert_eq!(app.get(&wrong, "/v1/me").await.problem().1, "token_invalid", "{wrong}");
    }
    let keys = app.get("", "/.well-known/jwks.json").await.expect(200);
    assert_eq!((keys["keys"][0]["kty"].clone(), keys["keys"][0]["crv"].clone(), keys["keys"][0].get("d")), (json!("OKP"), json!("Ed25519"), None));
    danvan::access::keys::rotate(&mut app.sql().await, &app.service.secret, app.service.clock.now(), false).await.unwrap();
    app.get(&token, "/v1/me").await.expect(200);
    app.sql().await.batch_execute("UPDATE signing_keys SET retired_at = now() - interval '2 hours' WHERE retired_at IS NOT NULL").await.unwrap();
    let other = app.another().await;
    assert_eq!(other.get(&token, "/v1/me").await.problem().1, "token_invalid", "a key long retired verifies nothing");
}

/// The password is compared, which takes long; whoever changes it meanwhile shuts out who knows the former one.
#[tokio::test]
async fn a_password_that_changes_meanwhile_opens_no_session() {
    use diesel::QueryableByName;
    use diesel_async::RunQueryDsl;
    #[derive(QueryableByName)]
    struct Waiting {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        waiting: i64,
    }
    let app = App::start().await;
    with_password(&app, "a.officer1").await;
    let (mut owner, mut watch) = (app.sql().await, app.sql().await);
    let change = format!("BEGIN; UPDATE users SET password_hash = 'another' WHERE id = '{}'", id("a.officer1"));
    owner.batch_execute(&change).await.unwrap();
    let signing_in = login(&app, "a.officer1", PASSWORD);
    let changing = async {
        let query = "SELECT count(*) AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        while diesel::sql_query(query).get_result::<Waiting>(&mut watch).await.unwrap().waiting == 0 {
            tokio::task::yield_now().await;
        }
        owner.batch_execute("COMMIT").await.unwrap();
    };
    let (reply, ()) = tokio::join!(signing_in, changing);
    assert_eq!(reply.problem().1, "sign_in_failed");
}
