//! Who may do what with campaigns, and what may become of one.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{Campaign, CampaignStatus, CreateCampaign, UpdateCampaign};
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{InCommune, PartnerCampaign, Published, WithFunction};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Observer, Public, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::clock::local_day;
use crate::db::values::Json;
use crate::error::{CONFLICT, Constraint, Error, FieldError, Problem, Result};
use crate::said;
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitOfficer, WithFunction("military_affairs")),
    (UnitOfficer, WithFunction("public_security")),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, InCommune),
    (Observer, InCommune),
    (Auditor, InCommune),
    (Public, Published),
];
const CREATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune)];
const UPDATE: Grants = &[(CommuneLeader, InCommune), (CommuneOfficer, InCommune), (UnitLiaison, PartnerCampaign)];
const LEADER: Grants = &[(CommuneLeader, InCommune)];
const OFFICE: Grants = CREATE;

const FIELDS: Fields = &[
    ("code", Class::Public),
    ("name", Class::Public),
    ("year", Class::Public),
    ("movement", Class::Public),
    ("start_date", Class::Public),
    ("end_date", Class::Public),
    ("partner_unit_ids", Class::Public),
    ("purposes", Class::Public),
    ("requirements", Class::Public),
    ("day_sessions", Class::Public),
    ("published_at", Class::Public),
    ("lodging", Class::Military),
];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &["archived", "cancelled"],
    steps: &[
        Step {
            action: "adopt",
            from: &["draft"],
            to: Some("planned"),
            by: LEADER,
            needs: &[Need::Read],
            summary: Text::new("Thông qua kế hoạch", "Adopt the plan"),
        },
        Step {
            action: "open_preparation",
            from: &["planned"],
            to: Some("preparing"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Mở chuẩn bị: đăng ký tuyến đường, tình nguyện viên, đội", "Open the preparation: roads, volunteers and teams register"),
        },
        Step { action: "start", from: &["preparing"], to: Some("running"), by: LEADER, needs: &[], summary: Text::new("Ra quân", "Launch the campaign") },
        Step {
            action: "suspend",
            from: &["planned", "preparing", "running"],
            to: Some("suspended"),
            by: LEADER,
            needs: &[Need::Reason],
            summary: Text::new("Tạm dừng", "Suspend"),
        },
        Step {
            action: "resume",
            from: &["suspended"],
            to: None,
            by: LEADER,
            needs: &[],
            summary: Text::new("Tiếp tục sau khi tạm dừng", "Resume after a suspension"),
        },
        Step {
            action: "begin_closing",
            from: &["running"],
            to: Some("closing"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Bắt đầu tổng kết", "Begin to close"),
        },
        Step {
            action: "close",
            from: &["closing"],
            to: Some("closed"),
            by: LEADER,
            needs: &[Need::Read],
            summary: Text::new("Kết thúc đợt", "Close the campaign"),
        },
        Step { action: "reopen", from: &["closed"], to: Some("closing"), by: LEADER, needs: &[Need::Reason], summary: Text::new("Mở lại", "Reopen") },
        Step { action: "archive", from: &["closed"], to: Some("archived"), by: OFFICE, needs: &[], summary: Text::new("Lưu trữ", "Archive") },
        Step {
            action: "cancel",
            from: &["draft", "planned", "preparing"],
            to: Some("cancelled"),
            by: LEADER,
            needs: &[Need::Reason],
            summary: Text::new("Hủy đợt", "Cancel the campaign"),
        },
        Step {
            action: "publish",
            from: &["planned", "preparing", "running", "suspended", "closing", "closed"],
            to: None,
            by: OFFICE,
            needs: &[],
            summary: Text::new("Công khai", "Make public"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "campaigns", read: READ, create: CREATE, update: UPDATE, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static TOO_EARLY: Problem =
    Problem { code: "campaign_too_early", status: 409, title: Text::new("Chưa đến ngày bắt đầu", "The first day has not come") };

pub static NO_PLAN: Problem =
    Problem {
        code: "plan_not_issued", status: 409, title: Text::new("Kế hoạch của đợt chưa được ban hành", "The campaign's plan is not issued")
    };

pub static CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "campaigns_code_key",
    problem: &CONFLICT,
    pointer: "/code",
    code: "code_taken",
    text: Text::new("Mã này đã dùng cho một đợt khác trong xã", "Another campaign of the commune has this code"),
}];

fn texts<const MAX: usize, const MANY: usize>(list: crate::web::values::Few<crate::web::values::Paragraph<MAX>, MANY>) -> Json<Vec<String>> {
    Json(list.0.into_iter().map(String::from).collect())
}

pub fn new_campaign(input: CreateCampaign, id: Uuid, now: DateTime<Utc>, request_hash: Vec<u8>) -> Campaign {
    let CreateCampaign {
        id: _,
        commune_id,
        code,
        name,
        year,
        movement,
        criteria_tags,
        start_date,
        end_date,
        partner_unit_ids,
        purposes,
        requirements,
        general_directions,
        funding_sources,
        day_sessions,
        roads_close_on,
    } = input;
    Campaign {
        id,
        commune_id,
        version: 0,
        created_at: now,
        updated_at: now,
        code: code.into(),
        name: name.into(),
        year: year.into(),
        movement: movement.map(String::from),
        criteria_tags: criteria_tags.map(|tags| tags.0.into_iter().map(String::from).collect()).unwrap_or_default(),
        start_date: start_date.into(),
        end_date: end_date.into(),
        partner_unit_ids: partner_unit_ids.map(|ids| ids.0.into_iter().map(|id| id.0).collect()).unwrap_or_default(),
        purposes: purposes.map(texts).unwrap_or_default(),
        requirements: requirements.map(texts).unwrap_or_default(),
        general_directions: general_directions.map(texts).unwrap_or_default(),
        funding_sources: funding_sources.map(|sources| sources.0).unwrap_or_default(),
        day_sessions: Json(day_sessions.unwrap_or_default()),
        lodging: Json(vec![]),
        plan_document_id: None,
        roads_close_on: roads_close_on.map(Into::into),
        published_at: None,
        suspended_from: None,
        status: CampaignStatus::Draft,
        search: String::new(),
        request_hash,
    }
    .with_search()
}

pub fn changed(mut campaign: Campaign, input: UpdateCampaign) -> Campaign {
    let UpdateCampaign {
        name,
        movement,
        criteria_tags,
        start_date,
        end_date,
        partner_unit_ids,
        purposes,
        requirements,
        general_directions,
        funding_sources,
        day_sessions,
        lodging,
        plan_document_id,
        roads_close_on,
    } = input;
    name.apply(&mut campaign.name);
    movement.apply(&mut campaign.movement);
    if let Some(tags) = criteria_tags.0 {
        campaign.criteria_tags = tags.0.into_iter().map(String::from).collect();
    }
    start_date.apply(&mut campaign.start_date);
    end_date.apply(&mut campaign.end_date);
    if let Some(ids) = partner_unit_ids.0 {
        campaign.partner_unit_ids = ids.0.into_iter().map(|id| id.0).collect();
    }
    for (change, place) in
        [(purposes, &mut campaign.purposes), (requirements, &mut campaign.requirements), (general_directions, &mut campaign.general_directions)]
    {
        if let Some(list) = change.0 {
            *place = texts(list);
        }
    }
    if let Some(sources) = funding_sources.0 {
        campaign.funding_sources = sources.0;
    }
    if let Some(sessions) = day_sessions.0 {
        campaign.day_sessions = Json(sessions);
    }
    if let Some(lodging) = lodging.0 {
        campaign.lodging = Json(lodging.0);
    }
    plan_document_id.apply(&mut campaign.plan_document_id);
    roads_close_on.apply(&mut campaign.roads_close_on);
    campaign.with_search()
}

/// The period is one, and so are the sessions of a day.
pub fn check(campaign: &Campaign) -> Result<()> {
    let mut errors = vec![];
    let start = campaign.start_date;
    if campaign.end_date < start {
        errors.push(FieldError::new("/end_date", "end_before_start", said!("Phải từ ngày {start} trở đi", "Must be {start} or later")));
    }
    if (campaign.end_date - start).num_days() > 366 {
        errors.push(FieldError::new("/end_date", "too_long", said!("Một đợt dài tối đa 366 ngày", "A campaign is at most 366 days long")));
    }
    let sessions = campaign.day_sessions.0;
    for (name, session) in [("morning", sessions.morning), ("afternoon", sessions.afternoon), ("evening", sessions.evening)] {
        if session.to <= session.from {
            errors.push(FieldError::new(
                format!("/day_sessions/{name}/to"),
                "end_before_start",
                said!("Giờ kết thúc phải sau giờ bắt đầu", "The end must be after the start"),
            ));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::fields(errors)) }
}

/// A liaison writes where soldiers stay; the office everything else.
pub fn check_liaison(before: &Campaign, after: &Campaign) -> Result<()> {
    let same = Campaign { lodging: after.lodging.clone(), ..before.clone() };
    if serde_json::to_value(&same)? == serde_json::to_value(after)? {
        return Ok(());
    }
    Err(Error::forbidden().detail(said!("Liên lạc đơn vị chỉ được sửa nơi ở của bộ đội (lodging)", "A liaison may change `lodging` alone")))
}

/// The launch waits for the first day, unless it is forced.
pub fn check_start(campaign: &Campaign, force: bool, now: DateTime<Utc>) -> Result<()> {
    let first = campaign.start_date;
    if !force && local_day(now) < first {
        return Err(Error::new(&TOO_EARLY)
            .detail(said!("Ngày bắt đầu là {first}; gửi force = true để ra quân sớm", "The first day is {first}; send force = true to launch early")));
    }
    Ok(())
}
