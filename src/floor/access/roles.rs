//! Roles, how they relate to rows, and the classes of fields that they see.

use uuid::Uuid;

use crate::text::Text;

crate::text_enum! {
    /// What a grant makes of a person. `public` and `member` are never granted: everybody is `public`, and who is
    /// signed in is a `member` too.
    pub enum Role {
        /// Chair and vice-chairs: approve and sign.
        CommuneLeader = "commune_leader" ("Lãnh đạo xã", "Commune leader"),
        /// The office: drafts, compiles, keeps the data.
        CommuneOfficer = "commune_officer" ("Cán bộ văn phòng xã", "Commune officer"),
        /// A commune department or organisation: its own tasks and people, by its unit's functions.
        UnitOfficer = "unit_officer" ("Cán bộ ban ngành, đoàn thể", "Unit officer"),
        /// An army unit's liaison: the campaigns where that unit or one below it is partner.
        UnitLiaison = "unit_liaison" ("Cán bộ liên lạc của đơn vị quân đội", "Unit liaison"),
        HamletHead = "hamlet_head" ("Trưởng thôn/ấp", "Hamlet head"),
        Volunteer = "volunteer" ("Tình nguyện viên", "Volunteer"),
        /// Party committee, Front: reads, without contact, military or sensitive fields.
        Observer = "observer" ("Người giám sát", "Observer"),
        /// Reads the journal, consents and the read log, for at most 90 days.
        Auditor = "auditor" ("Người kiểm tra, thanh tra", "Auditor"),
        /// An API client.
        Integration = "integration" ("Hệ thống kết nối", "Integration"),
        /// Makes communes and their first leaders; sees no personal data.
        PlatformAdmin = "platform_admin" ("Quản trị hệ thống", "Platform admin"),
        Member = "member" ("Người đã đăng nhập", "Anybody signed in"),
        Public = "public" ("Công chúng", "The public"),
    }
}

/// Who a pair of role and relation is, in words: what a refusal says of those who may.
pub fn called(role: Role, relation: Relation) -> Text {
    match (role, relation) {
        (Role::CommuneLeader, _) => Text::new("lãnh đạo xã", "the commune's leaders"),
        (Role::CommuneOfficer, _) => Text::new("văn phòng xã", "the commune's office"),
        (Role::UnitOfficer, Relation::WithFunction("military_affairs")) => Text::new("Ban Chỉ huy quân sự xã", "the commune's military command"),
        (Role::UnitOfficer, Relation::WithFunction("public_security")) => Text::new("Công an xã", "the commune's police"),
        (Role::UnitOfficer, Relation::OwnUnit) => Text::new("cán bộ của chính đơn vị đó", "the unit's own officers"),
        (Role::UnitOfficer, _) => Text::new("cán bộ ban ngành có chức năng", "officers of a department in charge"),
        (Role::UnitLiaison, _) => Text::new("cán bộ liên lạc của đơn vị phối hợp", "the partner unit's liaison"),
        (Role::HamletHead, _) => Text::new("trưởng thôn/ấp nơi đó", "the head of that hamlet"),
        (Role::Member, Relation::Lead) => Text::new("người phụ trách hoạt động", "the activity's lead"),
        (Role::Member, _) => Text::new("chính người đó", "the person concerned"),
        (Role::Observer, _) => Text::new("người giám sát (cấp ủy, Mặt trận)", "observers"),
        (Role::Auditor, _) => Text::new("người kiểm tra, thanh tra", "auditors"),
        (Role::PlatformAdmin, _) => Text::new("quản trị hệ thống", "the platform's administrators"),
        (Role::Volunteer | Role::Integration | Role::Public, _) => Text::new("mọi người", "everybody"),
    }
}

