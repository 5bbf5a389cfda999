//! Lists from spreadsheets: read as people write them, with the rights and rules of single requests, whole or not at all,
//! and nobody waits for them.

use std::io::{Cursor, Write as _};
use std::rc::Rc;

use chrono::TimeDelta;
use danvan::service::Worker;
use danvan::web::format::Format;
use diesel_async::SimpleAsyncConnection as _;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook};
use serde_json::Value;
use tokio::task::LocalSet;

use crate::support::{App, Reply, id, json};

const HEADER: &str = "Họ và tên *;Năm sinh;Số điện thoại;Ấp;Ngày đồng ý tham gia *";

async fn send(app: &App, token: &str, query: &str, file: &str) -> Reply {
    app.ask("POST", token, &format!("/v1/imports?commune={}&{query}", id("a"))).bytes("text/csv", file).send().await
}

/// Sends a file and works it off; returns the import and its report.
async fn import(app: &App, worker: &Rc<Worker>, token: &str, query: &str, file: &str) -> (Value, Value) {
    let made = send(app, token, query, file).await.expect(201);
    assert_eq!(made["status"], "waiting");
    while danvan::imports::round(worker).await.unwrap() {}
    of(app, token, made["id"].as_str().unwrap()).await
}

async fn of(app: &App, token: &str, import: &str) -> (Value, Value) {
    let path = format!("/v1/imports/{import}");
    (app.get(token, &path).await.expect(200), app.get(token, &format!("{path}/report")).await.expect(200))
}

fn counts(import: &Value) -> (&str, i64, i64, i64) {
    let number = |name: &str| import[name].as_i64().unwrap();
    (import["status"].as_str().unwrap(), number("rows_total"), number("rows_imported"), number("rows_refused"))
}

fn errors(report: &Value) -> Vec<(i64, &str, &str)> {
    let errors = report["errors"].as_array().unwrap().iter();
    errors.map(|e| (e["row"].as_i64().unwrap(), e["column"].as_str().unwrap_or_default(), e["code"].as_str().unwrap())).collect()
}

async fn total(app: &App, token: &str, path: &str) -> i64 {
    app.get(token, &format!("{path}?count=true&limit=1")).await.expect(200)["total"].as_i64().unwrap()
}

fn volunteers(from: usize, to: usize) -> String {
    (from..to).fold(HEADER.to_owned(), |text, n| format!("{text}\nTrần Thị {n};1990;{};Ấp {};16/07/2024", 912_000_000 + n, n % 3 + 1))
}

macro_rules! local {
    ($body:expr) => {
        LocalSet::new().run_until($body).await
    };
}

#[tokio::test]
async fn a_list_is_imported_whole_or_not_at_all() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let officer = app.token("a.officer1").await;
        let before = total(&app, &officer, "/v1/volunteers").await;
        let wrong =
            format!("{HEADER}\nTrần Thị Nở;1990;912345678;Ấp 1;16/07/2024\nX;năm;091;Ấp 9;\nLê Bé;2015;;ap-2;16/07/2024\n\nLê Lớn;1800;;ap-2;30/02/2024\n");
        let (done, report) = import(&app, &worker, &officer, "kind=volunteers&file_name=danh-sach.csv", &wrong).await;
        assert_eq!((counts(&done), &done["problem"], &done["file_name"]), (("failed", 4, 0, 3), &json!("rows_refused"), &json!("danh-sach.csv")));
        let expected = [
            (3, "Năm sinh", "invalid_number"),
            (3, "Số điện thoại", "invalid_phone"),
            (3, "Thôn/ấp", "unknown_name"),
            (3, "Ngày đồng ý tham gia", "required"),
            (4, "Người giám hộ", "guardian_required"),
            (6, "Ngày đồng ý tham gia", "invalid_date"),
        ];
        assert_eq!(errors(&report), expected);
        assert_eq!((report["rows_checked"].clone(), report["errors_left_out"].clone()), (json!(4), json!(0)));
        assert_eq!(total(&app, &officer, "/v1/volunteers").await, before, "nothing was kept");
        let english = app.ask("GET", &officer, &format!("/v1/imports/{}/report", done["id"].as_str().unwrap())).header("Accept-Language", "en").send().await;
        assert_eq!(
            (english.body["errors"][0]["column"].clone(), english.body["errors"][0]["detail"].clone()),
            (json!("Year of birth"), json!("Must be a whole number, such as 1200"))
        );
        // The same with what is right kept.
        let (done, report) = import(&app, &worker, &officer, "kind=volunteers&skip_errors=true", &wrong).await;
        assert_eq!((counts(&done), errors(&report).len()), (("done", 4, 1, 3), 6));
        let made = app.get(&officer, "/v1/volunteers?q=Trần Thị Nở").await.expect(200)["items"][0].clone();
        assert_eq!((made["phone"].clone(), made["hamlet_id"].clone(), made["source"].clone()), (json!("0912345678"), json!(id("a.ap-1")), json!("office")));
        assert_eq!(made["version"], done["version"], "written together");
        let consents = app.get(&officer, &format!("/v1/consents?volunteer_id={}", made["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(
            (consents["items"][0]["given_at"].clone(), consents["items"][0]["purpose"].clone()),
            (json!("2024-07-15T17:00:00Z"), json!("participation"))
        );
        // Once more: who is there is not entered again.
        let (done, report) = import(&app, &worker, &officer, "kind=volunteers&skip_errors=true", &wrong).await;
        assert_eq!((counts(&done).0, errors(&report)[0]), ("failed", (2, "Họ và tên", "already_there")));
        // Under the same id the same file is done once; another file or other wishes are another request.
        let chosen = danvan::random::id();
        let query = format!("kind=volunteers&id={chosen}");
        let (first, _) = import(&app, &worker, &officer, &query, &volunteers(0, 3)).await;
        let again = send(&app, &officer, &query, &volunteers(0, 3)).await;
        assert_eq!((again.status, again.body["status"].clone(), again.body["version"].clone()), (200, json!("done"), first["version"].clone()));
        assert_eq!(send(&app, &officer, &query, &volunteers(0, 4)).await.status, 409);
        assert_eq!(send(&app, &officer, &format!("{query}&dry_run=true"), &volunteers(0, 3)).await.status, 409);
        assert!(!danvan::imports::round(&worker).await.unwrap());
        // The rows are personal data: once it is over they are gone.
        use diesel::prelude::*;
        use diesel_async::RunQueryDsl;
        let left: Vec<Value> = danvan::db::schema::import_work::table.select(danvan::db::schema::import_work::rows).load(&mut app.sql().await).await.unwrap();
        assert!(left.len() > 3 && left.iter().all(|rows| *rows == json!([])));
    });
}

