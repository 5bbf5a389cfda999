//! One list of fields for each room: `#[record(...)]` on the row's struct.

mod expand;
mod marks;

use proc_macro::TokenStream;

/// All that is true of a field stands at the field: from the marks come the table's row, the bodies `CreateX` and `UpdateX`,
/// the filters `XFilter`, the classes that hide it, what lists sort and search by, and where the row lies.
///
/// ```ignore
/// /// A unit's strength on a day.
/// #[record(headcounts, policy = rules::POLICY, status = HeadcountStatus::Stated, taken = rules::TAKEN)]
/// pub struct Headcount {
///     /// The campaign.
///     #[field(given, campaign, filter = "Of this campaign.")]
///     pub campaign_id: Uuid,
///     /// Officers, 0 to 2000.
///     #[field(changes = Whole<0, 2000>, military)]
///     pub officers: i32,
/// }
/// ```
///
/// Every row has `id`, `commune_id`, `version`, `created_at`, `updated_at`, `status` and `request_hash` beside its own fields;
/// they are not written.
///
/// # The record
/// The table first, then:
/// - `policy`: who may do what. `taken`: what a broken constraint means.
/// - `status`: the value of a new row; its type is the column's.
/// - `feed`: the one feed of all rows, where communes share them; they have no `commune_id` then but what they declare, and
///   `lists_by` names the column that a list's `commune` narrows.
/// - `called`: what bodies and filter are called after, where it is not the row's own name.
/// - `itself`: what the row itself is for relations, such as `hamlet`.
/// - `open`: which rows everybody may read. `here`: what relations mean in this room alone. `lead`: what stands before the
///   activities that somebody leads.
/// - `follows("activities"."hamlet_id" by Row => activity_id)`: what else than its own change moves a row in or out of reach.
/// - `any_status`: describes the list's parameter `status`. `by_age`: lists may be sorted by the time of making too.
/// - `inside(moved = Public)`: classes of fields within a part that is written out flat.
/// - `create`, `update`, `filter`: the room's own body or filter, where the marks cannot say it. `derive`: a function that sets
///   what follows from other fields.
///
/// # A field
/// - `given`, `changes`: a creation gives it; `changes` may be changed later too. With a type where what is sent is more
///   narrow than the column: `changes = Line<1, 100>`. Neither: the service makes it.
/// - `sent`: a creation sends it, for what follows from it; the row has no such field.
/// - `later`: it may be changed, a creation has it not. `default`: a creation may leave it out, `default = …` tells for what.
///   `made = …`: what a new row has, where it is not the type's default.
/// - `public`, `contact`, `military`, `sensitive`: its class; `staff` where none is named.
/// - `filter`, `any`, `range`, `has`: a list's parameter with its description: exactly this, any of these, from and to, an
///   array that has it. In parentheses the parameter's type, or its name too: `filter(Phone) = "…"`, `has(activity_id: Uuid) = "…"`.
/// - `sort`: a list may be sorted by it; the first one, or `sort = first`, is the usual order. `search`: its words are found; the first such
///   field comes before others where it holds them as written.
/// - `campaign`, `unit`, `hamlet`, `user`, `client`, `owner`: where the row lies, or whose it is. `in_campaign`, `in_unit`,
///   `in_hamlet`: the same for the journal alone; no relation asks for it.
/// - `kind = "hamlets"`: it holds codes of this list of kinds that the operator keeps; a write of another one is refused.
/// - `personal`: its value never goes into the journal. `office`: of those who may change the row only who may create one
///   changes it.
#[proc_macro_attribute]
pub fn record(marks: TokenStream, item: TokenStream) -> TokenStream {
    let made = syn::parse(marks).and_then(|marks| expand::record(marks, syn::parse(item)?));
    made.unwrap_or_else(|error| error.to_compile_error()).into()
}
