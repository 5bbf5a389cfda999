//! Two communes, `a` and `b`, that must never see each other's work: in each every role twice, three hamlets.
//!
//! Names are ids: `id("a.officer1")`, `id("a.ap-1")`, `id("a")`.

use danvan::access::actor::Actor;
use danvan::access::roles::Role;
use danvan::accounts::office;
use danvan::clock::Clock;
use danvan::communes;
use danvan::db::Database;
use danvan::db::supervise::{OWNER, SERVICE};
use danvan::hamlets;
use danvan::journal::Write;
use danvan::journal::feeds::{ACCOUNTS, REFERENCE};
use danvan::{
    activities, activity_units, campaigns, document_recipients, documents, military_units, plan_items, results, rewards, road_registrations, units, volunteers,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The id of a thing of the world.
pub fn id(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

const COMMUNES: &[(&str, &str, &str)] = &[("a", "26173", "Xã Phú Lý"), ("b", "26170", "Xã Trị An")];

/// Everybody whom a guard tries: the public, and each user of both communes.
pub fn everybody() -> Vec<String> {
    let mut all = vec![String::new(), "platform1".into()];
    for (commune, ..) in COMMUNES {
        for role in ROLES {
            all.extend((1..=2).map(|n| format!("{commune}.{role}{n}")));
        }
    }
    all
}

const ROLES: &[&str] = &["leader", "officer", "unit_officer", "liaison", "head", "observer", "auditor", "volunteer"];

/// The role of a user of the world.
pub fn role_of(username: &str) -> Role {
    match username.split('.').next_back().unwrap_or_default().trim_end_matches(['1', '2']) {
        "platform" => Role::PlatformAdmin,
        "leader" => Role::CommuneLeader,
        "officer" => Role::CommuneOfficer,
        "unit_officer" => Role::UnitOfficer,
        "liaison" => Role::UnitLiaison,
        "head" => Role::HamletHead,
        "observer" => Role::Observer,
        "auditor" => Role::Auditor,
        "volunteer" => Role::Volunteer,
        _ => Role::Public,
    }
}

/// Puts the world into a migrated database.
pub async fn build(name: &str) {
    let database = Database::new(&super::url(SERVICE, name), 2).expect("a pool");
    let mut write = begin(&database, REFERENCE).await;
    for (name, code, title) in COMMUNES {
        let body = json!({"id": id(name), "code": code, "name": title, "kind": "xa", "province_code": "75", "province_name": "Tỉnh Đồng Nai", "valid_from": "1994-01-01"});
        danvan::web::table::add::<communes::Commune>(&mut write, parse(body)).await.expect("a commune");
    }
    write.commit(None, 201, id("a")).await.expect("committed");

    let mut write = begin(&database, REFERENCE).await;
    for (name, kind, above) in [
        ("region7", "military_region", None),
        ("brigade75", "brigade", Some("region7")),
        ("battalion1", "battalion", Some("brigade75")),
        ("brigade40", "brigade", Some("region7")),
    ] {
        let body = json!({"id": id(name), "name": format!("Đơn vị {name}"), "kind": kind, "parent_id": above.map(id)});
        danvan::web::table::add::<military_units::MilitaryUnit>(&mut write, parse(body)).await.expect("an army unit");
    }
    write.commit(None, 201, id("region7")).await.expect("committed");

    for (commune, ..) in COMMUNES {
        let mut write = begin(&database, id(commune)).await;
        for n in 1..=3 {
            let body = json!({"id": id(&format!("{commune}.ap-{n}")), "commune_id": id(commune), "code": format!("ap-{n}"), "name": format!("Ấp {n}"), "kind": "ap", "sort_order": n, "contact_phone": "0912345678"});
            danvan::web::table::add::<hamlets::Hamlet>(&mut write, parse(body)).await.expect("a hamlet");
        }
        write.commit(None, 201, id("a.ap-1")).await.expect("committed");
        work(&database, commune).await;
    }

    let mut write = begin(&database, ACCOUNTS).await;
    user(&mut write, "platform1", None, json!({"role": "platform_admin"})).await;
    for (commune, ..) in COMMUNES {
        for n in 1..=2 {
            let own = id(commune);
            let name = |role: &str| format!("{commune}.{role}{n}");
            user(&mut write, &name("leader"), Some(own), json!({"role": "commune_leader", "commune_id": own, "valid_from": "2020-01-01"})).await;
            user(&mut write, &name("officer"), Some(own), json!({"role": "commune_officer", "commune_id": own})).await;
            user(&mut write, &name("head"), Some(own), json!({"role": "hamlet_head", "commune_id": own, "hamlet_id": id(&format!("{commune}.ap-{n}"))})).await;
            user(&mut write, &name("observer"), Some(own), json!({"role": "observer", "commune_id": own})).await;
            user(&mut write, &name("auditor"), Some(own), json!({"role": "auditor", "commune_id": own, "valid_to": in_days(60)})).await;
            user(&mut write, &name("volunteer"), Some(own), json!({"role": "volunteer", "commune_id": own})).await;
            // The first liaison is of the campaign's partner, the second of a sister brigade.
            let unit = if n == 1 { "brigade" } else { "sister" };
            user(&mut write, &name("liaison"), Some(own), json!({"role": "unit_liaison", "commune_id": own, "unit_id": id(&format!("{commune}.{unit}"))}))
                .await;
            let unit = if n == 1 { "command" } else { "youth" };
            user(&mut write, &name("unit_officer"), Some(own), json!({"role": "unit_officer", "commune_id": own, "unit_id": id(&format!("{commune}.{unit}"))}))
                .await;
        }
    }
    write.commit(None, 201, id("platform1")).await.expect("committed");

    for (commune, ..) in COMMUNES {
        people(&database, name, commune).await;
    }
}

/// A commune's units, a campaign of the brigade's battalion, and its schedule. All lies around today, so that nothing
/// depends on when the tests run.
async fn work(database: &Database, commune: &str) {
    let own = id(commune);
    let of = |name: &str| id(&format!("{commune}.{name}"));
    let mut write = begin(database, own).await;
    for (name, kind, functions, army) in [
        ("office", "commune_office", json!(["general_office"]), None),
        ("command", "commune_military_command", json!(["military_affairs"]), None),
        ("youth", "socio_political_organisation", json!(["mobilisation"]), None),
        ("brigade", "military_unit", json!([]), Some("brigade75")),
        ("battalion", "military_unit", json!([]), Some("battalion1")),
        ("sister", "military_unit", json!([]), Some("brigade40")),
    ] {
        let body = json!({"id": of(name), "commune_id": own, "code": name, "name": format!("Đơn vị {name}"), "kind": kind, "functions": functions, "military_unit_id": army.map(id), "contact_phone": "0911111111", "liaison_contact": "Trực ban"});
        danvan::web::table::add::<units::Unit>(&mut write, parse(body)).await.expect("a unit");
    }
    // The partner is the battalion: the brigade's liaison reaches it from above, the sister brigade's does not.
    let body = json!({"id": of("campaign"), "commune_id": own, "code": "dan-van", "name": "Đợt dân vận", "year": 2026, "start_date": in_days(-2), "end_date": in_days(20), "partner_unit_ids": [of("battalion")]});
    danvan::web::table::add::<campaigns::Campaign>(&mut write, parse(body)).await.expect("a campaign");
    let body = json!({"id": of("item"), "commune_id": own, "campaign_id": of("campaign"), "code": "duong", "text": "phát quang bụi rậm", "kind": "road_labour", "sort_order": 1});
    danvan::web::table::add::<plan_items::PlanItem>(&mut write, parse(body)).await.expect("a plan item");
    for n in 1..=4 {
        let hamlet = (n <= 3).then(|| of(&format!("ap-{n}")));
        let kind = if n <= 3 { "road_labour" } else { "launch_ceremony" };
        let body = json!({"id": of(&format!("activity{n}")), "commune_id": own, "campaign_id": of("campaign"), "plan_item_id": of("item"), "code": format!("hd-{n}"), "kind": kind, "title": format!("Hoạt động {n}"), "public_title": format!("Hoạt động {n}"),
            "date": in_days(n), "session": "morning", "place": {"kind": "hamlet", "name": format!("Đường {n}")}, "hamlet_id": hamlet, "capacity": 20});
        activities::add(&mut write, parse(body)).await.expect("an activity");
        let body = json!({"id": of(&format!("part{n}")), "commune_id": own, "activity_id": of(&format!("activity{n}")), "unit_id": of("battalion"), "role": "participant", "headcount_planned": 30});
        activity_units::add(&mut write, parse(body)).await.expect("a part");
    }
    for (name, kind, symbol) in [("document1", "plan", "KH-UBND"), ("minutes1", "minutes", "BB-HĐ"), ("decision1", "decision", "QĐ-UBND")] {
        let body = json!({"id": of(name), "commune_id": own, "campaign_id": of("campaign"), "kind": kind, "symbol": symbol, "year": 2026, "issuing_unit_id": of("office"), "subject": format!("Văn bản {name}"),
            "sections": [{"label": "2.1.", "heading": "Quân sự", "paragraphs": ["Phối hợp"], "unit_ids": [of("command")]}], "signature": {"form": "head", "signer_title": "CHỦ TỊCH"}});
        danvan::web::table::add::<documents::Document>(&mut write, parse(body)).await.expect("a document");
    }
    for (n, unit) in [(1, Some("command")), (2, Some("brigade")), (3, None)] {
        let body = json!({"id": of(&format!("copy{n}")), "commune_id": own, "document_id": of("document1"), "text_as_printed": format!("Nơi nhận {n}"), "unit_id": unit.map(of), "archive": unit.is_none(), "sort_order": n});
        danvan::web::table::add::<document_recipients::DocumentRecipient>(&mut write, parse(body)).await.expect("a recipient");
    }
    for n in 1..=2 {
        let body = json!({"id": of(&format!("road{n}")), "commune_id": own, "campaign_id": of("campaign"), "hamlet_id": of(&format!("ap-{n}")), "road_name": format!("Đường số {n}"), "length_m": 500, "contact": {"name": "Ông Ba", "phone": "0980000009"}});
        danvan::web::table::add::<road_registrations::RoadRegistration>(&mut write, parse(body)).await.expect("a road");
    }
    write.commit(None, 201, own).await.expect("committed");
}

/// Volunteers of the hamlets; the first has the account of `volunteer1`. Then the campaign is under way, activity 1 is
/// open and public.
async fn people(database: &Database, name: &str, commune: &str) {
    let own = id(commune);
    let of = |name: &str| id(&format!("{commune}.{name}"));
    let mut write = begin(database, own).await;
    for n in 1..=4 {
        let body = json!({"id": of(&format!("person{n}")), "commune_id": own, "full_name": format!("Nguyễn Văn {n}"), "birth_year": 1990, "phone": format!("098000000{n}"), "hamlet_id": of(&format!("ap-{}", n.min(3))),
            "unit_id": (n == 4).then(|| of("youth")), "category": "resident", "consents": [{"purpose": "participation", "text_version": "1", "given_via": "paper"}]});
        volunteers::add(&mut write, parse(body)).await.expect("a volunteer");
    }
    write.commit(None, 201, own).await.expect("committed");
    let mut sql = danvan::db::connect_plainly(&super::url(OWNER, name)).await.expect("the database answers");
    let now = format!(
        "UPDATE volunteers SET user_id = '{}' WHERE id = '{}'; UPDATE campaigns SET status = 'running', published_at = now() WHERE id = '{}';
         UPDATE activities SET status = 'scheduled' WHERE commune_id = '{own}'; UPDATE activities SET status = 'open', published_at = now(), lead_user_id = '{}' WHERE id = '{}'",
        of("volunteer1"), of("person1"), of("campaign"), of("observer2"), of("activity1")
    );
    diesel_async::SimpleAsyncConnection::batch_execute(&mut sql, &now).await.expect("the campaign is under way");
    let papers = format!(
        "UPDATE documents SET number = 1, issued_on = '2026-01-15' WHERE commune_id = '{own}'; UPDATE documents SET status = 'issued' WHERE id = '{}';
         UPDATE road_registrations SET status = 'scheduled', accepted_length_m = 500, activity_ids = ARRAY['{}'::uuid] WHERE id = '{}'; UPDATE road_registrations SET status = 'submitted' WHERE id = '{}'",
        of("minutes1"), of("activity1"), of("road1"), of("road2")
    );
    diesel_async::SimpleAsyncConnection::batch_execute(&mut sql, &papers).await.expect("papers are there");
    let client = format!(
        "INSERT INTO api_clients (id, version, created_at, updated_at, commune_id, user_id, name, scopes, expires_on, secrets, status, search, request_hash)
         VALUES ('{}', 1, now(), now(), '{own}', '{}', 'Kịch bản', ARRAY['activities:read'], '{}', '[]', 'active', 'kich ban', '')",
        of("client1"),
        of("officer1"),
        in_days(30)
    );
    diesel_async::SimpleAsyncConnection::batch_execute(&mut sql, &client).await.expect("a client is there");
    let client = format!(
        "INSERT INTO webhooks (commune_id, id, version, created_at, updated_at, user_id, name, url, events, exclude_own, secrets, status, request_hash)
         VALUES ('{own}', '{}', 1, now(), now(), '{}', 'Hệ thống', 'https://example.com/danvan', ARRAY['activities.*'], false, '[]', 'active', '')",
        of("webhook1"),
        of("officer1"),
    );
    diesel_async::SimpleAsyncConnection::batch_execute(&mut sql, &client).await.expect("a client is there");
    let mut write = begin(database, own).await;
    for (name, side, metric, value, unit, road) in [
        ("result1", "local", "metres", 100, None, Some("road1")),
        ("result2", "military", "man_days", 30, Some("battalion"), None),
        ("result3", "local", "plants", 40, Some("youth"), None),
    ] {
        let body = json!({"id": of(name), "commune_id": own, "activity_id": of("activity1"), "side": side, "metric": metric, "value": value, "unit_id": unit.map(of), "road_registration_id": road.map(of)});
        results::add(&mut write, parse(body)).await.expect("a result");
    }
    for (name, kind, subject) in [("reward1", "unit", "youth"), ("reward2", "volunteer", "person1")] {
        let body = json!({"id": of(name), "commune_id": own, "campaign_id": of("campaign"), "subject_type": kind, "subject_id": of(subject), "achievement": "Tích cực tham gia", "kind": "thematic", "form": "certificate_of_merit"});
        rewards::add(&mut write, parse(body)).await.expect("a nomination");
    }
    write.commit(None, 201, own).await.expect("committed");
}

/// A moment of the day of activity 1, which is from 00:00 to 04:00 UTC: `07:05` in Vietnam is `00:05`.
pub fn at(time: &str) -> String {
    at_on(0, time)
}

/// The same some days later.
pub fn at_on(days: i64, time: &str) -> String {
    format!("{}T{time}:00Z", in_days(1 + days))
}

pub fn in_days(days: i64) -> String {
    (danvan::clock::local_day(Clock::default().now()) + chrono::TimeDelta::days(days)).to_string()
}

fn parse<T: serde::de::DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).expect("an input")
}