#[tokio::test]
async fn thousands_of_rows_hold_up_nobody_and_are_judged_by_what_is_there_at_the_end() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let officer = app.token("a.officer1").await;
        let before = total(&app, &officer, "/v1/volunteers").await;
        let (dry, report) = import(&app, &worker, &officer, "kind=volunteers&dry_run=true", &volunteers(0, 350)).await;
        assert_eq!((counts(&dry), report["rows_checked"].clone()), (("checked", 350, 350, 0), json!(350)));
        assert_eq!(total(&app, &officer, "/v1/volunteers").await, before);
        // While somebody else holds the commune's lock, all rows are rehearsed; what they rest on changes meanwhile.
        let made = send(&app, &officer, "kind=volunteers", &volunteers(0, 350)).await.expect(201);
        let path = format!("/v1/imports/{}/report", made["id"].as_str().unwrap());
        let mut lock = app.sql().await;
        lock.batch_execute(&format!("BEGIN; UPDATE feeds SET number = number + 1 WHERE id = '{}'", id("a"))).await.unwrap();
        let work = {
            let worker = worker.clone();
            tokio::task::spawn_local(async move { danvan::imports::round(&worker).await.unwrap() })
        };
        while app.get(&officer, &path).await.expect(200)["rows_checked"].as_i64().unwrap() < 300 {}
        lock.batch_execute(&format!("UPDATE hamlets SET status = 'dissolved' WHERE id = '{}'; INSERT INTO feed_marks SELECT id, 'hamlets', number FROM feeds WHERE id = '{}' ON CONFLICT (feed_id, kind) DO UPDATE SET number = excluded.number; COMMIT", id("a.ap-3"), id("a"))).await.unwrap();
        assert!(work.await.unwrap());
        let report = app.get(&officer, &path).await.expect(200);
        assert_eq!(
            (report["status"].clone(), report["errors"][0]["code"].clone()),
            (json!("failed"), json!("hamlet_ended")),
            "judged by the hamlets of the end"
        );
        lock.batch_execute(&format!("UPDATE hamlets SET status = 'active' WHERE id = '{}'", id("a.ap-3"))).await.unwrap();
        // Undisturbed it is one number, one journal row for each thing, and a sync tells of all of it.
        let cursor = app.get(&officer, &format!("/v1/sync?commune={}&resources=volunteers,consents", id("a"))).await.expect(200)["next_cursor"]
            .as_str()
            .unwrap()
            .to_owned();
        let (done, _) = import(&app, &worker, &officer, "kind=volunteers", &volunteers(0, 350)).await;
        assert_eq!(counts(&done), ("done", 350, 350, 0));
        assert_eq!(total(&app, &officer, "/v1/volunteers").await, before + 350);
        let mut told = std::collections::BTreeSet::new();
        let mut next = cursor;
        loop {
            let page = app.get(&officer, &format!("/v1/sync?commune={}&resources=volunteers,consents&cursor={next}", id("a"))).await.expect(200);
            for row in ["volunteers", "consents"].iter().flat_map(|kind| page["changes"][kind]["upserted"].as_array().into_iter().flatten()) {
                assert_eq!(row["version"], done["version"]);
                told.insert(row["id"].to_string());
            }
            next = page["next_cursor"].as_str().unwrap().to_owned();
            if page["has_more"] == false {
                break;
            }
        }
        assert_eq!(told.len(), 700);
        use danvan::db::schema::journal;
        use diesel::prelude::*;
        use diesel_async::RunQueryDsl;
        let number = done["version"].as_i64().unwrap();
        let rows = journal::table.filter(journal::feed_id.eq(id("a")).and(journal::number.eq(number)));
        let rows: Vec<(String, String, i32, Option<String>)> =
            rows.order(journal::seq).select((journal::kind, journal::action, journal::seq, journal::role)).load(&mut app.sql().await).await.unwrap();
        assert_eq!(rows.len(), 701, "each person, each consent, and the import's end");
        assert!(rows.iter().zip(0..).all(|((_, _, seq, _), n)| *seq == n));
        assert!(rows.iter().take(700).all(|(kind, action, _, role)| action == "create" && (kind == "consents" || role.as_deref() == Some("commune_officer"))));
    });
}

