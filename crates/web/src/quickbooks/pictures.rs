//! The pages with canned contents, for the gallery.

use super::credentials::{ask_before_renewal, ask_before_revocation};
use super::setup::{Content, REFRESH_SECS};
use super::standing::Standing;
use super::{CREDENTIALS, REVOKE, review};
use crate::gallery::{Hall, Picture};
use crate::page::Tone;
use askama::Error;
use domain::credential::Secrets;
use jiff::Timestamp;

/// Every page.
pub(crate) fn pictures(hall: &Hall) -> Result<Vec<Picture>, Error> {
    let frame = hall.frame();
    let review = review::Content { frame: &frame, home: hall.home() };
    let mut pictures = vec![hall.hang("quickbooks-review", &frame, &review)?];
    let accounts = vec!["Current account ··4243".to_owned(), "Company card ··2123".to_owned()];
    let linked = Standing::Linked { accounts, fetched_at: Some(Timestamp::UNIX_EPOCH) };
    for (name, standing) in [
        ("fresh", Standing::Fresh),
        ("withdrawn", Standing::Withdrawn),
        ("waiting", Standing::Waiting),
        ("signed-on", Standing::SignedOn { at: Some(Timestamp::UNIX_EPOCH) }),
        ("linked", linked),
    ] {
        pictures.push(set_up(hall, name, standing, None)?);
    }
    let secrets = Secrets {
        username: "WXYZ-WXYZ-WXYZ".to_owned(),
        password: "wxyz-wxyz-wxyz-wxyz".to_owned(),
    };
    pictures.push(set_up(hall, "credentials", Standing::Waiting, Some(secrets))?);
    for (name, standing) in
        [("unused", Standing::Waiting), ("used", Standing::SignedOn { at: None })]
    {
        let asked = ask_before_revocation(&frame, &standing, hall.form(REVOKE), &hall.home());
        pictures.push(hall.hang(format!("quickbooks-revoke-{name}"), &frame, &asked)?);
    }
    let asked = ask_before_renewal(&frame, hall.form(CREDENTIALS), &hall.home());
    pictures.push(hall.hang("quickbooks-renew", &frame, &asked)?);
    Ok(pictures)
}

fn set_up(
    hall: &Hall,
    name: &str,
    standing: Standing,
    secrets: Option<Secrets>,
) -> Result<Picture, Error> {
    let frame = match (&standing, &secrets) {
        (_, Some(_)) => hall.frame().shown_once(),
        (Standing::Waiting, None) => hall.frame().refreshing(REFRESH_SECS),
        (Standing::Withdrawn, None) => hall.frame().with_notice(Tone::Good, "quickbooks-revoked"),
        (Standing::Fresh | Standing::SignedOn { .. } | Standing::Linked { .. }, None) => {
            hall.frame()
        }
    };
    let (home, form) = (hall.home(), hall.form(CREDENTIALS));
    let content = Content { frame: &frame, home, standing, form, secrets };
    hall.hang(format!("quickbooks-{name}"), &frame, &content)
}
