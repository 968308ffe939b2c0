//! Every page of links, in every state and language, in plain and in odd brandings: everybody can use it, on a telephone
//! and on a desk.

use super::{Browser, PageOptions};
use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use domain::branding::{
    BrandImage, BrandWords, Branding, Callout, Callouts, Colour, ImagePlace, Look,
};
use domain::client_settings::Profile;
use domain::ids::ClientId;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use web::Picture;

const WIDTHS: [u32; 2] = [360, 1280];
const LOGO: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"100\"><rect width=\"600\" height=\"100\"/></svg>";

fn a_client() -> ClientId {
    ClientId::parse("00000000-0000-4000-8000-000000000001").unwrap()
}

/// As pale, as long and as full as can be.
fn odd() -> Branding {
    let long = |char: &str, chars: usize| char.repeat(chars);
    let english = Callout::parse(&long("W", 50), &long("W", 150)).ok();
    let look = Look {
        name: BrandWords::name(&format!("{} <b>", "Donaudampfschifffahrt".repeat(9))).ok(),
        primary: Some(Colour::WHITE),
        secondary: Some(Colour::new(0xff, 0xff, 0)),
        callouts: Callouts { english, french: None },
    };
    assert!(look.name.is_some() && look.callouts.english.is_some());
    Branding { look, ..Branding::default() }
}

/// With a logo and a picture, and colours as they usually are.
fn full() -> Branding {
    let images = [ImagePlace::Logo, ImagePlace::Hero].map(|place| (place, logo().note()));
    let look = Look {
        primary: Some(Colour::new(0x0b, 0x6e, 0x4f)),
        secondary: Some(Colour::new(0x76, 0x76, 0x76)),
        ..Look::default()
    };
    Branding { look, images: images.into() }
}

fn logo() -> BrandImage {
    BrandImage::read(ImagePlace::Logo, LOGO.into()).unwrap()
}

/// Serves pages with their own policies, and what they are made with.
async fn serve(pictures: &[Picture], branding: &Branding) -> (String, JoinSet<()>) {
    let mut router = Router::new();
    for (path, file) in web::assets(a_client(), branding) {
        let kind = match path.rsplit_once('.') {
            Some((_, "css")) => "text/css",
            _ => "text/javascript",
        };
        router = router.route(&path, get(async move || ([(header::CONTENT_TYPE, kind)], file)));
    }
    if branding.images.contains_key(&ImagePlace::Logo) {
        let image = async || ([(header::CONTENT_TYPE, "image/svg+xml")], LOGO);
        router = router.route(&logo().note().path(a_client()), get(image));
    }
    for picture in pictures.iter().cloned() {
        let answer = ([(header::CONTENT_SECURITY_POLICY, picture.policy)], Html(picture.html));
        router = router.route(&format!("/{}", picture.name), get(async || answer));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, serving)
}

/// Checks every page; where `MILLRACE_PICTURES` names a folder, plain ones are also kept there as pictures, for eyes.
async fn expect_sound(language: &str, branding: &Branding) {
    let folder = std::env::var_os("MILLRACE_PICTURES").map(PathBuf::from);
    let folder = folder.filter(|_| *branding == Branding::default());
    let profile = Profile {
        name: "Sunrise Bank".to_owned(),
        redirect: None,
        logo_url: None,
        icon_url: None,
        white_list: Vec::new(),
    };
    let mut pictures = web::gallery(a_client(), &profile, branding).unwrap();
    pictures.retain(|picture| picture.language == language);
    assert!(pictures.len() > 25, "{}", pictures.len());
    let (url, _serving) = serve(&pictures, branding).await;
    let browser = Browser::start();
    for width in WIDTHS {
        let page = browser.page(&PageOptions { width, ..PageOptions::default() }).await;
        for picture in &pictures {
            assert_eq!(page.goto(&format!("{url}/{}", picture.name)).await, 200);
            page.expect_sound().await;
            if let Some(folder) = &folder {
                let name = format!("{}.{language}.{width}.png", picture.name);
                page.screenshot(&folder.join(name)).await;
            }
        }
    }
}

macro_rules! all_pages {
    ($($name:ident: $language:literal, $branding:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            expect_sound($language, &$branding).await;
        }
    )*};
}

all_pages! {
    pages_are_sound_in_english: "en", Branding::default();
    pages_are_sound_in_canadian_french: "fr-CA", Branding::default();
    pages_are_sound_in_french: "fr-FR", Branding::default();
    pages_are_sound_in_a_longer_language: "pseudo", Branding::default();
    pages_with_colours_and_images_are_sound: "en", full();
    oddly_branded_pages_are_sound_in_english: "en", odd();
    oddly_branded_pages_are_sound_in_a_longer_language: "pseudo", odd();
}
