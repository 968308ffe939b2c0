//! The URLs that people open: absolute, on this server, each with a fresh one-time password.

use crate::state::ApiState;
use domain::connection::Connection;
use domain::ids::{CompanyId, IdSource};
use domain::link_otp::OtpSigner;
use domain::platform::{Delivery, Platform};
use jiff::{SignedDuration, Timestamp};

/// The contract's life of a QuickBooks link.
const LIFE_PULLED: SignedDuration = SignedDuration::from_mins(60);
/// The contract's life of any other.
const LIFE_USUAL: SignedDuration = SignedDuration::from_hours(24);

/// Makes the links of one answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Links<'a> {
    pub(super) public_url: &'a str,
    pub(super) otp: &'a OtpSigner,
    pub(super) ids: &'a dyn IdSource,
    pub(super) now: Timestamp,
}

impl<'a> Links<'a> {
    /// For an answer that is given now.
    pub(crate) fn new(state: &'a ApiState) -> Self {
        let ApiState { public_url, otp, ids, .. } = state;
        Self { public_url, otp, ids: &**ids, now: state.now() }
    }

    /// Where a company's people choose their software.
    pub(crate) fn company(&self, id: CompanyId) -> String {
        let otp = self.otp.issue(id, self.ids, self.now, LIFE_USUAL);
        format!("{}/company/{id}?link.otp={otp}", self.public_url)
    }

    /// Where a company's people authorise a connection.
    pub(crate) fn connection(&self, connection: &Connection) -> String {
        let life = life(connection.platform);
        let otp = self.otp.issue(connection.id, self.ids, self.now, life);
        let Connection { id, company, .. } = connection;
        format!("{}/companies/{company}/connections/{id}/start?otp={otp}", self.public_url)
    }
}

const fn life(platform: &Platform) -> SignedDuration {
    match platform.delivery {
        Delivery::Pulled => LIFE_PULLED,
        Delivery::Sent => LIFE_USUAL,
    }
}
