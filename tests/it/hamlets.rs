//! Hamlets.

use serde_json::Value;

use crate::support::{App, id, json};

fn new_hamlet(code: &str, name: &str) -> Value {
    json!({"commune_id": id("a"), "code": code, "name": name, "kind": "ap", "sort_order": 9})
}

#[tokio::test]
async fn a_hamlet_is_created_read_changed_and_found() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let made = app.post(&officer, "/v1/hamlets", new_hamlet("ap-10", "A\u{302}\u{301}p 10")).await;
    let location = made.header("location").to_owned();
    let etag = made.header("etag").to_owned();
    let hamlet = made.expect(201);
    assert_eq!(hamlet["name"], "Ấp 10", "decomposed text is composed");
    assert_eq!(hamlet["allowed_actions"], json!(["merge", "rename", "dissolve"]));

    let read = app.get(&officer, &location).await;
    assert_eq!(read.header("etag"), etag);
    assert_eq!(read.expect(200), hamlet);
    let again = app.ask("GET", &officer, &location).header("If-None-Match", &etag).send().await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));

    let changed =
        app.ask("PATCH", &officer, &location).header("If-Match", &etag).json(&json!({"household_count": 120, "meeting_house": "Nhà văn hóa"})).send().await;
    let changed = changed.expect(200);
    assert_eq!((changed["household_count"].as_i64(), changed["version"].as_i64()), (Some(120), hamlet["version"].as_i64().map(|v| v + 1)));
    let stale = app.ask("PATCH", &officer, &location).header("If-Match", &etag).json(&json!({"household_count": 1})).send().await;
    assert_eq!(stale.status, 412, "{}", stale.text);
    assert_eq!(stale.body["changed"], json!(["/household_count", "/meeting_house"]));
    assert_eq!(stale.body["current"], changed);
    let cleared = app.patch(&officer, &location, json!({"meeting_house": null})).await.expect(200);
    assert_eq!(cleared["meeting_house"], json!(null));
    let same = app.patch(&officer, &location, json!({"meeting_house": null})).await.expect(200);
    assert_eq!(same, cleared, "nothing changed, no new version");

    let names: Vec<String> = app.get(&officer, "/v1/hamlets?sort=name").await.expect(200)["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["Ấp 1", "Ấp 2", "Ấp 3", "Ấp 10"], "natural order");
    let found = app.get(&officer, "/v1/hamlets?q=AP%2010&count=true").await.expect(200);
    assert_eq!((found["items"][0]["id"].clone(), found["total"].clone()), (hamlet["id"].clone(), json!(1)));
}

#[tokio::test]
async fn the_public_sees_names_and_no_phone() {
    let app = App::start().await;
    let refused = app.get("", "/v1/hamlets").await;
    assert_eq!(refused.problem().1, "commune_required");
    let page = app.get("", &format!("/v1/hamlets?commune={}", id("a"))).await.expect(200);
    let hamlet = &page["items"][0];
    assert_eq!(hamlet["name"], "Ấp 1");
    assert!(hamlet.get("contact_phone").is_none());
    assert!(hamlet["hidden"].as_array().unwrap().contains(&json!("contact_phone")));
    assert_eq!(hamlet["allowed_actions"], json!([]));
    let pages = app.ids("", &format!("/v1/hamlets?commune={}", id("a"))).await;
    assert_eq!(pages, [id("a.ap-1"), id("a.ap-2"), id("a.ap-3")].map(|id| id.to_string()));
}

#[tokio::test]
async fn a_head_keeps_the_counts_of_the_own_hamlet_alone() {
    let app = App::start().await;
    let head = app.token("a.head1").await;
    let own = format!("/v1/hamlets/{}", id("a.ap-1"));
    app.patch(&head, &own, json!({"population": 400, "contact_phone": "+84 912 000 111"})).await.expect(200);
    let renamed = app.patch(&head, &own, json!({"name": "Ấp Một"})).await;
    assert_eq!(renamed.problem(), (403, "forbidden".into(), "/name".into(), "office_only".into()));
    assert_eq!(app.patch(&head, &format!("/v1/hamlets/{}", id("a.ap-2")), json!({"population": 1})).await.status, 403);
    assert_eq!(app.patch(&head, &format!("/v1/hamlets/{}", id("b.ap-1")), json!({"population": 1})).await.status, 403, "public to read, not to change");
    let stranger = app.token("b.officer1").await;
    assert_eq!(app.post(&stranger, "/v1/hamlets", new_hamlet("x", "X")).await.status, 403);
    let read = app.get(&app.token("a.officer1").await, &own).await.expect(200);
    assert_eq!((read["population"].clone(), read["contact_phone"].clone()), (json!(400), json!("0912000111")));
}

#[tokio::test]
async fn a_merged_hamlet_names_its_successors_transitively() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let merge = |from: &str, into: &str| {
        let path = format!("/v1/hamlets/{}/actions/merge", id(from));
        let body = json!({"reason": "Nghị quyết của HĐND xã", "valid_to": "2026-06-30", "successor_id": id(into)});
        (path, body)
    };
    let (path, body) = merge("a.ap-1", "a.ap-2");
    let merged = app.post(&officer, &path, body.clone()).await.expect(200);
    assert_eq!((merged["status"].clone(), merged["successors"].clone()), (json!("merged"), json!([id("a.ap-2")])));
    let again = app.post(&officer, &path, body).await.expect(200);
    assert_eq!(again["version"], merged["version"], "done before: nothing changes");
    let (path, body) = merge("a.ap-2", "a.ap-3");
    app.post(&officer, &path, body).await.expect(200);
    let first = app.get(&officer, &format!("/v1/hamlets/{}", id("a.ap-1"))).await.expect(200);
    assert_eq!(first["successors"], json!([id("a.ap-2"), id("a.ap-3")]));
    let (path, body) = merge("a.ap-3", "a.ap-1");
    assert_eq!(app.post(&officer, &path, body).await.problem(), (422, "validation_failed".into(), "/successor_id".into(), "no_living_hamlet".into()));
    let dissolve = format!("/v1/hamlets/{}/actions/dissolve", id("a.ap-1"));
    let wrong = app.post(&officer, &dissolve, json!({"reason": "x", "valid_to": "2026-06-30"})).await;
    assert_eq!(wrong.problem().1, "wrong_state");
    assert_eq!((wrong.body["current_status"].clone(), wrong.body["allowed_actions"].clone()), (json!("merged"), json!([])));
    let no_reason = app.post(&officer, &format!("/v1/hamlets/{}/actions/dissolve", id("a.ap-3")), json!({"valid_to": "2026-06-30"})).await;
    assert_eq!(no_reason.problem(), (422, "validation_failed".into(), "/reason".into(), "required".into()));
}