#[tokio::test]
async fn rights_are_those_of_single_requests() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let (officer, head) = (app.token("a.officer1").await, app.token("a.head1").await);
        // A head enters people of the own hamlet.
        let (done, report) = import(&app, &worker, &head, "kind=volunteers", &volunteers(0, 3)).await;
        assert_eq!((counts(&done), errors(&report)), (("failed", 3, 0, 2), vec![(3, "", "forbidden"), (4, "", "forbidden")]));
        let (done, _) = import(&app, &worker, &head, "kind=volunteers&skip_errors=true", &volunteers(0, 3)).await;
        assert_eq!(counts(&done), ("done", 3, 1, 2));
        // An organisation enters those who come with it.
        let youth = app.token("a.unit_officer2").await;
        let members = "Họ và tên,Đơn vị,Ngày đồng ý tham gia\nHồ Thị Bảy,youth,16/07/2024\nHồ Văn Tám,command,16/07/2024\n";
        let (done, report) = import(&app, &worker, &youth, "kind=volunteers&skip_errors=true", members).await;
        assert_eq!((counts(&done), errors(&report)), (("done", 2, 1, 1), vec![(3, "", "forbidden")]));
        // What one may not make at all is refused before the file is looked at.
        for (token, kind) in [(&head, "hamlets"), (&head, "users"), (&head, "units")] {
            assert_eq!(send(&app, token, &format!("kind={kind}"), "x").await.status, 403, "{kind}");
        }
        for who in ["a.observer1", "a.volunteer1", "b.officer1"] {
            assert_eq!(send(&app, &app.token(who).await, "kind=volunteers", &volunteers(0, 1)).await.status, 403, "{who}");
        }
        assert_eq!(send(&app, "", "kind=volunteers", &volunteers(0, 1)).await.status, 401);
        // Whose imports one sees and stops.
        let own = done["id"].as_str().unwrap();
        assert_eq!(app.get(&officer, &format!("/v1/imports/{own}/report")).await.status, 200);
        for who in ["a.head2", "a.observer1", "b.officer1"] {
            assert_eq!(app.get(&app.token(who).await, &format!("/v1/imports/{own}/report")).await.status, 404, "{who}");
        }
        // Accounts come with rights that their maker has, and no others.
        let users = "Tên đăng nhập,Họ và tên,Số điện thoại,Vai trò,Ấp,Đơn vị,Đến ngày\ntruongap3,Trần Văn Ba,0912000111,Trưởng ấp,Ấp 3,,31/12/2099\nlanhdao,Trần Văn Tư,,Lãnh đạo xã,,,\ntheodoi,Lê Thị Năm,,,,,\n";
        let (done, report) = import(&app, &worker, &officer, "kind=users&skip_errors=true", users).await;
        assert_eq!((counts(&done), errors(&report)), (("done", 3, 2, 1), vec![(3, "", "forbidden")]));
        let made = app.get(&officer, "/v1/users?username=truongap3").await.expect(200)["items"][0].clone();
        let grants = app.get(&officer, &format!("/v1/grants?user_id={}", made["id"].as_str().unwrap())).await.expect(200)["items"].clone();
        assert_eq!(
            (grants[0]["role"].clone(), grants[0]["hamlet_id"].clone(), grants[0]["valid_to"].clone()),
            (json!("hamlet_head"), json!(id("a.ap-3")), json!("2099-12-31"))
        );
        assert_eq!(app.get(&officer, "/v1/users?username=lanhdao").await.expect(200)["items"], json!([]), "no account without its right");
        // The right ends between sending and working it off.
        let late = send(&app, &head, "kind=volunteers", &volunteers(30, 33)).await.expect(201)["id"].as_str().unwrap().to_owned();
        app.post(&officer, &format!("/v1/users/{}/actions/disable", id("a.head1")), json!({"reason": "thử"})).await.expect(200);
        while danvan::imports::round(&worker).await.unwrap() {}
        let (ended, _) = of(&app, &officer, &late).await;
        assert_eq!((counts(&ended).0, ended["problem"].clone()), ("failed", json!("session_revoked")));
    });
}

/// What a list makes beside its rows needs its scope too: members are volunteers.
#[tokio::test]
async fn a_client_needs_the_scope_of_all_that_a_list_makes() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let officer = app.token("a.officer1").await;
        let group = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "group_name": "Đoàn Thanh niên", "headcount": 3});
        let group = app.post(&officer, "/v1/sign-ups", group).await.expect(201)["id"].as_str().unwrap().to_owned();
        let soon = danvan::clock::local_day(app.service.clock.now()) + TimeDelta::days(30);
        let scopes = ["imports:*", "sign_ups:*", "activities:read", "campaigns:read", "volunteers:create", "volunteers:read"];
        let client = json!({"commune_id": id("a"), "name": "Kịch bản", "scopes": scopes, "expires_on": soon});
        let client = app.post(&officer, "/v1/api-clients", client).await.expect(201)["id"].as_str().unwrap().to_owned();
        let secret = app.post(&officer, &format!("/v1/api-clients/{client}/actions/issue_secret"), json!({})).await.expect(200);
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret={}", secret["client_secret"].as_str().unwrap());
        let token = async |scope: &str| {
            let asked = app.ask("POST", "", "/v1/oauth/token").bytes("application/x-www-form-urlencoded", format!("{form}&scope={scope}")).send().await;
            asked.expect(200)["access_token"].as_str().unwrap().to_owned()
        };
        let narrow = token("imports:*+sign_ups:*+activities:read+volunteers:read").await;
        let query = format!("kind=group_members&group_id={group}");
        let refused = send(&app, &narrow, &query, &volunteers(0, 1)).await;
        assert_eq!((refused.status, refused.body["scope"].clone()), (403, json!("volunteers:create")), "{}", refused.text);
        assert_eq!(send(&app, &token("imports:*+volunteers:create").await, &query, &volunteers(0, 1)).await.body["scope"], "sign_ups:create");
        let whole = token("imports:*+sign_ups:*+activities:read+campaigns:read+volunteers:create").await;
        let (done, report) = import(&app, &worker, &whole, &query, &volunteers(0, 1)).await;
        assert_eq!(counts(&done), ("done", 1, 1, 0), "{report}");
        // What one's client sent is one's own to see, and another token's scopes are looked at when it is worked off.
        assert_eq!(app.get(&officer, &format!("/v1/imports/{}", done["id"].as_str().unwrap())).await.status, 200);
    });
}

