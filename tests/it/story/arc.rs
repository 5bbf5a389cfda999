//! The whole arc: the imported plan is issued, roads are registered and done, results become evidence, the Chairman's
//! decision awards, and the award is presented.

use danvan::clock::Clock;
use danvan::db::Database;
use danvan::db::supervise::SERVICE;
use danvan::demo;
use serde_json::{Value, json};

use super::Examples;
use crate::support::{App, Reply, url};

/// The demo's accounts, each signed in with its password.
struct Cast {
    app: App,
    tokens: std::collections::HashMap<String, String>,
    commune: Value,
    campaign: String,
}

impl Cast {
    async fn get(&self, who: &str, path: &str) -> Value {
        self.app.get(self.token(who), path).await.expect(200)
    }

    async fn try_post(&self, who: &str, path: &str, body: Value) -> Reply {
        self.app.post(self.token(who), path, body).await
    }

    async fn make(&self, who: &str, path: &str, body: Value) -> Value {
        self.try_post(who, path, body).await.expect(201)
    }

    /// An action by somebody who has read what is there.
    async fn act(&self, who: &str, row: &str, action: &str, body: Value) -> Reply {
        let tag = self.app.get(self.token(who), row).await.header("etag").to_owned();
        self.app.ask("POST", self.token(who), &format!("{row}/actions/{action}")).header("If-Match", &tag).json(&body).send().await
    }

    fn token(&self, who: &str) -> &str {
        if who.is_empty() { "" } else { &self.tokens[who] }
    }
}

fn row(path: &str, object: &Value) -> String {
    format!("{path}/{}", object["id"].as_str().expect("an id"))
}

async fn cast(database: &str) -> Cast {
    let pool = Database::new(&url(SERVICE, database), 1).unwrap();
    let hasher = danvan::accounts::passwords::Hasher::start().unwrap();
    let facts = demo::load(&pool, &hasher, Clock::default().now(), demo::Extent::PlanOnly, |_| Ok(())).await.unwrap();
    let app = App::on(database, Clock::default()).await;
    let mut tokens = std::collections::HashMap::new();
    for account in &facts.accounts {
        let body = json!({"username": account.username, "password": account.password, "device_name": "Điện thoại"});
        let signed_in = app.post("", "/v1/auth/login", body).await.expect(200);
        tokens.insert(account.username.clone(), signed_in["access_token"].as_str().unwrap().to_owned());
    }
    Cast { app, tokens, commune: json!(facts.commune_id), campaign: format!("/v1/campaigns/{}", facts.campaign_id) }
}

pub async fn walk(examples: &mut Examples, database: &str) {
    let cast = cast(database).await;
    the_plan_is_issued(&cast, examples).await;
    let road = a_road_is_registered(&cast, examples).await;
    let (activity, people) = people_work_on_it(&cast, examples, &road).await;
    results_are_recorded_and_verified(&cast, examples, &road, &activity).await;
    figures_add_up(&cast, examples).await;
    awards_are_decided_and_presented(&cast, examples, &people).await;
    the_campaign_closes(&cast).await;
    let pool = Database::new(&url(SERVICE, &cast.app.database), 1).unwrap();
    let commune = uuid::Uuid::parse_str(cast.commune.as_str().unwrap()).unwrap();
    assert_eq!(danvan::cli::check::differences(&pool, commune).await.unwrap(), Vec::<String>::new(), "the sums are exact to a recount");
}

