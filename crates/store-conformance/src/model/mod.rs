//! A second opinion: a store of a few vectors that shares no code with any backend, worlds played at random on both, and
//! crowds that push and settle at once. What a single verb means has cases of its own in the other files.

mod book;
mod cases;
mod crowd;
mod deeds;
mod dice;
mod looks;
mod play;
mod rules;
mod steps;

pub use cases::{
    a_crowd_leaves_every_line_once_and_settles_in_order, deep_accounts_go_as_the_model_says,
    eventful_days_go_as_the_model_says, usual_days_go_as_the_model_says,
};
