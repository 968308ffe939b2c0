//! Where a bank's customer goes at the end: the client's template, filled in. Whatever is filled in is written so that it
//! stays in its place, and the result is looked at once more: no link of ours leads where the client did not say.

use domain::client_settings::{Profile, WebUrl};
use domain::connection::Connection;
use domain::ids::CompanyPath;
use domain::platform::{AccountMapping, Delivery, Platform};
use thiserror::Error;
use url::Url;

/// How a visit has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The connection is linked.
    Linked,
    /// It was linked before, and nothing was done.
    NothingDone,
    /// The person does not want to.
    Cancelled,
    /// Something else.
    Failed,
    /// The platform cannot be linked.
    NotSupported,
}

impl End {
    /// The contract's table: code, error message, and what the code means in words.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Linked => ("200", "", "Linked"),
            Self::NothingDone => ("201", "", "Already linked"),
            Self::Cancelled => ("403", "User cancelled", "Cancelled"),
            Self::Failed => ("500", "Unknown error occurred", "Error"),
            Self::NotSupported => ("501", "Not supported", "Not supported"),
        }
    }
}

/// What a redirect tells of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended<'a> {
    /// Whose books.
    pub(crate) of: CompanyPath,
    /// What they are called.
    pub(crate) company_name: &'a str,
    /// The connection; nothing while no software was chosen.
    pub(crate) connection: Option<&'a Connection>,
    /// How it ended.
    pub(crate) end: End,
    /// What the client's own program appended to the link.
    pub(crate) parameters: &'a [(String, String)],
}

/// Why there is nowhere to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NoDestination {
    /// The client named none.
    #[error("no redirect is set")]
    Unset,
    /// Filled in, it is no URL of the web.
    #[error("the redirect does not lead to the web")]
    OffTheWeb,
    /// What was filled into its host leads to one that the client did not list.
    #[error("the redirect leads to a host that is not listed")]
    Unlisted,
}

/// Where the client wants its customer to go.
pub(crate) fn destination(profile: &Profile, ended: &Ended<'_>) -> Result<String, NoDestination> {
    let template = profile.redirect.as_ref().ok_or(NoDestination::Unset)?;
    let filled = template.fill(|name| encode(&value(ended, name)));
    let url = Url::parse(&filled).map_err(|_not_a_url| NoDestination::OffTheWeb)?;
    let has_password = !url.username().is_empty() || url.password().is_some();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || has_password {
        return Err(NoDestination::OffTheWeb);
    }
    let is_fixed = template.host_parameters().is_empty();
    if !is_fixed && !profile.white_list.iter().any(|listed| covers(listed, &url)) {
        return Err(NoDestination::Unlisted);
    }
    Ok(url.into())
}

/// Whether a listed place has the URL in it: the same host, scheme and port, and below the same path.
fn covers(listed: &WebUrl, url: &Url) -> bool {
    let Ok(listed) = Url::parse(listed.as_str()) else { return false };
    let folder = listed.path().trim_end_matches('/');
    let below = url.path().strip_prefix(folder);
    listed.origin() == url.origin()
        && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Names are told apart by case. A reserved one is never taken from the link; any other is the client's own, and empty
/// when the link does not have it.
fn value(ended: &Ended<'_>, name: &str) -> String {
    let Ended { of, company_name, connection, end, parameters } = ended;
    let platform = connection.map(|connection| connection.platform);
    let of_platform = |tell: fn(&Platform) -> &'static str| platform.map(tell).unwrap_or_default();
    let (code, error, text) = end.words();
    match name {
        "clientId" => of.client.to_string(),
        "connectionId" => connection.map(|one| one.id.to_string()).unwrap_or_default(),
        "companyId" => of.company.to_string(),
        "integrationId" => of_platform(|platform| platform.integration_id).to_owned(),
        "sourceId" => of_platform(|platform| platform.source_id).to_owned(),
        "platform" => of_platform(|platform| platform.key).to_owned(),
        "platformName" => of_platform(|platform| platform.name).to_owned(),
        "sourceType" => of_platform(|platform| platform.source_type.name()).to_owned(),
        "statusCode" => code.to_owned(),
        "errorMessage" => error.to_owned(),
        "statusText" => text.to_owned(),
        "data.company.companyName" if platform.is_some_and(tells_company) => {
            (*company_name).to_owned()
        }
        "data.company.companyName" => String::new(),
        _ => {
            let own = parameters.iter().find(|(known, _)| known == name);
            own.map(|(_, value)| value.clone()).unwrap_or_default()
        }
    }
}

/// The contract names QuickBooks and those that tell about the organisation.
fn tells_company(platform: &Platform) -> bool {
    platform.delivery == Delivery::Pulled
        || platform.mapping == AccountMapping::ByApi { with_information: true }
}

/// Everything but letters, digits and `-._~`: nothing that is left ends the place that a value is put in.
fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 0xf].map(|digit| char::from_digit(digit.into(), 16));
            encoded.push('%');
            encoded.extend(digits.into_iter().flatten().map(|digit| digit.to_ascii_uppercase()));
        }
    }
    encoded
}

#[cfg(test)]
#[path = "redirect_tests.rs"]
mod tests;
