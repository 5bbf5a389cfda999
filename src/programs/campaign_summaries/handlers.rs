//! What happens with a summary: it is put together.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::dto::{CampaignSummary, DayPart, HamletPart, Part, Planned, Roads, UnitPart, WorkPart};
use super::store::{self, RoadsOfHamlet, Scheduled};
use crate::access::roles::Class;
use crate::activity_sums::Figure;
use crate::campaign_sums::{self, Extent};
use crate::campaigns::{Campaign, CampaignStatus};
use crate::error::Result;
use crate::results::{self, ByUnitAndWork};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::table;

/// The campaign, then five statements sent together: sums, schedule, roads, results by unit and work, people.
pub async fn get(call: Call) -> Result<Answer> {
    let seen = table::get::<Campaign>(&call, call.id()?).await?;
    let (campaign, commune) = (&seen.row, seen.row.commune_id);
    let classes = seen.held.classes();
    let (staff, military) = (classes.has(Class::Staff), classes.has(Class::Military));
    let lane = &call.worker.lane;
    let (sums, mut schedule, roads, work, people) = futures::try_join!(
        campaign_sums::of_campaign(lane, commune, campaign.id),
        store::schedule(lane, commune, campaign.id),
        store::roads(lane, commune, campaign.id),
        results::by_unit_and_work(lane, commune, campaign.id),
        store::people(lane, commune, campaign.id),
    )?;
    // Where soldiers will be is not told by a sum either: the public sees what was published, and what was verified.
    schedule.retain(|row| staff || row.8);
    let closed = matches!(campaign.status, CampaignStatus::Closed | CampaignStatus::Archived);
    let whole = sums.iter().find(|row| row.extent == Extent::Campaign);
    let mut total = part(schedule.iter(), military);
    if let Some(row) = whole {
        (total.present, total.man_days) = (row.present, row.man_days);
        total.figures.clone_from(&row.figures.0);
    }
    total.military_man_days = (military || closed).then(|| whole.map_or(0.0, |row| row.military_man_days));

    let mut hamlets: Vec<Option<Uuid>> = schedule.iter().map(|row| row.1).chain(roads.iter().map(|row| Some(row.0))).collect();
    hamlets.extend(sums.iter().filter(|row| staff && row.extent != Extent::Campaign).map(|row| row.hamlet_id));
    hamlets.sort();
    hamlets.dedup();
    let by_hamlet = hamlets.into_iter().map(|hamlet_id| {
        let mut part = part(schedule.iter().filter(|row| row.1 == hamlet_id), military);
        let row = sums.iter().find(|row| row.extent != Extent::Campaign && row.hamlet_id == hamlet_id);
        (part.present, part.man_days) = row.map_or((0, 0.0), |row| (row.present, row.man_days));
        part.figures = row.map(|row| row.figures.0.clone()).unwrap_or_default();
        part.military_man_days = military.then(|| row.map_or(0.0, |row| row.military_man_days));
        let roads = counted(roads.iter().filter(|row| Some(row.0) == hamlet_id));
        HamletPart { hamlet_id, part, roads }
    });

    let mut days: Vec<_> = schedule.iter().map(|row| row.0).collect();
    days.dedup();
    let by_day = days.into_iter().map(|date| DayPart { date, part: part(schedule.iter().filter(|row| row.0 == date), military) });

    let mut units: Vec<Option<Uuid>> = work.iter().map(|row| row.0).chain(people.iter().map(|row| Some(row.0))).collect();
    units.sort();
    units.dedup();
    let by_unit = units.into_iter().filter(|_| staff).map(|unit_id| {
        let headcount = people.iter().find(|row| Some(row.0) == unit_id).filter(|_| military);
        UnitPart {
            unit_id,
            headcount_planned: headcount.map(|row| row.1),
            headcount_actual: headcount.map(|row| row.2),
            figures: figures(work.iter().filter(|row| row.0 == unit_id), military),
        }
    });
    let mut kinds: Vec<&Option<String>> = work.iter().map(|row| &row.1).collect();
    kinds.sort();
    kinds.dedup();
    // A figure of soldiers alone says how many they were, whatever the kind of work.
    let by_work_type = kinds.into_iter().map(|kind| WorkPart { work_type: kind.clone(), figures: figures(work.iter().filter(|row| row.1 == *kind), military) });

    let told = |mut figures: Vec<Figure>| {
        if !staff {
            figures.retain(|figure| figure.verified > 0.0);
            figures.iter_mut().for_each(|figure| figure.reported = figure.verified);
        }
        figures
    };
    total.figures = told(total.figures);
    let by_hamlet = by_hamlet.map(|row| HamletPart { part: Part { figures: told(row.part.figures), ..row.part }, ..row });
    let by_day = by_day.map(|row| DayPart { part: Part { figures: told(row.part.figures), ..row.part }, ..row });
    let by_work_type = by_work_type.map(|row| WorkPart { figures: told(row.figures), ..row });

    Answer::ok(CampaignSummary {
        campaign_id: campaign.id,
        status: campaign.status,
        total,
        roads: counted(roads.iter()),
        by_hamlet: by_hamlet.collect(),
        by_day: by_day.collect(),
        by_unit: by_unit.collect(),
        by_work_type: by_work_type.collect(),
    })
}

