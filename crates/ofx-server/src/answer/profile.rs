//! `PROFRQ`: what this server can do.

use domain::credential::PASSWORD_CHARS;
use jiff::Timestamp;
use ofx::{DateField, OfxDateTime, Profile, ResponseMessage, SignOnRules, StatusCode, Trn};

use super::{Answered, NoAnswer};
use crate::exchange::{LANGUAGE, Visit};
use crate::options::OfxOptions;

/// What is generated has [`PASSWORD_CHARS`]; clients check what is typed against both figures.
const PASSWORD_CHARS_MIN: u8 = 8;
/// What fits in the older versions.
const PASSWORD_CHARS_MAX: u8 = 32;
const _: () = assert!(PASSWORD_CHARS <= 32 && PASSWORD_CHARS >= 8);

/// The profile, or that the client has it already.
pub(super) fn answer(
    visit: &Visit<'_>,
    trn: &Trn,
    client_has: Option<&DateField>,
) -> Result<Answered, NoAnswer> {
    let since = visit.state.profile_since;
    if is_up_to_date(client_has, since) {
        return Err(StatusCode::UpToDate.into());
    }
    let dt_profile_up = OfxDateTime::moment(since).ok_or(StatusCode::GeneralError)?;
    let profile = Box::new(profile_of(&visit.state.options, dt_profile_up));
    Ok(ResponseMessage::Profile { trn: trn.clone(), profile }.into())
}

/// A client whose date cannot be read gets the profile.
fn is_up_to_date(client_has: Option<&DateField>, since: Timestamp) -> bool {
    matches!(client_has, Some(Ok(date)) if date.timestamp() >= since)
}

fn profile_of(options: &OfxOptions, dt_profile_up: OfxDateTime) -> Profile {
    let institution = options.institution.clone();
    Profile {
        url: options.url.clone(),
        language: LANGUAGE.to_owned(),
        dt_profile_up,
        enroll_message: options.enroll_message.clone(),
        sign_on_rules: SignOnRules {
            password_chars_min: PASSWORD_CHARS_MIN,
            password_chars_max: PASSWORD_CHARS_MAX,
        },
        fi_name: institution.name,
        address: institution.address,
        city: institution.city,
        state: institution.state,
        postal_code: institution.postal_code,
        country: institution.country,
        customer_phone: institution.customer_phone,
        home_page: institution.home_page,
        email: institution.email,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_up_to_date_from_the_second_of_the_profile_on() {
        let since: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let has = |text: &str| is_up_to_date(Some(&OfxDateTime::parse(text)), since);
        assert!(has("20240229120000.000[0:GMT]") && has("20240229070000[-5:EST]"));
        assert!(has("20240301"));
        assert!(!has("20240229115959") && !has("19900101") && !has("never"));
        assert!(!is_up_to_date(None, since));
    }
}
