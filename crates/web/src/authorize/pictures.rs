//! The pages with canned contents, for the gallery.

use super::begin::{Content, Standing};
use super::consent::{Beside, Choosing, Failed, Waiting};
use super::{AUTHORIZE, CONSENT};
use crate::framing::Ancestor;
use crate::gallery::{Hall, Picture};
use crate::page::{Frame, Tone};
use askama::Error;
use domain::link::Organisation;

const SOFTWARE: &str = "Xero";
const REFRESH_SECS: u32 = 2;

/// Every page.
pub(crate) fn pictures(hall: &Hall) -> Result<Vec<Picture>, Error> {
    let frame = hall.frame().about(SOFTWARE);
    let ended = frame.clone().with_notice(Tone::Warning, "authorize-ended");
    let organisations = [("1", "Demo Company (UK)"), ("2", "Søren & Daughters <Holding>")];
    let organisations = organisations.map(|(id, name)| Organisation {
        id: id.to_owned(),
        connection: id.to_owned(),
        name: name.to_owned(),
    });
    let waiting = frame.clone().refreshing(REFRESH_SECS);
    let choosing = Choosing {
        frame: &frame,
        home: hall.home(),
        form: hall.form(CONSENT),
        organisations: &organisations,
    };
    let failing = frame.clone().with_notice(Tone::Warning, "authorize-failed-title");
    let (home, form, why) = (hall.home(), hall.form(AUTHORIZE), "access_denied");
    let failed = Failed { frame: &failing, home, form, why };
    Ok(vec![
        review(hall, "fresh", &frame, Standing::Fresh)?,
        review(hall, "linked", &frame, Standing::Linked)?,
        review(hall, "ended", &ended, Standing::Ended)?,
        review(hall, "chosen", &frame.clone().below(hall.home()), Standing::Fresh)?,
        review(hall, "framed", &frame.clone().within(Ancestor::Anybody), Standing::Fresh)?,
        hall.hang("authorize-beside", &frame, &Beside { frame: &frame })?,
        hall.hang("authorize-waiting", &waiting, &Waiting { frame: &waiting })?,
        hall.hang("authorize-choose", &frame, &choosing)?,
        hall.hang("authorize-failed", &failing, &failed)?,
    ])
}

fn review(hall: &Hall, name: &str, frame: &Frame, standing: Standing) -> Result<Picture, Error> {
    let organisation = (standing == Standing::Linked).then(|| "Demo Company (UK)".to_owned());
    let (home, form) = (hall.home(), hall.form(AUTHORIZE));
    let content = Content { frame, home, form, organisation, standing };
    hall.hang(format!("authorize-{name}"), frame, &content)
}
