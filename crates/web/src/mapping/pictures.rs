//! The pages with canned contents, for the gallery. What is on them is situations.rs.

use super::disconnect::ask_before;
use super::entry::{Entry, Fault, NEW};
use super::sample::Sample;
use super::show::{Content, REFRESH_SECS, Retry};
use super::situations::{
    bare, connected, connected_unknown, connecting, current, empty, ended, fitting_nothing, long,
    mixed, old, open, reading, refused, troubled, with_unlimited_history,
};
use super::{DISCONNECT, step_of};
use crate::brand::spoken_name;
use crate::gallery::{Hall, Picture};
use crate::page::{Frame, Tone};
use askama::Error;
use domain::connection::TroubleKind;
use domain::link::Unfit;

/// Every page.
pub(crate) fn pictures(hall: &Hall) -> Result<Vec<Picture>, Error> {
    let mut pictures = hang_situations(hall)?;
    for (name, sample) in [("reading", reading()?), ("connecting", connecting()?)] {
        let frame = frame(hall, &sample);
        pictures.push(hang(hall, &format!("{name}-stopped"), &frame, &sample, None)?);
    }
    let sample = ended()?;
    let frame = frame(hall, &sample).with_notice(Tone::Good, "mapping-disconnected");
    pictures.push(hang(hall, "disconnected", &frame, &sample, None)?);
    pictures.append(&mut hang_faults(hall)?);
    pictures.push(hang_question(hall)?);
    Ok(pictures)
}

/// The page as somebody comes to it.
fn hang_situations(hall: &Hall) -> Result<Vec<Picture>, Error> {
    let situations = [
        ("reading", reading()?),
        ("empty", empty()?),
        ("open", open()?),
        ("long", long()?),
        ("bare", bare()?),
        ("fits-nothing", fitting_nothing()?),
        ("connecting", connecting()?),
        ("connected", connected()?),
        ("connected-unknown", connected_unknown()?),
        ("refused", refused()?),
        ("ended", ended()?),
        ("mixed", mixed()?),
        ("trouble-access", troubled(TroubleKind::NotAuthorized)?),
        ("trouble-silence", troubled(TroubleKind::Unavailable)?),
    ];
    let hang_awaiting = |(name, sample): (&str, Sample)| {
        let frame = frame(hall, &sample);
        let is_awaited = write(hall, &frame, &sample, None).is_awaited();
        let frame = if is_awaited { frame.refreshing(REFRESH_SECS) } else { frame };
        hang(hall, name, &frame, &sample, None)
    };
    situations.into_iter().map(hang_awaiting).collect()
}

/// The page again, with what was typed for one account; and what is wrong, where that cannot be seen from it.
fn hang_faults(hall: &Hall) -> Result<Vec<Picture>, Error> {
    let (day, outside) = ("2024-02-29", "2031-01-02");
    let typed = |target: &str, start: &str| {
        let target = Some(target.to_owned()).filter(|text| !text.is_empty());
        Entry { target, start: start.to_owned() }
    };
    let again = |id| typed(&Entry::existing(id), day);
    let unfit = Fault::Unfit(old()?, Unfit::Fed);
    let faults = [
        ("choose", open()?, typed("", day), None),
        ("choose-long", long()?, typed("", ""), None),
        ("start", open()?, typed(NEW, ""), None),
        ("range", open()?, typed(NEW, outside), None),
        ("late", with_unlimited_history(open()?), typed(NEW, outside), None),
        ("unknown", open()?, again("gone"), Some(Fault::UnknownTarget)),
        ("unfit", open()?, again("old"), Some(unfit)),
        ("refused", open()?, again("old"), Some(Fault::Refused)),
        ("taken", connected()?, again("savings"), Some(Fault::Taken)),
    ];
    let account = current()?.id;
    let hang_again = |(name, sample, entry, fault): (&str, Sample, Entry, Option<Fault>)| {
        let seen = || entry.understand(&sample.days()).err().unwrap_or_default();
        let faults = fault.map_or_else(seen, |fault| vec![fault]);
        let retry = Retry { account: account.clone(), entry, faults };
        let frame = frame(hall, &sample).shown_once();
        hang(hall, &format!("fault-{name}"), &frame, &sample, Some(retry))
    };
    faults.into_iter().map(hang_again).collect()
}

/// What disconnecting an account means.
fn hang_question(hall: &Hall) -> Result<Picture, Error> {
    let (frame, account) = (frame(hall, &empty()?), current()?);
    let form = hall.form(&step_of(&account, DISCONNECT));
    hall.hang("mapping-disconnect", &frame, &ask_before(&frame, &account, form, hall.home()))
}

fn hang(
    hall: &Hall,
    name: &str,
    frame: &Frame,
    sample: &Sample,
    retry: Option<Retry>,
) -> Result<Picture, Error> {
    hall.hang(format!("mapping-{name}"), frame, &write(hall, frame, sample, retry))
}

fn frame(hall: &Hall, sample: &Sample) -> Frame {
    hall.frame().about(spoken_name(sample.connection.platform))
}

fn write<'a>(
    hall: &Hall,
    frame: &'a Frame,
    sample: &'a Sample,
    retry: Option<Retry>,
) -> Content<'a> {
    sample.scene().write(frame, &hall.home(), |step| hall.form(step), retry)
}