#[tokio::test]
async fn members_of_a_group_are_named_by_a_list() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let officer = app.token("a.officer1").await;
        let group = json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "group_name": "Đoàn Thanh niên", "headcount": 3, "unit_id": id("a.youth")});
        let group = app.post(&officer, "/v1/sign-ups", group).await.expect(201)["id"].as_str().unwrap().to_owned();
        let before = total(&app, &officer, "/v1/volunteers").await;
        // One is known, three are new; the group has three places.
        let list = format!("{HEADER}\nNguyễn Văn 1;1990;0980000001;Ấp 1;16/07/2024\n{}", &volunteers(0, 3)[HEADER.len() + 1..]);
        let (done, report) = import(&app, &worker, &officer, &format!("kind=group_members&group_id={group}&skip_errors=true"), &list).await;
        assert_eq!((counts(&done), errors(&report)), (("done", 4, 3, 1), vec![(5, "", "no_group")]));
        assert_eq!(total(&app, &officer, "/v1/volunteers").await, before + 2);
        let members = app.get(&officer, &format!("/v1/sign-ups?activity_id={}", id("a.activity1"))).await.expect(200);
        let members: Vec<&Value> = members["items"].as_array().unwrap().iter().filter(|row| row["group_id"] == json!(group)).collect();
        assert_eq!(members.len(), 3);
        assert!(members.iter().any(|row| row["volunteer_id"] == json!(id("a.person1"))));
        let sums = app.get(&officer, &format!("/v1/activity-sums/{}", id("a.activity1"))).await.expect(200);
        assert_eq!(sums["seats_taken"], 3, "the group holds the seats");
        assert_eq!(send(&app, &officer, "kind=group_members", &list).await.problem().2, "?group_id");
        assert_eq!(send(&app, &officer, &format!("kind=volunteers&group_id={group}"), &list).await.problem().3, "not_allowed");
        assert_eq!(send(&app, &officer, &format!("kind=group_members&group_id={}", id("b.person1")), &list).await.problem().3, "no_group");
    });
}

#[tokio::test]
async fn hamlets_units_and_activities_come_from_lists_too() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let officer = app.token("a.officer1").await;
        let hamlets = "\u{feff}Code,Name,Other names,Kind,Order,Households\nap-4,Ấp 4,Xóm Mới; Bàu Phụng,Hamlet (ấp),4,120\nap-1,Ấp 1,,ap,5,\n";
        let (done, report) = import(&app, &worker, &officer, "kind=hamlets&skip_errors=true", hamlets).await;
        assert_eq!((counts(&done), errors(&report)[0].0, errors(&report)[0].1), (("done", 2, 1, 1), 3, "Mã"));
        // A unit below one of the same list, and one that an army unit stands for.
        let units = "Mã,Tên,Loại,Chức năng,Đơn vị cấp trên,Đơn vị quân đội\nmttq,Mặt trận Tổ quốc xã,Mặt trận Tổ quốc Việt Nam,Dân vận;Lao động - xã hội,,\nhoi-pn,Hội Phụ nữ,Tổ chức chính trị - xã hội,,Mặt trận Tổ quốc xã,\nquan-khu,Quân khu,military_unit,,,Đơn vị region7\n";
        let (done, report) = import(&app, &worker, &officer, "kind=units", units).await;
        assert_eq!(counts(&done), ("done", 3, 3, 0), "{report}");
        let unit = async |code: &str| app.get(&officer, &format!("/v1/units?q={code}")).await.expect(200)["items"][0].clone();
        let (front, women) = (unit("Mặt trận").await, unit("Hội Phụ nữ").await);
        assert_eq!((women["parent_id"].clone(), front["functions"].clone()), (front["id"].clone(), json!(["mobilisation", "social_affairs"])));
        let day = danvan::clock::local_day(app.service.clock.now()) + TimeDelta::days(3);
        let activities = format!(
            "Mã,Loại,Tiêu đề,Ngày,Buổi,Địa điểm,Ấp,Mục kế hoạch,Việc làm,Số chỗ\nduong-9,\"Lao động phát quang, vệ sinh tuyến đường\",Phát quang đường số 9,{},Sáng,Đường số 9,Bàu Phụng,duong,Cắt cỏ;Trồng hoa,25\n",
            day.format("%d/%m/%Y")
        );
        let (done, report) = import(&app, &worker, &officer, &format!("kind=activities&campaign_id={}", id("a.campaign")), &activities).await;
        assert_eq!(counts(&done), ("done", 1, 1, 0), "{report}");
        let made = app.get(&officer, "/v1/activities?q=đường số 9").await.expect(200)["items"][0].clone();
        assert_eq!(
            (made["plan_item_id"].clone(), made["work_types"].clone(), made["session"].clone()),
            (json!(id("a.item")), json!(["cut_grass", "plant_flowers"]), json!("morning"))
        );
    });
}