async fn the_plan_is_issued(cast: &Cast, examples: &mut Examples) {
    let campaign = cast.get("vanphong", &cast.campaign).await;
    assert_eq!(campaign["status"], "draft");
    let plan = format!("/v1/documents/{}", campaign["plan_document_id"].as_str().unwrap());
    let draft = cast.get("vanphong", &plan).await;
    assert_eq!((draft["number"].clone(), draft["issued_on"].clone(), draft["signature"]["form"].clone()), (json!(null), json!(null), json!("kt")));
    let submitted = cast.act("vanphong", &plan, "submit", json!({})).await.expect(200);
    assert_eq!(submitted["warnings"][0]["code"], "duty_without_copy", "Brigade 75 and the units with duties are no recipients");
    let brigade = cast.get("vanphong", "/v1/units?code=lu-doan-75").await["items"][0]["id"].clone();
    assert!(submitted["warnings"][0]["related"].as_array().unwrap().contains(&brigade));
    assert_eq!(cast.act("vanphong", &plan, "approve", json!({})).await.status, 403, "the office drafts, the chair approves");
    assert_eq!(cast.app.get(cast.token("truongap1"), &plan).await.status, 404, "a draft is the office's");
    examples.keep("approve_document", None, &cast.act("chutich", &plan, "approve", json!({})).await.expect(200));
    assert_eq!(cast.act("chutich", &cast.campaign, "adopt", json!({})).await.problem().1, "plan_not_issued");
    let issue = json!({"number": 45, "issued_on": "2024-07-10"});
    let blind = cast.try_post("vanphong", &format!("{plan}/actions/issue"), issue.clone()).await;
    assert_eq!(blind.problem().1, "precondition_required", "one issues what one has read");
    let issued = cast.act("vanphong", &plan, "issue", issue.clone()).await.expect(200);
    assert_eq!((issued["number"].clone(), issued["status"].clone()), (json!(45), json!("issued")));
    examples.keep("issue_document", Some(&issue), &issued);
    cast.act("vanphong", &plan, "distribute", json!({})).await.expect(200);
    let copies = cast.get("vanphong", &format!("/v1/document-recipients?document_id={}", issued["id"].as_str().unwrap())).await;
    assert_eq!(copies["items"].as_array().unwrap().len(), 5, "the second line stands for two units");
    assert!(copies["items"].as_array().unwrap().iter().all(|copy| copy["status"] == "sent"));
    examples.keep("list_document_recipients", None, &copies);
    // The office adds what the print forgot: the brigade gets a copy, and its liaison marks it read.
    let body = json!({"commune_id": cast.commune, "document_id": issued["id"], "text_as_printed": "Lữ đoàn pháo binh 75", "unit_id": brigade, "sort_order": 5});
    let copy = cast.make("vanphong", "/v1/document-recipients", body.clone()).await;
    examples.keep("create_document_recipient", Some(&body), &copy);
    let copy = row("/v1/document-recipients", &copy);
    examples.keep("send_document_recipient", None, &cast.act("vanphong", &copy, "send", json!({})).await.expect(200));
    let read = cast.act("lienlac75", &copy, "mark_read", json!({})).await.expect(200);
    assert!(read["read_at"].is_string());
    examples.keep("mark_read_document_recipient", None, &read);
    let head = cast.get("truongap1", &plan).await;
    assert_eq!(head["sections"][12]["label"], "2.4");
    assert_eq!(head["sections"][13]["label"], "2.6.", "2.5 is missing in the print, and stays so");
    cast.act("vanphong", &plan, "publish", json!({})).await.expect(200);
    let public = cast.get("", &plan).await;
    assert!(public.get("sections").is_none() && public.get("signature").is_none() && public["number"] == 45, "{public}");
    cast.act("chutich", &cast.campaign, "adopt", json!({})).await.expect(200);
    cast.act("vanphong", &cast.campaign, "open_preparation", json!({})).await.expect(200);
}

