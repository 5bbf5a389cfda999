//! What the bodies of actions say.

/// What every action's body may say.
#[derive(Debug, Default, Clone)]
pub struct Acting {
    pub reason: Option<String>,
    pub occurred_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// The body of an action: `acting! { /// An action on a unit.
///  ActOnUnit: "Why, for the journal." }`. With `when` it also tells when the action happened; in braces what it says beside.
#[macro_export]
macro_rules! acting {
    (@body [$($meta:tt)*] $name:ident [$($fields:tt)*] $acting:expr) => {
        $($meta)*
        #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($fields)* }

        impl $name {
            /// What every action's body may say.
            pub fn acting(&self) -> $crate::web::table::Acting {
                let acting: fn(&Self) -> $crate::web::table::Acting = $acting;
                acting(self)
            }
        }

        impl From<$name> for $crate::web::table::Acting {
            fn from(body: $name) -> Self {
                body.acting()
            }
        }
    };
    ($(#[$meta:meta])* $name:ident: $why:literal $({ $($fields:tt)* })?) => {
        $crate::acting! { @body [$(#[$meta])*] $name [
            #[doc = $why]
            pub reason: Option<$crate::web::values::Line<1, 500>>,
            $($($fields)*)?
        ] |body| $crate::web::table::Acting { reason: body.reason.clone().map(String::from), occurred_at: None } }
    };
    ($(#[$meta:meta])* $name:ident: $why:literal, when $({ $($fields:tt)* })?) => {
        $crate::acting! { @body [$(#[$meta])*] $name [
            #[doc = $why]
            pub reason: Option<$crate::web::values::Line<1, 500>>,
            $($($fields)*)?
            /// When it happened, by the client's clock.
            #[serde(default, deserialize_with = "crate::web::values::moment")]
            pub occurred_at: Option<chrono::DateTime<chrono::Utc>>,
        ] |body| $crate::web::table::Acting { reason: body.reason.clone().map(String::from), occurred_at: body.occurred_at } }
    };
    ($(#[$meta:meta])* $name:ident, when { $($fields:tt)* }) => {
        $crate::acting! { @body [$(#[$meta])*] $name [
            $($fields)*
            /// When it happened, by the client's clock.
            #[serde(default, deserialize_with = "crate::web::values::moment")]
            pub occurred_at: Option<chrono::DateTime<chrono::Utc>>,
        ] |body| $crate::web::table::Acting { reason: None, occurred_at: body.occurred_at } }
    };
}
