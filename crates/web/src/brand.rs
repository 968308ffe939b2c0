//! Whose pages these are, for people to see, and how people call the software that they are about. What a client has set
//! here goes before its profile, which every client of the contract has.

use crate::brand_files;
use crate::palette;
use crate::refusal::Refusal;
use crate::state::WebState;
use crate::visit::Visit;
use domain::branding::{Branding, Callouts, ImagePlace};
use domain::client_settings::{Profile, WebUrl};
use domain::ids::ClientId;
use domain::platform::{Delivery, Platform};

/// How a bank shows itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Brand {
    /// Its name.
    pub(crate) name: String,
    /// An image of it.
    pub(crate) logo_url: Option<String>,
    /// See `logo_url`.
    pub(crate) icon_url: Option<String>,
    /// A picture above the page that says nothing.
    pub(crate) hero_url: Option<String>,
    /// Where the stylesheet with its colours is, if it has any.
    pub(crate) style_path: Option<String>,
    /// A few words of its own.
    pub(crate) callouts: Callouts,
}

impl Brand {
    /// The one of a client.
    pub(crate) fn of(client: ClientId, profile: &Profile, branding: &Branding) -> Self {
        let look = &branding.look;
        let own = |place| branding.images.get(&place).map(|note| note.path(client));
        // Pages load images over TLS only.
        let safe = |url: &Option<WebUrl>| {
            let url = url.as_ref().map(WebUrl::as_str);
            url.filter(|url| url.starts_with("https://")).map(str::to_owned)
        };
        let name = look.name.as_ref().map_or(profile.name.as_str(), |name| name.as_str());
        Self {
            name: name.to_owned(),
            logo_url: own(ImagePlace::Logo).or_else(|| safe(&profile.logo_url)),
            icon_url: own(ImagePlace::Icon).or_else(|| safe(&profile.icon_url)),
            hero_url: own(ImagePlace::Hero),
            style_path: palette::stylesheet(look).map(|css| brand_files::style_path(client, &css)),
            callouts: look.callouts.clone(),
        }
    }

    /// The one of the client whose profile that is.
    pub(crate) async fn load(
        state: &WebState,
        client: ClientId,
        profile: &Profile,
        visit: &Visit,
    ) -> Result<Self, Refusal> {
        let branding = state.store.find_branding(client).await;
        let branding = branding.map_err(|error| Refusal::fault(visit, None, &error))?;
        Ok(Self::of(client, profile, &branding))
    }
}

/// What people call a platform, which may be short of its whole name.
pub(crate) const fn spoken_name(platform: &'static Platform) -> &'static str {
    match platform.delivery {
        Delivery::Pulled => "QuickBooks",
        Delivery::Sent => platform.name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::branding::{BrandImage, BrandWords, Colour, Look};
    use domain::client_settings::WebUrl;

    #[test]
    fn what_is_set_here_goes_before_the_profile() {
        let client = ClientId::new(uuid::Uuid::from_u128(1));
        let url = |text: &str| Some(WebUrl::parse(text).unwrap());
        let profile = Profile {
            name: "Profile".to_owned(),
            redirect: None,
            logo_url: url("https://bank.example/logo.png"),
            icon_url: url("http://bank.example/icon.ico"),
            white_list: Vec::new(),
        };
        let bare = Brand::of(client, &profile, &Branding::default());
        assert_eq!(bare.logo_url.as_deref(), Some("https://bank.example/logo.png"));
        assert_eq!((bare.name.as_str(), bare.icon_url, bare.style_path), ("Profile", None, None));
        let logo = BrandImage::read(ImagePlace::Logo, b"GIF89a".to_vec()).unwrap().note();
        let look = Look {
            name: Some(BrandWords::name("Own").unwrap()),
            primary: Some(Colour::new(1, 2, 3)),
            ..Look::default()
        };
        let images = [(ImagePlace::Logo, logo)].into();
        let own = Brand::of(client, &profile, &Branding { look, images });
        let start = "/link/brand/00000000-0000-0000-0000-000000000001/";
        assert_eq!(own.name, "Own");
        assert_eq!(own.logo_url, Some(format!("{start}{}.gif", logo.hash.digits())));
        assert!(own.style_path.unwrap().starts_with(start));
    }
}
