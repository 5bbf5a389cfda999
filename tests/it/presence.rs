//! Hours of presence: what lies beside the activity's, who was never checked out, sessions that did not take place then,
//! clocks that are wrong, people who are at two places.

use serde_json::Value;

use crate::support::{App, Reply, at, at_on, id, json};

fn item(action: &str, person: &str, occurred_at: &str) -> Value {
    json!({"id": danvan::random::id(), "action": action, "activity_id": id("a.activity1"), "volunteer_id": id(person), "occurred_at": occurred_at})
}

async fn hand_in(app: &App, token: &str, items: &[Value]) -> Value {
    app.post(token, "/v1/sign-ups/check-ins", json!({"commune_id": id("a"), "items": items})).await.expect(200)
}

fn outcomes(body: &Value) -> Vec<(u64, bool)> {
    body["results"].as_array().unwrap().iter().map(|r| (r["status"].as_u64().unwrap(), r["changed"].as_bool().unwrap())).collect()
}

async fn row(app: &App, token: &str, result: &Value) -> Value {
    app.get(token, &format!("/v1/sign-ups/{}", result["sign_up"]["id"].as_str().unwrap())).await.expect(200)
}

/// Present, man-days, seats.
async fn sums(app: &App, token: &str) -> Value {
    let sums = app.get(token, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.expect(200);
    json!([sums["present"], sums["man_days"], sums["seats_taken"]])
}

async fn act(app: &App, token: &str, action: &str, body: Value) -> Reply {
    let path = format!("/v1/activities/{}", id("a.activity1"));
    let seen = app.get(token, &path).await;
    app.ask("POST", token, &format!("{path}/actions/{action}")).header("If-Match", seen.header("etag")).json(&body).send().await
}

fn codes(body: &Value) -> Vec<&str> {
    body["warnings"].as_array().map(|list| list.iter().map(|w| w["code"].as_str().unwrap()).collect()).unwrap_or_default()
}

async fn standing(app: &App, token: &str) -> Vec<String> {
    let path = format!("/v1/campaigns/{}/warnings", id("a.campaign"));
    let list = app.get(token, &path).await.expect(200);
    list["items"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_lies_beside_the_hours_counts_no_more_than_the_activity() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    app.service.clock.advance(chrono::TimeDelta::days(1));
    let officer_later = app.token("a.officer1").await;
    let queue = [
        // Came in time, written down as gone the next morning.
        item("check_in", "a.person1", &at("00:00")),
        item("check_out", "a.person1", &at_on(1, "00:00")),
        // A clock that is days behind.
        item("check_in", "a.person2", &at_on(-5, "00:00")),
        item("check_out", "a.person2", &at_on(-4, "00:00")),
        // Within the tolerance of an hour: what was worked longer counts.
        item("check_in", "a.person3", &at_on(-1, "23:30")),
        item("check_out", "a.person3", &at("04:40")),
        // The times are the wrong way round.
        item("check_in", "a.person4", &at("04:00")),
        item("check_out", "a.person4", &at("00:05")),
    ];
    let body = hand_in(&app, &officer_later, &queue).await;
    let mut found = vec![];
    for n in [1, 3, 5, 7] {
        let row = row(&app, &officer_later, &body["results"][n]).await;
        found.push(json!([row["minutes"], row["man_days"], row["marks"]]));
    }
    assert_eq!(
        found,
        [json!([240, 0.5, ["outside_hours"]]), json!([240, 0.5, ["outside_hours"]]), json!([310, 0.5, []]), json!([240, 0.5, ["out_before_in"]])]
    );
    assert_eq!(row(&app, &officer_later, &body["results"][1]).await["checked_out_at"], at_on(1, "00:00"), "kept as the phone said it");
    let marked = app.get(&officer_later, &format!("/v1/sign-ups?commune={}&mark=outside_hours", id("a"))).await.expect(200);
    assert_eq!(marked["items"].as_array().unwrap().len(), 2);
    // The campaign's tolerance is a setting.
    let campaign = format!("/v1/campaigns/{}", id("a.campaign"));
    app.patch(&officer_later, &campaign, json!({"presence_tolerance_minutes": 10})).await.expect(200);
    let strict = hand_in(&app, &officer_later, &[json!({"id": danvan::random::id(), "action": "check_in", "activity_id": id("a.activity2"), "volunteer_id": id("a.person3"), "occurred_at": at("23:30")})]).await;
    assert_eq!(strict["results"][0]["sign_up"]["marks"], json!(["outside_hours"]));
    // Who looked at it says what counts, and the mark is gone.
    let path = format!("/v1/sign-ups/{}/actions/correct", body["results"][1]["sign_up"]["id"].as_str().unwrap());
    let corrected = app.post(&officer_later, &path, json!({"status": "attended", "minutes": 480, "reason": "Làm cả ngày"})).await.expect(200);
    assert_eq!(json!([corrected["man_days"], corrected["marks"]]), json!([1.0, []]));
    // A check-out that tells minutes is bound too.
    let walked = app
        .post(&officer_later, &format!("/v1/activities/{}/walk-ins", id("a.activity1")), json!({"headcount": 2, "occurred_at": at("01:00")}))
        .await
        .expect(201);
    let path = format!("/v1/sign-ups/{}/actions/check_out", walked["id"].as_str().unwrap());
    let out = app.post(&officer_later, &path, json!({"occurred_at": at("04:00"), "minutes": 1440})).await.expect(200);
    assert_eq!(json!([out["minutes"], out["marks"]]), json!([260, ["outside_hours"]]));
    assert_eq!(app.get(&officer, "/v1/me").await.status, 401, "the first token is a day old");
}

#[tokio::test]
async fn finishing_counts_who_is_still_there_and_says_how_many() {
    let app = App::at_work().await;
    let (officer, lead) = (app.token("a.officer1").await, app.token("a.observer2").await);
    act(&app, &lead, "start", json!({})).await.expect(200);
    let queue = ["a.person1", "a.person2", "a.person3"].map(|person| item("check_in", person, &at("00:05")));
    let body = hand_in(&app, &officer, &queue).await;
    assert_eq!(sums(&app, &officer).await, json!([3, 0.0, 0]));
    let finished = act(&app, &lead, "finish", json!({"outcome": "completed"})).await.expect(200);
    assert_eq!(codes(&finished)[0], "counted_by_default");
    assert!(finished["warnings"][0]["detail"].as_str().unwrap().starts_with("3 người"), "{finished}");
    assert_eq!(sums(&app, &officer).await, json!([3, 1.5, 0]));
    assert_eq!(row(&app, &officer, &body["results"][0]).await["marks"], json!(["default_hours"]));
    // A check-out that comes later tells more; a second one does not.
    let later = [item("check_out", "a.person1", &at("02:05")), item("check_out", "a.person1", &at("04:05"))];
    assert_eq!(outcomes(&hand_in(&app, &officer, &later).await), [(200, true), (200, false)]);
    let told = row(&app, &officer, &body["results"][0]).await;
    assert_eq!(json!([told["minutes"], told["marks"]]), json!([120, []]));
    // Who is written down when all is over counts at once: nobody will check them out.
    let late = hand_in(&app, &officer, &[item("check_in", "a.person4", &at("00:10"))]).await;
    assert_eq!(late["results"][0]["sign_up"]["status"], "attended");
    assert_eq!(sums(&app, &officer).await, json!([4, 2.0, 0]));
    // What the office should look at is named.
    hand_in(&app, &officer, &[item("check_out", "a.person4", &at_on(-3, "04:05"))]).await;
    let verified = act(&app, &officer, "verify", json!({})).await.expect(200);
    assert_eq!(codes(&verified), ["presence_marked", "results_unverified"]);
    assert!(standing(&app, &officer).await.contains(&"presence_marked".to_owned()));
}

#[tokio::test]
async fn default_hours_are_those_of_the_activity_or_until_the_interruption() {
    for (set, body, expected) in [
        (json!({"default_minutes": 60}), json!({"outcome": "completed"}), 60),
        (json!({"default_minutes": null}), json!({"outcome": "completed", "default_minutes": 90}), 90),
        (json!({"default_minutes": null}), json!({"outcome": "interrupted", "occurred_at": at("01:40")}), 100),
    ] {
        let app = App::at_work().await;
        let officer = app.token("a.officer1").await;
        app.patch(&officer, &format!("/v1/activities/{}", id("a.activity1")), set).await.expect(200);
        act(&app, &officer, "start", json!({})).await.expect(200);
        let there = hand_in(&app, &officer, &[item("check_in", "a.person1", &at("00:00"))]).await;
        act(&app, &officer, "finish", body).await.expect(200);
        assert_eq!(row(&app, &officer, &there["results"][0]).await["minutes"], expected);
    }
}

#[tokio::test]
async fn presence_of_a_session_that_was_put_off_is_kept_apart_for_the_office() {
    let app = App::at_work().await;
    let (officer, head, other) = (app.token("a.officer1").await, app.token("a.officer2").await, app.token("a.head1").await);
    let signed =
        app.post(&officer, "/v1/sign-ups", json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person1")})).await.expect(201);
    // One was checked in before the rain.
    hand_in(&app, &head, &[item("check_in", "a.person3", &at("00:00"))]).await;
    assert_eq!(sums(&app, &officer).await, json!([1, 0.0, 1]));
    let postponed = act(&app, &officer, "postpone", json!({"cause": "weather", "reason": "Mưa lớn"})).await.expect(200);
    assert_eq!(codes(&postponed), ["kept_apart"]);
    assert_eq!(sums(&app, &officer).await, json!([0, 0.0, 1]));
    // The head was without a network.
    let mut queue: Vec<Value> =
        ["check_in", "check_out"].into_iter().zip(["00:05", "04:00"]).map(|(action, time)| item(action, "a.person1", &at(time))).collect();
    queue.push(item("check_in", "a.person2", &at("00:05")));
    let body = hand_in(&app, &head, &queue).await;
    assert_eq!(outcomes(&body), [(201, true), (201, true), (201, true)]);
    assert!(body["results"].as_array().unwrap().iter().all(|r| r["sign_up"]["status"] == "to_place"), "{body}");
    assert_eq!(outcomes(&hand_in(&app, &head, &queue).await), [(200, false), (200, false), (200, false)]);
    // The same by the single request: the sign-up stays as it was.
    let path = format!("/v1/sign-ups/{}/actions/check_in", signed["id"].as_str().unwrap());
    let single = app.post(&head, &path, json!({"occurred_at": at("00:06")})).await.expect(200);
    assert_eq!((single["status"].clone(), codes(&single)), (json!("confirmed"), vec!["kept_apart"]));
    // Another day: the queue of the former one is still not counted there.
    let day = danvan::clock::local_day(app.service.clock.now()) + chrono::TimeDelta::days(3);
    let moved = act(&app, &officer, "reschedule", json!({"date": day})).await.expect(200);
    assert_eq!(moved["status"], "open", "sign-ups are what they were");
    assert_eq!(outcomes(&hand_in(&app, &head, &queue).await), [(200, false), (200, false), (200, false)]);
    let fresh = hand_in(&app, &head, &[item("check_in", "a.person4", &at("00:05"))]).await;
    assert_eq!((outcomes(&fresh), fresh["results"][0]["sign_up"]["status"].clone()), (vec![(201, true)], json!("to_place")));
    assert_eq!(sums(&app, &officer).await, json!([0, 0.0, 1]));
    assert!(standing(&app, &officer).await.contains(&"presence_to_place".to_owned()));
    // The office places it where work was done then, or rejects it.
    let apart = &body["results"][0];
    let kept = row(&app, &officer, apart).await;
    assert_eq!(json!([kept["apart_of"], kept["checked_in_at"], kept["checked_out_at"]]), json!([signed["id"], at("00:05"), at("04:00")]));
    let path = format!("/v1/sign-ups/{}/actions", apart["sign_up"]["id"].as_str().unwrap());
    assert_eq!(app.post(&other, &format!("{path}/place"), json!({"activity_id": id("a.activity2")})).await.status, 403);
    assert_eq!(app.post(&officer, &format!("{path}/place"), json!({"activity_id": id("b.activity1")})).await.problem().3, "not_there");
    let placed = app.post(&officer, &format!("{path}/place"), json!({"activity_id": id("a.activity2"), "minutes": 235})).await.expect(200);
    assert_eq!(json!([placed["status"], placed["activity_id"], placed["man_days"]]), json!(["attended", id("a.activity2"), 0.5]));
    let there = app.get(&officer, &format!("/v1/activity-sums/{}", id("a.activity2"))).await.expect(200);
    assert_eq!(json!([there["present"], there["man_days"], there["seats_taken"]]), json!([1, 0.5, 0]));
    let path = format!("/v1/sign-ups/{}/actions/reject", body["results"][2]["sign_up"]["id"].as_str().unwrap());
    assert_eq!(app.post(&officer, &path, json!({"reason": "Không có mặt"})).await.expect(200)["status"], "rejected");
    // Nobody by the own word, without having been there.
    let volunteer = app.token("a.volunteer1").await;
    let own = hand_in(&app, &volunteer, &[item("check_in", "a.person1", &at("00:05"))]).await;
    assert_eq!(own["results"][0]["problem"]["code"], "code_required");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_marked_or_forgiven() {
    let app = App::at_work().await;
    let head = app.token("a.officer2").await;
    let items = [
        // It is 09:00: twelve minutes ahead are forgiven.
        item("check_in", "a.person1", &at("09:12")),
        // Seven hours: the phone can set its queue right.
        item("check_in", "a.person2", &at("16:00")),
        // Years: the service's time, marked.
        item("check_in", "a.person3", "2150-01-05T00:05:00Z"),
        item("check_in", "a.person4", "1970-01-01T00:05:00Z"),
    ];
    let body = hand_in(&app, &head, &items).await;
    assert_eq!(outcomes(&body), [(201, true), (422, false), (201, true), (201, true)]);
    let problem = &body["results"][1]["problem"];
    assert_eq!(problem["errors"][0]["code"], "in_the_future");
    assert_eq!(&problem["server_time"].as_str().unwrap()[..16], &at("09:00")[..16]);
    for n in [2, 3] {
        let row = row(&app, &head, &body["results"][n]).await;
        assert_eq!(row["marks"], json!(["outside_hours", "clock_wrong"]), "and it is five hours later");
        assert_eq!(&row["checked_in_at"].as_str().unwrap()[..16], &at("09:00")[..16]);
    }
    // A moment is cut to what the database keeps; second 60 is none.
    let made = json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "code": "vi-giay", "kind": "meeting", "title": "Họp", "place": {"kind": "other", "name": "UBND"}, "starts_at": at("23:30").replace("00Z", "00.123456789Z")});
    let officer = app.token("a.officer1").await;
    let answer = app.post(&officer, "/v1/activities", made.clone()).await.expect(201);
    let kept = app.get(&officer, &format!("/v1/activities/{}", answer["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(answer["starts_at"], kept["starts_at"]);
    let mut leap = made;
    (leap["code"], leap["starts_at"]) = (json!("giay-60"), json!(at("23:59").replace(":00Z", ":60Z")));
    assert_eq!(app.post(&officer, "/v1/activities", leap).await.problem().2, "/starts_at");
}

#[tokio::test]
async fn one_person_at_two_places_is_marked_at_every_door() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let activity2 = format!("/v1/activities/{}", id("a.activity2"));
    let other = app.get(&officer, &format!("/v1/activities/{}", id("a.activity1"))).await.expect(200);
    app.patch(&officer, &activity2, json!({"date": other["date"], "session": "morning"})).await.expect(200);
    let at_two = |action: &str, time: &str| {
        let mut item = item(action, "a.person1", &at(time));
        item["activity_id"] = json!(id("a.activity2"));
        item
    };
    let queue = [item("check_in", "a.person1", &at("00:00")), at_two("check_in", "02:00"), at_two("check_out", "04:00")];
    let body = hand_in(&app, &officer, &queue).await;
    assert_eq!(body["results"][1]["sign_up"]["marks"], json!(["two_places"]));
    let out = hand_in(&app, &officer, &[item("check_out", "a.person1", &at("01:55"))]).await;
    assert_eq!(out["results"][0]["sign_up"]["marks"], json!([]), "left the first before coming to the second");
    // The single request warns.
    let signed =
        app.post(&officer, "/v1/sign-ups", json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person2")})).await.expect(201);
    let mut elsewhere = at_two("check_in", "00:00");
    elsewhere["volunteer_id"] = json!(id("a.person2"));
    hand_in(&app, &officer, &[elsewhere]).await;
    let single =
        app.post(&officer, &format!("/v1/sign-ups/{}/actions/check_in", signed["id"].as_str().unwrap()), json!({"occurred_at": at("01:00")})).await.expect(200);
    assert_eq!((codes(&single), single["marks"].clone()), (vec!["two_places"], json!(["two_places"])));
}

#[tokio::test]
async fn leaving_implies_coming_whatever_arrives_first() {
    let app = App::at_work().await;
    let head = app.token("a.officer2").await;
    let signed =
        app.post(&head, "/v1/sign-ups", json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person1")})).await.expect(201);
    let path = format!("/v1/sign-ups/{}/actions", signed["id"].as_str().unwrap());
    let out = app.post(&head, &format!("{path}/check_out"), json!({"occurred_at": at("03:00")})).await.expect(200);
    assert_eq!(json!([out["status"], out["minutes"], out["walk_in"]]), json!(["attended", 240, false]));
    let came = app.post(&head, &format!("{path}/check_in"), json!({"occurred_at": at("01:00")})).await.expect(200);
    assert_eq!(json!([came["status"], came["minutes"], came["walk_in"]]), json!(["attended", 120, false]));
    // Without a sign-up, by the queue; sent again, nothing changes.
    let queue = [item("check_out", "a.person3", &at("03:00")), item("check_in", "a.person3", &at("00:30"))];
    assert_eq!(outcomes(&hand_in(&app, &head, &queue).await), [(201, true), (200, true)]);
    assert_eq!(outcomes(&hand_in(&app, &head, &queue).await), [(200, false), (200, false)]);
    assert_eq!(sums(&app, &head).await, json!([2, 1.0, 1]));
}

#[tokio::test]
async fn who_comes_alone_tells_of_it_within_two_days() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/activities/{}/check-in-codes?from={}&to={}", id("a.activity1"), at("00:00"), at("00:10"));
    let code = app.get(&officer, &path).await.expect(200)["codes"][0]["text"].clone();
    let mut alone = item("check_in", "a.person1", &at("00:05"));
    alone["code"] = code;
    let volunteer = app.token("a.volunteer1").await;
    // Five hours later: for the lead to look at.
    let body = hand_in(&app, &volunteer, &[alone.clone()]).await;
    assert_eq!(json!([body["results"][0]["status"], body["results"][0]["sign_up"]["marks"]]), json!([201, ["sent_late"]]));
    let late = App::at_work().await;
    let officer = late.token("a.officer1").await;
    alone["code"] = late.get(&officer, &path).await.expect(200)["codes"][0]["text"].clone();
    late.service.clock.advance(chrono::TimeDelta::hours(44));
    let volunteer = late.token("a.volunteer1").await;
    let body = hand_in(&late, &volunteer, &[alone]).await;
    assert_eq!(body["results"][0]["problem"]["errors"][0]["code"], "too_long_ago");
}

#[tokio::test]
async fn what_is_kept_apart_counts_once_however_it_comes_and_goes() {
    let app = App::at_work().await;
    let officer = app.token("a.officer1").await;
    let sign_up = async |body: Value| app.post(&officer, "/v1/sign-ups", body).await.expect(201);
    // Three came as a group, one of them by name; then the day is moved.
    let group = sign_up(json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "group_name": "Tổ 1", "headcount": 3})).await;
    sign_up(json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person4"), "group_id": group["id"]})).await;
    let came = |which: Value| {
        let mut item = json!({"id": danvan::random::id(), "action": "check_in", "occurred_at": at("00:00")});
        item.as_object_mut().unwrap().extend(which.as_object().unwrap().clone());
        item
    };
    let queue = [came(json!({"sign_up_id": group["id"]})), came(json!({"activity_id": id("a.activity1"), "volunteer_id": id("a.person4")}))];
    hand_in(&app, &officer, &queue).await;
    assert_eq!(sums(&app, &officer).await, json!([3, 0.0, 3]));
    let day = danvan::clock::local_day(app.service.clock.now()) + chrono::TimeDelta::days(3);
    act(&app, &officer, "reschedule", json!({"date": day})).await.expect(200);
    let apart = app.get(&officer, &format!("/v1/sign-ups?commune={}&status=to_place", id("a"))).await.expect(200);
    for row in apart["items"].as_array().unwrap() {
        let path = format!("/v1/sign-ups/{}/actions/place", row["id"].as_str().unwrap());
        app.post(&officer, &path, json!({"activity_id": id("a.activity2"), "minutes": 240})).await.expect(200);
    }
    let there = app.get(&officer, &format!("/v1/activity-sums/{}", id("a.activity2"))).await.expect(200);
    assert_eq!(json!([there["present"], there["man_days"]]), json!([3, 1.5]));
    // The queue comes again after the office placed what it told: nothing more.
    assert_eq!(outcomes(&hand_in(&app, &officer, &queue).await), [(200, false), (200, false)]);
    let there = app.get(&officer, &format!("/v1/activity-sums/{}", id("a.activity2"))).await.expect(200);
    assert_eq!(json!([there["present"], there["man_days"]]), json!([3, 1.5]));
}

#[tokio::test]
async fn presence_of_what_was_called_off_is_kept_and_leaves_the_sums() {
    let app = App::at_work().await;
    let (officer, head, liaison) = (app.token("a.officer1").await, app.token("a.officer2").await, app.token("a.liaison1").await);
    app.post(&officer, "/v1/sign-ups", json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": id("a.person1")})).await.expect(201);
    hand_in(&app, &head, &[item("check_in", "a.person2", &at("00:05"))]).await;
    let over = act(&app, &liaison, "postpone", json!({"cause": "order", "reason": "Lệnh"})).await;
    assert_eq!(over.problem().1, "ask_the_office", "what is over is the office's to put off");
    let cancelled = act(&app, &officer, "cancel", json!({"reason": "Không tổ chức nữa"})).await.expect(200);
    assert_eq!(codes(&cancelled), ["kept_apart"]);
    assert_eq!(sums(&app, &officer).await, json!([0, 0.0, 0]));
    // A phone that did not know.
    let queue = [item("check_in", "a.person1", &at("00:05")), item("check_out", "a.person1", &at("04:00")), item("check_out", "a.person2", &at("04:00"))];
    let body = hand_in(&app, &head, &queue).await;
    assert_eq!(outcomes(&body), [(201, true), (201, true), (201, true)]);
    assert!(body["results"].as_array().unwrap().iter().all(|r| r["sign_up"]["status"] == "to_place"), "{body}");
    assert_eq!(sums(&app, &officer).await, json!([0, 0.0, 0]));
}