async fn a_road_is_registered(cast: &Cast, examples: &mut Examples) -> String {
    let hamlet = |code: &'static str| async move { cast.get("vanphong", &format!("/v1/hamlets?code={code}")).await["items"][0]["id"].clone() };
    let campaign = json!(cast.campaign.rsplit('/').next());
    let line = json!({"type": "LineString", "coordinates": [[107.1325, 11.3271], [107.1342, 11.3305]]});
    let body = json!({"commune_id": cast.commune, "campaign_id": campaign, "hamlet_id": hamlet("ap-1").await, "road_name": "Đường liên ấp 1 - Lý Lịch 1", "from_place": "Nhà văn hóa ấp", "to_place": "Cầu suối",
        "length_m": 500, "geometry": line, "work_types": ["clear_brush", "plant_flowers"], "contact": {"name": "Trưởng ấp", "phone": "0900000100"}});
    let road = cast.make("truongap1", "/v1/road-registrations", body.clone()).await;
    examples.keep("create_road_registration", Some(&body), &road);
    let path = row("/v1/road-registrations", &road);
    let change = json!({"priority": "high"});
    examples.keep("update_road_registration", Some(&change), &cast.app.patch(cast.token("truongap1"), &path, change.clone()).await.expect(200));
    examples.keep("submit_road_registration", None, &cast.act("truongap1", &path, "submit", json!({})).await.expect(200));
    let mut other = body;
    other["hamlet_id"] = hamlet("ly-lich-1").await;
    other["road_name"] = json!("tuyến đường liên ấp 1 – Lý Lịch 1");
    let twin = cast.make("truongaplylich1", "/v1/road-registrations", other).await;
    assert_eq!(
        (twin["warnings"][0]["code"].clone(), twin["warnings"][0]["related"].clone()),
        (json!("same_road"), json!([])),
        "told, without the other hamlet's row"
    );
    let twin = row("/v1/road-registrations", &twin);
    cast.act("truongaplylich1", &twin, "submit", json!({})).await.expect(200);
    assert_eq!(cast.app.get(cast.token("truongaplylich1"), &path).await.status, 404, "another hamlet's road");
    assert_eq!(cast.act("truongap1", &path, "accept", json!({})).await.status, 403);
    examples.keep(
        "accept_road_registration",
        Some(&json!({"accepted_length_m": 480})),
        &cast.act("vanphong", &path, "accept", json!({"accepted_length_m": 480})).await.expect(200),
    );
    let merged = cast.act("vanphong", &twin, "merge", json!({"into": road["id"], "reason": "Cùng một tuyến"})).await.expect(200);
    assert_eq!(merged["merged_into"], road["id"]);
    let note = json!({"note": "Nhiều bụi rậm, cần hai buổi."});
    let surveyed = cast.act("lienlac75", &path, "survey", note.clone()).await.expect(200);
    assert!(surveyed.get("contact").is_none(), "no phone for the liaison");
    examples.keep("survey_road_registration", Some(&note), &surveyed);
    path
}

/// An activity for the road, with three volunteers who come.
async fn people_work_on_it(cast: &Cast, examples: &mut Examples, road: &str) -> (Value, Vec<Value>) {
    let road_row = cast.get("vanphong", road).await;
    let body = json!({"commune_id": cast.commune, "campaign_id": road_row["campaign_id"], "code": "duong-lien-ap", "kind": "road_labour", "title": "Phát quang đường liên ấp", "date": "2024-07-17", "session": "morning",
        "place": {"kind": "road", "name": "Đường liên ấp", "geometry": {"type": "Point", "coordinates": [107.1325, 11.3271]}}, "hamlet_id": road_row["hamlet_id"], "target": {"value": 480, "unit": "metres"}});
    let activity = cast.make("vanphong", "/v1/activities", body).await;
    let path = row("/v1/activities", &activity);
    cast.act("vanphong", &path, "schedule", json!({})).await.expect(200);
    examples.keep("open_activity", None, &cast.act("vanphong", &path, "open", json!({})).await.expect(200));
    cast.act("lienlac75", road, "schedule", json!({"activity_id": activity["id"]})).await.expect(200);
    cast.act("chutich", &cast.campaign, "start", json!({})).await.expect(200);
    let mut people = vec![];
    for n in 1..=3 {
        let mut consents = vec![json!({"purpose": "participation", "text_version": "mau-1", "given_via": "oral_to_head"})];
        if n == 1 {
            consents.push(json!({"purpose": "awards", "text_version": "mau-1", "given_via": "paper"}));
        }
        let body =
            json!({"commune_id": cast.commune, "full_name": format!("Tình nguyện viên mẫu {n}"), "hamlet_id": road_row["hamlet_id"], "consents": consents});
        let person = cast.make("truongap1", "/v1/volunteers", body).await;
        let sign_up =
            cast.make("truongap1", "/v1/sign-ups", json!({"commune_id": cast.commune, "activity_id": activity["id"], "volunteer_id": person["id"]})).await;
        let sign_up = row("/v1/sign-ups", &sign_up);
        cast.act("truongap1", &sign_up, "check_in", json!({"occurred_at": "2024-07-17T00:00:00Z"})).await.expect(200);
        cast.act("truongap1", &sign_up, "check_out", json!({"occurred_at": "2024-07-17T04:00:00Z"})).await.expect(200);
        people.push(person);
    }
    cast.act("truongap1", &path, "start", json!({})).await.expect(200);
    (activity, people)
}

