//! What a certificate is worth, by the day of the decision: data that `danvan parameters set` changes.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::Lane;
use crate::db::schema::award_parameters;
use crate::error::Result;
use crate::journal::Write;
use crate::web::answer::Answer;
use crate::web::call::Call;

/// What a certificate is worth, from a day on.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = award_parameters)]
pub struct AwardParameters {
    /// The version's id.
    pub id: Uuid,
    /// The first day of decisions that it is for; it holds until the next version's.
    pub valid_from: NaiveDate,
    /// Base salary, whole đồng.
    pub base_salary_vnd: i64,
    /// Coefficient of an individual, in thousandths of the base salary.
    pub coefficient_thousandths: i32,
    /// A household's amount, in hundredths of an individual's.
    pub household_hundredths: i32,
    /// A collective's amount, in hundredths of an individual's.
    pub collective_hundredths: i32,
    /// Amounts are rounded up to multiples of this, whole đồng.
    pub rounding_step_vnd: i64,
    /// The decrees that it rests on.
    pub source: String,
}

/// All versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardParametersList {
    /// The newest first.
    pub items: Vec<AwardParameters>,
}

/// `GET /v1/award-parameters`.
pub async fn list(call: Call) -> Result<Answer> {
    let items = all(&call.worker.lane).await?;
    Ok(Answer::ok(AwardParametersList { items })?.header("Cache-Control", "public, no-cache"))
}

/// The parameters of decisions of a day.
pub async fn on(write: &mut Write, day: NaiveDate) -> Result<Option<AwardParameters>> {
    let rows = award_parameters::table.filter(award_parameters::valid_from.le(day)).order(award_parameters::valid_from.desc());
    Ok(rows.select(AwardParameters::as_select()).first(write.connection()).await.optional()?)
}

/// All parameters, the newest first.
async fn all(lane: &Lane) -> Result<Vec<AwardParameters>> {
    let connection = lane.connection().await?;
    Ok(award_parameters::table.order(award_parameters::valid_from.desc()).select(AwardParameters::as_select()).load(&mut &*connection).await?)
}