async fn begin(database: &Database, feed: Uuid) -> Write {
    let connection = database.connection().await.expect("a connection");
    let actor = Actor::system("the world of the tests");
    Write::begin(connection, feed, actor, Clock::default().now()).await.expect("a write")
}

async fn user(write: &mut Write, username: &str, commune: Option<Uuid>, mut grant: Value) {
    let body =
        json!({"id": id(username), "username": username, "display_name": format!("Người {username}"), "home_commune_id": commune, "phone": "0987654321"});
    office::add(write, parse(body)).await.expect("a user");
    grant["id"] = json!(id(&format!("{username}/grant")));
    grant["user_id"] = json!(id(username));
    office::grant(write, parse(grant)).await.expect("a grant");
}

/// What only requests make: in each commune a sign-up, with its sums, and a headcount.
pub async fn a_day(app: &super::App) {
    for (commune, ..) in COMMUNES {
        let of = |name: &str| id(&format!("{commune}.{name}"));
        let officer = app.token(&format!("{commune}.officer1")).await;
        app.post(&officer, "/v1/sign-ups", json!({"commune_id": id(commune), "activity_id": of("activity1"), "volunteer_id": of("person1")})).await.expect(201);
        let liaison = app.token(&format!("{commune}.liaison1")).await;
        let headcount =
            json!({"commune_id": id(commune), "campaign_id": of("campaign"), "unit_id": of("battalion"), "date": in_days(1), "officers": 3, "soldiers": 30});
        app.post(&liaison, "/v1/headcounts", headcount).await.expect(201);
        let import = format!("/v1/imports?commune={}&kind=hamlets", id(commune));
        app.ask("POST", &officer, &import).bytes("text/csv", super::sample::HAMLETS).send().await.expect(201);
    }
}

