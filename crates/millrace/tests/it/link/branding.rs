//! A bank's pages look like the bank: what it sets is what its customers see, at once, and nobody else's pages change.

use super::browser::Browser;
use super::scene::{Scene, set_profile};
use crate::harness::{Caller, Database, Reply, Server, on_both, text};
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    customers_see_what_their_bank_has_set;
    images_can_be_kept_for_good_and_do_nothing;
}

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"10\"/>";

async fn set_image(caller: &Caller, image: &str, bytes: &str) -> Value {
    let path = format!("/ext/v1/branding/{image}");
    let request = caller.request(Method::PUT, &path).body(bytes.to_owned());
    Caller::send(request).await.expect(200).json()
}

/// The address in the first attribute that begins so.
fn address(html: &str, before: &str) -> String {
    let (_, rest) = html.split_once(before).unwrap_or_else(|| panic!("no {before} in {html}"));
    rest.split('"').next().unwrap().to_owned()
}

async fn customers_see_what_their_bank_has_set(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let caller = &scene.caller;
    let look = json!({
        "name": "Dawn <Bank>", "primaryColor": "#EBAA2D", "secondaryColor": "#8a1538",
        "asDecoration": true,
        "callout": {"fr": {"title": "Rappel", "body": "Ne partagez rien."}},
    });
    let set = caller.put("/ext/v1/branding", look).await.expect(200).json();
    assert_eq!(
        set["readability"]["primaryColor"],
        json!({"contrast": "2.03", "textColor": "#996f1d"})
    );
    assert_eq!((&set["asDecoration"], &set["callout"]["en"]), (&json!(true), &Value::Null));
    set_image(caller, "logo", SVG).await;
    let mut browser = scene.visitor().await;
    let setup = format!("{}/setup", scene.home());
    let page = browser.open(&setup).await.expect(200);
    page.says("alt=\"Dawn &#60;Bank&#62;\"").says_not("Sunrise").says_not("style=\"");
    page.says("<aside class=\"callout\" lang=\"fr\"><p><strong>Rappel</strong></p>");
    let french = browser.open(&format!("{setup}?locale=fr-CA")).await.expect(200);
    french.says("<aside class=\"callout\"><p><strong>Rappel</strong></p><p>Ne partagez rien.</p>");
    let policy = page.reply.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("style-src 'self';"), "{policy}");
    let logo = browser.get(&address(page.html(), "class=\"logo\" src=\"")).await.expect(200);
    assert_eq!(logo.text, SVG);
    let style = address(page.html(), "<link rel=\"stylesheet\" href=\"/link/brand/");
    let style = browser.get(&format!("/link/brand/{style}")).await.expect(200);
    assert!(style.text.contains("--accent: #996f1d;") && style.text.contains("#ebaa2d 66%"));
    assert!(style.headers["cache-control"].to_str().unwrap().contains("immutable"));

    let stranger = server.caller_of_new_client("other-bank");
    let others = Scene::on(&stranger, "hcws").await;
    let page = others.visitor().await.open(&others.home()).await.expect(200);
    page.says_not("Dawn").says_not("/link/brand/");

    caller.put("/ext/v1/branding", json!({})).await.expect(200);
    let page = browser.open(&setup).await.expect(200);
    page.says("alt=\"Sunrise Bank\"")
        .says_not("callout")
        .says_not("stylesheet\" href=\"/link/brand/");
}

async fn images_can_be_kept_for_good_and_do_nothing(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let shown = set_image(&caller, "logo", SVG).await;
    let url = text(&shown["images"]["logo"]["url"]);
    let path = url.strip_prefix(&server.url).unwrap_or(&url).to_owned();
    let get = async |path: String| -> Reply { Browser::new(&server.url).get(&path).await };
    let file = get(path.clone()).await.expect(200);
    assert_eq!(file.text, SVG);
    let header = |name: &str| file.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/svg+xml; charset=utf-8");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("cache-control").contains("immutable"));
    assert!(header("content-security-policy").ends_with("sandbox"));
    // Under another type, another client and another content there is nothing.
    let (folder, _) = path.rsplit_once('/').unwrap();
    let other = format!("/link/brand/{}/{}", "0".repeat(32), path.rsplit('/').next().unwrap());
    for wrong in [path.replace(".svg", ".png"), other, format!("{folder}/{}.svg", "0".repeat(64))] {
        get(wrong.clone()).await.expect(404);
    }
    caller.delete("/ext/v1/branding/logo").await.expect(204);
    get(path).await.expect(404);
    caller.delete("/ext/v1/branding/logo").await.expect(404);
    set_profile(
        &caller,
        json!({"name": "Sunrise Bank", "redirectUrl": "", "logoUrl": "https://bank.example/l.png"}),
    )
    .await;
    let scene = Scene::on(&caller, "hcws").await;
    let page = scene.visitor().await.open(&scene.home()).await.expect(200);
    page.says("src=\"https://bank.example/l.png\"").says_not("/link/brand/");
}
