//! Whose pages these are, for people to see, and how people call the software that they are about.

use domain::client_settings::{Profile, WebUrl};
use domain::platform::{Delivery, Platform};

/// How a bank shows itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Brand {
    /// Its name.
    pub(crate) name: String,
    /// An image of it.
    pub(crate) logo_url: Option<String>,
    /// See `logo_url`.
    pub(crate) icon_url: Option<String>,
}

impl Brand {
    /// The one that a client has set.
    pub(crate) fn of(profile: &Profile) -> Self {
        // Pages load images over TLS only.
        let safe = |url: &Option<WebUrl>| {
            let url = url.as_ref().map(WebUrl::as_str);
            url.filter(|url| url.starts_with("https://")).map(str::to_owned)
        };
        Self {
            name: profile.name.clone(),
            logo_url: safe(&profile.logo_url),
            icon_url: safe(&profile.icon_url),
        }
    }
}

/// What people call a platform, which may be short of its whole name.
pub(crate) const fn spoken_name(platform: &'static Platform) -> &'static str {
    match platform.delivery {
        Delivery::Pulled => "QuickBooks",
        Delivery::Sent => platform.name,
    }
}