/// A spreadsheet as people fill in the template.
fn filled(template: &[u8]) -> Vec<u8> {
    use calamine::Reader as _;
    let mut read: calamine::Xlsx<_> = calamine::Xlsx::new(Cursor::new(template.to_vec())).unwrap();
    assert_eq!(read.sheet_names(), ["Danh sách", "Hướng dẫn"]);
    let headings: Vec<String> = read.worksheet_range_at(0).unwrap().unwrap().rows().next().unwrap().iter().map(ToString::to_string).collect();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (n, heading) in (0..).zip(&headings) {
        sheet.write_string(0, n, heading).unwrap();
    }
    let column = |name: &str| u16::try_from(headings.iter().position(|heading| heading.trim_end_matches(" *") == name).unwrap()).unwrap();
    sheet.write_formula(1, column("Họ và tên"), Formula::new("=\"Võ \"&\"Thị Sáu\"").set_result("Võ Thị Sáu")).unwrap();
    sheet.write_number(1, column("Số điện thoại"), 977_000_001).unwrap();
    sheet.write_number(1, column("Năm sinh"), 1985).unwrap();
    sheet.write_string(1, column("Thôn/ấp"), "Ấp 2").unwrap();
    let day = ExcelDateTime::from_ymd(2024, 7, 16).unwrap();
    sheet.write_datetime_with_format(1, column("Ngày đồng ý tham gia"), day, &CellFormat::new().set_num_format("dd/mm/yyyy")).unwrap();
    sheet.write_string(2, column("Họ và tên"), "'=HYPERLINK(\"http://evil.example\")").unwrap();
    sheet.write_string(2, column("Ngày đồng ý tham gia"), "16/07/2024").unwrap();
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn spreadsheets_are_read_and_bombs_are_not() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let officer = app.token("a.officer1").await;
        let template = app.get("", "/v1/imports/templates/volunteers?format=xlsx").await;
        assert_eq!((template.status, template.header("content-type")), (200, Format::XLSX));
        let path = format!("/v1/imports?commune={}&kind=volunteers", id("a"));
        let made = app.ask("POST", &officer, &path).bytes("application/octet-stream", filled(&template.bytes)).send().await.expect(201);
        while danvan::imports::round(&worker).await.unwrap() {}
        let (done, report) = of(&app, &officer, made["id"].as_str().unwrap()).await;
        assert_eq!(counts(&done), ("done", 2, 2, 0), "{report}");
        let made = app.get(&officer, "/v1/volunteers?q=Võ Thị Sáu").await.expect(200)["items"][0].clone();
        assert_eq!((made["phone"].clone(), made["birth_year"].clone()), (json!("0977000001"), json!(1985)));
        // What looks like a formula is a name, and leaves as text again.
        assert!(app.get(&officer, "/v1/volunteers?format=csv&q=hyperlink").await.text.contains("'=HYPERLINK"));
        // Every kind's template is a file that the import takes, in both languages.
        for kind in ["volunteers", "group-members", "hamlets", "units", "activities", "users"] {
            for lang in ["vi", "en"] {
                let template = app.ask("GET", "", &format!("/v1/imports/templates/{kind}")).header("Accept-Language", lang).send().await;
                let part = match kind {
                    "activities" => format!("&campaign_id={}", id("a.campaign")),
                    "group-members" => format!("&group_id={}", id("a.person1")),
                    _ => String::new(),
                };
                let refused = send(&app, &officer, &format!("kind={}{part}", kind.replace('-', "_")), &template.text).await.problem();
                assert_eq!((refused.0, refused.3.as_str()), (422, "empty_file"), "{kind} {lang}");
            }
        }
        assert_eq!(app.get("", "/v1/imports/templates/rewards").await.status, 404);
        // Bombs, broken and foreign files.
        let zip = |entries: &[(&str, Vec<u8>)]| {
            let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
            for (name, bytes) in entries {
                archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
                archive.write_all(bytes).unwrap();
            }
            archive.finish().unwrap().into_inner()
        };
        let far = |cell: &str| {
            let mut book = Workbook::new();
            book.add_worksheet().write_string(0, 0, "Họ và tên").unwrap();
            let bytes = book.save_to_buffer().unwrap();
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            let mut entries = vec![];
            for i in 0..archive.len() {
                let mut entry = archive.by_index(i).unwrap();
                let mut text = String::new();
                std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
                entries.push((
                    entry.name().unwrap().into_owned(),
                    text.replace("r=\"A1\"", &format!("r=\"{cell}\""))
                        .replace("<row r=\"1\"", &format!("<row r=\"{}\"", cell.trim_start_matches(char::is_alphabetic)))
                        .into_bytes(),
                ));
            }
            zip(&entries.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect::<Vec<_>>())
        };
        let lines = {
            let mut book = Workbook::new();
            let sheet = book.add_worksheet();
            sheet.write_string(0, 0, "Họ và tên").unwrap().write_string(0, 1, "Ngày đồng ý tham gia").unwrap();
            for row in 1..=5_001 {
                sheet.write_number(row, 0, 1).unwrap();
            }
            book.save_to_buffer().unwrap()
        };
        // One text, named once in the file and pointed to from each row: 100 KB that would be 24 MB.
        let pointed = {
            let mut book = Workbook::new();
            let sheet = book.add_worksheet();
            sheet.write_string(0, 0, "Họ và tên").unwrap().write_string(0, 1, "Ngày đồng ý tham gia").unwrap();
            let text = "a".repeat(4_900);
            for row in 1..=5_000 {
                sheet.write_string(row, 0, &text).unwrap();
            }
            book.save_to_buffer().unwrap()
        };
        assert!(pointed.len() < 200_000, "{}", pointed.len());
        let cases = [
            ("zeros", zip(&[("xl/sharedStrings.xml", vec![b' '; 70 * 1024 * 1024])]), "too_large_unpacked"),
            (
                "many",
                zip(&(0..600)
                    .map(|_| ("", vec![]))
                    .enumerate()
                    .map(|(i, (_, b))| (Box::leak(format!("f{i}").into_boxed_str()) as &str, b))
                    .collect::<Vec<_>>()),
                "too_large_unpacked",
            ),
            ("no sheet", zip(&[("hello.txt", b"hi".to_vec())]), "malformed_file"),
            ("no zip", b"hello".to_vec(), "missing_column"),
            ("old", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "old_spreadsheet"),
            ("far right", far("XFD1"), "too_many_columns"),
            ("far down", far("A1048576"), "missing_column"),
            ("many rows", lines, "too_many_rows"),
            ("one text, pointed to", pointed, "too_much_text"),
        ];
        for (name, bytes, code) in cases {
            let refused = app.ask("POST", &officer, &path).bytes(Format::XLSX, bytes).send().await.problem();
            assert_eq!((refused.0, refused.3.as_str()), (422, code), "{name}");
        }
        let entities = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]><worksheet>&c;</worksheet>";
        assert_eq!(
            app.ask("POST", &officer, &path).bytes(Format::XLSX, zip(&[("xl/worksheets/sheet1.xml", entities.as_bytes().to_vec())])).send().await.status,
            422
        );
        assert_eq!(app.ask("POST", &officer, &path).bytes(Format::XLSX, vec![0; 4 * 1024 * 1024 + 1]).send().await.status, 413);
        assert_eq!(app.ask("POST", &officer, &path).bytes("application/json", "{}").send().await.status, 415);
        assert_eq!(
            app.ask("POST", &officer, &format!("/v1/imports?commune={}&kind=rewards", id("a"))).bytes("text/csv", "x").send().await.problem().2,
            "?kind"
        );
    });
}

