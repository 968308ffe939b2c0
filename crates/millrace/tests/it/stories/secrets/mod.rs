//! Whether a secret stands anywhere in clear: what is looked for, how it is overheard, and the story in which it is used.

mod search;
mod token_door;

mod story;
