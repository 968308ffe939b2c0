//! What answers mean that are no success. Pure.

use super::wire::{IdentityError, Items, Problem, ProblemItem};
use crate::error::{PlatformError, Reason, ReasonKind, Remedy};
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use outbound::{Reply, RetryHint};

/// The longest of Xero's limits but one counts a minute.
const RATE_LIMIT_WAIT_SECS_DEFAULT: i64 = 60;
/// The longest limit counts a day; who says more has a wrong clock.
const WAIT_HOURS_MAX: i64 = 24;

/// Clocks that differ by less are no reason for anything.
const SKEW_MINS_MIN: i64 = 5;

/// Whether a call may be made twice: where it may not, a lost answer leaves doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Repeatable,
    Once,
}

impl Effect {
    /// What it means that nobody knows whether the call was handled.
    pub(super) fn uncertain(self, detail: String) -> PlatformError {
        match self {
            Self::Repeatable => PlatformError::unavailable(detail),
            Self::Once => PlatformError::Unknown { detail },
        }
    }
}

/// What an answer of the API means that is no success.
pub(super) fn refusal(reply: &Reply, effect: Effect, now: Timestamp) -> PlatformError {
    let status = reply.status;
    let reasons = reasons(&reply.body, status);
    let mut detail = words(&reasons, status);
    if matches!(status, 401 | 403) {
        detail = with_skew(detail, reply, now);
    }
    let again = not_before(reply.retry, now);
    match status {
        401 => PlatformError::NotAuthorized { remedy: Remedy::Refresh, detail },
        403 if !reasons.iter().any(is_about_the_request) => {
            PlatformError::NotAuthorized { remedy: Remedy::Reconnect, detail }
        }
        429 => {
            let wait = SignedDuration::from_secs(RATE_LIMIT_WAIT_SECS_DEFAULT);
            let retry_at = again.unwrap_or(now.saturating_add(wait).unwrap_or(now));
            PlatformError::RateLimited { retry_at }
        }
        503 if effect == Effect::Repeatable || is_offline(&reply.body) => {
            PlatformError::Unavailable { retry_at: again, detail }
        }
        // The first is no answer of the API's: a proxy's, or a URL is configured wrongly.
        ..=399 | 408 | 500..=599 => effect.uncertain(detail),
        _ => PlatformError::Rejected {
            reasons: reasons.into_iter().map(|reason| dated(reason, reply, now)).collect(),
        },
    }
}

/// Xero takes dates by its own clock: whose clock is wrong is worth a word.
fn dated(reason: Reason, reply: &Reply, now: Timestamp) -> Reason {
    let is_about_dates = matches!(
        reason.code.as_deref(),
        Some("invalid-start-date" | "invalid-end-date" | "invalid-start-and-end-date")
    );
    if !is_about_dates {
        return reason;
    }
    Reason { message: with_skew(reason.message, reply, now), ..reason }
}

/// The same, with a word about this machine's clock where it differs from the other's.
fn with_skew(detail: String, reply: &Reply, now: Timestamp) -> String {
    let told = reply.header("date").and_then(|date| rfc2822::parse(date).ok());
    let Some(skew) = told.map(|told| now.duration_since(told.timestamp()).as_mins()) else {
        return detail;
    };
    if skew.abs() < SKEW_MINS_MIN {
        return detail;
    }
    let side = if skew > 0 { "ahead of" } else { "behind" };
    format!(
        "{detail}; this machine's clock is {} minutes {side} Xero's: set it right first",
        skew.abs()
    )
}

/// What an answer of the identity service means that is no success.
pub(super) fn identity_refusal(reply: &Reply, now: Timestamp) -> PlatformError {
    let body: IdentityError = serde_json::from_slice(&reply.body).unwrap_or_default();
    let status = reply.status;
    match body.error.as_deref() {
        Some("invalid_grant") => {
            let detail = body.error_description.unwrap_or_else(|| {
                "invalid_grant: what the user allowed has expired or was taken back".to_owned()
            });
            let detail = with_skew(detail, reply, now);
            PlatformError::NotAuthorized { remedy: Remedy::Reconnect, detail }
        }
        // The app's own fault: no user could mend it by connecting again.
        Some(error) => PlatformError::unavailable(with_skew(
            format!("xero's identity service answers HTTP {status} {error}: {}", remedy(error)),
            reply,
            now,
        )),
        None if status == 429 => refusal(reply, Effect::Repeatable, now),
        None => PlatformError::Unavailable {
            retry_at: not_before(reply.retry, now),
            detail: format!("xero's identity service answers HTTP {status}"),
        },
    }
}

