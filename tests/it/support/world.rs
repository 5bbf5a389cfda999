//! Two communes, `a` and `b`, that must never see each other's work: in each every role twice, three hamlets.
//!
//! Names are ids: `id("a.officer1")`, `id("a.ap-1")`, `id("a")`.

use danvan::access::actor::Actor;
use danvan::access::keys::Secret;
use danvan::accounts::office;
use danvan::clock::Clock;
use danvan::communes;
use danvan::db::Database;
use danvan::hamlets;
use danvan::journal::Write;
use danvan::journal::feeds::{ACCOUNTS, REFERENCE};
use serde_json::{Value, json};
use uuid::Uuid;

/// The id of a thing of the world.
pub fn id(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

const COMMUNES: &[(&str, &str, &str)] = &[("a", "26173", "Xã Phú Lý"), ("b", "26170", "Xã Trị An")];

/// Fills a migrated database with the world.
pub async fn build(url: &str) {
    let database = Database::new(url, 2).expect("a pool");
    let _secret: &Secret = &super::postgres::server().1;
    let mut write = begin(&database, REFERENCE).await;
    for (name, code, title) in COMMUNES {
        let body = json!({"id": id(name), "code": code, "name": title, "kind": "xa", "province_code": "75", "province_name": "Tỉnh Đồng Nai", "valid_from": "1994-01-01"});
        communes::add(&mut write, parse(body)).await.expect("a commune");
    }
    write.commit(None, 201, id("a")).await.expect("committed");

    for (commune, ..) in COMMUNES {
        let mut write = begin(&database, id(commune)).await;
        for n in 1..=3 {
            let body = json!({"id": id(&format!("{commune}.ap-{n}")), "commune_id": id(commune), "code": format!("ap-{n}"), "name": format!("Ấp {n}"), "kind": "ap", "sort_order": n, "contact_phone": "0912345678"});
            hamlets::add(&mut write, parse(body)).await.expect("a hamlet");
        }
        write.commit(None, 201, id("a.ap-1")).await.expect("committed");
    }

    let mut write = begin(&database, ACCOUNTS).await;
    user(&mut write, "platform1", None, json!({"role": "platform_admin"})).await;
    for (commune, ..) in COMMUNES {
        for n in 1..=2 {
            let own = id(commune);
            let name = |role: &str| format!("{commune}.{role}{n}");
            user(&mut write, &name("leader"), Some(own), json!({"role": "commune_leader", "commune_id": own})).await;
            user(&mut write, &name("officer"), Some(own), json!({"role": "commune_officer", "commune_id": own})).await;
            user(&mut write, &name("head"), Some(own), json!({"role": "hamlet_head", "commune_id": own, "hamlet_id": id(&format!("{commune}.ap-{n}"))})).await;
            user(&mut write, &name("observer"), Some(own), json!({"role": "observer", "commune_id": own})).await;
            user(&mut write, &name("auditor"), Some(own), json!({"role": "auditor", "commune_id": own, "valid_to": in_days(60)})).await;
            user(&mut write, &name("volunteer"), Some(own), json!({"role": "volunteer", "commune_id": own})).await;
        }
    }
    write.commit(None, 201, id("platform1")).await.expect("committed");
}

fn in_days(days: i64) -> String {
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
    let body = json!({"id": id(username), "username": username, "display_name": format!("Người {username}"), "home_commune_id": commune, "phone": "0987654321"});
    office::add(write, parse(body)).await.expect("a user");
    grant["id"] = json!(id(&format!("{username}/grant")));
    grant["user_id"] = json!(id(username));
    office::grant(write, parse(grant)).await.expect("a grant");
}
