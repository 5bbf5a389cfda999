//! What programs use: copies, streams, webhooks, lists in and out. They read the rooms through their reach.

pub mod api_clients;
pub mod batch;
pub mod calendars;
pub mod campaign_summaries;
pub mod imports;
pub mod journal_entries;
pub mod plan_import;
pub mod reads;
pub mod stream;
pub mod sync;
pub mod webhooks;
