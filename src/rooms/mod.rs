//! The rooms, a folder for each resource, in groups: a group knows those before it.

use crate::web::operation::Room;
use crate::web::table::Source;

pub mod field_work;
pub mod people;
pub mod places;
pub mod planning;
pub mod recognition;

use field_work::{activities, activity_sums, activity_units, campaign_sums, check_in_codes, results, road_registrations, sign_ups};
use people::{accounts, consents, volunteers};
use places::{communes, hamlets, kinds, military_units, units};
use planning::{campaigns, document_recipients, documents, headcounts, plan_items};
use recognition::rewards;

/// All rooms, in the order in which the API document shows them, with what follows their steps elsewhere.
pub fn all(of_documents: &'static documents::Followers, of_volunteers: &'static volunteers::Followers) -> Vec<Room> {
    vec![
        accounts::auth_room(),
        accounts::users_room(),
        accounts::grants_room(),
        communes::room(),
        kinds::room(),
        hamlets::room(),
        military_units::room(),
        units::room(),
        campaigns::room(),
        documents::room(of_documents),
        document_recipients::room(),
        plan_items::room(),
        headcounts::room(),
        road_registrations::room(),
        activities::room(),
        activity_units::room(),
        volunteers::room(of_volunteers),
        consents::room(),
        sign_ups::room(),
        check_in_codes::room(),
        results::room(),
        activity_sums::room(),
        campaign_sums::room(),
        rewards::room(),
    ]
}

/// What can be synchronised, in the order in which a first sync sends it: what others refer to comes first.
pub fn sources() -> Vec<Source> {
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
}