async fn results_are_recorded_and_verified(cast: &Cast, examples: &mut Examples, road: &str, activity: &Value) {
    examples.keep("start_road_registration", None, &cast.act("truongap1", road, "start", json!({})).await.expect(200));
    assert_eq!(cast.act("truongap1", road, "finish", json!({})).await.problem().1, "nothing_done");
    let done = cast.act("truongap1", road, "finish", json!({"length_m": 470})).await.expect(200);
    assert_eq!((done["done_length_m"].clone(), done["status"].clone()), (json!(470), json!("done")));
    examples.keep("finish_road_registration", Some(&json!({"length_m": 470})), &done);
    assert_eq!(cast.act("truongap1", road, "confirm", json!({})).await.problem().1, "own_work", "who did it does not confirm it");
    assert_eq!(cast.act("vanphong", road, "confirm", json!({})).await.expect(200)["status"], "confirmed");

    let brigade = cast.get("vanphong", "/v1/units?code=lu-doan-75").await["items"][0]["id"].clone();
    let body = json!({"commune_id": cast.commune, "activity_id": activity["id"], "side": "military", "metric": "man_days", "value": 12.5, "unit_id": brigade});
    let soldiers = cast.make("lienlac75", "/v1/results", body.clone()).await;
    examples.keep("create_result", Some(&body), &soldiers);
    let plants =
        json!({"commune_id": cast.commune, "activity_id": activity["id"], "side": "local", "metric": "plants", "value": 150, "work_type": "plant_flowers"});
    cast.make("truongap1", "/v1/results", plants.clone()).await;
    for (field, value, code) in [
        ("value", json!(1.5), "not_whole"),
        ("value", json!(0), "out_of_range"),
        ("metric", json!("man_days"), "from_attendance"),
        ("metric", json!("dreams"), "unknown_value"),
    ] {
        let mut wrong = plants.clone();
        wrong[field] = value;
        assert_eq!(cast.try_post("truongap1", "/v1/results", wrong).await.problem().3, code);
    }
    assert_eq!(cast.try_post("truongap1", "/v1/results", body).await.status, 403, "a head reports no soldiers");
    let soldiers = row("/v1/results", &soldiers);
    assert_eq!(cast.app.get(cast.token("truongap1"), &soldiers).await.status, 404, "soldiers' man-days are military");
    assert_eq!(cast.app.get(cast.token("quansat"), &soldiers).await.status, 404);
    assert_eq!(cast.act("vanphong", &soldiers, "verify", json!({})).await.status, 403, "the army's figures are the army's to verify");
    examples.keep("verify_result", None, &cast.act("lienlac75", &soldiers, "verify", json!({})).await.expect(200));
    let local = cast.get("vanphong", &format!("/v1/results?activity_id={}&side=local", activity["id"].as_str().unwrap())).await;
    assert_eq!(local["items"].as_array().unwrap().len(), 2, "the road's metres are a result like any other");
    for result in local["items"].as_array().unwrap() {
        let path = row("/v1/results", result);
        assert_eq!(cast.act("lienlac75", &path, "verify", json!({})).await.status, 403);
        cast.act("vanphong", &path, "verify", json!({})).await.expect(200);
        assert_eq!(cast.app.patch(cast.token("vanphong"), &path, json!({"note": "x"})).await.problem().1, "wrong_state", "verified figures are closed");
    }
    let path = row("/v1/activities", activity);
    cast.act("lienlac75", &path, "finish", json!({"outcome": "completed"})).await.expect(200);
    cast.act("vanphong", &path, "verify", json!({})).await.expect(200);
    let late = json!({"commune_id": cast.commune, "activity_id": activity["id"], "side": "local", "metric": "plants", "value": 1});
    assert_eq!(cast.try_post("truongap1", "/v1/results", late).await.problem().1, "not_taking_place");
}

