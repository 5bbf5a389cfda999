//! What the bodies of actions say.

/// What every action's body may say.
#[derive(Debug, Default, Clone)]
pub struct Acting {
    pub reason: Option<String>,
    pub occurred_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// The body of an action that says why alone, and `when` it happened where that may be told: `acting! { /// An action on a unit.
///  ActOnUnit: "Why, for the journal." }`.
#[macro_export]
macro_rules! acting {
    ($(#[$meta:meta])* $name:ident: $why:literal) => {
        $(#[$meta])*
        #[derive(Debug, Default, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            #[doc = $why]
            pub reason: Option<$crate::web::values::Line<1, 500>>,
        }

        impl From<$name> for $crate::web::table::Acting {
            fn from(body: $name) -> Self {
                Self { reason: body.reason.map(String::from), occurred_at: None }
            }
        }
    };
    ($(#[$meta:meta])* $name:ident: $why:literal, when) => {
        $(#[$meta])*
        #[derive(Debug, Default, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            #[doc = $why]
            pub reason: Option<$crate::web::values::Line<1, 500>>,
            /// When it happened, by the client's clock.
            #[serde(default, deserialize_with = "crate::web::values::moment")]
            pub occurred_at: Option<chrono::DateTime<chrono::Utc>>,
        }

        impl From<$name> for $crate::web::table::Acting {
            fn from(body: $name) -> Self {
                Self { reason: body.reason.map(String::from), occurred_at: body.occurred_at }
            }
        }
    };
}
