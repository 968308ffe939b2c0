//! What the page that frames ours is told of it, so that it can call its own program back: how a connection stands, and how
//! a visit ends. `assets/embed.js` hears it there. Names are those of the contract.

use domain::connection::{Connection, ConnectionStatus};
use serde::Serialize;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Told {
    step: Step,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<Linking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Step {
    /// The software is to be chosen.
    Choosing,
    /// It was chosen.
    Connection,
    /// The person is done.
    Finished,
    /// The person does not want to.
    Closed,
    /// It cannot go on.
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Linking {
    connection_id: String,
    integration_id: &'static str,
    integration_key: &'static str,
    platform_name: &'static str,
    source_id: &'static str,
    source_type: &'static str,
    is_linked: bool,
}

/// Why it cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// As HTTP counts.
    pub(crate) error_code: u16,
    /// In the person's language.
    pub(crate) message: String,
    /// Whether it may go well when it is tried again.
    pub(crate) user_recoverable: bool,
}

impl Told {
    /// The software is to be chosen.
    pub(crate) const fn choosing() -> Self {
        Self::step(Step::Choosing)
    }

    /// How a connection stands.
    pub(crate) fn standing(connection: &Connection) -> Self {
        Self { connection: Some(Linking::of(connection)), ..Self::step(Step::Connection) }
    }

    /// The person is done with a connection.
    pub(crate) fn finished(connection: &Connection) -> Self {
        Self { connection: Some(Linking::of(connection)), ..Self::step(Step::Finished) }
    }

    /// The person does not want to go on.
    pub(crate) const fn closed() -> Self {
        Self::step(Step::Closed)
    }

    /// It cannot go on, or not from here.
    pub(crate) fn failed(failure: Failure) -> Self {
        Self { error: Some(failure), ..Self::step(Step::Failed) }
    }

    const fn step(step: Step) -> Self {
        Self { step, connection: None, error: None }
    }
}

impl Linking {
    fn of(connection: &Connection) -> Self {
        let platform = connection.platform;
        Self {
            connection_id: connection.id.to_string(),
            integration_id: platform.integration_id,
            integration_key: platform.key,
            platform_name: platform.name,
            source_id: platform.source_id,
            source_type: platform.source_type.name(),
            is_linked: connection.status == ConnectionStatus::Linked,
        }
    }
}
