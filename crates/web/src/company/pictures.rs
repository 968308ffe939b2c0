//! The page with canned contents, for the gallery.

use super::SOFTWARE;
use super::choose::{Begun, Choice, Content, Software};
use crate::gallery::{Hall, Picture};
use askama::Error;
use domain::connection::ConnectionStatus;

const XERO: Software = Software { key: "gbol", name: "Xero" };
const QUICKBOOKS: Software = Software { key: "hcws", name: "QuickBooks" };

/// The page in its states.
pub(crate) fn pictures(hall: &Hall) -> Result<Vec<Picture>, Error> {
    use ConnectionStatus::{Linked, PendingAuth, Unlinked};
    let begun = |software, status| Begun { software, status };
    let linked = vec![begun(XERO, Linked), begun(QUICKBOOKS, PendingAuth)];
    Ok(vec![
        hang(hall, "company-new", (Vec::new(), vec![QUICKBOOKS, XERO]), Choice::Open)?,
        hang(hall, "company-faulty", (Vec::new(), vec![QUICKBOOKS, XERO]), Choice::Missed)?,
        hang(hall, "company-begun", (vec![begun(XERO, Unlinked)], vec![QUICKBOOKS]), Choice::Open)?,
        hang(hall, "company-linked", (linked, Vec::new()), Choice::Open)?,
    ])
}

fn hang(
    hall: &Hall,
    name: &str,
    (begun, software): (Vec<Begun>, Vec<Software>),
    choice: Choice,
) -> Result<Picture, Error> {
    let frame = hall.frame();
    let (home, form) = (hall.home(), hall.form(SOFTWARE));
    hall.hang(name, &frame, &Content { frame: &frame, home, form, begun, software, choice })
}
