//! What can be synchronised, in the order in which a first sync sends it: what others refer to comes first.

use std::sync::LazyLock;

use crate::web::table::Source;
use crate::{
    activities, activity_sums, activity_units, campaign_sums, campaigns, communes, consents, document_recipients, documents, hamlets, headcounts, plan_items,
    results, rewards, road_registrations, sign_ups, units, volunteers,
};

pub static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    vec![
        Source::of::<communes::Commune>(),
        Source::of::<hamlets::Hamlet>(),
        Source::of::<units::Unit>(),
        Source::of::<campaigns::Campaign>(),
        Source::of::<documents::Document>(),
        Source::of::<document_recipients::DocumentRecipient>(),
        Source::of::<plan_items::PlanItem>(),
        Source::of::<headcounts::Headcount>(),
        Source::of::<activities::Activity>(),
        Source::of::<activity_units::ActivityUnit>(),
        Source::of::<road_registrations::RoadRegistration>(),
        Source::of::<volunteers::Volunteer>(),
        Source::of::<consents::Consent>(),
        Source::of::<sign_ups::SignUp>(),
        Source::of::<results::ActivityResult>(),
        Source::marked::<activity_sums::ActivitySum>(),
        Source::marked::<campaign_sums::CampaignSum>(),
        Source::of::<rewards::Reward>(),
    ]
});

pub fn named(kind: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.kind == kind)
}
