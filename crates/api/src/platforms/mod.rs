//! The contract's operations about accounting platforms: which there are, what they take, and what only some of them
//! can. Connections to them are nouns/connection.rs.

mod authorization;
mod bank_account;
mod image;
mod information;
mod integration;
mod mapping;
mod options;
mod otp;
mod push_option;

pub(crate) use image::images;

use crate::envelope::ApiError;
use crate::surface::Surface;
use domain::platform::Platform;

/// Every operation about platforms that there is.
pub(crate) fn surface() -> Surface {
    Surface::default()
        .merge(integration::surface())
        .merge(options::surface())
        .merge(mapping::surface())
        .merge(information::surface())
        .merge(bank_account::surface())
        .merge(otp::surface())
        .merge(authorization::surface())
}

/// 400: the platform could, but this version cannot talk with it.
fn not_in_this_version(platform: &Platform, what: &str) -> ApiError {
    let name = platform.name;
    ApiError::refused(format!("this version cannot {what} {name}: it has no adapter for it yet"))
}
