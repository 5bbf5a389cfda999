//! The demo's schedule and people: the annex that the plan names and that is not with it, filled with demo data.

use serde_json::{Value, json};
use uuid::Uuid;

use super::progress;
use crate::activities::{self, Activity, ActivityStatus};
use crate::campaigns::{Campaign, CampaignStatus};
use crate::error::{Error, Result};
use crate::journal::Write;
use crate::plan_import::Imported;
use crate::sign_ups::SignUp;
use crate::volunteers::{self, Volunteer};
use crate::web::table;
use crate::{activity_units, sign_ups};

pub const NOTE: &str = "Dữ liệu thử: lịch kèm theo kế hoạch không có trong văn bản.";

pub fn parse<T: serde::de::DeserializeOwned>(value: Value) -> Result<T> {
    Ok(serde_json::from_value(value)?)
}

/// A running campaign in the middle of its days: labour in each hamlet, the plan's events, people who signed up.
pub async fn fill(write: &mut Write, plan: &Imported, lead: Uuid, person: Uuid) -> Result<(Uuid, Uuid)> {
    let campaign = table::row::<Campaign>(write, plan.campaign).await?.ok_or_else(|| Error::internal("the campaign was imported"))?;
    let running = Campaign { status: CampaignStatus::Running, published_at: Some(write.now), ..campaign.clone() };
    table::follow(write, "start", &campaign, running).await?;

    let hamlets = ["ap-1", "ap-2", "ap-3", "ap-4", "ly-lich-1", "ly-lich-2", "cay-cay", "binh-chanh", "bau-phung"];
    let mut sessions = vec![];
    for (n, hamlet) in hamlets.iter().enumerate() {
        for (day, session) in [(17 + n % 5, "morning"), (17 + (n + 2) % 5, "afternoon")] {
            let title = format!("Phát quang, trồng hoa tuyến đường ({hamlet}, ngày {day})");
            let body = json!({
                "commune_id": plan.commune, "campaign_id": plan.campaign, "plan_item_id": plan.plan_items.get("phat-quang-trong-hoa"), "code": format!("mau-{hamlet}-{day}"), "kind": "road_labour",
                "title": title, "public_title": title, "description": NOTE, "date": format!("2024-07-{day}"), "session": session, "hamlet_id": plan.hamlets.get(*hamlet),
                "place": {"kind": "road", "name": format!("Tuyến đường mẫu, {hamlet}")}, "work_types": ["clear_brush", "cut_grass", "plant_flowers"], "capacity": 30, "lead_user_id": (n == 0).then_some(lead),
                "preparation": {"tools": ["cuốc", "liềm", "găng tay"], "safety_notes": "Mang nước uống, đội mũ.", "volunteers_planned": 25}, "target": {"value": 300, "unit": "metres"},
            });
            let activity = shown(write, parse(body)?, ActivityStatus::Open).await?;
            asked(write, plan, activity.id, "participant", Some(20)).await?;
            sessions.push(activity);
        }
    }
    for (item, day, session, kind, title, place) in [
        ("le-ra-quan", 16, "morning", "launch_ceremony", "Lễ ra quân", "Trụ sở UBND xã"),
        ("phun-khu-khuan-truong-mam-non", 18, "afternoon", "disease_prevention_spraying", "Phun xịt khử khuẩn Trường Mầm non Phú Lý", "Trường Mầm Non Phú Lý"),
        ("giao-luu-bong-chuyen", 20, "afternoon", "sports_exchange", "Giao lưu bóng chuyền", "Trung tâm VH-TT-HTCĐ"),
        ("ban-giao-cong-trinh-the-thao", 22, "morning", "work_handover", "Bàn giao công trình thể thao", "Trung tâm VH-TT-HTCĐ"),
        ("ban-giao-nha-tinh-nghia", 22, "afternoon", "work_handover", "Bàn giao nhà tình nghĩa", "Ấp 3"),
        ("tong-ket", 23, "morning", "closing_summary", "Tổng kết công tác dân vận", "Trụ sở UBND xã"),
        ("giao-luu-van-nghe", 23, "evening", "cultural_exchange", "Giao lưu văn nghệ", "Trung tâm VH-TT-HTCĐ"),
    ] {
        let body = json!({
            "commune_id": plan.commune, "campaign_id": plan.campaign, "plan_item_id": plan.plan_items.get(item), "code": format!("mau-{item}"), "kind": kind, "title": title, "public_title": title,
            "description": NOTE, "date": format!("2024-07-{day}"), "session": session, "place": {"kind": "other", "name": place},
        });
        let activity = shown(write, parse(body)?, ActivityStatus::Scheduled).await?;
        asked(write, plan, activity.id, "participant", None).await?;
    }
    let [first, second, ..] = sessions.as_slice() else { return Err(Error::internal("the schedule has two sessions")) };
    let (people, sign_up) = people(write, plan, first, person).await?;
    progress::fill(write, plan, second.id, people.get(..5).unwrap_or_default()).await?;
    Ok((first.id, sign_up))
}

/// A published activity in a status.
async fn shown(write: &mut Write, input: activities::CreateActivity, status: ActivityStatus) -> Result<Activity> {
    let draft = activities::add(write, input).await?;
    let activity = Activity { status, published_at: Some(write.now), ..draft.clone() };
    table::follow(write, "schedule", &draft, activity.clone()).await?;
    Ok(activity)
}

async fn asked(write: &mut Write, plan: &Imported, activity: Uuid, role: &str, headcount: Option<i32>) -> Result<()> {
    let body =
        json!({"commune_id": plan.commune, "activity_id": activity, "unit_id": plan.units.get("lu-doan-75"), "role": role, "headcount_planned": headcount});
    activity_units::add(write, parse(body)?).await?;
    Ok(())
}

/// Demo people of Ấp 1 and Ấp Lý Lịch 1, signed up for one activity; the first has the volunteer's account.
async fn people(write: &mut Write, plan: &Imported, activity: &Activity, person: Uuid) -> Result<(Vec<Volunteer>, Uuid)> {
    let mut people = vec![];
    let mut waiting_to_come = None;
    for n in 1..=12 {
        let hamlet = if n % 3 == 0 { "ly-lich-1" } else { "ap-1" };
        let body = json!({
            "commune_id": plan.commune, "full_name": format!("Tình nguyện viên mẫu {n}"), "birth_year": 1980 + n, "phone": format!("09000000{n:02}"), "hamlet_id": plan.hamlets.get(hamlet), "category": "resident",
            "consents": [{"purpose": "participation", "text_version": "mau-1", "given_via": "oral_to_head"}],
        });
        let volunteer = volunteers::add(write, parse(body)?).await?;
        if n == 1 {
            let own = Volunteer { user_id: Some(person), ..volunteer.clone() };
            table::follow(write, "link_account", &volunteer, own).await?;
        }
        let sign_up: SignUp = sign_ups::add(write, activity, &volunteer).await?;
        waiting_to_come = Some(sign_up.id);
        people.push(volunteer);
    }
    Ok((people, waiting_to_come.ok_or_else(|| Error::internal("somebody signed up"))?))
}
