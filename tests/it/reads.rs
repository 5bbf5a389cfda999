//! The log of who saw whose personal data.

use crate::support::{App, id, json, world};

#[tokio::test]
async fn who_sees_a_phone_is_noted_and_who_sees_the_own_is_not() {
    let app = App::start().await;
    world::a_day(&app).await;
    let (officer, volunteer, observer) = (app.token("a.officer1").await, app.token("a.volunteer1").await, app.token("a.observer1").await);
    let auditor = app.token("a.auditor1").await;
    app.service.reader_log.flush().await;
    let log = format!("/v1/reads?commune={}", id("a"));
    let before = app.get(&auditor, &format!("{log}&limit=200")).await.expect(200)["items"].as_array().unwrap().len();

    app.get(&officer, &format!("/v1/volunteers?commune={}", id("a"))).await.expect(200);
    app.get(&officer, &format!("/v1/sign-ups?commune={}&include=volunteer", id("a"))).await.expect(200);
    app.get(&volunteer, &format!("/v1/volunteers/{}", id("a.person1"))).await.expect(200);
    app.get(&observer, &format!("/v1/hamlets/{}", id("a.ap-1"))).await.expect(200);
    app.service.reader_log.flush().await;
    let notes = app.get(&auditor, &format!("{log}&sort=-at")).await.expect(200)["items"].as_array().unwrap().clone();
    assert_eq!(app.get(&auditor, &format!("{log}&limit=200")).await.expect(200)["items"].as_array().unwrap().len(), before + 2);
    for (note, operation, rows) in [(&notes[0], "list_sign_ups", 1), (&notes[1], "list_volunteers", 4)] {
        assert_eq!((note["operation"].clone(), note["resource"].clone()), (json!(operation), json!("volunteers")));
        assert_eq!((note["user_id"].clone(), note["row_ids"].as_array().unwrap().len()), (json!(id("a.officer1")), rows));
        assert_eq!(note["fields"], json!(["birth_year", "phone", "category"]));
    }
    let seen = app.get(&auditor, &format!("{log}&row_id={}&user_id={}", id("a.person3"), id("a.officer1"))).await.expect(200);
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    assert_eq!(app.get(&officer, &log).await.status, 403, "the office is the one whose reading is looked at");
}

#[tokio::test]
async fn a_full_page_of_the_log_leads_to_the_next() {
    let app = App::start().await;
    let (head, auditor) = (app.token("a.head1").await, app.token("a.auditor1").await);
    for _ in 0..7 {
        app.get(&head, &format!("/v1/volunteers/{}", id("a.person1"))).await.expect(200);
    }
    app.service.reader_log.flush().await;
    let log = format!("/v1/reads?commune={}&user_id={}", id("a"), id("a.head1"));
    let all = app.ids(&auditor, &log).await;
    assert_eq!(all.len(), 7);
    let mut backwards = app.ids(&auditor, &format!("{log}&sort=-at")).await;
    backwards.reverse();
    assert_eq!(all, backwards);
}
