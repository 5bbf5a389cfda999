//! What a registration must be like, when it may be made, and what tells that two are of one road: pure rules.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dto::{RoadRegistration, RoadSource, RoadStatus};
use super::rules::{CLOSED, NOT_MERGEABLE, OFFICE};
use crate::access::actor::Actor;
use crate::access::reach::Held;
use crate::campaigns::{Campaign, CampaignStatus};
use crate::clock::local_day;
use crate::error::{Error, Result};
use crate::said;
use crate::text::fold;

/// Words that say what a road is, not which.
const KINDS: &[&str] = &["tuyen", "duong", "doan", "con"];

impl RoadRegistration {
    /// Brings the search column in step with the name.
    pub fn with_search(mut self) -> Self {
        self.search = fold(&self.road_name);
        self
    }
}

/// What two names of one road have in common: they may differ in accents and in "đường", "tuyến đường".
pub fn key(road_name: &str) -> String {
    let folded = fold(road_name);
    let mut words: Vec<&str> = folded.split([' ', '-', '–', ',', '.']).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.first().is_some_and(|word| KINDS.contains(word)) {
        words.remove(0);
    }
    words.join(" ")
}

/// Who registers: the strongest role of the actor in the commune.
pub fn source_of(actor: &Actor, commune: Uuid, campaign: Uuid) -> RoadSource {
    match (actor.system.is_some(), actor.office_of(commune, Some(campaign))) {
        (true, _) => RoadSource::Import,
        (_, true) => RoadSource::Office,
        _ => RoadSource::Head,
    }
}

pub fn check(road: &RoadRegistration) -> Result<()> {
    if road.width_m.is_none_or(|width| width > 0.0 && width <= 100.0) {
        return Ok(());
    }
    Err(Error::field("/width_m", "out_of_range", said!("Chiều rộng lớn hơn 0 và không quá 100 mét", "The width is above 0 and at most 100 metres")))
}

/// Whether a road may be submitted now; true where it is late. The window opens with the campaign's preparation and
/// closes after its last day for registrations; later ones come through the office.
pub fn check_window(held: &Held, campaign: &Campaign, now: DateTime<Utc>) -> Result<bool> {
    if !matches!(campaign.status, CampaignStatus::Preparing | CampaignStatus::Running) {
        return Err(Error::new(&crate::activities::rules::NOT_READY).member("campaign_status", campaign.status.name()));
    }
    let Some(last) = campaign.roads_close_on.filter(|last| local_day(now) > *last) else { return Ok(false) };
    if held.by(OFFICE).is_some() {
        return Ok(true);
    }
    Err(Error::new(&CLOSED)
        .detail(said!("Hạn cuối là {last}; đề nghị văn phòng xã đăng ký giúp", "The last day was {last}; ask the commune's office to register it")))
}

/// Whether another registration may still take this one in.
pub fn check_merge(road: &RoadRegistration, into: Option<&RoadRegistration>) -> Result<()> {
    let lives = |status| matches!(status, RoadStatus::Submitted | RoadStatus::Accepted | RoadStatus::Scheduled | RoadStatus::InProgress);
    match into {
        Some(other) if other.id != road.id && other.campaign_id == road.campaign_id && lives(other.status) => Ok(()),
        _ => Err(Error::new(&NOT_MERGEABLE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_road_has_one_key_however_it_is_called() {
        assert_eq!(key("Tuyến đường Suối Đá"), key("duong SUỐI ĐÁ"));
        assert_eq!(key("Đường liên ấp 1-2"), key("liên ấp 1 - 2"));
        assert_ne!(key("Đường số 1"), key("Đường số 2"));
        assert_eq!(key("Đường"), "duong");
    }
}