/// How a row must lie to a grant for the grant to count. [`Lies`](super::relations::Lies) says what that
/// comes to in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// Every row everywhere.
    Everywhere,
    /// The row is of the grant's commune.
    InCommune,
    /// The row is of the grant's commune, and the grant's unit has the function named.
    WithFunction(&'static str),
    /// The row is of the grant's hamlet.
    OwnHamlet,
    /// The row is of a hamlet that was merged into the grant's hamlet.
    FormerHamlet,
    /// The row is of the grant's unit, or for an army unit of one below it.
    OwnUnit,
    /// The row is of a campaign in which the grant's army unit, or a unit below it, is partner.
    PartnerCampaign,
    /// The row is of the signed-in person.
    Own,
    /// The signed-in person leads the row's activity.
    Lead,
    /// The row is of the grant's hamlet, and the army unit released it to the hamlet.
    Released,
    /// The row was published.
    Published,
    /// The document of the grant's commune was issued, whatever became of it then.
    Issued,
    /// The result is of the side named (`military`, `local`) and lies in what the grant covers: commune, hamlet, own
    /// unit, or an army unit's partner campaigns.
    OfSide(&'static str),
}

impl Role {
    /// What it is, for people.
    pub fn means(self) -> Text {
        match self {
            Self::CommuneLeader => Text::new("chủ tịch, phó chủ tịch xã", "chair and vice-chairs of the commune"),
            Self::CommuneOfficer => Text::new("cán bộ văn phòng xã", "an officer of the commune's office"),
            Self::UnitOfficer => Text::new("cán bộ ban ngành, đoàn thể của xã", "an officer of a department or organisation of the commune"),
            Self::UnitLiaison => Text::new("liên lạc của đơn vị quân đội", "an army unit's liaison"),
            Self::HamletHead => Text::new("trưởng thôn/ấp", "a hamlet's head"),
            Self::Volunteer => Text::new("tình nguyện viên được cấp quyền", "a volunteer with a right"),
            Self::Observer => Text::new("cấp ủy, Mặt trận: chỉ xem", "Party committee, Front: reads"),
            Self::Auditor => Text::new("người kiểm tra, nhiều nhất 90 ngày", "an auditor, for at most 90 days"),
            Self::Integration => Text::new("ứng dụng API", "an API client"),
            Self::PlatformAdmin => Text::new("quản trị hệ thống", "the platform's administrator"),
            Self::Member => Text::new("người đã đăng nhập, với tư cách cá nhân; không cần được cấp", "who is signed in, as a person; never granted"),
            Self::Public => Text::new("mọi người, kể cả chưa đăng nhập; không cần được cấp", "everybody, signed in or not; never granted"),
        }
    }
}

impl Relation {
    /// Whether what lies so is the actor's own: of the own hamlet or unit, led or done by the person.
    pub fn is_own(self) -> bool {
        matches!(self, Self::Own | Self::Lead | Self::OwnHamlet | Self::FormerHamlet | Self::OwnUnit | Self::Released | Self::OfSide(_))
    }

    /// How a row must lie, for people.
    pub fn means(self) -> Text {
        match self {
            Self::Everywhere => Text::new("mọi dòng", "every row"),
            Self::InCommune => Text::new("dòng thuộc xã của quyền", "the row is of the right's commune"),
            Self::WithFunction(_) => Text::new(
                "dòng thuộc xã của quyền, và đơn vị của quyền có chức năng được nêu",
                "the row is of the right's commune, and the right's unit has the function that is named",
            ),
            Self::OwnHamlet => Text::new(
                "dòng thuộc thôn/ấp của quyền; của lượt đăng ký là thôn/ấp của người đăng ký hoặc của hoạt động",
                "the row is of the right's hamlet; of a sign-up: the hamlet of the person or of the activity",
            ),
            Self::FormerHamlet => {
                Text::new("dòng thuộc thôn/ấp đã nhập vào thôn/ấp của quyền", "the row is of a hamlet that was merged into the right's hamlet")
            }
            Self::OwnUnit => Text::new(
                "dòng thuộc đơn vị của quyền, hoặc với đơn vị quân đội là đơn vị trực thuộc",
                "the row is of the right's unit, or for an army unit of one below it",
            ),
            Self::PartnerCampaign => Text::new(
                "dòng thuộc đợt mà đơn vị quân đội của quyền, hoặc đơn vị trực thuộc, cùng tham gia",
                "the row is of a campaign in which the right's army unit, or one below it, is partner",
            ),
            Self::Own => Text::new("dòng của chính người đó", "the row is the person's own"),
            Self::Lead => {
                Text::new("người đó phụ trách hoạt động của dòng, khi đợt chưa kết thúc", "the person leads the row's activity, while the campaign is not over")
            }
            Self::Released => Text::new(
                "dòng thuộc thôn/ấp của quyền, và đơn vị quân đội đã chuyển cho thôn/ấp",
                "the row is of the right's hamlet, and the army unit released it to the hamlet",
            ),
            Self::Published => Text::new("dòng đã công khai", "the row was published"),
            Self::Issued => Text::new("văn bản của xã, đã ban hành", "the commune's document was issued, whatever became of it then"),
            Self::OfSide(_) => {
                Text::new("kết quả của bên được nêu, trong phạm vi của quyền", "the result is of the side that is named, within what the right covers")
            }
        }
    }

    pub fn name(self) -> String {
        match self {
            Self::Everywhere => "everywhere".into(),
            Self::InCommune => "in_commune".into(),
            Self::WithFunction(function) => format!("with_function:{function}"),
            Self::OwnHamlet => "own_hamlet".into(),
            Self::FormerHamlet => "former_hamlet".into(),
            Self::OwnUnit => "own_unit".into(),
            Self::PartnerCampaign => "partner_campaign".into(),
            Self::Own => "own".into(),
            Self::Lead => "lead".into(),
            Self::Released => "released".into(),
            Self::Published => "published".into(),
            Self::Issued => "issued".into(),
            Self::OfSide(side) => format!("of_side:{side}"),
        }
    }
}

/// Who may do a thing: any one of the pairs is enough.
pub type Grants = &'static [(Role, Relation)];

/// Things that people make for programs of their own (clients, webhooks, imports): everybody with a right their own.
pub const OWN_TOOLS: Grants = &[
    (Role::CommuneLeader, Relation::Own),
    (Role::CommuneOfficer, Relation::Own),
    (Role::UnitOfficer, Relation::Own),
    (Role::UnitLiaison, Relation::Own),
    (Role::HamletHead, Relation::Own),
    (Role::Observer, Relation::Own),
];
/// The office stops what others made.
pub const STOP_TOOLS: Grants = &[
    (Role::CommuneLeader, Relation::InCommune),
    (Role::CommuneOfficer, Relation::InCommune),
    (Role::UnitOfficer, Relation::Own),
    (Role::UnitLiaison, Relation::Own),
    (Role::HamletHead, Relation::Own),
    (Role::Observer, Relation::Own),
];
/// Office and auditors see all of them.
pub const SEE_TOOLS: Grants = &[
    (Role::CommuneLeader, Relation::InCommune),
    (Role::CommuneOfficer, Relation::InCommune),
    (Role::Auditor, Relation::InCommune),
    (Role::UnitOfficer, Relation::Own),
    (Role::UnitLiaison, Relation::Own),
    (Role::HamletHead, Relation::Own),
    (Role::Observer, Relation::Own),
];

/// The sensitivity of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// What anybody may see of a published row.
    Public = 1,
    /// For those who work on the campaign.
    Staff = 2,
    /// Phones and emergency contacts.
    Contact = 4,
    /// Headcounts, lodging, the liaison's contacts.
    Military = 8,
    /// Hardship, merit, consents.
    Sensitive = 16,
}

