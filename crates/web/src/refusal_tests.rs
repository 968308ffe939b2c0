//! How refusals look and what they say to browsers.

use super::*;
use crate::texts::tests::pseudo;
use axum::body::to_bytes;

async fn show(refusal: Refusal) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = refusal.into_response().into_parts();
    let body = to_bytes(body, 1_000_000).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn frame(query: &str) -> Frame {
    let uri: Uri = format!("/link/7{query}").parse().unwrap();
    let brand = Brand {
        name: "<script>alert(1)</script> & Sons".to_owned(),
        logo_url: Some("https://bank.example/logo.png?a=\"1\"".to_owned()),
        ..Brand::default()
    };
    Frame::new(&Visit::of(&uri, &HeaderMap::new()), Some(brand))
}

#[tokio::test]
async fn each_refusal_has_a_page_in_each_language() {
    for why in Why::ALL {
        for locale in ["en", "fr-CA", "fr-FR"] {
            let refusal = Refusal::new(why, frame(&format!("?locale={locale}")));
            let (status, headers, html) = show(refusal).await;
            assert_eq!(status, why.status());
            assert_eq!(headers["content-type"], "text/html; charset=utf-8");
            assert_eq!(headers["content-language"], locale);
            assert!(html.contains(&format!("<html lang=\"{locale}\">")), "{html}");
            assert!(html.starts_with("<!doctype html>") && html.matches("<h1>").count() == 1);
        }
    }
}

#[tokio::test]
async fn names_are_written_as_text() {
    let (_, headers, html) = show(Refusal::new(Why::NoLink, frame(""))).await;
    assert!(!html.contains("<script>") && html.contains("&#60;script&#62;"), "{html}");
    assert!(html.contains("logo.png?a=&#34;1&#34;"), "{html}");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    for part in ["form-action 'self';", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
}

#[tokio::test]
async fn the_way_on_is_shown_where_there_is_one() {
    let refusal = |why| {
        let back = Some("https://bank.example/?a=1&b=\"".to_owned());
        Refusal::new(why, frame("")).with_home("/link/7").with_way_back(back)
    };
    let (_, headers, html) = show(refusal(Why::NotOurForm)).await;
    assert!(html.contains("href=\"/link/7\"") && !headers.contains_key("retry-after"));
    let (_, headers, html) = show(refusal(Why::TooOften)).await;
    assert!(!html.contains("href=\"/link/7\""));
    assert!(html.contains("href=\"https://bank.example/?a=1&#38;b=&#34;\""), "{html}");
    assert_eq!(headers["retry-after"], "60");
}

#[tokio::test]
async fn a_language_is_remembered_when_it_is_chosen() {
    let (_, headers, _) = show(Refusal::new(Why::NoPage, frame("?locale=fr"))).await;
    let cookie = headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("link-locale=fr-FR; Path=/;"), "{cookie}");
    let (_, headers, _) = show(Refusal::new(Why::NoPage, frame(""))).await;
    assert!(!headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_page_says_nothing_that_is_in_no_catalogue() {
    let mut frame = frame("");
    (frame.texts, frame.brand) = (pseudo(Some("⟦Bank⟧")), None);
    let (_, _, html) = show(Refusal::new(Why::NoVisit, frame).with_home("/link/7")).await;
    crate::page::tests::check_words(&html);
}
