//! What results add up to, brought into the sums of activities and campaigns.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::rules::MAN_DAYS;
use super::store::{self, Added};
use crate::activity_sums::{self, Figure};
use crate::campaign_sums::{self, CampaignSum, Extent, Share};
use crate::error::Result;
use crate::journal::Write;

/// Figures and soldiers' man-days of some results.
type Total = (Vec<Figure>, f64);

fn total<'a>(rows: impl Iterator<Item = &'a Added>) -> Total {
    let mut figures: BTreeMap<(&str, &str), (f64, f64)> = BTreeMap::new();
    let mut military_man_days = 0.0;
    for (_, _, side, metric, reported, verified) in rows {
        if side == "military" && metric == MAN_DAYS {
            military_man_days += reported;
            continue;
        }
        let sum = figures.entry((side, metric)).or_default();
        *sum = (sum.0 + reported, sum.1 + verified);
    }
    let figure = |((side, metric), (reported, verified)): ((&str, &str), (f64, f64))| Figure { side: side.into(), metric: metric.into(), reported, verified };
    (figures.into_iter().map(figure).collect(), military_man_days)
}

/// What the sums of a campaign must be: each activity's figures, and each part's.
struct Due {
    activities: Vec<(Uuid, Total)>,
    shares: Vec<Share>,
}

fn due(rows: &[Added], activities: Vec<Uuid>, there: &[CampaignSum]) -> Due {
    let activities = activities.into_iter().map(|activity| (activity, total(rows.iter().filter(|row| row.0 == activity)))).collect();
    let mut shares = vec![share(Extent::Campaign, None, total(rows.iter()))];
    let mut hamlets: Vec<Option<Uuid>> = rows.iter().map(|row| row.1).collect();
    // Parts that had figures before and have none now.
    hamlets.extend(there.iter().filter(|row| row.extent != Extent::Campaign).map(|row| row.hamlet_id));
    hamlets.sort();
    hamlets.dedup();
    for hamlet in hamlets {
        let extent = if hamlet.is_some() { Extent::Hamlet } else { Extent::NoHamlet };
        shares.push(share(extent, hamlet, total(rows.iter().filter(|row| row.1 == hamlet))));
    }
    Due { activities, shares }
}

fn share(extent: Extent, hamlet_id: Option<Uuid>, (figures, military_man_days): Total) -> Share {
    Share { extent, hamlet_id, figures, military_man_days }
}

/// Writes the sums of a campaign's parts, and of one activity or of all that have any. A campaign has some hundred
/// results: adding them up is one statement, and only rows that change are written.
pub async fn bring_up(write: &mut Write, campaign: Uuid, activity: Option<Uuid>) -> Result<()> {
    let rows = store::added_up(write, campaign).await?;
    let there = campaign_sums::in_write(write, campaign).await?;
    let activities = match activity {
        Some(one) => vec![one],
        None => store::activities_with_results(write, campaign).await?,
    };
    let due = due(&rows, activities, &there);
    for (activity, (figures, military_man_days)) in due.activities {
        activity_sums::put_figures(write, activity, figures, military_man_days).await?;
    }
    campaign_sums::put_figures(write, campaign, &there, due.shares).await
}

/// One sentence for each figure that is not what the results add up to.
pub async fn differences(write: &mut Write) -> Result<Vec<String>> {
    let mut found = vec![];
    for campaign in store::campaigns_with_results(write).await? {
        let rows = store::added_up(write, campaign).await?;
        let there = campaign_sums::in_write(write, campaign).await?;
        let due = due(&rows, store::activities_with_results(write, campaign).await?, &there);
        for share in due.shares.iter().filter(|share| campaign_sums::differs(&there, share)) {
            found.push(format!("campaign {campaign}, {} {:?}: the figures differ", share.extent.name(), share.hamlet_id));
        }
        for (activity, (figures, military_man_days)) in due.activities {
            if activity_sums::figures_of(write, activity).await? != Some((figures, military_man_days)) {
                found.push(format!("activity {activity}: the figures differ"));
            }
        }
    }
    Ok(found)
}

/// Brings the figures of all campaigns of the write's commune in step: for `danvan check --fix`.
pub async fn fix(write: &mut Write) -> Result<()> {
    for campaign in store::campaigns_with_results(write).await? {
        bring_up(write, campaign, None).await?;
    }
    Ok(())
}
