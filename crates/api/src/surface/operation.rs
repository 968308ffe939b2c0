//! One operation as it is described.

use super::parameter::{PAGING, Parameter};
use axum::http::{Method, StatusCode};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// What the operations of one page of the documentation are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Companies,
    Connections,
    SourceAccounts,
    Transactions,
    ManagedFeeds,
    AccountMapping,
    BankAccounts,
    Integrations,
    Settings,
    Webhooks,
    Delivery,
}

impl Area {
    /// Its heading.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Companies => "Companies",
            Self::Connections => "Connections",
            Self::SourceAccounts => "Source accounts",
            Self::Transactions => "Transactions",
            Self::ManagedFeeds => "Managed bank feeds",
            Self::AccountMapping => "Account mapping",
            Self::BankAccounts => "Bank accounts",
            Self::Integrations => "Integrations",
            Self::Settings => "Settings",
            Self::Webhooks => "Webhooks",
            Self::Delivery => "What became of lines",
        }
    }
}

/// Makes a schema, and puts what it names into the document.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Only who has an API key.
    Key,
    /// Also a page with the access token of the company that the path names.
    KeyOrToken,
}

/// One answer that is no error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Success {
    pub(crate) status: StatusCode,
    /// Nothing for an empty body.
    pub(crate) schema: Option<SchemaOf>,
}

/// The body that an operation takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body {
    pub(crate) schema: SchemaOf,
    pub(crate) required: bool,
    pub(crate) content_type: &'static str,
}

const JSON: &str = "application/json";

/// One operation: a method of a path, and what it is called, takes and answers.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// The contract's name of it.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) successes: Vec<Success>,
    /// Whether its answer holds what is shown only once.
    pub(crate) holds_secret: bool,
    /// Errors that only some operations answer.
    pub(crate) refusals: Vec<StatusCode>,
    pub(crate) access: Access,
    pub(crate) deprecated: bool,
}

impl Operation {
    /// An operation that only reads.
    pub(crate) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::GET, path, id, summary)
    }

    /// An operation that makes or starts something.
    pub(crate) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::POST, path, id, summary)
    }

    /// An operation that replaces something.
    pub(crate) fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::PUT, path, id, summary)
    }

    /// An operation that changes something.
    pub(crate) fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::PATCH, path, id, summary)
    }

    /// An operation that removes something.
    pub(crate) fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Method::DELETE, path, id, summary)
    }

    fn new(method: Method, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            id,
            summary,
            parameters: Vec::new(),
            body: None,
            successes: Vec::new(),
            holds_secret: false,
            refusals: Vec::new(),
            access: Access::Key,
            deprecated: false,
        }
    }

    /// Takes these parameters too.
    #[must_use]
    pub(crate) fn takes(mut self, parameters: &[Parameter]) -> Self {
        self.parameters.extend_from_slice(parameters);
        self
    }

    /// Takes what every paged list takes.
    #[must_use]
    pub(crate) fn paged(self) -> Self {
        self.takes(PAGING)
    }

    /// Needs a body.
    #[must_use]
    pub(crate) fn body(mut self, schema: SchemaOf) -> Self {
        self.body = Some(Body { schema, required: true, content_type: JSON });
        self
    }

    /// Needs a body of bytes that say themselves what they are.
    #[must_use]
    pub(crate) fn bytes_body(mut self) -> Self {
        let schema = |_: &mut SchemaGenerator| json_schema!({"type": "string", "format": "binary"});
        let content_type = "application/octet-stream";
        self.body = Some(Body { schema, required: true, content_type });
        self
    }

    /// Takes a body, and does without.
    #[must_use]
    pub(crate) fn optional_body(mut self, schema: SchemaOf) -> Self {
        self.body = Some(Body { schema, required: false, content_type: JSON });
        self
    }

    /// Answers 200 with this shape.
    #[must_use]
    pub(crate) fn answers<T: JsonSchema>(self) -> Self {
        self.answers_with(StatusCode::OK, SchemaGenerator::subschema_for::<T>)
    }

    /// Answers this status with a shape of that schema.
    #[must_use]
    pub(crate) fn answers_with(mut self, status: StatusCode, schema: SchemaOf) -> Self {
        self.successes.push(Success { status, schema: Some(schema) });
        self
    }

    /// Answers this status with an empty body.
    #[must_use]
    pub(crate) fn answers_empty(mut self, status: StatusCode) -> Self {
        self.successes.push(Success { status, schema: None });
        self
    }

    /// Answers what is shown only once, so no copy of the answer is kept.
    #[must_use]
    pub(crate) fn holds_secret(self) -> Self {
        Self { holds_secret: true, ..self }
    }

    /// May answer this error too.
    #[must_use]
    pub(crate) fn refuses(mut self, status: StatusCode) -> Self {
        self.refusals.push(status);
        self
    }

    /// May be called with the access token of the path's company.
    #[must_use]
    pub(crate) fn open_to_tokens(self) -> Self {
        Self { access: Access::KeyOrToken, ..self }
    }

    /// Is served for old callers only.
    #[must_use]
    pub(crate) fn deprecated(self) -> Self {
        Self { deprecated: true, ..self }
    }
}
