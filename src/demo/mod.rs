//! `danvan demo`: the Phú Lý 2024 plan, a schedule and people to try the API with, and an account for every role.
//!
//! The plan is real; the schedule, the people and the second commune are demo data and say so.

mod progress;
mod story;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::accounts::office;
use crate::accounts::passwords::Hasher;
use crate::db::Database;
use crate::db::schema::communes;
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::journal::feeds::ACCOUNTS;
use crate::plan_import::{self, Imported};
use crate::random;

const PHU_LY: &str = include_str!("phu-ly-2024.json");
const TRI_AN: &str = include_str!("tri-an.json");

/// What scripts get with `--json`, and what a second start shows again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Facts {
    pub commune_id: Uuid,
    pub campaign_id: Uuid,
    /// An activity of the schedule with sign-ups, and one of those; none where only the plan was loaded.
    pub activity_id: Option<Uuid>,
    pub sign_up_id: Option<Uuid>,
    pub accounts: Vec<Account>,
}

/// An account to try.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    pub role: String,
    pub username: String,
    pub password: String,
    pub scope: String,
}

/// The communes of a database.
pub async fn communes(connection: &mut diesel_async::AsyncPgConnection) -> diesel::QueryResult<Vec<Uuid>> {
    use diesel::QueryDsl as _;
    use diesel_async::RunQueryDsl as _;
    communes::table.select(communes::id).load(connection).await
}

/// How much the demo holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The plan as imported, and the accounts: the campaign is still to be run.
    PlanOnly,
    /// A half-finished campaign: a schedule, people, roads, results and nominations.
    Everything,
}

/// Loads everything in one transaction; `keep` is told the facts before it is committed.
pub async fn load(
    database: &Database,
    hasher: &Hasher,
    now: chrono::DateTime<chrono::Utc>,
    extent: Extent,
    keep: impl FnOnce(&Facts) -> anyhow::Result<()>,
) -> Result<Facts> {
    let mut write = plan_import::begin(database, "the demo's data", now).await?;
    let loaded = match fill(&mut write, hasher, extent).await {
        Ok(facts) => keep(&facts).map(|()| facts).map_err(Error::internal),
        Err(error) => Err(error),
    };
    match loaded {
        Ok(facts) => {
            write.commit(None, 201, facts.commune_id).await?;
            Ok(facts)
        }
        Err(error) => {
            write.roll_back().await;
            Err(error)
        }
    }
}

async fn fill(write: &mut Write, hasher: &Hasher, extent: Extent) -> Result<Facts> {
    let tri_an = plan_import::apply(write, &plan_import::parse(TRI_AN.as_bytes())?).await?;
    write.also(crate::journal::feeds::REFERENCE).await?;
    let phu_ly = plan_import::apply(write, &plan_import::parse(PHU_LY.as_bytes())?).await?;
    let feed = write.feed;
    write.also(ACCOUNTS).await?;
    let accounts = accounts(write, hasher, &phu_ly, &tri_an).await?;
    let lead = office::by_name(write, "truongap1").await?.ok_or_else(|| Error::internal("the head was made"))?.id;
    let person = office::by_name(write, "tinhnguyen").await?.ok_or_else(|| Error::internal("the volunteer was made"))?.id;
    write.also(feed).await?;
    let shown = match extent {
        Extent::PlanOnly => None,
        Extent::Everything => Some(story::fill(write, &phu_ly, lead, person).await?),
    };
    let (activity_id, sign_up_id) = (shown.map(|(activity, _)| activity), shown.map(|(_, sign_up)| sign_up));
    Ok(Facts { commune_id: phu_ly.commune, campaign_id: phu_ly.campaign, activity_id, sign_up_id, accounts })
}

async fn accounts(write: &mut Write, hasher: &Hasher, phu_ly: &Imported, tri_an: &Imported) -> Result<Vec<Account>> {
    let in_days = |days| crate::clock::local_day(write.now) + chrono::TimeDelta::days(days);
    let until = in_days(60);
    let (here, there) = (phu_ly.commune, tri_an.commune);
    let unit = |code: &str| phu_ly.units.get(code).copied();
    let list = [
        ("chutich", "Chủ tịch UBND xã (tài khoản thử)", "commune_leader", json!({"commune_id": here}), "xã Phú Lý"),
        ("vanphong", "Văn phòng UBND xã (tài khoản thử)", "commune_officer", json!({"commune_id": here}), "xã Phú Lý"),
        (
            "quansu",
            "Ban chỉ huy Quân sự xã (tài khoản thử)",
            "unit_officer",
            json!({"commune_id": here, "unit_id": unit("bchqs-xa")}),
            "Ban chỉ huy Quân sự xã Phú Lý",
        ),
        (
            "lienlac75",
            "Liên lạc Lữ đoàn 75 (tài khoản thử)",
            "unit_liaison",
            json!({"commune_id": here, "unit_id": unit("lu-doan-75")}),
            "Lữ đoàn 75 tại xã Phú Lý",
        ),
        ("truongap1", "Trưởng Ấp 1 (tài khoản thử)", "hamlet_head", json!({"commune_id": here, "hamlet_id": phu_ly.hamlets.get("ap-1")}), "Ấp 1, xã Phú Lý"),
        (
            "truongaplylich1",
            "Trưởng Ấp Lý Lịch 1 (tài khoản thử)",
            "hamlet_head",
            json!({"commune_id": here, "hamlet_id": phu_ly.hamlets.get("ly-lich-1")}),
            "Ấp Lý Lịch 1, xã Phú Lý",
        ),
        ("tinhnguyen", "Tình nguyện viên (tài khoản thử)", "volunteer", json!({"commune_id": here}), "chính mình, xã Phú Lý"),
        ("quansat", "Mặt trận Tổ quốc (tài khoản thử)", "observer", json!({"commune_id": here}), "xã Phú Lý"),
        ("thanhtra", "Người kiểm tra, thanh tra (tài khoản thử)", "auditor", json!({"commune_id": here, "valid_to": until}), "xã Phú Lý, 60 ngày"),
        ("quantri", "Quản trị hệ thống (tài khoản thử)", "platform_admin", json!({}), "toàn hệ thống"),
        ("chutich.trian", "Chủ tịch xã Trị An (tài khoản thử)", "commune_leader", json!({"commune_id": there}), "xã Trị An"),
        (
            "lienlac.trian",
            "Liên lạc lữ đoàn mẫu (tài khoản thử)",
            "unit_liaison",
            json!({"commune_id": there, "unit_id": tri_an.units.get("lu-doan-mau")}),
            "Lữ đoàn mẫu tại xã Trị An",
        ),
    ];
    let password = format!("thu-{}-{}", random::token(8), random::token(8));
    let hash = hasher.hash(&password).await?;
    let mut accounts = vec![];
    for (username, display_name, role, scope, place) in list {
        let home = scope.get("commune_id").cloned();
        let user = office::add(write, serde_json::from_value(json!({"username": username, "display_name": display_name, "home_commune_id": home}))?).await?;
        office::store_password(write, user.id, hash.clone()).await?;
        let mut grant = scope;
        if let Some(grant) = grant.as_object_mut() {
            grant.insert("user_id".into(), json!(user.id));
            grant.insert("role".into(), json!(role));
        }
        office::grant(write, serde_json::from_value(grant)?).await?;
        accounts.push(Account { role: role.into(), username: username.into(), password: password.clone(), scope: place.into() });
    }
    Ok(accounts)
}
