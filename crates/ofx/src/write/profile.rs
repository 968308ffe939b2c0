//! `PROFRS`

use super::emit::Emitter;
use crate::response::Profile;

/// One realm: the same name and password for everything.
const REALM: &str = "DEFAULT";
const URL_CHARS_MAX: usize = 255;

pub(super) fn write(out: &mut Emitter, profile: &Profile) {
    out.aggregate("PROFRS", |out| {
        write_message_sets(out, profile);
        write_sign_on_rules(out, profile);
        out.plain("DTPROFUP", profile.dt_profile_up);
        out.text("FINAME", &profile.fi_name, 32);
        out.text("ADDR1", &profile.address, 32);
        out.text("CITY", &profile.city, 32);
        out.text("STATE", &profile.state, 5);
        out.text("POSTALCODE", &profile.postal_code, 11);
        out.text("COUNTRY", &profile.country, 3);
        out.optional("CSPHONE", profile.customer_phone.as_deref(), 32);
        out.optional("URL", profile.home_page.as_deref(), URL_CHARS_MAX);
        out.optional("EMAIL", profile.email.as_deref(), 80);
    });
}

fn write_message_sets(out: &mut Emitter, profile: &Profile) {
    out.aggregate("MSGSETLIST", |out| {
        write_message_set(out, "SIGNON", profile, |_| {});
        write_message_set(out, "SIGNUP", profile, |out| {
            out.aggregate("OTHERENROLL", |out| out.text("MESSAGE", &profile.enroll_message, 80));
            out.plain("CHGUSERINFO", "N");
            out.plain("AVAILACCTS", "Y");
            out.plain("CLIENTACTREQ", "N");
        });
        write_message_set(out, "BANK", profile, |out| {
            // With Y, clients would ask for closing statements.
            out.plain("CLOSINGAVAIL", "N");
            out.aggregate("EMAILPROF", |out| {
                out.plain("CANEMAIL", "N");
                out.plain("CANNOTIFY", "N");
            });
        });
        write_message_set(out, "CREDITCARD", profile, |out| out.plain("CLOSINGAVAIL", "N"));
        write_message_set(out, "PROF", profile, |_| {});
    });
}

fn write_message_set(
    out: &mut Emitter,
    prefix: &str,
    profile: &Profile,
    particulars: impl FnOnce(&mut Emitter),
) {
    out.aggregate(&format!("{prefix}MSGSET"), |out| {
        out.aggregate(&format!("{prefix}MSGSETV1"), |out| {
            write_core(out, profile);
            particulars(out);
        });
    });
}

fn write_core(out: &mut Emitter, profile: &Profile) {
    out.aggregate("MSGSETCORE", |out| {
        out.plain("VER", 1);
        out.text("URL", &profile.url, URL_CHARS_MAX);
        out.plain("OFXSEC", "NONE");
        out.plain("TRANSPSEC", "Y");
        out.plain("SIGNONREALM", REALM);
        out.text("LANGUAGE", &profile.language, 3);
        out.plain("SYNCMODE", "LITE");
        out.plain("RESPFILEER", "Y");
    });
}

fn write_sign_on_rules(out: &mut Emitter, profile: &Profile) {
    let rules = profile.sign_on_rules;
    out.aggregate("SIGNONINFOLIST", |out| {
        out.aggregate("SIGNONINFO", |out| {
            out.plain("SIGNONREALM", REALM);
            out.plain("MIN", rules.password_chars_min);
            out.plain("MAX", rules.password_chars_max);
            out.plain("CHARTYPE", "ALPHAORNUMERIC");
            out.plain("CASESEN", "Y");
            out.plain("SPECIAL", "Y");
            out.plain("SPACES", "N");
            out.plain("PINCH", "N");
            out.plain("CHGPINFIRST", "N");
        });
    });
}