/// Some activities' part.
fn part<'a>(rows: impl Iterator<Item = &'a Scheduled>, military: bool) -> Part {
    let mut part = Part { military_man_days: military.then_some(0.0), ..Part::default() };
    let mut planned: BTreeMap<String, f64> = BTreeMap::new();
    let mut done: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
    for (_, _, status, target, present, man_days, figures, soldiers, _) in rows {
        part.activities += 1;
        part.activities_done += i64::from(matches!(status.as_str(), "done" | "verified"));
        part.present += present;
        part.man_days += man_days;
        part.military_man_days = part.military_man_days.map(|days| days + soldiers);
        if let Some((metric, value)) = target.as_ref().and_then(|target| Some((target.get("unit")?.as_str()?, target.get("value")?.as_f64()?))) {
            *planned.entry(metric.to_owned()).or_default() += value;
        }
        for figure in serde_json::from_value::<Vec<Figure>>(figures.clone()).unwrap_or_default() {
            let sum = done.entry((figure.side, figure.metric)).or_default();
            *sum = (sum.0 + figure.reported, sum.1 + figure.verified);
        }
    }
    part.planned = planned.into_iter().map(|(metric, value)| Planned { metric, value }).collect();
    part.figures = done.into_iter().map(|((side, metric), (reported, verified))| Figure { side, metric, reported, verified }).collect();
    part
}

/// Results added up by side and metric.
fn figures<'a>(rows: impl Iterator<Item = &'a ByUnitAndWork>, military: bool) -> Vec<Figure> {
    let mut done: BTreeMap<(&str, &str), (f64, f64)> = BTreeMap::new();
    for (_, _, side, metric, reported, verified) in rows.filter(|row| military || row.2 != "military" || row.3 != "man_days") {
        let sum = done.entry((side, metric)).or_default();
        *sum = (sum.0 + reported, sum.1 + verified);
    }
    done.into_iter().map(|((side, metric), (reported, verified))| Figure { side: side.into(), metric: metric.into(), reported, verified }).collect()
}

fn counted<'a>(rows: impl Iterator<Item = &'a RoadsOfHamlet>) -> Roads {
    rows.fold(Roads::default(), |sum, (_, registered, accepted, done, confirmed, accepted_m, done_m)| Roads {
        registered: sum.registered + registered,
        accepted: sum.accepted + accepted,
        done: sum.done + done,
        confirmed: sum.confirmed + confirmed,
        accepted_m: sum.accepted_m + accepted_m,
        done_m: sum.done_m + done_m,
    })
}