/// A list as it lies in a folder.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/it/fixtures/imports/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn warnings(report: &Value) -> Vec<(i64, &str, &str)> {
    let all = report["warnings"].as_array().unwrap().iter();
    all.map(|e| (e["row"].as_i64().unwrap(), e["column"].as_str().unwrap_or_default(), e["code"].as_str().unwrap())).collect()
}

/// Nothing is lost and nothing invented; what people have is taken.
#[tokio::test]
async fn lists_are_taken_as_they_lie_in_the_folder() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let officer = app.token("a.officer1").await;
        let hamlet = json!({"commune_id": id("a"), "code": "ly-lich-1", "name": "Ấp Lý Lịch 1", "kind": "ap", "sort_order": 20});
        app.post(&officer, "/v1/hamlets", hamlet).await.expect(201);
        // Dry runs: every file finds the commune as it is.
        let check = async |name: &str, query: &str, media: &str| {
            let path = format!("/v1/imports?commune={}&dry_run=true&{query}", id("a"));
            let made = app.ask("POST", &officer, &path).bytes(media, file(name)).send().await.expect(201);
            while danvan::imports::round(&worker).await.unwrap() {}
            of(&app, &officer, made["id"].as_str().unwrap()).await
        };
        let people = async |name: &str| check(name, "kind=volunteers", "application/vnd.ms-excel").await;
        let number = |import: &Value, name: &str| import[name].as_i64().unwrap();
        for name in [
            "stt.csv",
            "title-rows.csv",
            "sep-line.csv",
            "hidden-first-sheet.xlsx",
            "invisible-heading.csv",
            "dates.csv",
            "hamlet-names.csv",
            "phones.csv",
            "phone-wrong.csv",
            "brothers-one-phone.csv",
            "merged-down.xlsx",
        ] {
            let (done, report) = people(name).await;
            assert_eq!((errors(&report), number(&done, "rows_imported")), (vec![], number(&done, "rows_total")), "{name}: {report}");
        }
        let errors_of = async |name: &str| {
            let (_, report) = people(name).await;
            errors(&report).into_iter().map(|(row, column, code)| (row, column.to_owned(), code.to_owned())).collect::<Vec<_>>()
        };
        let refused = |row: i64, column: &str, code: &str| (row, column.to_owned(), code.to_owned());
        let name = "Họ và tên";
        assert_eq!(errors_of("error-text.csv").await, [refused(2, name, "cell_error"), refused(3, name, "cell_error")]);
        let in_cells = errors_of("error-cell.xlsx").await;
        assert!(!in_cells.is_empty() && in_cells.iter().all(|(_, _, code)| code == "cell_error"), "{in_cells:?}");
        assert_eq!(errors_of("row-longer.csv").await, [refused(2, "", "beyond_headings")]);
        assert_eq!(errors_of("invisible.csv").await.len(), 2, "one person is there once");
        let (_, report) = people("mojibake.csv").await;
        assert_eq!(warnings(&report), [(2, name, "garbled_text"), (3, name, "garbled_text"), (4, name, "garbled_text")]);
        let (done, report) = people("total-and-signature.csv").await;
        assert_eq!((counts(&done), warnings(&report)), (("checked", 1, 1, 0), vec![(3, "", "row_passed_over"), (5, "", "row_passed_over")]), "{report}");
        let (checked, report) = check("numbers.csv", "kind=hamlets", "text/csv").await;
        assert_eq!(counts(&checked), ("checked", 3, 3, 0), "{report}");
        // A time beside the row's day, in the campaign's period here.
        let day = danvan::clock::local_day(app.service.clock.now()) + TimeDelta::days(3);
        let times = String::from_utf8(file("time-only.csv")).unwrap().replace("20/07/2024", &day.format("%d/%m/%Y").to_string());
        let (done, report) = import(&app, &worker, &officer, &format!("kind=activities&campaign_id={}", id("a.campaign")), &times).await;
        assert_eq!(counts(&done), ("done", 2, 2, 0), "{report}");
        let made = app.get(&officer, "/v1/activities?q=Họp ấp").await.expect(200);
        assert!(made["items"][1]["starts_at"].as_str().unwrap().ends_with("T00:30:00Z"), "{made}");
        // Rows without a letter do not count.
        let empty = format!("{}{}", "Họ và tên,Ngày đồng ý tham gia\r\nNguyễn Văn A,16/07/2024\r\n", ",\r\n".repeat(6_000));
        assert_eq!(send(&app, &officer, "kind=volunteers&dry_run=true", &empty).await.expect(201)["rows_total"], 1);
        // A file of the service's own comes back in, for people and for programs: what only describes is passed over.
        for columns in ["people", "data"] {
            for lang in ["vi", "en"] {
                let own = app
                    .ask("GET", &officer, &format!("/v1/hamlets?commune={}&format=xlsx&columns={columns}", id("a")))
                    .header("Accept-Language", lang)
                    .send()
                    .await;
                let made = app
                    .ask("POST", &officer, &format!("/v1/imports?commune={}&kind=hamlets&dry_run=true", id("a")))
                    .bytes(Format::XLSX, own.bytes)
                    .send()
                    .await
                    .expect(201);
                while danvan::imports::round(&worker).await.unwrap() {}
                let (_, report) = of(&app, &officer, made["id"].as_str().unwrap()).await;
                assert!(!errors(&report).is_empty() && errors(&report).iter().all(|(_, _, code)| *code == "code_taken"), "{columns} {lang}: {report}");
            }
        }
    });
}

