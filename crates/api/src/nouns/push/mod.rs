//! Pushes: bank transactions on their way to a platform, and the operations that tell what became of them.

mod operations;

mod body;
mod sound;

pub(super) use operations::surface;

pub(crate) use body::read_push;
pub(crate) use operations::load_push;