/// What an operator does about an error of the identity service.
fn remedy(error: &str) -> &'static str {
    match error {
        "invalid_client" => "it does not know the app: see the app's client id and secret",
        "unauthorized_client" => {
            "the app may not do this: see its grants and its certification at Xero"
        }
        "invalid_scope" => "the app may not ask for feeds: see its certification at Xero",
        "invalid_request" => {
            "it does not take the request: see the app's redirect URI at Xero, its client id and secret"
        }
        _ => "see the app's client id and secret",
    }
}

/// A problem in our words.
pub(super) fn reason(problem: &Problem, status: u16) -> Reason {
    let kind = match problem.kind.as_deref() {
        Some("duplicate-statement") => ReasonKind::Duplicate,
        Some("invalid-feed-connection" | "feed-not-found-or-already-deleted") => {
            ReasonKind::FeedGone
        }
        Some(_) | None => ReasonKind::Other,
    };
    let message = problem.detail.as_ref().or(problem.title.as_ref()).or(problem.kind.as_ref());
    let message = message.cloned().unwrap_or_else(|| format!("xero answers HTTP {status}"));
    Reason { kind, code: problem.kind.clone(), message }
}

/// The reasons in a body, wherever they stand; never none.
fn reasons(body: &[u8], status: u16) -> Vec<Reason> {
    let items = serde_json::from_slice::<Items<ProblemItem>>(body);
    let items = items.map(|body| body.items).unwrap_or_default();
    let inside = items
        .into_iter()
        .flat_map(|item| item.error.into_iter().chain(item.errors.unwrap_or_default()));
    let mut problems: Vec<Problem> = inside.collect();
    if problems.is_empty() {
        problems.push(serde_json::from_slice(body).unwrap_or_default());
    }
    problems.iter().map(|problem| reason(problem, status)).collect()
}

/// Whether a 403 is about what was asked for, and not about who asks.
fn is_about_the_request(reason: &Reason) -> bool {
    matches!(
        reason.code.as_deref(),
        Some(
            "invalid-feed-connection"
                | "invalid-feed-connection-for-organisation"
                | "invalid-user-role"
        )
    )
}

/// Whether Xero says that it, or the organisation, is offline, which it does before it looks at a request. Other words are
/// of somebody on the way, who may have handed the request on.
fn is_offline(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).to_lowercase().contains("is offline")
}

fn words(reasons: &[Reason], status: u16) -> String {
    let known = reasons.iter().filter(|reason| reason.code.is_some());
    let known: Vec<_> = known.map(|reason| reason.message.as_str()).collect();
    let words = if known.is_empty() { String::new() } else { format!(": {}", known.join("; ")) };
    format!("xero answers HTTP {status}{words}")
}