#[tokio::test]
async fn an_import_is_done_once_whoever_takes_it_up() {
    local!(async {
        let app = App::start().await;
        let worker = Worker::new(app.service.clone());
        let officer = app.token("a.officer1").await;
        let before = total(&app, &officer, "/v1/volunteers").await;
        // Taken up by an instance that died.
        let made = send(&app, &officer, "kind=volunteers", &volunteers(0, 5)).await.expect(201)["id"].as_str().unwrap().to_owned();
        app.sql().await.batch_execute("UPDATE import_work SET leased_until = now() + interval '60 s', attempts = 1").await.unwrap();
        assert!(!danvan::imports::round(&worker).await.unwrap(), "somebody is at it");
        app.service.clock.advance(TimeDelta::seconds(61));
        let other = Worker::new(app.another().await.service.clone());
        let (one, two) = futures::join!(danvan::imports::round(&worker), danvan::imports::round(&other));
        assert_eq!([one.unwrap(), two.unwrap()].iter().filter(|took| **took).count(), 1);
        assert_eq!(counts(&of(&app, &officer, &made).await.0), ("done", 5, 5, 0));
        assert_eq!(total(&app, &officer, "/v1/volunteers").await, before + 5);
        // Stopped while it waits, and while it is under way.
        let stopped = send(&app, &officer, "kind=volunteers", &volunteers(10, 15)).await.expect(201)["id"].as_str().unwrap().to_owned();
        app.post(&officer, &format!("/v1/imports/{stopped}/actions/cancel"), json!({"reason": "nhầm tệp"})).await.expect(200);
        assert!(!danvan::imports::round(&worker).await.unwrap());
        assert_eq!(of(&app, &officer, &stopped).await.0["status"], "cancelled");
        assert_eq!(app.post(&officer, &format!("/v1/imports/{made}/actions/cancel"), json!({})).await.problem().1, "wrong_state");
        // At the very last moment, when all of it is rehearsed and waits for its turn.
        let late = send(&app, &officer, "kind=volunteers", &volunteers(100, 300)).await.expect(201)["id"].as_str().unwrap().to_owned();
        let there = total(&app, &officer, "/v1/volunteers").await;
        let mut lock = app.sql().await;
        lock.batch_execute(&format!("BEGIN; UPDATE feeds SET number = number + 1 WHERE id = '{}'", id("a"))).await.unwrap();
        let work = {
            let worker = worker.clone();
            tokio::task::spawn_local(async move { danvan::imports::round(&worker).await.unwrap() })
        };
        while app.get(&officer, &format!("/v1/imports/{late}/report")).await.expect(200)["rows_checked"].as_i64().unwrap() < 150 {}
        lock.batch_execute(&format!(
            "UPDATE imports SET status = 'cancelled' WHERE id = '{late}'; UPDATE import_work SET ended_at = now() WHERE import_id = '{late}'; COMMIT"
        ))
        .await
        .unwrap();
        assert!(work.await.unwrap());
        assert_eq!(total(&app, &officer, "/v1/volunteers").await, there, "nothing of it is kept");
        // One that kills whoever takes it up ends after a few tries.
        let poison = send(&app, &officer, "kind=volunteers", &volunteers(20, 22)).await.expect(201)["id"].as_str().unwrap().to_owned();
        app.sql().await.batch_execute("UPDATE import_work SET attempts = 5 WHERE ended_at IS NULL").await.unwrap();
        assert!(danvan::imports::round(&worker).await.unwrap());
        assert_eq!(of(&app, &officer, &poison).await.0["problem"], "internal");
        // A commune has a few at a time.
        for n in 0..3 {
            send(&app, &officer, "kind=volunteers&dry_run=true", &volunteers(n, n + 1)).await.expect(201);
        }
        assert_eq!(send(&app, &officer, "kind=volunteers", &volunteers(0, 1)).await.status, 409);
        while danvan::imports::round(&worker).await.unwrap() {}
        send(&app, &officer, "kind=volunteers", &volunteers(40, 41)).await.expect(201);
    });
}

