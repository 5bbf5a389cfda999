//! A kind in JSON.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::text_enum;

text_enum! {
    /// What kinds are of.
    pub enum KindList {
        Hamlets = "hamlets" ("Thôn/ấp", "Hamlets"),
        Documents = "documents" ("Văn bản", "Documents"),
        WorkTypes = "work_types" ("Loại việc", "Work"),
        People = "people" ("Đối tượng", "People"),
        Units = "units" ("Đơn vị", "Units"),
        Metrics = "metrics" ("Chỉ tiêu", "Metrics"),
    }
}

impl KindList {
    /// By what its codes are called where fields refer to them.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Hamlets => "hamlet_kinds",
            Self::Documents => "document_kinds",
            Self::WorkTypes => "work_types",
            Self::People => "people_kinds",
            Self::Units => "unit_kinds",
            Self::Metrics => "metrics",
        }
    }
}

/// A kind of something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kind {
    /// What it is a kind of.
    pub list: KindList,
    /// Its code: 1 to 40 lower-case letters, digits and underscores.
    #[schema(example = "submission")]
    pub code: String,
    /// Vietnamese name.
    #[schema(example = "Tờ trình")]
    pub label_vi: String,
    /// English name.
    #[schema(example = "Submission")]
    pub label_en: String,
    /// Whether new rows may be of it.
    pub offered: bool,
}

/// Kinds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kinds {
    /// By what they are of, then in the order in which they are offered.
    pub items: Vec<Kind>,
}

/// Which kinds.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct KindsQuery {
    /// Of this alone.
    #[param(value_type = Option<KindList>)]
    pub list: Option<KindList>,
}
