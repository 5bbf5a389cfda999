//! The own schedule by a link: what its owner signed up for or leads, as they may see it, for as long as they may.

use diesel_async::SimpleAsyncConnection as _;

use crate::support::{App, id, json, world};

#[tokio::test]
async fn a_link_shows_ones_own_schedule_and_ends_with_the_right_to_it() {
    let app = App::start().await;
    world::a_day(&app).await;
    let (volunteer, officer) = (app.token("a.volunteer1").await, app.token("a.officer1").await);
    let link = app.post(&volunteer, "/v1/me/calendar", json!({})).await.expect(201);
    let path = link["path"].as_str().unwrap().to_owned();
    assert_eq!(link["url"], json!(format!("https://danvan.example{path}")));
    // Person 1 is volunteer 1, and signed up for activity 1; no more than that is in it, with the title that volunteers see.
    let calendar = app.get("", &path).await;
    assert_eq!((calendar.status, calendar.header("content-type")), (200, "text/calendar; charset=utf-8"));
    let uid = |n: u8| format!("UID:{}@danvan", id(&format!("a.activity{n}")));
    assert_eq!(calendar.text.matches("BEGIN:VEVENT").count(), 1);
    assert!(calendar.text.contains(&uid(1)));
    assert_eq!(app.get("", path.trim_end_matches(".ics")).await.text, calendar.text);
    for line in ["PRODID:-//Danvan//Danvan//VI", "X-WR-CALNAME:Lịch công tác dân vận", "REFRESH-INTERVAL;VALUE=DURATION:"] {
        assert!(calendar.text.contains(line), "{line}: {}", calendar.text);
    }
    let known = app.ask("GET", "", &path).header("If-None-Match", calendar.header("etag")).send().await;
    assert_eq!(known.status, 304, "programs ask every few minutes");
    // A change is there at once; what was cancelled stays, marked.
    app.post(&officer, &format!("/v1/activities/{}/actions/cancel", id("a.activity1")), json!({"reason": "mưa lớn"})).await.expect(200);
    let after = app.ask("GET", "", &path).header("If-None-Match", calendar.header("etag")).send().await;
    assert_eq!(after.status, 200);
    assert!(after.text.contains("STATUS:CANCELLED"));
    let sign_up = &app.get(&volunteer, "/v1/sign-ups").await.expect(200)["items"][0]["id"];
    assert!(sign_up.is_string());
    app.sql().await.batch_execute(&format!("UPDATE sign_ups SET status = 'withdrawn' WHERE id = '{}'", sign_up.as_str().unwrap())).await.unwrap();
    assert_eq!(app.get("", &path).await.text.matches("BEGIN:VEVENT").count(), 0, "whoever withdrew has nothing there any more");
    // Who leads one has it too.
    let leads =
        app.post(&app.token("a.observer2").await, "/v1/me/calendar", json!({"commune_id": id("a")})).await.expect(201)["path"].as_str().unwrap().to_owned();
    app.sql().await.batch_execute(&format!("UPDATE activities SET lead_user_id = '{}' WHERE id = '{}'", id("a.observer2"), id("a.activity2"))).await.unwrap();
    assert!(app.get("", &leads).await.text.contains(&uid(2)));
    // Wrong, replaced and ended links; an account that is shut; strangers.
    let mut wrong = path.clone();
    wrong.replace_range(15..16, if &path[15..16] == "x" { "y" } else { "x" });
    assert_eq!(app.get("", &wrong).await.status, 404);
    let new = app.post(&volunteer, "/v1/me/calendar", json!({})).await.expect(201)["path"].as_str().unwrap().to_owned();
    assert_eq!((app.get("", &path).await.status, app.get("", &new).await.status), (404, 200));
    assert_eq!(app.ask("DELETE", &volunteer, "/v1/me/calendar").send().await.status, 204);
    assert_eq!(app.get("", &new).await.status, 404);
    app.post(&officer, &format!("/v1/users/{}/actions/disable", id("a.observer2")), json!({"reason": "nghỉ việc"})).await.expect(200);
    assert_eq!(app.get("", &leads).await.status, 404);
    assert_eq!(app.post("", "/v1/me/calendar", json!({})).await.status, 401);
    assert_eq!(app.post(&officer, "/v1/me/calendar", json!({"commune_id": danvan::random::id()})).await.problem().3, "no_commune");
    // A day without hours is that day alone.
    let whole = json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "code": "ca-ngay", "kind": "meeting", "title": "Cả ngày", "date": world::in_days(3), "place": {"kind": "other", "name": "Xã"}});
    app.post(&officer, "/v1/activities", whole).await.expect(201);
    let list = app.get(&officer, &format!("/v1/activities?commune={}&format=ics", id("a"))).await.text;
    let event = list.split("BEGIN:VEVENT").find(|event| event.contains("SUMMARY:Cả ngày")).unwrap_or_else(|| panic!("{list}"));
    assert!(event.contains(&format!("DTSTART;VALUE=DATE:{}", world::in_days(3).replace('-', ""))) && !event.contains("DTEND"), "{event}");
    // The token itself is nowhere.
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    app.post(&volunteer, "/v1/me/calendar", json!({})).await.expect(201);
    let stored: Vec<Vec<u8>> =
        danvan::db::schema::calendar_links::table.select(danvan::db::schema::calendar_links::token_hash).load(&mut app.sql().await).await.unwrap();
    assert!(!stored.is_empty() && stored.iter().all(|hash| hash.len() == 32));
}