/// A set of [`Class`]es.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Classes(u8);

impl Classes {
    const fn of(classes: &[Class]) -> Self {
        let mut bits = 0;
        let mut rest = classes;
        while let [first, others @ ..] = rest {
            bits |= *first as u8;
            rest = others;
        }
        Self(bits)
    }

    pub fn has(self, class: Class) -> bool {
        self.0 & class as u8 != 0
    }

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn bits(self) -> u8 {
        self.0
    }
}

/// The classes that a role sees in rows that lie so to it.
pub fn classes(role: Role, relation: Relation) -> Classes {
    use Class::{Contact, Military, Public, Sensitive, Staff};
    match (role, relation) {
        (Role::CommuneLeader | Role::CommuneOfficer, _) => Classes::of(&[Public, Staff, Contact, Military, Sensitive]),
        (Role::UnitOfficer | Role::UnitLiaison, Relation::OwnUnit) => Classes::of(&[Public, Staff, Contact, Military]),
        (Role::HamletHead, Relation::OwnHamlet | Relation::FormerHamlet) => Classes::of(&[Public, Staff, Contact]),
        (Role::UnitOfficer, Relation::WithFunction("military_affairs" | "public_security")) => Classes::of(&[Public, Staff, Military]),
        (Role::UnitLiaison, Relation::PartnerCampaign) | (Role::HamletHead, Relation::Released) => Classes::of(&[Public, Staff, Military]),
        (Role::Member, Relation::Own) => Classes::of(&[Public, Staff, Contact, Sensitive]),
        (Role::Member, Relation::Lead) => Classes::of(&[Public, Staff, Contact]),
        (Role::Auditor, _) => Classes::of(&[Public, Staff, Sensitive]),
        (Role::Public | Role::Volunteer | Role::PlatformAdmin, _) => Classes::of(&[Public]),
        _ => Classes::of(&[Public, Staff]),
    }
}

/// The classes of a room's fields; a field that is not named is [`Class::Staff`].
pub type Fields = &'static [(&'static str, Class)];

/// Fields that every object has and that tell nothing by themselves.
const PLAIN: &[&str] = &["id", "commune_id", "version", "created_at", "updated_at", "status", "allowed_actions", "hidden"];

pub fn class_of(fields: Fields, name: &str) -> Class {
    if PLAIN.contains(&name) {
        return Class::Public;
    }
    fields.iter().find(|(field, _)| *field == name).map_or(Class::Staff, |(_, class)| *class)
}

/// One pair of role and relation, bound to what the actor's grant names.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    pub role: Role,
    pub relation: Relation,
    pub commune: Option<Uuid>,
    pub unit: Option<Uuid>,
    pub hamlet: Option<Uuid>,
    pub campaign: Option<Uuid>,
    pub user: Option<Uuid>,
    /// The API client that asks: what is its maker's own is not its own.
    pub client: Option<Uuid>,
    pub acting_for: Option<Uuid>,
    /// The commune that is asked about, where one is: rows of communes lie there and nowhere else.
    pub pin: Option<Uuid>,
}
