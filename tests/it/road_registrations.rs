//! Road registrations: the window of the campaign.

use crate::support::{App, id, json};

#[tokio::test]
async fn registrations_after_the_last_day_come_through_the_office() {
    let app = App::start().await;
    let (officer, head) = (app.token("a.officer1").await, app.token("a.head1").await);
    let yesterday = danvan::clock::local_day(app.service.clock.now()).pred_opt().unwrap();
    app.patch(&officer, &format!("/v1/campaigns/{}", id("a.campaign")), json!({"roads_close_on": yesterday})).await.expect(200);
    let body = json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "hamlet_id": id("a.ap-1"), "road_name": "Đường ra suối", "length_m": 300, "work_types": ["clear_brush"]});
    let road = app.post(&head, "/v1/road-registrations", body).await.expect(201);
    let submit = format!("/v1/road-registrations/{}/actions/submit", road["id"].as_str().unwrap());
    assert_eq!(app.post(&head, &submit, json!({})).await.status, 409, "the window is closed to the hamlet");
    let late = app.post(&officer, &submit, json!({})).await.expect(200);
    assert_eq!((late["status"].clone(), late["late"].clone()), (json!("submitted"), json!(true)));
}
