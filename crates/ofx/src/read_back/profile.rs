//! `PROFRS`: what we say in one; the rest is passed over.

use super::date;
use crate::error::ReadError;
use crate::response::{Profile, SignOnRules};
use crate::tree::Element;

pub(super) fn read(element: &Element) -> Result<Profile, ReadError> {
    let sets = element.need("MSGSETLIST")?;
    let core = sets.need("PROFMSGSET")?.need("PROFMSGSETV1")?.need("MSGSETCORE")?;
    let sign_up = sets.need("SIGNUPMSGSET")?.need("SIGNUPMSGSETV1")?.need("OTHERENROLL")?;
    let rules = element.need("SIGNONINFOLIST")?.need("SIGNONINFO")?;
    let owned = |name| element.need_text(name).map(str::to_owned);
    Ok(Profile {
        url: core.need_text("URL")?.to_owned(),
        language: core.need_text("LANGUAGE")?.to_owned(),
        dt_profile_up: date(element, "DTPROFUP")?,
        enroll_message: sign_up.need_text("MESSAGE")?.to_owned(),
        sign_on_rules: SignOnRules {
            password_chars_min: rules.parse("MIN", |text| text.parse().ok())?,
            password_chars_max: rules.parse("MAX", |text| text.parse().ok())?,
        },
        fi_name: owned("FINAME")?,
        address: owned("ADDR1")?,
        city: owned("CITY")?,
        state: owned("STATE")?,
        postal_code: owned("POSTALCODE")?,
        country: owned("COUNTRY")?,
        customer_phone: element.owned("CSPHONE"),
        home_page: element.owned("URL"),
        email: element.owned("EMAIL"),
    })
}
