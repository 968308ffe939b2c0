//! The URL of the bank's lines, with places for what is asked for.

use super::source::BankRequest;
use domain::clock::utc_date;
use domain::dates::stamp;
use outbound::{Plaintext, Target, TargetError};
use thiserror::Error;

/// What may stand in braces.
const PLACES: &[&str] = &[
    "clientId",
    "companyId",
    "connectionId",
    "accountId",
    "from",
    "to",
    "fromDate",
    "toDate",
    "cursor",
];

/// A URL with places.
#[derive(Clone, Debug)]
pub struct UrlTemplate {
    pieces: Vec<Piece>,
    plaintext: Plaintext,
    origin: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(&'static str),
}

/// Why a template is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// An unknown place.
    #[error("{{{0}}} is not one of {{{places}}}", places = PLACES.join("}, {"))]
    UnknownPlace(String),
    /// A brace without its partner.
    #[error("a {{ or }} stands alone")]
    Unpaired,
    /// Every account would get the same lines.
    #[error("{{accountId}} is missing: every account would get the same lines")]
    NoAccount,
    /// What callers choose must not choose whom we call.
    #[error("a place stands before the path: the host must be fixed")]
    LooseHost,
    /// No URL when filled in.
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl UrlTemplate {
    /// Checks a template.
    pub fn parse(text: &str, plaintext: Plaintext) -> Result<Self, TemplateError> {
        let pieces = pieces(text)?;
        if !pieces.contains(&Piece::Place("accountId")) {
            return Err(TemplateError::NoAccount);
        }
        let filled = |value: &str| {
            let url: String = pieces.iter().map(|piece| piece.fill(|_place| value)).collect();
            Ok::<_, TargetError>(Target::parse(&url, plaintext)?.origin())
        };
        // Digits could still be a port.
        let origin = filled("1")?;
        if filled("2")? != origin {
            return Err(TemplateError::LooseHost);
        }
        Ok(Self { pieces, plaintext, origin })
    }

    /// Whom it calls.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What to call for one request.
    pub(super) fn fill(&self, request: &BankRequest) -> Result<Target, TargetError> {
        Target::parse(&self.url(request), self.plaintext)
    }

    /// The URL of one request. A cursor that has no place becomes the last parameter of the query.
    fn url(&self, request: &BankRequest) -> String {
        let value = |place| encoded(&value(request, place));
        let url: String = self.pieces.iter().map(|piece| piece.fill(value)).collect();
        let has_place = self.pieces.contains(&Piece::Place("cursor"));
        let Some(cursor) = request.cursor.as_deref().filter(|_| !has_place) else { return url };
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}cursor={}", encoded(cursor))
    }
}

impl Piece {
    fn fill<T: Into<String>>(&self, value: impl FnOnce(&'static str) -> T) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Place(place) => value(place).into(),
        }
    }
}

fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default();
    let mut pieces = vec![Piece::Text(first.to_owned())];
    for part in parts {
        let (name, rest) = part.split_once('}').ok_or(TemplateError::Unpaired)?;
        let place = PLACES.iter().find(|place| **place == name);
        let place = place.ok_or_else(|| TemplateError::UnknownPlace(name.to_owned()))?;
        pieces.extend([Piece::Place(place), Piece::Text(rest.to_owned())]);
    }
    let loose = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains('}'));
    if pieces.iter().any(loose) { Err(TemplateError::Unpaired) } else { Ok(pieces) }
}

fn value(request: &BankRequest, place: &str) -> String {
    let path = &request.account.connection;
    let period = request.period;
    match place {
        "clientId" => path.client.to_string(),
        "companyId" => path.company.to_string(),
        "connectionId" => path.connection.to_string(),
        "accountId" => request.account.account.to_string(),
        "from" => stamp(period.start),
        "to" => stamp(period.end),
        "fromDate" => utc_date(period.start).to_string(),
        "toDate" => utc_date(period.end).to_string(),
        _ => request.cursor.clone().unwrap_or_default(),
    }
}

/// Every byte that has a meaning in a URL, or none in ASCII, as `%XX`.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match char::from(byte) {
        plain if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => plain.to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::managed_sync::Period;
    use testkit::{NOON, a_client, a_company, a_connection, an_account_path, noon_plus};

    fn parse(text: &str) -> Result<UrlTemplate, TemplateError> {
        UrlTemplate::parse(text, Plaintext::Loopback)
    }

    fn request(account: &str, cursor: Option<&str>) -> BankRequest {
        let connection = a_connection(&a_company(a_client().id));
        BankRequest {
            account: an_account_path(&connection, account),
            period: Period { start: noon_plus(-24 * 60), end: NOON },
            cursor: cursor.map(str::to_owned),
        }
    }

    fn filled(template: &str, request: &BankRequest) -> String {
        parse(template).unwrap().url(request)
    }

    #[test]
    fn places_are_filled_in_with_what_is_asked_for() {
        let request = request("acc/1 é&?#%", None);
        let path = request.account.connection;
        assert_eq!(
            filled("https://b.example/{companyId}/{accountId}?f={from}&t={to}", &request),
            format!(
                "https://b.example/{}/acc%2F1%20%C3%A9%26%3F%23%25?f=2024-02-28T12%3A00%3A00Z&t=2024-02-29T12%3A00%3A00Z",
                path.company
            )
        );
        assert_eq!(
            filled(
                "https://b.example/{clientId}/{connectionId}/{accountId}/{fromDate}/{toDate}",
                &request
            ),
            format!(
                "https://b.example/{}/{}/acc%2F1%20%C3%A9%26%3F%23%25/2024-02-28/2024-02-29",
                path.client, path.connection
            )
        );
    }

    #[test]
    fn a_cursor_goes_to_its_place_or_to_the_end_of_the_query() {
        let next = Some("a=1&b");
        for (template, cursor, url) in [
            ("https://b.example/{accountId}", None, "https://b.example/a"),
            ("https://b.example/{accountId}", next, "https://b.example/a?cursor=a%3D1%26b"),
            ("https://b.example/?a={accountId}", next, "https://b.example/?a=a&cursor=a%3D1%26b"),
            ("https://b.example/{accountId}/{cursor}", next, "https://b.example/a/a%3D1%26b"),
            ("https://b.example/{accountId}?c={cursor}", None, "https://b.example/a?c="),
        ] {
            assert_eq!(filled(template, &request("a", cursor)), url);
        }
    }

    #[test]
    fn a_template_that_cannot_serve_is_refused_with_its_reason() {
        let refusal = |text| parse(text).unwrap_err();
        assert_eq!(
            refusal("https://b.example/{account}"),
            TemplateError::UnknownPlace("account".to_owned())
        );
        assert_eq!(refusal("https://b.example/{accountId"), TemplateError::Unpaired);
        assert_eq!(refusal("https://b.example/{accountId}}"), TemplateError::Unpaired);
        assert_eq!(refusal("https://b.example/"), TemplateError::NoAccount);
        assert_eq!(refusal("https://{accountId}.example/"), TemplateError::LooseHost);
        assert_eq!(refusal("https://b.example:{accountId}/"), TemplateError::LooseHost);
        assert!(matches!(refusal("http://b.example/{accountId}"), TemplateError::Target(_)));
        let listed = refusal("https://b.example/{x}").to_string();
        assert!(listed.contains("{x} is not one of {clientId}, {companyId}"), "{listed}");
    }
}
