//! What follows a step in another room, within the same write and in this order. Rooms tell what happened to who stands here;
//! they do not know who that is.

use futures::FutureExt as _;

use crate::{documents, reads, rewards, sign_ups, volunteers};

pub static OF_VOLUNTEERS: volunteers::Followers = volunteers::Followers {
    verified: &[|write, person| sign_ups::confirm_pending(write, person).boxed_local()],
    merged: &[
        |write, (from, into)| sign_ups::reassign(write, from, into).boxed_local(),
        |write, (from, into)| rewards::reassign(write, from, into).boxed_local(),
    ],
    erased: &[|write, person| sign_ups::erase(write, person).boxed_local(), |write, person| rewards::erase(write, person).boxed_local()],
    kept: &[
        ("sign_ups", |call, commune, person| sign_ups::kept_of(call, commune, person).boxed_local()),
        ("rewards", |call, commune, person| rewards::kept_of(call, commune, person).boxed_local()),
        ("reads", |call, commune, person| reads::kept_of(call, commune, person).boxed_local()),
    ],
};

pub static OF_DOCUMENTS: documents::Followers = documents::Followers {
    decided: &[|write, decided| rewards::award_all(write, decided).boxed_local()],
    overturned: &[|write, decision| rewards::revoke_of(write, decision).boxed_local()],
    problems: &[&rewards::rules::OWN_NOMINATION, &rewards::rules::NO_PARAMETERS],
};
