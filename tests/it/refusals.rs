//! What rooms refuse and warn of: a body, and the code that it gets. The rules that have a story of their own are in their
//! rooms' files; `architecture::every_code_is_seen_by_some_test` tells which code is in neither.

use diesel::QueryableByName;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use serde_json::Value;

use crate::support::{App, at_on, id, json, world};

/// Who, method and path, what is sent; the status, and where and why.
type Case = (&'static str, &'static str, String, Value, u16, &'static str, &'static str);

async fn check(app: &App, cases: &[Case]) {
    let mut wrong = vec![];
    for (who, method, path, body, status, pointer, code) in cases {
        let token = app.token(who).await;
        let reply = app.ask(method, &token, path).header("If-Match", "*").json(body).send().await;
        let (found, problem, at, why) = reply.problem();
        let held = if pointer.is_empty() { problem == *code } else { at == *pointer && why == *code };
        if found != *status || !held {
            wrong.push(format!("{method} {path} {body}\n    expected {status} {pointer} {code}\n    was {}", reply.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn a(name: &str) -> String {
    id(&format!("a.{name}")).to_string()
}

#[tokio::test]
async fn places_units_and_rights() {
    let app = App::start().await;
    let unit = |extra: Value| {
        let mut body = json!({"commune_id": id("a"), "code": "moi", "name": "Trường mới", "kind": "school"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    let nobody = danvan::random::id();
    let merged = json!({"reason": "Sắp xếp lại", "successor_id": a("youth"), "valid_to": "2026-01-01"});
    let grant = |extra: Value| {
        let mut body = json!({"user_id": a("observer1"), "commune_id": id("a")});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    check(
        &app,
        &[
            (
                "platform1",
                "POST",
                "/v1/communes".into(),
                json!({"code": "26x73", "name": "Xã X", "kind": "xa", "province_code": "75", "province_name": "Tỉnh Đồng Nai", "valid_from": "2025-07-01"}),
                422,
                "/code",
                "digits_only",
            ),
            (
                "platform1",
                "POST",
                "/v1/military-units".into(),
                json!({"name": "Đại đội 1", "kind": "battery", "parent_id": nobody}),
                422,
                "/parent_id",
                "no_parent",
            ),
            (
                "a.officer1",
                "POST",
                "/v1/units".into(),
                unit(json!({"military_unit_id": nobody, "kind": "military_unit"})),
                422,
                "/military_unit_id",
                "no_military_unit",
            ),
            ("a.officer1", "POST", format!("/v1/units/{}/actions/merge", a("youth")), merged, 422, "/successor_id", "no_working_unit"),
            ("a.leader1", "POST", "/v1/grants".into(), grant(json!({"role": "member"})), 422, "/role", "not_grantable"),
            ("a.leader1", "POST", "/v1/grants".into(), grant(json!({"role": "auditor", "valid_to": "2030-01-01"})), 422, "/valid_to", "term_too_long"),
        ],
    )
    .await;
    // The same right is given once; where it stands twice from of old, taking one away tells of the other.
    let leader = app.token("a.leader1").await;
    let officer = || grant(json!({"role": "commune_officer"}));
    let first = app.post(&leader, "/v1/grants", officer()).await.expect(201);
    let first = first["id"].as_str().unwrap();
    assert_eq!(app.post(&leader, "/v1/grants", officer()).await.problem().1, "already_granted");
    let another = format!("INSERT INTO grants SELECT (jsonb_populate_record(g, jsonb_build_object('id', '{nobody}'))).* FROM grants g WHERE id = '{first}'");
    app.sql().await.batch_execute(&another).await.unwrap();
    let revoked = app.post(&leader, &format!("/v1/grants/{first}/actions/revoke"), json!({"reason": "Thu hồi"})).await.expect(200);
    assert_eq!((&revoked["warnings"][0]["code"], &revoked["warnings"][0]["related"]), (&json!("another_stands"), &json!([nobody])));
}

#[tokio::test]
async fn plans_days_and_papers() {
    let app = App::start().await;
    world::a_day(&app).await;
    let day = danvan::clock::local_day(app.service.clock.now());
    let headcount = |unit: &str, date: chrono::NaiveDate| json!({"commune_id": id("a"), "campaign_id": a("campaign"), "unit_id": a(unit), "date": date, "officers": 3, "soldiers": 30});
    let nobody = danvan::random::id();
    let activity = |extra: Value| {
        let mut body = json!({"commune_id": id("a"), "campaign_id": a("campaign"), "code": "hd-9", "kind": "road_labour", "title": "Hoạt động mới", "date": day + chrono::TimeDelta::days(3), "session": "morning", "hamlet_id": a("ap-3"), "place": {"kind": "hamlet", "name": "Đường 9"}});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    check(
        &app,
        &[
            ("a.liaison1", "POST", "/v1/headcounts".into(), headcount("battalion", day + chrono::TimeDelta::days(1)), 409, "/date", "day_taken"),
            ("a.officer1", "POST", "/v1/headcounts".into(), headcount("sister", day), 403, "", "forbidden"),
            ("a.officer1", "PATCH", format!("/v1/campaigns/{}", a("campaign")), json!({"plan_document_id": a("minutes1")}), 422, "/plan_document_id", "no_plan"),
            ("a.officer1", "POST", "/v1/activities".into(), activity(json!({"plan_item_id": nobody})), 422, "/plan_item_id", "no_plan_item"),
            ("a.officer1", "POST", "/v1/documents".into(), json!({"commune_id": id("a"), "kind": "plan", "symbol": "KH-UBND", "year": 2026, "issuing_unit_id": a("office"), "subject": "Kế hoạch", "replaces_id": nobody, "replaces_as": "amends", "signature": {"form": "head", "signer_title": "CHỦ TỊCH"}}), 422, "/replaces_id", "no_document"),
            ("a.officer1", "POST", "/v1/results".into(), json!({"commune_id": id("a"), "activity_id": a("activity1"), "side": "military", "metric": "man_days", "value": 2.3, "unit_id": a("battalion")}), 422, "/value", "not_halves"),
            ("a.officer1", "POST", format!("/v1/rewards/{}/actions/record_name_consent", a("reward2")), json!({"given": true}), 422, "/given", "kept_elsewhere"),
            ("a.officer1", "POST", format!("/v1/rewards/{}/actions/check", a("reward1")), json!({"discipline_clear": true}), 422, "", "validation_failed"),
        ],
    )
    .await;
    // At the same time in the same place, with the same lead.
    let officer = app.token("a.officer1").await;
    let one = app.post(&officer, "/v1/activities", activity(json!({"lead_user_id": a("observer2")}))).await.expect(201);
    let two = app.post(&officer, "/v1/activities", activity(json!({"code": "hd-10", "lead_user_id": a("observer2")}))).await.expect(201);
    for made in [&one, &two] {
        app.post(&officer, &format!("/v1/activities/{}/actions/schedule", made["id"].as_str().unwrap()), json!({})).await.expect(200);
    }
    let told = app.patch(&officer, &format!("/v1/activities/{}", two["id"].as_str().unwrap()), json!({"title": "Hoạt động mười"})).await.expect(200);
    let codes: Vec<&str> = told["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"same_place") && codes.contains(&"same_lead"), "{codes:?}");
}

#[tokio::test]
async fn people_and_sign_ups() {
    let app = App::start().await;
    world::a_day(&app).await;
    let nobody = danvan::random::id();
    let sign_up = |extra: Value| {
        let mut body = json!({"commune_id": id("a"), "activity_id": a("activity1")});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    let consent = json!({"commune_id": id("a"), "volunteer_id": a("person1"), "purpose": "participation", "text_version": "1", "given_via": "paper"});
    check(
        &app,
        &[
            ("a.officer1", "POST", "/v1/volunteers".into(), json!({"commune_id": id("a"), "full_name": "Lê Thị Mới", "hamlet_id": a("ap-1"), "consents": [{"purpose": "photos", "text_version": "1", "given_via": "paper"}]}), 422, "/consents", "participation_required"),
            ("a.officer1", "POST", "/v1/volunteers".into(), json!({"commune_id": id("a"), "full_name": null, "hamlet_id": a("ap-1"), "consents": []}), 422, "/full_name", "null_not_allowed"),
            ("a.officer1", "POST", "/v1/volunteers".into(), json!({"commune_id": id("a"), "full_name": "Lê\u{0}Thị", "hamlet_id": a("ap-1"), "consents": []}), 422, "/full_name", "control_character"),
            ("a.officer1", "POST", "/v1/consents".into(), consent, 409, "/purpose", "already_given"),
            ("a.officer1", "POST", "/v1/sign-ups".into(), sign_up(json!({"volunteer_id": a("person2"), "headcount": 3})), 422, "/headcount", "group_only"),
            ("a.officer1", "POST", "/v1/sign-ups".into(), sign_up(json!({"group_name": "Chi đoàn", "headcount": 3, "group_id": nobody})), 422, "/group_id", "person_only"),
            ("a.officer1", "POST", "/v1/sign-ups".into(), sign_up(json!({"activity_id": nobody, "volunteer_id": a("person2")})), 422, "/activity_id", "not_there"),
        ],
    )
    .await;
    // Unverified people take no seat; whoever is elsewhere at that time is told of.
    let officer = app.token("a.officer1").await;
    for n in 1..=2 {
        app.patch(
            &officer,
            &format!("/v1/activities/{}", a(&format!("activity{n}"))),
            json!({"starts_at": at_on(0, "00:00"), "ends_at": at_on(0, "04:00"), "date": &at_on(0, "00:00")[..10]}),
        )
        .await
        .expect(200);
    }
    app.post(&officer, &format!("/v1/activities/{}/actions/open", a("activity2")), json!({})).await.expect(200);
    let both = app.post(&officer, "/v1/sign-ups", sign_up(json!({"activity_id": a("activity2"), "volunteer_id": a("person1")}))).await.expect(201);
    assert_eq!(both["warnings"][0]["code"], "same_time", "{both}");
    let suspended = format!("/v1/volunteers/{}/actions/suspend", a("person2"));
    app.post(&officer, &suspended, json!({"reason": "Tạm nghỉ"})).await.expect(200);
    check(&app, &[("a.officer1", "POST", "/v1/sign-ups".into(), sign_up(json!({"volunteer_id": a("person2")})), 409, "", "not_eligible")]).await;
}

#[tokio::test]
async fn what_is_not_yet_and_what_is_no_longer() {
    let app = App::start().await;
    world::a_day(&app).await;
    world::another_campaign(&app).await;
    let day = danvan::clock::local_day(app.service.clock.now());
    let state = async |sql: &str| app.sql().await.batch_execute(&sql.replace("$campaign", &a("campaign"))).await.unwrap();
    let id_of = async |sql: &str| diesel::sql_query(sql).get_result::<Found>(&mut app.sql().await).await.unwrap().id.to_string();
    let sign_up = id_of(&format!("SELECT id FROM sign_ups WHERE activity_id = '{}'", a("activity1"))).await;
    let import = id_of(&format!("SELECT id FROM imports WHERE commune_id = '{}'", id("a"))).await;
    let copied_road = id_of(&format!("SELECT md5('{}')::uuid AS id", a("road1"))).await;

    state("UPDATE campaigns SET status = 'draft' WHERE id = '$campaign'").await;
    check(
        &app,
        &[
            ("a.officer1", "POST", format!("/v1/activities/{}/actions/start", a("activity2")), json!({}), 409, "", "campaign_not_ready"),
            ("a.officer1", "POST", format!("/v1/sign-ups/{sign_up}/actions/check_in"), json!({}), 409, "", "no_presence_yet"),
        ],
    )
    .await;
    state("UPDATE campaigns SET status = 'preparing', start_date = current_date + 9 WHERE id = '$campaign'").await;
    check(&app, &[("a.leader1", "POST", format!("/v1/campaigns/{}/actions/start", a("campaign")), json!({}), 409, "", "campaign_too_early")]).await;
    state("UPDATE campaigns SET status = 'running', start_date = current_date - 2, roads_close_on = '2026-01-01' WHERE id = '$campaign'").await;
    state(&format!(
        "UPDATE rewards SET status = 'checked' WHERE id = '{}'; UPDATE rewards SET status = 'recommended' WHERE id = '{}'",
        a("reward1"),
        a("reward2")
    ))
    .await;
    state(&format!("UPDATE road_registrations SET status = 'draft' WHERE id = '{}'", a("road1"))).await;
    state(&format!("UPDATE documents SET status = 'approved' WHERE id IN ('{}', '{}')", a("document1"), a("decision1"))).await;
    state(&format!(
        "UPDATE activities SET status = 'cancelled' WHERE id = '{}'; UPDATE sign_ups SET status = 'to_place' WHERE id = '{sign_up}'",
        a("activity3")
    ))
    .await;
    state(&format!("UPDATE imports SET status = 'done', kind = 'users' WHERE id = '{import}'")).await;
    let headcount = |date: chrono::NaiveDate| json!({"commune_id": id("a"), "campaign_id": a("campaign"), "unit_id": a("battalion"), "date": date, "officers": 3, "soldiers": 30});
    let brigade = json!({"commune_id": id("a"), "campaign_id": a("campaign"), "unit_id": a("brigade"), "date": day, "officers": 3, "soldiers": 30});
    let result =
        json!({"commune_id": id("a"), "activity_id": a("activity1"), "side": "local", "metric": "metres", "value": 5, "road_registration_id": copied_road});
    let activity = json!({"commune_id": id("a"), "campaign_id": a("campaign"), "code": "hd-9", "kind": "road_labour", "title": "Hoạt động mới", "hamlet_id": a("ap-3"), "date": day, "starts_at": at_on(5, "00:00"), "ends_at": at_on(5, "03:00"), "place": {"kind": "hamlet", "name": "Đường 9"}});
    app.ask("PUT", &app.token("a.liaison1").await, "/v1/headcounts/by-ref/qs-1").json(&headcount(day)).send().await.expect(201);
    check(
        &app,
        &[
            ("a.head1", "POST", format!("/v1/road-registrations/{}/actions/submit", a("road1")), json!({}), 409, "", "registration_closed"),
            ("a.liaison1", "POST", "/v1/headcounts".into(), brigade, 422, "/unit_id", "no_partner"),
            ("a.liaison1", "PUT", "/v1/headcounts/by-ref/qs-1".into(), headcount(day + chrono::TimeDelta::days(5)), 422, "/date", "immutable"),
            ("a.officer1", "POST", "/v1/results".into(), result, 422, "/road_registration_id", "no_road"),
            ("a.officer1", "POST", "/v1/activities".into(), activity, 422, "/starts_at", "other_day"),
            (
                "a.liaison1",
                "PATCH",
                format!("/v1/campaigns/{}", a("campaign")),
                json!({"lodging": [{"unit_id": a("sister"), "place": "Nhà văn hóa", "capacity": 30}]}),
                403,
                "/lodging/0/unit_id",
                "foreign_unit",
            ),
            (
                "a.officer1",
                "POST",
                format!("/v1/documents/{}/actions/issue", a("document1")),
                json!({"number": 7, "issued_on": "2025-12-31"}),
                422,
                "/issued_on",
                "other_year",
            ),
            (
                "a.officer1",
                "POST",
                format!("/v1/rewards/{}/actions/recommend", a("reward1")),
                json!({"met_on": "2026-01-15", "minutes_document_id": a("decision1")}),
                422,
                "/minutes_document_id",
                "no_minutes",
            ),
            (
                "a.officer1",
                "POST",
                format!("/v1/rewards/{}/actions/put_on_decision", a("reward2")),
                json!({"decision_id": a("minutes1")}),
                409,
                "",
                "not_a_draft_decision",
            ),
            (
                "a.officer1",
                "POST",
                format!("/v1/sign-ups/{sign_up}/actions/place"),
                json!({"activity_id": a("activity3")}),
                422,
                "/activity_id",
                "does_not_take_place",
            ),
            ("a.officer1", "POST", format!("/v1/imports/{import}/actions/undo"), json!({"reason": "Nhập nhầm"}), 409, "", "not_undoable"),
            (
                "a.officer1",
                "POST",
                "/v1/webhooks".into(),
                json!({"commune_id": id("a"), "name": "X", "url": "https://ten:mk@example.com", "events": ["*"]}),
                422,
                "/url",
                "invalid_url",
            ),
        ],
    )
    .await;
    // A decision's amounts are those of its day: where none are set nothing is awarded.
    state(&format!("DELETE FROM award_parameters; UPDATE rewards SET decision_id = '{}' WHERE id = '{}'", a("decision1"), a("reward2"))).await;
    let issue = json!({"number": 8, "issued_on": "2026-01-15"});
    check(&app, &[("a.officer1", "POST", format!("/v1/documents/{}/actions/issue", a("decision1")), issue, 409, "", "no_award_parameters")]).await;
    // A cell of a spreadsheet has an end, a document's text has none.
    state(&format!("UPDATE documents SET sections = jsonb_build_array(jsonb_build_object('label', '1.', 'paragraphs', (SELECT jsonb_agg(repeat('x', 4000)) FROM generate_series(1, 10)))) WHERE id = '{}'", a("document1"))).await;
    check(&app, &[("a.officer1", "GET", format!("/v1/documents?commune={}&format=xlsx", id("a")), Value::Null, 422, "?format", "cell_too_long")]).await;
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: uuid::Uuid,
}
