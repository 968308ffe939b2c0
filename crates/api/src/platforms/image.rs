//! Plain name plates for the platforms, served by us: a picker page needs an image, and their own logos are theirs.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::platform::{self, Platform};

/// Which image, by its file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Image {
    Full,
    Square,
    Button,
    ButtonHover,
}

impl Image {
    const ALL: [Self; 4] = [Self::Full, Self::Square, Self::Button, Self::ButtonHover];

    const fn file(self) -> &'static str {
        match self {
            Self::Full => "full.svg",
            Self::Square => "square.svg",
            Self::Button => "button.svg",
            Self::ButtonHover => "button-hover.svg",
        }
    }

    /// Where it is, below the public URL.
    pub(super) fn path(self, platform: &Platform) -> String {
        format!("/assets/integrations/{}/{}", platform.key, self.file())
    }

    /// Width, fill and text colour, the last two far enough apart to be read.
    const fn look(self) -> (u32, &'static str, &'static str) {
        match self {
            Self::Full => (360, "#eef2f6", "#1c2b3a"),
            Self::Square => (64, "#eef2f6", "#1c2b3a"),
            Self::Button => (360, "#1f4b7a", "#ffffff"),
            Self::ButtonHover => (360, "#163a60", "#ffffff"),
        }
    }

    fn draw(self, platform: &Platform) -> String {
        let (width, fill, color) = self.look();
        let text = match self {
            Self::Full => platform.name.to_owned(),
            Self::Square => platform.name.chars().take(1).collect(),
            Self::Button | Self::ButtonHover => format!("Connect to {}", platform.name),
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"64\" role=\"img\" aria-label=\"{text}\">\
             <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{fill}\"/>\
             <text x=\"50%\" y=\"50%\" dy=\".35em\" text-anchor=\"middle\" font-family=\"system-ui, sans-serif\" \
             font-size=\"20\" fill=\"{color}\">{text}</text></svg>"
        )
    }
}

/// The images, for whoever asks.
pub(crate) fn images() -> Router {
    Router::new().route("/assets/integrations/{platformKey}/{file}", get(get_image))
}

async fn get_image(Path((key, file)): Path<(String, String)>) -> Response {
    let image = Image::ALL.into_iter().find(|image| image.file() == file);
    match (platform::find(&key), image) {
        (Some(platform), Some(image)) => {
            ([(header::CONTENT_TYPE, "image/svg+xml")], image.draw(platform)).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