/// Rooms whose rows are of a campaign, in the order of their references.
pub const OF_CAMPAIGNS: &[&str] = &[
    "campaigns",
    "campaign_sums",
    "plan_items",
    "activities",
    "activity_sums",
    "activity_units",
    "headcounts",
    "sign_ups",
    "documents",
    "road_registrations",
    "results",
    "rewards",
];

/// In commune `a` another campaign with a copy of all that the first has, and people whose rights are for the first alone:
/// `a.one_leader`, `a.one_officer`, `a.one_liaison`, `a.one_head`, `a.one_observer`, `a.one_unit_officer`.
pub async fn another_campaign(app: &super::App) {
    let copy = format!(
        r#"
        SET session_replication_role = replica;
        DO $$
        DECLARE
            named text; old uuid; object text; objects text[] := '{{}}'; tables text[] := '{{}}'; ids uuid[] := '{{}}';
        BEGIN
            FOREACH named IN ARRAY '{{{rooms}}}'::text[] LOOP
                FOR object, old IN EXECUTE format('SELECT to_jsonb(t)::text, t.id FROM %I t WHERE %s = %L', named, CASE named WHEN 'campaigns' THEN 'id' ELSE 'campaign_id' END, '{campaign}') LOOP
                    objects := objects || object; tables := tables || named; ids := ids || old;
                END LOOP;
            END LOOP;
            FOR i IN 1 .. cardinality(objects) LOOP
                object := objects[i];
                FOREACH old IN ARRAY ids LOOP
                    object := replace(object, old::text, md5(old::text)::uuid::text);
                END LOOP;
                IF tables[i] = 'campaigns' THEN object := jsonb_set(object::jsonb, '{{code}}', '"dan-van-2"')::text; END IF;
                IF tables[i] = 'documents' THEN object := jsonb_set(object::jsonb, '{{number}}', '2')::text; END IF;
                EXECUTE format('INSERT INTO %I SELECT (jsonb_populate_record(NULL::%I, %L::jsonb)).*', tables[i], tables[i], object);
            END LOOP;
        END $$;
        SET session_replication_role = origin;"#,
        rooms = OF_CAMPAIGNS.join(","),
        campaign = id("a.campaign"),
    );
    diesel_async::SimpleAsyncConnection::batch_execute(&mut app.sql().await, &copy).await.expect("another campaign");
    let own = id("a");
    let of = |name: &str| id(&format!("a.{name}"));
    let mut write = begin(&app.service.database, ACCOUNTS).await;
    for (name, place) in [
        ("leader", json!({"role": "commune_leader"})),
        ("officer", json!({"role": "commune_officer"})),
        ("liaison", json!({"role": "unit_liaison", "unit_id": of("brigade")})),
        ("unit_officer", json!({"role": "unit_officer", "unit_id": of("command")})),
        ("head", json!({"role": "hamlet_head", "hamlet_id": of("ap-1")})),
        ("observer", json!({"role": "observer"})),
    ] {
        let mut grant = json!({"commune_id": own, "campaign_id": of("campaign")});
        grant.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        user(&mut write, &format!("a.one_{name}"), Some(own), grant).await;
    }
    write.commit(None, 201, id("a.one_officer")).await.expect("committed");
}