async fn figures_add_up(cast: &Cast, examples: &mut Examples) {
    let path = format!("{}/summary", cast.campaign);
    let summary = cast.get("vanphong", &path).await;
    let total = &summary["total"];
    assert_eq!((total["present"].clone(), total["man_days"].clone(), total["military_man_days"].clone()), (json!(3), json!(1.5), json!(12.5)));
    let metres = json!({"side": "local", "metric": "metres", "reported": 470.0, "verified": 470.0});
    assert!(total["figures"].as_array().unwrap().contains(&metres) && total["planned"] == json!([{"metric": "metres", "value": 480.0}]), "{total}");
    assert_eq!(summary["roads"], json!({"registered": 1, "accepted": 1, "done": 1, "confirmed": 1, "accepted_m": 480, "done_m": 470}));
    let hamlet = summary["by_hamlet"].as_array().unwrap().iter().find(|part| part["present"] == 3).expect("the hamlet's part");
    assert_eq!((hamlet["man_days"].clone(), hamlet["roads"]["done_m"].clone(), hamlet["activities_done"].clone()), (json!(1.5), json!(470), json!(1)));
    assert_eq!((summary["by_day"][0]["date"].clone(), summary["by_day"][0]["present"].clone()), (json!("2024-07-17"), json!(3)));
    assert!(summary["by_work_type"].as_array().unwrap().iter().any(|part| part["work_type"] == "plant_flowers"));
    examples.keep("get_campaign_summary", None, &summary);
    for who in ["quansat", "truongap1"] {
        let summary = cast.get(who, &path).await;
        assert!(!summary.to_string().contains("military"), "{who}: {summary}");
    }
    assert_eq!(cast.app.get("", &path).await.status, 404, "not published");
    cast.act("vanphong", &cast.campaign, "publish", json!({})).await.expect(200);
    let public = cast.get("", &path).await;
    assert_eq!((public["total"]["present"].clone(), public["by_unit"].clone()), (json!(3), json!([])));
    assert!(!public.to_string().contains("military"), "before the end nothing of the soldiers is public: {public}");
}

/// A document from draft to issue.
async fn issued(cast: &Cast, kind: &str, symbol: &str, number: i32) -> Value {
    let unit = cast.get("vanphong", "/v1/units?code=ubnd-xa").await["items"][0]["id"].clone();
    let body = json!({"commune_id": cast.commune, "campaign_id": cast.campaign.rsplit('/').next(), "kind": kind, "symbol": symbol, "place": "Phú Lý", "year": 2024, "issuing_unit_id": unit, "subject": "Xét khen thưởng công tác dân vận",
        "signature": {"form": "tm", "on_behalf_of": "HỘI ĐỒNG", "signer_title": "CHỦ TỊCH HỘI ĐỒNG"}});
    let made = cast.make("vanphong", "/v1/documents", body).await;
    let path = row("/v1/documents", &made);
    cast.act("vanphong", &path, "submit", json!({})).await.expect(200);
    cast.act("chutich", &path, "approve", json!({})).await.expect(200);
    cast.act("vanphong", &path, "issue", json!({"number": number, "issued_on": "2024-07-22"})).await.expect(200)
}

