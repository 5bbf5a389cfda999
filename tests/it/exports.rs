//! Lists as tables for spreadsheets: the same rows and fields as in JSON, and no formula in them.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use danvan::web::format::Format;
use danvan::web::operation::Kind;
use serde_json::Value;

use crate::support::{App, id, json, world};

/// The records of a CSV answer by column.
fn records(text: &str) -> Vec<std::collections::HashMap<String, String>> {
    let text = text.strip_prefix('\u{feff}').expect("spreadsheets know UTF-8 by its mark");
    // For people in Vietnamese between semicolons.
    let separator = if text.starts_with("STT;") { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    reader.deserialize().map(|record| record.unwrap()).collect()
}

#[tokio::test]
async fn every_list_has_the_same_rows_in_every_format() {
    let app = App::start().await;
    world::a_day(&app).await;
    let actors = ["a.officer1", "a.leader1", "a.head1", "a.liaison1", "a.auditor1", "a.volunteer1", ""];
    let mut compared = 0;
    for actor in actors {
        let token = if actor.is_empty() { String::new() } else { app.token(actor).await };
        for operation in danvan::app::operations().filter(|operation| matches!(operation.kind, Kind::List { .. })) {
            let path = match operation.kind {
                Kind::List { commune: true, .. } => format!("{}?commune={}", operation.path, id("a")),
                _ => format!("{}?", operation.path),
            };
            let key = if operation.room == "journal_entries" { "number" } else { "id" };
            let list = app.get(&token, &path).await;
            let expected = if list.status == 200 { app.all(&token, path.trim_end_matches('?'), key).await } else { vec![] };
            let reply = app.get(&token, &format!("{path}&format=csv&columns=data")).await;
            assert_eq!(reply.status, list.status, "{} as {actor}: {}", operation.id, reply.text);
            if reply.status != 200 {
                continue;
            }
            assert_eq!(reply.header("content-type"), Format::Csv.content_type(), "{}", operation.id);
            let records = records(&reply.text);
            let mut keys: Vec<&str> = records.iter().map(|record| record[key].as_str()).collect();
            // Reading makes the reader log longer.
            keys.truncate(if operation.room == "reads" { expected.len() } else { usize::MAX });
            assert_eq!(keys, expected, "{} as {actor}", operation.id);
            assert_eq!(reply.header("x-row-count"), records.len().to_string());
            // The first page stands beside the first rows.
            for (record, item) in records.iter().zip(list.body["items"].as_array().unwrap()) {
                for hidden in item["hidden"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    assert_eq!(record.get(hidden).map(String::as_str), Some(""), "{} as {actor}: {hidden}", operation.id);
                }
            }
            compared += records.len();
            for_people(&app, &token, &operation.id, &path, &records.len().to_string(), &list.body).await;
        }
    }
    assert!(compared > 200, "{compared} rows");
}

/// The same list for people: no id, no code where there is a word, nothing that is hidden.
async fn for_people(app: &App, token: &str, list: &str, path: &str, rows: &str, body: &Value) {
    let operation = danvan::app::operations().find(|operation| operation.id == list).unwrap();
    let file = app.get(token, &format!("{path}&format=csv")).await;
    if operation.room != "reads" {
        assert_eq!((file.status, file.header("x-row-count")), (200, rows), "{list}");
    }
    let records = records(&file.text);
    for (record, item) in records.iter().zip(body["items"].as_array().unwrap()) {
        for (heading, cell) in record {
            let looks_like_an_id = cell.split([' ', ';']).any(|word| word.parse::<uuid::Uuid>().is_ok());
            assert!(!looks_like_an_id, "{list}, {heading}: {cell}");
        }
        let hidden: Vec<&str> = item["hidden"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for column in operation.columns.people.iter().filter(|column| hidden.contains(&column.path[0].as_str())) {
            assert_eq!(record.get(&column.heading.vi).map(String::as_str), Some(""), "{list}: {:?}", column.path);
        }
    }
}

/// Every heading is a word in both languages, and every word stands above something.
#[test]
fn every_column_has_its_word() {
    let mut used = std::collections::BTreeSet::new();
    fn see(columns: &[danvan::web::columns::Column], resource: &str, used: &mut std::collections::BTreeSet<String>) {
        for column in columns {
            let path = column.path.join(".");
            for text in [&column.heading.vi, &column.heading.en] {
                assert!(!text.contains('_') && text.starts_with(|c: char| c.is_uppercase()), "{resource}: {path} is called {text}");
            }
            let names = [format!("{resource}.{path}"), path.clone()].into_iter().chain(column.path.iter().cloned());
            used.extend(names);
            if let danvan::web::columns::Form::Parts(parts) = &column.form {
                see(parts, "", used);
            }
        }
    }
    for operation in danvan::app::operations().filter(|operation| matches!(operation.kind, Kind::List { .. })) {
        let resource = operation.path.rsplit('/').next().unwrap().replace('-', "_");
        see(&operation.columns.people, &resource, &mut used);
        used.extend(operation.columns.data.iter().cloned());
        let headings: Vec<&str> = operation.columns.people.iter().map(|column| column.heading.vi.as_str()).collect();
        for (i, heading) in headings.iter().enumerate() {
            assert!(!headings[i + 1..].contains(heading), "{resource} has two columns \"{heading}\"");
        }
    }
    let idle: Vec<&str> = danvan::words::WORDS.iter().map(|word| word.name).filter(|name| !used.contains(*name)).collect();
    assert!(idle.is_empty(), "nothing is called {idle:?}");
}

#[tokio::test]
async fn tables_for_people_can_be_read_and_printed() {
    let app = App::start().await;
    world::a_day(&app).await;
    let officer = app.token("a.officer1").await;
    let file = app.get(&officer, "/v1/sign-ups?format=xlsx").await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<Vec<String>> = sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let column = |heading: &str| rows[0].iter().position(|cell| cell == heading).unwrap_or_else(|| panic!("{heading}: {:?}", rows[0]));
    assert_eq!(rows[0][0], "STT");
    let named = |heading: &str| rows.iter().skip(1).filter(|row| !row[column(heading)].is_empty()).count();
    assert!(named("Tình nguyện viên") > 0 && named("Hoạt động") > 0 && named("Thôn/ấp") > 0, "{rows:?}");
    assert!(rows.iter().skip(1).all(|row| !row[column("Trạng thái")].contains('_')));
    // How it prints: A4, landscape, one page wide, the headings on each page.
    let mut archive = zip::ZipArchive::new(Cursor::new(file.bytes)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut text).unwrap();
    for part in ["paperSize=\"9\"", "orientation=\"landscape\"", "fitToHeight=\"0\"", "state=\"frozen\"", "Danh sách lượt đăng ký", "autoFilter"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Whoever may not read users gets no names of theirs; whoever writes English reads English.
    let english = app.ask("GET", &officer, "/v1/activities?format=csv").header("Accept-Language", "en").send().await;
    let records = records(&english.text);
    assert!(records.iter().any(|record| record["Status"] == "Scheduled" || record["Status"] == "Open for sign-ups"), "{records:?}");
    assert!(records.iter().all(|record| record["Hamlet"].is_empty() || record["Hamlet"].starts_with("Ấp")), "{records:?}");
    assert_eq!(app.get(&officer, "/v1/hamlets?format=csv&columns=all").await.problem().3, "unknown_value");
    assert_eq!(app.get(&officer, "/v1/hamlets?columns=people").await.status, 200, "as generated clients ask for pages");
}

#[tokio::test]
async fn filters_hold_and_no_cell_is_a_formula() {
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    let evil = "=HYPERLINK(\"http://evil.example\";\"x\")";
    app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-2")), json!({"name": evil, "population": 1234})).await.expect(200);
    let csv = app.get(&officer, "/v1/hamlets?format=csv&columns=data&code=ap-2").await;
    assert!(csv.header("content-disposition").contains("hamlets-"));
    let records = records(&csv.text);
    assert_eq!((records.len(), records[0]["name"].as_str(), records[0]["population"].as_str()), (1, format!("'{evil}").as_str(), "1234"));
    // By Accept too.
    let xlsx = app.ask("GET", &officer, "/v1/hamlets?sort=-name&columns=data").header("Accept", Format::XLSX).send().await;
    assert_eq!(xlsx.header("content-type"), Format::XLSX);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let column = |name: &str| sheet.rows().next().unwrap().iter().position(|cell| *cell == Data::String(name.into())).unwrap();
    let row = sheet.rows().find(|row| row[column("code")] == Data::String("ap-2".into())).unwrap();
    assert_eq!((&row[column("name")], &row[column("population")]), (&Data::String(format!("'{evil}")), &Data::Float(1234.0)));
    assert!(book.worksheet_formula("Sheet1").unwrap().is_empty(), "no formula at all");
    // The schedule as a calendar: the public's has public titles alone, and no draft.
    let schedule = app.get("", &format!("/v1/activities?commune={}&format=ics", id("a"))).await;
    assert_eq!(schedule.header("content-type"), "text/calendar; charset=utf-8");
    let listed = app.ids("", &format!("/v1/activities?commune={}", id("a"))).await;
    assert!(schedule.text.starts_with("BEGIN:VCALENDAR\r\n") && schedule.text.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(schedule.text.matches("BEGIN:VEVENT").count(), listed.len());
    assert!(listed.iter().all(|id| schedule.text.contains(&format!("UID:{id}@danvan"))));
    assert!(schedule.text.split("\r\n").all(|line| line.len() <= 75), "folded as RFC 5545 says");
    let own = app.ask("GET", &officer, "/v1/activities").header("Accept", "text/calendar").send().await;
    assert!(own.text.matches("BEGIN:VEVENT").count() > listed.len());
    for (path, format) in [("/v1/hamlets", "ics"), ("/v1/hamlets", "pdf"), ("/v1/journal", "ics")] {
        let refused = app.get(&officer, &format!("{path}?format={format}")).await;
        assert_eq!((refused.problem().2.as_str(), refused.problem().3.as_str()), ("?format", "unknown_value"), "{path} {format}");
    }
    // A log counts as other lists do.
    let journal = app.get(&officer, "/v1/journal?kind=hamlets&count=true&limit=1").await.expect(200);
    let all = app.all(&officer, "/v1/journal?kind=hamlets", "number").await.len();
    assert_eq!((journal["total"].as_u64(), journal["items"].as_array().unwrap().len()), (Some(all as u64), 1));
    assert!(all > 1);
    // What a list cannot be is passed over in Accept.
    let passed = app.ask("GET", &officer, "/v1/hamlets").header("Accept", "text/calendar, text/csv").send().await;
    assert_eq!(passed.header("content-type"), Format::Csv.content_type());
    assert_eq!(app.ask("GET", &officer, "/v1/hamlets").header("Accept", "text/html, */*").send().await.body["items"][0]["code"], "ap-1");
    // What one may not see is not exported either, and no filter finds it.
    let liaison = app.token("a.liaison1").await;
    let seen = app.get(&liaison, "/v1/hamlets?format=csv&columns=data").await;
    assert!(seen.status == 200 && !seen.text.contains("0980000009"), "contacts are not a liaison's");
}

#[tokio::test]
async fn what_lies_somewhere_is_a_map() {
    let app = App::start().await;
    let (officer, head) = (app.token("a.officer1").await, app.token("a.head1").await);
    let house = json!({"type": "Point", "coordinates": [107.1325, 11.3271]});
    let course = json!({"type": "LineString", "coordinates": [[107.1325, 11.3271], [107.134_212_345, 11.3305]]});
    let kept = json!({"type": "LineString", "coordinates": [[107.1325, 11.3271], [107.134_212, 11.3305]]});
    // The head says where the meeting house is, and draws the road; the office says where people meet.
    app.patch(&head, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"geometry": house})).await.expect(200);
    let body = json!({"commune_id": id("a"), "campaign_id": id("a.campaign"), "hamlet_id": id("a.ap-1"), "road_name": "Đường ra suối", "length_m": 300, "geometry": course});
    let road = app.post(&head, "/v1/road-registrations", body.clone()).await.expect(201);
    assert_eq!(road["geometry"], kept);
    let place = json!({"kind": "school", "name": "Trường Tiểu học Phú Lý", "geometry": house});
    app.patch(&officer, &format!("/v1/activities/{}", id("a.activity1")), json!({"place": place})).await.expect(200);

    let of = async |token: &str, path: &str| {
        let reply = app.get(token, &format!("{path}?commune={}&format=geojson", id("a"))).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/geo+json"), "{path}");
        let map: geojson::FeatureCollection = reply.text.parse().expect("GeoJSON");
        assert_eq!(reply.header("x-row-count"), map.features.len().to_string());
        let ids: Vec<String> = map.features.iter().map(|feature| feature.properties.as_ref().unwrap()["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, app.ids(token, &format!("{path}?commune={}", id("a"))).await, "also what nobody has placed");
        serde_json::to_value(map).unwrap()["features"].as_array().unwrap().clone()
    };
    let find = |features: &[Value], row: &str| features.iter().find(|feature| feature["id"] == row).cloned().unwrap();
    let hamlets = of("", "/v1/hamlets").await;
    let hamlet = find(&hamlets, &id("a.ap-1").to_string());
    assert_eq!((&hamlet["geometry"], &hamlet["properties"]["name"], hamlet["properties"].get("geometry")), (&house, &json!("Ấp 1"), None));
    assert_eq!(find(&hamlets, &id("a.ap-2").to_string())["geometry"], Value::Null);
    let activity = find(&of("", "/v1/activities").await, &id("a.activity1").to_string());
    assert_eq!((&activity["geometry"], &activity["properties"]["place"]), (&house, &json!({"kind": "school", "name": "Trường Tiểu học Phú Lý"})));
    assert_eq!(activity["properties"].get("title"), None, "what one may not see is not on the map either");
    assert!(activity["properties"]["hidden"].as_array().unwrap().contains(&json!("title")));
    assert_eq!(find(&of(&head, "/v1/road-registrations").await, road["id"].as_str().unwrap())["geometry"], kept);
    assert_eq!(app.get("", "/v1/road-registrations?format=geojson").await.status, 401);
    let accepted = app.ask("GET", &officer, "/v1/hamlets").header("Accept", "application/geo+json").send().await;
    assert_eq!(accepted.header("content-type"), "application/geo+json");
    assert_eq!(app.get(&officer, "/v1/units?format=geojson").await.problem().3, "unknown_value", "no unit says where it lies");

    // The army unit measures the road on the spot, and what was wrong is taken away.
    let path = format!("/v1/road-registrations/{}", road["id"].as_str().unwrap());
    assert_eq!(app.patch(&head, &path, json!({"geometry": null})).await.expect(200)["geometry"], Value::Null);
    app.post(&head, &format!("{path}/actions/submit"), json!({})).await.expect(200);
    let survey = format!("{path}/actions/survey");
    let liaison = app.token("a.liaison1").await;
    assert_eq!(app.post(&liaison, &survey, json!({"note": "Đã đo", "geometry": course})).await.expect(200)["geometry"], kept);
    assert_eq!(app.post(&liaison, &survey, json!({"note": "Có đá hộc"})).await.expect(200)["geometry"], kept);

    // A program that knows no map leaves the place where it is; another place is not there.
    let activity = format!("/v1/activities/{}", id("a.activity1"));
    let name = |name: &str| json!({"place": {"kind": "school", "name": name}});
    assert_eq!(app.patch(&officer, &activity, name("Trường Tiểu học Phú Lý")).await.expect(200)["place"]["geometry"], house);
    assert_eq!(app.patch(&officer, &activity, name("Trường Mầm non")).await.expect(200)["place"].get("geometry"), None);
    // Gifts are brought to people's houses.
    let gifts = json!({"kind": "gift_presentation", "place": {"kind": "other", "name": "Nhà mẫu", "geometry": house}});
    assert_eq!(app.patch(&officer, &activity, gifts).await.problem().2, "/place/geometry");

    // A layer that did not change is not sent again; the same list in another form is another answer.
    let layer = app.get("", "/v1/hamlets?format=geojson&commune=").await;
    assert_eq!(layer.status, 422, "a commune is named");
    let layer = format!("/v1/hamlets?commune={}&format=geojson", id("a"));
    let tag = app.get("", &layer).await.header("etag").to_owned();
    assert_eq!(app.ask("GET", "", &layer).header("If-None-Match", &tag).send().await.status, 304);
    let table = app.ask("GET", "", &layer.replace("&format=geojson", "")).header("Accept", "text/csv").header("If-None-Match", &tag).send().await;
    assert_eq!((table.status, table.header("content-type")), (200, Format::Csv.content_type()));
    app.patch(&head, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"geometry": null})).await.expect(200);
    assert_eq!(app.ask("GET", "", &layer).header("If-None-Match", &tag).send().await.status, 200);

    // What is wrong is named where it stands.
    for (geometry, pointer, code) in [
        (json!({"type": "LineString", "coordinates": [[107.1, 11.3], [11.3, 107.1]]}), "/geometry/coordinates/1", "invalid_position"),
        (json!({"type": "LineString", "coordinates": [[107.1, 11.3]]}), "/geometry/coordinates", "too_few"),
        (
            json!({"type": "LineString", "coordinates": (0..201).map(|n| [107.1 + f64::from(n) / 1000.0, 11.3]).collect::<Vec<_>>()}),
            "/geometry/coordinates",
            "too_many",
        ),
        (json!({"type": "Point", "coordinates": [107.1, 11.3]}), "/geometry/type", "unknown_value"),
        (
            json!({"type": "LineString", "coordinates": [[107.1, 11.3], [107.2, 11.3]], "crs": {"properties": {"name": "EPSG:3405"}}}),
            "/geometry/crs/properties/name",
            "unknown_value",
        ),
        (json!({"type": "LineString", "coordinates": [[107.1, 11.3], [107.2, 11.3]], "colour": 1}), "/geometry/colour", "unknown_field"),
    ] {
        let mut wrong = body.clone();
        wrong["geometry"] = geometry;
        let problem = app.post(&head, "/v1/road-registrations", wrong).await.problem();
        assert_eq!((problem.0, problem.2.as_str(), problem.3.as_str()), (422, pointer, code));
    }
}

#[tokio::test]
async fn long_lists_are_whole_in_every_format() {
    use diesel_async::SimpleAsyncConnection as _;
    let app = App::start().await;
    let officer = app.token("a.officer1").await;
    // More than two pages, all of one moment, so that the order is the ids'.
    let copy = format!(
        "INSERT INTO road_registrations (id, commune_id, version, created_at, updated_at, campaign_id, hamlet_id, road_name, length_m, work_types, priority, wanted_dates, tools, source, late, activity_ids, done_length_m, status, search, request_hash)
         SELECT gen_random_uuid(), '{0}', 1, '2024-07-01', '2024-07-01', '{1}', '{2}', 'Đường ' || n, 100, '{{}}', 'normal', '{{}}', '{{}}', 'head', false, '{{}}', 0, 'draft', 'duong', '' FROM generate_series(1, 450) n",
        id("a"), id("a.campaign"), id("a.ap-1")
    );
    app.sql().await.batch_execute(&copy).await.unwrap();
    let path = "/v1/road-registrations?sort=-created_at";
    let mut expected = vec![];
    let mut cursor = String::new();
    loop {
        let page = app.get(&officer, &format!("{path}&limit=200{cursor}")).await.expect(200);
        expected.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(expected.len() >= 450);
    let count = expected.len().to_string();
    let csv = app.get(&officer, &format!("{path}&format=csv&columns=data")).await;
    assert_eq!(records(&csv.text).iter().map(|record| record["id"].clone()).collect::<Vec<_>>(), expected);
    let xlsx = app.get(&officer, &format!("{path}&format=xlsx&columns=data")).await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let column = sheet.rows().next().unwrap().iter().position(|cell| *cell == Data::String("id".into())).unwrap();
    assert_eq!(sheet.rows().skip(1).map(|row| row[column].to_string()).collect::<Vec<_>>(), expected);
    let map: geojson::FeatureCollection = app.get(&officer, &format!("{path}&format=geojson")).await.text.parse().unwrap();
    assert_eq!((map.features.len().to_string(), xlsx.header("x-row-count"), csv.header("x-row-count")), (count.clone(), count.as_str(), count.as_str()));
    // The journal as a spreadsheet, masked as it is in JSON.
    let journal = app.get(&officer, "/v1/journal?format=xlsx&columns=data&kind=hamlets").await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(journal.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let list = app.get(&officer, "/v1/journal?kind=hamlets&limit=200").await.expect(200);
    let changes = sheet.rows().next().unwrap().iter().position(|cell| *cell == Data::String("changes".into())).unwrap();
    let told: Vec<Value> = sheet.rows().skip(1).map(|row| serde_json::from_str(&row[changes].to_string()).unwrap()).collect();
    assert_eq!(told, list["items"].as_array().unwrap().iter().map(|item| item["changes"].clone()).collect::<Vec<_>>());
    assert!(told.iter().any(|changes| changes.get("contact_phone") == Some(&Value::Null)), "a phone's value is nowhere");
}
