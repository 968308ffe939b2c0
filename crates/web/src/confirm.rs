//! The page between wanting something that ends something and doing it: what will happen, and the way back.

use crate::form::Form;
use crate::page::{Frame, page};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// A question.
#[derive(Clone, Debug, Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm<'a> {
    /// The frame.
    pub(crate) frame: &'a Frame,
    /// The question itself.
    pub(crate) title: String,
    /// What doing it means, each a sentence.
    pub(crate) consequences: Vec<String>,
    /// What the button says: what it does.
    pub(crate) act: String,
    /// Does it.
    pub(crate) form: Form,
    /// A field that says that the question was asked, if the form needs one.
    pub(crate) field: Option<&'static str>,
    /// Leaves everything as it is.
    pub(crate) back: String,
}

impl Confirm<'_> {
    /// Shows it.
    pub(crate) fn show(&self) -> Response {
        page(StatusCode::OK, self.frame, self)
    }
}