async fn awards_are_decided_and_presented(cast: &Cast, examples: &mut Examples, people: &[Value]) {
    let campaign = json!(cast.campaign.rsplit('/').next());
    let hamlet = cast.get("vanphong", "/v1/hamlets?code=ap-1").await["items"][0]["id"].clone();
    let body = json!({"commune_id": cast.commune, "campaign_id": campaign, "subject_type": "volunteer", "subject_id": people[0]["id"], "achievement": "Tham gia đầy đủ, tích cực vận động bà con", "kind": "thematic", "form": "certificate_of_merit"});
    let person = cast.make("truongap1", "/v1/rewards", body.clone()).await;
    assert_eq!(person["evidence"]["nominated"]["man_days"], 0.5);
    examples.keep("create_reward", Some(&body), &person);
    assert_eq!(cast.try_post("vanphong", "/v1/rewards", body.clone()).await.problem().3, "already_nominated", "one achievement, one reward");
    let mut collective = body.clone();
    (collective["subject_type"], collective["subject_id"]) = (json!("hamlet"), hamlet);
    let collective = cast.make("vanphong", "/v1/rewards", collective).await;
    assert_eq!((collective["subject_class"].clone(), collective["evidence"]["nominated"]["man_days"].clone()), (json!("collective"), json!(1.5)));
    let mut blamed = body;
    blamed["subject_id"] = people[1]["id"].clone();
    let blamed = row("/v1/rewards", &cast.make("lienlac75", "/v1/rewards", blamed).await);

    let minutes = issued(cast, "minutes", "BB-HĐTĐKT", 3).await;
    let recommend = json!({"met_on": "2024-07-22", "minutes_document_id": minutes["id"]});
    cast.act("vanphong", &blamed, "check", json!({"disciplined": true, "note": "Đang xem xét"})).await.expect(200);
    assert_eq!(cast.act("vanphong", &blamed, "recommend", recommend.clone()).await.problem().1, "under_discipline");
    cast.act("vanphong", &blamed, "reject", json!({"reason": "Đang bị xem xét kỷ luật"})).await.expect(200);

    let unit = cast.get("vanphong", "/v1/units?code=ubnd-xa").await["items"][0]["id"].clone();
    let decision = json!({"commune_id": cast.commune, "campaign_id": campaign, "kind": "decision", "symbol": "QĐ-UBND", "year": 2024, "issuing_unit_id": unit, "subject": "Khen thưởng công tác dân vận", "signature": {"form": "head", "signer_title": "CHỦ TỊCH"}});
    let decision = cast.make("vanphong", "/v1/documents", decision).await;
    let decision_path = row("/v1/documents", &decision);
    for reward in [&person, &collective] {
        let path = row("/v1/rewards", reward);
        examples.keep(
            "check_reward",
            Some(&json!({"disciplined": false})),
            &cast.act("vanphong", &path, "check", json!({"disciplined": false})).await.expect(200),
        );
        examples.keep("recommend_reward", Some(&recommend), &cast.act("vanphong", &path, "recommend", recommend.clone()).await.expect(200));
        let put = json!({"decision_id": decision["id"]});
        examples.keep("put_on_decision_reward", Some(&put), &cast.act("vanphong", &path, "put_on_decision", put.clone()).await.expect(200));
    }
    let listed = cast.get("vanphong", &decision_path).await;
    assert!(listed["version"].as_i64() > decision["version"].as_i64(), "who signs has read what is on it");
    cast.act("vanphong", &decision_path, "submit", json!({})).await.expect(200);
    cast.act("chutich", &decision_path, "approve", json!({})).await.expect(200);
    let issue = json!({"number": 112, "issued_on": "2024-07-23"});
    // Who nominated signs no decision; that the clerk writes its number is no matter, since the chair approved it.
    let clerk = cast.get("vanphong", "/v1/me").await["user_id"].clone();
    let signed = json!({"number": 112, "issued_on": "2024-07-23", "signature": {"form": "tl", "signer_title": "VĂN PHÒNG", "signer_user_id": clerk}});
    assert_eq!(cast.act("vanphong", &decision_path, "issue", signed).await.problem().1, "own_nomination");
    let untouched = cast.get("vanphong", &row("/v1/rewards", &person)).await;
    assert_eq!(untouched["status"], "recommended", "all or nothing");
    let issued = cast.act("vanphong", &decision_path, "issue", issue).await.expect(200);
    for (reward, amount) in [(&person, 360_000), (&collective, 710_000)] {
        let awarded = cast.get("vanphong", &row("/v1/rewards", reward)).await;
        assert_eq!(
            (awarded["status"].clone(), awarded["amount_vnd"].clone(), awarded["version"].clone()),
            (json!("awarded"), json!(amount), issued["version"].clone())
        );
        assert!(
            awarded["award_parameter_id"].is_string()
                && awarded["evidence"]["decided"]["man_days"].is_number()
                && awarded["evidence"]["nominated"]["at"].is_string()
        );
    }
    let path = row("/v1/rewards", &person);
    let present = json!({"presented_on": "2024-07-23", "certificate_number": "15/GK"});
    let presented = cast.act("vanphong", &path, "present", present.clone()).await.expect(200);
    assert_eq!(presented["status"], "presented");
    examples.keep("present_reward", Some(&present), &presented);
    // The person agreed to be named; the money is nobody else's business. The consent withdrawn, the name is gone.
    let public = cast.get("", &path).await;
    assert_eq!(public["subject_name"], "Tình nguyện viên mẫu 1");
    assert!(public.get("amount_vnd").is_none() && public.get("subject_id").is_none() && public.get("check_result").is_none(), "{public}");
    let consents = cast.get("vanphong", &format!("/v1/consents?volunteer_id={}&purpose=awards", people[0]["id"].as_str().unwrap())).await;
    cast.act("vanphong", &row("/v1/consents", &consents["items"][0]), "withdraw", json!({})).await.expect(200);
    assert_eq!(cast.app.get("", &path).await.status, 404);
}

async fn the_campaign_closes(cast: &Cast) {
    cast.act("vanphong", &cast.campaign, "begin_closing", json!({})).await.expect(200);
    cast.act("chutich", &cast.campaign, "close", json!({"reason": "Báo cáo ban hành sau"})).await.expect(200);
    let public = cast.get("", &format!("{}/summary", cast.campaign)).await;
    assert_eq!(public["total"]["military_man_days"], 12.5, "the soldiers' total is public once the campaign is closed");
    assert_eq!(public.to_string().matches("military").count(), 1, "and nothing else of theirs: {public}");
}
