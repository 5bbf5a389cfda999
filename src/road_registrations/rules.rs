//! Who may do what with road registrations, and what may become of one.

use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Relation::{FormerHamlet, InCommune, Lead, OwnHamlet, PartnerCampaign, WithFunction};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, UnitLiaison, UnitOfficer};
use crate::access::roles::{Class, Fields, Grants};
use crate::error::{Constraint, Problem, VALIDATION_FAILED};
use crate::text::Text;

const READ: Grants = &[
    (CommuneLeader, InCommune),
    (CommuneOfficer, InCommune),
    (UnitOfficer, InCommune),
    (UnitOfficer, WithFunction("military_affairs")),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (Observer, InCommune),
    (Auditor, InCommune),
    (Member, Lead),
];
/// The head registers, the office on a head's behalf.
const REGISTER: Grants = &[(HamletHead, OwnHamlet), (HamletHead, FormerHamlet), (CommuneOfficer, InCommune), (CommuneLeader, InCommune)];
pub const OFFICE: Grants = &[(CommuneOfficer, InCommune), (CommuneLeader, InCommune)];
const SURVEY: Grants = &[(CommuneOfficer, InCommune), (UnitLiaison, PartnerCampaign), (UnitOfficer, WithFunction("military_affairs"))];
const SCHEDULE: Grants = &[(CommuneOfficer, InCommune), (CommuneLeader, InCommune), (UnitLiaison, PartnerCampaign)];
/// Those on the spot.
pub const WORK: Grants = &[
    (Member, Lead),
    (UnitLiaison, PartnerCampaign),
    (HamletHead, OwnHamlet),
    (HamletHead, FormerHamlet),
    (CommuneOfficer, InCommune),
    (CommuneLeader, InCommune),
];

const FIELDS: Fields = &[("contact", Class::Contact)];

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &["accepted", "rejected", "merged", "withdrawn", "scheduled", "in_progress", "done", "confirmed"],
    steps: &[
        Step {
            action: "submit",
            from: &["draft", "returned"],
            to: Some("submitted"),
            by: REGISTER,
            needs: &[],
            summary: Text::new("Gửi đăng ký tuyến đường", "Submit the registration"),
        },
        Step {
            action: "return",
            from: &["submitted"],
            to: Some("returned"),
            by: OFFICE,
            needs: &[Need::Reason],
            summary: Text::new("Trả lại để bổ sung", "Return for completion"),
        },
        Step { action: "accept", from: &["submitted"], to: Some("accepted"), by: OFFICE, needs: &[], summary: Text::new("Chấp nhận", "Accept") },
        Step {
            action: "reject",
            from: &["submitted"],
            to: Some("rejected"),
            by: OFFICE,
            needs: &[Need::Reason],
            summary: Text::new("Không chấp nhận", "Reject"),
        },
        Step {
            action: "merge",
            from: &["submitted", "accepted"],
            to: Some("merged"),
            by: OFFICE,
            needs: &[],
            summary: Text::new("Gộp với đăng ký cùng tuyến đường", "Merge with another registration of the same road"),
        },
        Step {
            action: "withdraw",
            from: &["draft", "submitted", "returned", "accepted"],
            to: Some("withdrawn"),
            by: REGISTER,
            needs: &[],
            summary: Text::new("Rút đăng ký", "Withdraw"),
        },
        Step {
            action: "survey",
            from: &["submitted", "accepted", "scheduled", "in_progress", "done"],
            to: None,
            by: SURVEY,
            needs: &[],
            summary: Text::new("Ghi ý kiến khảo sát", "Note what was found at the road"),
        },
        Step {
            action: "schedule",
            from: &["accepted", "scheduled", "in_progress"],
            to: Some("scheduled"),
            by: SCHEDULE,
            needs: &[],
            summary: Text::new("Xếp vào một buổi lao động", "Put into an activity"),
        },
        Step {
            action: "unschedule",
            from: &["scheduled"],
            to: Some("accepted"),
            by: SCHEDULE,
            needs: &[Need::Reason],
            summary: Text::new("Đưa ra khỏi lịch", "Take out of the schedule"),
        },
        Step { action: "start", from: &["scheduled"], to: Some("in_progress"), by: WORK, needs: &[], summary: Text::new("Bắt đầu làm", "Start") },
        Step {
            action: "finish",
            from: &["scheduled", "in_progress"],
            to: Some("done"),
            by: WORK,
            needs: &[],
            summary: Text::new("Báo đã làm xong, số mét", "Report it done, with metres"),
        },
        Step {
            action: "confirm",
            from: &["done"],
            to: Some("confirmed"),
            by: REGISTER,
            needs: &[],
            summary: Text::new("Xác nhận đã làm xong", "Confirm that it is done"),
        },
        Step {
            action: "send_back",
            from: &["done"],
            to: Some("in_progress"),
            by: REGISTER,
            needs: &[Need::Reason],
            summary: Text::new("Chưa đạt, yêu cầu làm tiếp", "Not accepted: work goes on"),
        },
    ],
};

pub static POLICY: Policy = Policy { resource: "road_registrations", read: READ, create: REGISTER, update: REGISTER, fields: FIELDS, lifecycle: &LIFECYCLE };

pub static CLOSED: Problem =
    Problem {
        code: "registration_closed", status: 409, title: Text::new("Đã hết hạn đăng ký tuyến đường", "The registration of roads is closed")
    };
pub static OWN_WORK: Problem =
    Problem { code: "own_work", status: 403, title: Text::new("Người báo làm xong không tự xác nhận", "Who reported it done does not confirm it") };
pub static NOT_MERGEABLE: Problem =
    Problem { code: "not_mergeable", status: 409, title: Text::new("Không gộp được vào hồ sơ này", "The record cannot go on for this one") };
pub static NOTHING_DONE: Problem =
    Problem { code: "nothing_done", status: 409, title: Text::new("Chưa có số mét nào được ghi nhận", "No metres are recorded yet") };

pub static CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "road_registrations_campaign_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/campaign_id",
        code: "no_campaign",
        text: Text::new("Không có đợt này trong xã", "The commune has no such campaign"),
    },
    Constraint {
        name: "road_registrations_hamlet_fkey",
        problem: &VALIDATION_FAILED,
        pointer: "/hamlet_id",
        code: "no_hamlet",
        text: Text::new("Không có ấp này trong xã", "The commune has no such hamlet"),
    },
];
