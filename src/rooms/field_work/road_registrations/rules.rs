//! Who may do what with road registrations, and what may become of one.

use super::dto::RoadRegistration;
use crate::access::lifecycle::{Lifecycle, Need, Step};
use crate::access::reach::Policy;
use crate::access::roles::Grants;
use crate::access::roles::Relation::{FormerHamlet, InCommune, Lead, OwnHamlet, PartnerCampaign, WithFunction};
use crate::access::roles::Role::{Auditor, CommuneLeader, CommuneOfficer, HamletHead, Member, Observer, UnitLiaison, UnitOfficer};
use crate::error::Problem;
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

static LIFECYCLE: Lifecycle = Lifecycle {
    initial: "draft",
    frozen: &["accepted", "rejected", "merged", "withdrawn", "scheduled", "in_progress", "done", "confirmed"],
    steps: &[
        Step::new("submit", &["draft", "returned"], Some("submitted"), REGISTER, Text::new("Gửi đăng ký tuyến đường", "Submit the registration")),
        Step::new("return", &["submitted"], Some("returned"), OFFICE, Text::new("Trả lại để bổ sung", "Return for completion")).with(&[Need::Reason]),
        Step::new("accept", &["submitted"], Some("accepted"), OFFICE, Text::new("Đồng ý đưa vào kế hoạch", "Accept")),
        Step::new("reject", &["submitted"], Some("rejected"), OFFICE, Text::new("Không đưa vào kế hoạch", "Reject")).with(&[Need::Reason]),
        Step::new(
            "merge",
            &["submitted", "accepted"],
            Some("merged"),
            OFFICE,
            Text::new("Gộp với đăng ký cùng tuyến đường", "Merge with another registration of the same road"),
        ),
        Step::new("withdraw", &["draft", "submitted", "returned", "accepted"], Some("withdrawn"), REGISTER, Text::new("Rút đăng ký", "Withdraw")),
        Step::new(
            "survey",
            &["submitted", "accepted", "scheduled", "in_progress", "done"],
            None,
            SURVEY,
            Text::new("Ghi ý kiến khảo sát", "Note what was found at the road"),
        ),
        Step::new(
            "schedule",
            &["accepted", "scheduled", "in_progress"],
            Some("scheduled"),
            SCHEDULE,
            Text::new("Xếp vào một buổi lao động", "Put into an activity"),
        ),
        Step::new("unschedule", &["scheduled"], Some("accepted"), SCHEDULE, Text::new("Đưa ra khỏi lịch", "Take out of the schedule")).with(&[Need::Reason]),
        Step::new("start", &["scheduled"], Some("in_progress"), WORK, Text::new("Bắt đầu làm", "Start")),
        Step::new("finish", &["scheduled", "in_progress"], Some("done"), WORK, Text::new("Báo cáo hoàn thành (số mét)", "Report it done, with metres")),
        Step::new("confirm", &["done"], Some("confirmed"), REGISTER, Text::new("Xác nhận đã làm xong", "Confirm that it is done"))
            .with(&[Need::Another("done_by", &OWN_WORK)]),
        Step::new("send_back", &["done"], Some("in_progress"), REGISTER, Text::new("Chưa đạt, đề nghị làm tiếp", "Not accepted: work goes on"))
            .with(&[Need::Reason]),
    ],
};

pub static POLICY: Policy = Policy {
    resource: "road_registrations",
    read: READ,
    create: REGISTER,
    update: REGISTER,
    fields: RoadRegistration::FIELDS,
    lifecycle: &LIFECYCLE,
    follows: &[("measure", Text::new("Cộng số mét đã làm", "Metres done were added up"))],
};

pub static CLOSED: Problem = Problem::new("registration_closed", 409, "Đã hết hạn đăng ký tuyến đường", "The registration of roads is closed");
pub static OWN_WORK: Problem = Problem::new("own_work", 403, "Người báo làm xong không tự xác nhận", "Who reported it done does not confirm it");
pub static NOT_MERGEABLE: Problem = Problem::new("not_mergeable", 409, "Không gộp được vào hồ sơ này", "The record cannot go on for this one");
pub static NOTHING_DONE: Problem = Problem::new("nothing_done", 409, "Chưa có số mét nào được ghi nhận", "No metres are recorded yet");
