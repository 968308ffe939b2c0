//! All that a client sets at once, and the images, which are set one by one.

use super::{BrandWords, Callouts, Colour, ImageNote, ImagePlace, TooPale};
use std::collections::BTreeMap;

/// How a client's pages look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branding {
    /// What is set as a whole.
    pub look: Look,
    /// What is known of the images; their bytes are apart.
    pub images: BTreeMap<ImagePlace, ImageNote>,
}

/// What a client sets as a whole. What it leaves out is as on everybody's pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The name on the pages, before the profile's.
    pub name: Option<BrandWords>,
    /// Of buttons, focus and choices.
    pub primary: Option<Colour>,
    /// Of links and of buttons beside the main one.
    pub secondary: Option<Colour>,
    /// A few words on the QuickBooks page.
    pub callouts: Callouts,
}

impl Look {
    /// Whether a colour is too pale for text: then it only decorates, and a darker shade of it is read.
    pub fn has_decoration(&self) -> bool {
        [self.primary, self.secondary].into_iter().flatten().any(|colour| !colour.is_readable())
    }

    /// The colours by the names that callers give them, and why one cannot be used for text.
    pub fn pale_colours(&self) -> Vec<(&'static str, TooPale)> {
        let named = [("primaryColor", self.primary), ("secondaryColor", self.secondary)];
        let check = |(name, colour): (_, Option<Colour>)| Some((name, colour?.check_text().err()?));
        named.into_iter().filter_map(check).collect()
    }
}
