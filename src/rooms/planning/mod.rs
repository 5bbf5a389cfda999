//! What is to be done: campaigns, their documents, what the plan lists, the strength that comes.

pub mod campaigns;
pub mod document_recipients;
pub mod documents;
pub mod headcounts;
pub mod plan_items;
