//! What every store must do, one case for each fact; both backends run all of it.
