//! `SONRS`

use super::emit::Emitter;
use super::write_status;
use crate::request::Fi;
use crate::response::SignOnResponse;

pub(super) fn write(out: &mut Emitter, sign_on: &SignOnResponse) {
    out.aggregate("SONRS", |out| {
        write_status(out, &sign_on.status);
        out.plain("DTSERVER", sign_on.dt_server);
        out.text("LANGUAGE", &sign_on.language, 3);
        if let Some(at) = sign_on.dt_profile_up {
            out.plain("DTPROFUP", at);
        }
        if let Some(at) = sign_on.dt_acct_up {
            out.plain("DTACCTUP", at);
        }
        if let Some(fi) = &sign_on.fi {
            write_fi(out, fi);
        }
    });
}

fn write_fi(out: &mut Emitter, fi: &Fi) {
    out.aggregate("FI", |out| {
        out.text("ORG", &fi.org, 32);
        out.optional("FID", fi.fid.as_deref(), 32);
    });
}