fn not_before(hint: RetryHint, now: Timestamp) -> Option<Timestamp> {
    let latest = now.saturating_add(SignedDuration::from_hours(WAIT_HOURS_MAX)).unwrap_or(now);
    hint.not_before(now).map(|at| at.clamp(now, latest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use outbound::Headers;
    use testkit::{NOON, noon_plus};

    fn reply(status: u16, retry: &str, body: &'static str) -> Reply {
        let (retry, headers) = (RetryHint::parse(retry), Headers::default());
        Reply { status, body: body.into(), retry, headers }
    }

    #[test]
    fn a_clock_that_differs_from_xeros_is_told_with_a_refusal() {
        let told = |date: &'static str, status| {
            let headers = Headers::from_iter([("date", date)]);
            refusal(&Reply { headers, ..reply(status, "", "") }, Effect::Repeatable, NOON)
                .to_string()
        };
        let at_noon = NOON.to_string();
        assert!(at_noon.starts_with("2024-02-29T12:00"), "{at_noon}");
        let ahead = told("Thu, 29 Feb 2024 11:48:00 GMT", 401);
        assert!(
            ahead.ends_with(
                "this machine's clock is 12 minutes ahead of Xero's: set it right first"
            ),
            "{ahead}"
        );
        assert!(told("Thu, 29 Feb 2024 13:00:00 GMT", 403).contains("60 minutes behind Xero's"));
        for date in ["Thu, 29 Feb 2024 12:04:00 GMT", "yesterday"] {
            assert!(!told(date, 401).contains("clock"), "{date}");
        }
        let headers = Headers::from_iter([("date", "Fri, 01 Mar 2024 12:00:00 GMT")]);
        let body = r#"{"type":"invalid-end-date","detail":"in the future"}"#;
        let late = refusal(&Reply { headers, ..reply(400, "", body) }, Effect::Once, NOON);
        assert!(
            late.to_string().contains("in the future; this machine's clock is 1440 minutes behind")
        );
    }

    fn step(error: &PlatformError) -> &'static str {
        match error {
            PlatformError::Rejected { .. } => "rejected",
            PlatformError::RateLimited { .. } => "rate limited",
            PlatformError::Unavailable { .. } => "unavailable",
            PlatformError::NotAuthorized { remedy: Remedy::Refresh, .. } => "refresh",
            PlatformError::NotAuthorized { remedy: Remedy::Reconnect, .. } => "reconnect",
            PlatformError::Unknown { .. } => "unknown",
        }
    }

    #[test]
    fn every_answer_has_a_next_step() {
        let cases = [
            (302, "", "unavailable", "unknown"),
            (400, r#"{"type":"invalid-request"}"#, "rejected", "rejected"),
            (401, r#"{"Title":"Unauthorized"}"#, "refresh", "refresh"),
            (403, r#"{"Title":"Forbidden"}"#, "reconnect", "reconnect"),
            (403, r#"{"type":"invalid-application"}"#, "reconnect", "reconnect"),
            (403, r#"{"type":"invalid-feed-connection"}"#, "rejected", "rejected"),
            (403, r#"{"items":[{"error":{"type":"invalid-user-role"}}]}"#, "rejected", "rejected"),
            (404, "", "rejected", "rejected"),
            (408, "", "unavailable", "unknown"),
            (409, "", "rejected", "rejected"),
            (413, "", "rejected", "rejected"),
            (422, "", "rejected", "rejected"),
            (429, "", "rate limited", "rate limited"),
            (500, r#"{"type":"internal-error"}"#, "unavailable", "unknown"),
            (502, "<html>", "unavailable", "unknown"),
            (503, "<html>", "unavailable", "unknown"),
            (503, "The organisation is offline.", "unavailable", "unavailable"),
            (504, "", "unavailable", "unknown"),
        ];
        for (status, body, read, write) in cases {
            let reply = reply(status, "", body);
            let steps = [Effect::Repeatable, Effect::Once]
                .map(|effect| step(&refusal(&reply, effect, NOON)));
            assert_eq!(steps, [read, write], "{status} {body}");
        }
    }

    #[test]
    fn a_wait_is_what_was_said_within_a_day_or_a_minute_where_nothing_was() {
        let at = |retry: &str| {
            let error = refusal(&reply(429, retry, ""), Effect::Once, NOON);
            let PlatformError::RateLimited { retry_at } = error else { panic!("{error:?}") };
            retry_at
        };
        assert_eq!(at("120"), noon_plus(2));
        assert_eq!(at(""), noon_plus(1));
        assert_eq!(at("999999"), noon_plus(24 * 60));
        assert_eq!(at("Wed, 21 Oct 2015 07:28:00 GMT"), NOON);
        let offline = refusal(&reply(503, "300", "The API is offline"), Effect::Once, NOON);
        let detail = "xero answers HTTP 503".to_owned();
        assert_eq!(offline, PlatformError::Unavailable { retry_at: Some(noon_plus(5)), detail });
    }

    #[test]
    fn reasons_are_found_wherever_they_stand() {
        let told = [
            r#"{"type":"duplicate-statement","title":"T","status":409,"detail":"D"}"#,
            r#"{"items":[{"error":{"type":"duplicate-statement","title":"T","detail":"D"}}]}"#,
            r#"{"items":[{"status":"REJECTED","errors":[{"type":"duplicate-statement","detail":"D"}]}]}"#,
        ];
        let code = Some("duplicate-statement".to_owned());
        let wanted = Reason { kind: ReasonKind::Duplicate, code, message: "D".to_owned() };
        for body in told {
            assert_eq!(reasons(body.as_bytes(), 409), std::slice::from_ref(&wanted), "{body}");
        }
        let words = |body: &str| reasons(body.as_bytes(), 409)[0].message.clone();
        assert_eq!(words(r#"{"Type":"QueryParseException","Message":"M"}"#), "M");
        assert_eq!(words(r#"{"type":"x","title":"T","detail":null}"#), "T");
        assert_eq!(words("<html>"), "xero answers HTTP 409");
        assert_eq!(words("[1]"), "xero answers HTTP 409");
    }

    #[test]
    fn only_a_grant_that_is_over_needs_the_user() {
        let cases = [
            (400, r#"{"error":"invalid_grant"}"#, "reconnect"),
            (400, r#"{"error":"invalid_client"}"#, "unavailable"),
            (400, r#"{"error":"unsupported_grant_type"}"#, "unavailable"),
            (401, "", "unavailable"),
            (429, "", "rate limited"),
            (500, "", "unavailable"),
            (503, "<html>", "unavailable"),
        ];
        for (status, body, wanted) in cases {
            let error = identity_refusal(&reply(status, "", body), NOON);
            assert_eq!(step(&error), wanted, "{status} {body}: {error}");
        }
    }
}