#[tokio::test]
async fn the_same_creation_twice_is_one() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let mut body = new_hamlet("ap-9", "Ấp 9");
    body["id"] = json!(danvan::random::id());
    let first = app.post(&officer, "/v1/hamlets", body.clone()).await.expect(201);
    app.patch(&officer, &format!("/v1/hamlets/{}", first["id"].as_str().unwrap()), json!({"sort_order": 4})).await.expect(200);
    let again = app.post(&officer, "/v1/hamlets", body.clone()).await.expect(200);
    assert_eq!(again["sort_order"], 4, "the object as it is now");
    body["name"] = json!("Ấp Chín");
    assert_eq!(app.post(&officer, "/v1/hamlets", body.clone()).await.problem().1, "conflict");
    body["commune_id"] = json!(id("b"));
    assert_eq!(app.post(&app.token("b.officer1").await, "/v1/hamlets", body).await.status, 409);
    let mut taken = new_hamlet("ap-1", "Ấp khác");
    taken["id"] = json!(danvan::random::id());
    assert_eq!(app.post(&officer, "/v1/hamlets", taken).await.problem(), (409, "conflict".into(), "/code".into(), "code_taken".into()));
}

#[tokio::test]
async fn all_words_are_found_in_any_order_and_mine_is_mine() {
    let app = App::start().await;
    let (officer, head) = (app.token("a.officer1").await, app.token("a.head1").await);
    let body = json!({"commune_id": id("a"), "code": "ly-lich-2", "name": "Ấp Lý Lịch 2", "kind": "ap", "sort_order": 40});
    app.post(&officer, "/v1/hamlets", body).await.expect(201);
    let found = async |token: &str, query: &str| {
        let page = app.get(token, &format!("/v1/hamlets?{query}")).await.expect(200);
        page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for words in ["q=lich ly", "q=2 lịch", "q=LÝ LỊCH 2", "q=ap 2 ly"] {
        assert_eq!(found(&officer, words).await, ["ly-lich-2"], "{words}");
    }
    assert!(found(&officer, "q=ly bau").await.is_empty());
    assert_eq!(found(&head, "mine=true").await, ["ap-1"]);
    assert!(found(&head, "mine=false").await.len() > 1);
    assert!(found(&officer, "mine=true").await.is_empty(), "the office has the commune's, and none of its own");
}

/// The list of people goes by what people are called, which comes last.
#[tokio::test]
async fn names_go_by_the_given_name() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    for (n, name) in ["Trần Văn Ánh", "Bùi Thị Bình", "Nguyễn Đức An", "Lê An"].iter().enumerate() {
        let consents = json!([{"purpose": "participation", "text_version": "1", "given_via": "paper"}]);
        let body = json!({"commune_id": id("a"), "full_name": name, "birth_year": 1980, "phone": format!("090000071{n}"), "consents": consents});
        app.post(&officer, "/v1/volunteers", body).await.expect(201);
    }
    let people = app.all(&officer, &format!("/v1/volunteers?commune={}&sort=given_name", id("a")), "full_name").await;
    let place = |name: &str| people.iter().position(|there| there == name).unwrap();
    assert!(
        place("Lê An") < place("Nguyễn Đức An") && place("Nguyễn Đức An") < place("Trần Văn Ánh") && place("Trần Văn Ánh") < place("Bùi Thị Bình"),
        "{people:?}"
    );
    assert_eq!(app.get(&officer, "/v1/volunteers?limit=1").await.expect(200)["items"][0].get("given_name"), None);
}

/// A field is cleared by name where a client's JSON leaves null out.
#[tokio::test]
async fn fields_are_cleared_by_name_too() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/hamlets/{}", id("a.ap-1"));
    app.patch(&officer, &path, json!({"meeting_house": "Nhà văn hóa", "population": 5})).await.expect(200);
    let change = async |query: &str, body: Value| app.ask("PATCH", &officer, &format!("{path}?{query}")).header("If-Match", "*").json(&body).send().await;
    let cleared = change("clear=meeting_house,population", json!({"household_count": 7})).await.expect(200);
    assert_eq!((cleared["meeting_house"].clone(), cleared["population"].clone(), cleared["household_count"].clone()), (Value::Null, Value::Null, json!(7)));
    for (query, body, pointer, code) in [
        ("clear=name", json!({}), "/name", "null_not_allowed"),
        ("clear=colour", json!({}), "/colour", "unknown_field"),
        ("clear=population", json!({"population": 1}), "?clear", "duplicate"),
        ("wipe=population", json!({}), "?wipe", "unknown_field"),
    ] {
        let problem = change(query, body).await.problem();
        assert_eq!((problem.0, problem.2.as_str(), problem.3.as_str()), (422, pointer, code), "{query}");
    }
}