#[tokio::test]
async fn a_wrong_import_is_taken_back_but_for_what_was_used_since() {
    let app = App::start().await;
    let (officer, head) = (app.token("a.officer1").await, app.token("a.head1").await);
    let mut copy = crate::support::Copy::new(&officer, &id("a").to_string(), "volunteers,consents,hamlets");
    let mut heads = crate::support::Copy::new(&head, &id("a").to_string(), "volunteers,consents,hamlets");
    copy.sync(&app).await;
    heads.sync(&app).await;
    let before = app.get(&officer, &format!("/v1/volunteers?commune={}&limit=100", id("a"))).await.expect(200);
    let mut file = "Họ và tên,Ấp,Ngày đồng ý tham gia\r\n".to_owned();
    for n in 0..130 {
        file.push_str(&format!("Trần Văn Nhầm {n},ap-1,16/07/2024\r\n"));
    }
    let path = format!("/v1/imports?commune={}&kind=volunteers", id("a"));
    let import = app.ask("POST", &officer, &path).bytes("text/csv", file).send().await.expect(201);
    let worker = Worker::new(app.service.clone());
    while danvan::imports::round(&worker).await.unwrap() {}
    let import = format!("/v1/imports/{}", import["id"].as_str().unwrap());
    let rows = app.get(&officer, &format!("{import}/rows")).await.expect(200);
    let people: Vec<&str> =
        rows["items"].as_array().unwrap().iter().filter(|row| row["resource"] == "volunteers").map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!((people.len(), rows["items"].as_array().unwrap().len()), (130, 260), "with the consents");
    copy.sync(&app).await;
    heads.sync(&app).await;
    // One is corrected, one signs up.
    app.patch(&officer, &format!("/v1/volunteers/{}", people[0]), json!({"birth_year": 1990})).await.expect(200);
    app.post(&officer, "/v1/sign-ups", json!({"commune_id": id("a"), "activity_id": id("a.activity1"), "volunteer_id": people[1]})).await.expect(201);
    assert_eq!(app.post(&officer, &format!("{import}/actions/undo"), json!({})).await.problem().2, "/reason");
    assert_eq!(app.post(&head, &format!("{import}/actions/undo"), json!({"reason": "x"})).await.status, 404);
    let undone = app.post(&officer, &format!("{import}/actions/undo"), json!({"reason": "Nhầm tệp"})).await.expect(200);
    assert_eq!((undone["status"].clone(), undone["rows_imported"].clone()), (json!("undone"), json!(2)), "{undone}");
    assert_eq!(undone["warnings"][0]["code"], "rows_left");
    let after = app.get(&officer, &format!("/v1/volunteers?commune={}&limit=100", id("a"))).await.expect(200);
    assert_eq!(after["items"].as_array().unwrap().len(), before["items"].as_array().unwrap().len() + 2);
    assert_eq!(app.get(&officer, &format!("/v1/volunteers/{}", people[5])).await.status, 404);
    // Copies lose them too, and the journal holds.
    copy.sync(&app).await;
    let anew = copy.anew(&app).await;
    assert_eq!((copy.differences(&anew), copy.removed, copy.resyncs), (vec![], 256, 0));
    heads.sync(&app).await;
    let anew = heads.anew(&app).await;
    assert_eq!((heads.differences(&anew), heads.removed, heads.resyncs), (vec![], 256, 0));
    assert_eq!(app.post(&officer, &format!("{import}/actions/undo"), json!({"reason": "lần nữa"})).await.expect(200)["status"], "undone");
}

#[tokio::test]
async fn what_others_name_is_not_taken_back() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let path = format!("/v1/imports?commune={}&kind=units", id("a"));
    let file = "Mã,Tên,Loại\r\ndoi-tac,Đơn vị đối tác,military_unit\r\nthua,Đơn vị thừa,school\r\n";
    let import = app.ask("POST", &officer, &path).bytes("text/csv", file).send().await.expect(201);
    let worker = Worker::new(app.service.clone());
    while danvan::imports::round(&worker).await.unwrap() {}
    let import = format!("/v1/imports/{}", import["id"].as_str().unwrap());
    let units = app.get(&officer, &format!("/v1/units?commune={}&limit=100", id("a"))).await.expect(200);
    let unit = units["items"].as_array().unwrap().iter().find(|unit| unit["code"] == "doi-tac").expect("the unit").clone();
    // A campaign names it in a list, which no foreign key knows.
    let campaign = format!("/v1/campaigns/{}", id("a.campaign"));
    let partners = json!([id("a.battalion"), unit["id"]]);
    app.patch(&officer, &campaign, json!({"partner_unit_ids": partners})).await.expect(200);
    let undone = app.post(&officer, &format!("{import}/actions/undo"), json!({"reason": "Nhầm"})).await.expect(200);
    assert_eq!((undone["rows_imported"].clone(), undone["warnings"][0]["related"].clone()), (json!(1), json!([unit["id"]])));
    app.patch(&officer, &campaign, json!({"movement": "Dân vận khéo"})).await.expect(200);
}
