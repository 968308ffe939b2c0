//! Opening a link: once, for one connection, and with nothing left to find in the address bar or the log.

use super::browser::Browser;
use super::scene::{Scene, set_profile};
use crate::harness::{Database, Server, on_both};
use reqwest::Method;
use reqwest::header::{ACCEPT_LANGUAGE, LOCATION, SET_COOKIE};
use serde_json::json;
use std::collections::HashSet;

on_both! {
    a_link_opens_once_and_its_visit_goes_on;
    a_link_that_is_not_good_leads_to_a_friendly_page;
    looking_at_a_link_does_not_use_it_up;
    a_visit_opens_its_own_connection_only;
    too_many_wrong_links_are_asked_to_wait;
    nothing_that_a_stranger_writes_becomes_markup;
    pages_tell_browsers_what_they_may_do;
    pages_speak_the_persons_language;
    passwords_and_visits_reach_no_log;
}

async fn a_link_opens_once_and_its_visit_goes_on(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let link = scene.link().await;
    let mut browser = Browser::new(&server.url);
    let opened = browser.get(&link).await.expect(303);
    assert_eq!(opened.headers[LOCATION], scene.home(), "the password is out of the address bar");
    let cookie = opened.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("millrace-link-"), "{cookie}");
    for part in ["; Path=/", "; Max-Age=7200", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    for _ in 0..2 {
        browser.open(&scene.home()).await.expect(200).says("Sunrise Bank");
    }
    let cookies = browser.cookies().clone();
    browser.open(&link).await.expect(200);
    assert_eq!(*browser.cookies(), cookies, "the same visit goes on");
    let mut other = Browser::new(&server.url);
    other.open(&link).await.expect(401).says("This link is no longer valid").says("Sunrise Bank");
    other.open(&scene.home()).await.expect(401).says("Please open your link again");
    // A fresh link is a new visit, whatever the browser brings along.
    browser.open(&scene.link().await).await.expect(200);
    assert_ne!(*browser.cookies(), cookies);
}

async fn a_link_that_is_not_good_leads_to_a_friendly_page(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let other = Scene::on(&scene.caller, "hcws").await;
    let (link, others) = (scene.link().await, other.link().await);
    let (start, otp) = link.split_once("?otp=").unwrap();
    let (_, others) = others.split_once("?otp=").unwrap();
    let mut browser = Browser::new(&server.url);
    for link in [
        start.to_owned(),
        format!("{start}?otp="),
        format!("{start}?otp=123456"),
        format!("{start}?otp={others}"),
        format!("{start}?otp={}", otp.replace(|digit| digit != '0', "1")),
        format!("{start}?otp=%00%ff'\"<script>"),
    ] {
        let page = browser.open(&link).await.expect(401);
        page.says("Sunrise Bank").says_not("<script>");
        assert_eq!(page.reply.headers["content-type"], "text/html; charset=utf-8");
    }
    for path in [
        format!("/companies/{}/connections/{}/start?otp={otp}", other.company, scene.connection),
        format!("/companies/x/connections/y/start?otp={otp}"),
    ] {
        browser.open(&path).await.expect(401).says("your bank").says_not("Sunrise");
    }
    let redirect = "https://bank.example/done?code={statusCode}&own={own}&id={companyId}";
    let profile = json!({"name": "Sunrise Bank", "redirectUrl": redirect});
    set_profile(&scene.caller, profile).await;
    let back = format!("https://bank.example/done?code=500&#38;own=&#38;id={}", scene.company);
    let page = browser.open(&format!("{start}?otp=1&own=forged")).await.expect(401);
    page.says(&back).says("Back to Sunrise Bank");
    // What was tried in vain did no harm.
    browser.open(&link).await.expect(200);
}

async fn looking_at_a_link_does_not_use_it_up(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let link = scene.link().await;
    let mut scanner = Browser::new(&server.url);
    let looked = scanner.send(scanner.request(Method::HEAD, &link)).await;
    assert_eq!((looked.status, scanner.cookies().len()), (204, 0));
    Browser::new(&server.url).open(&link).await.expect(200);
}

async fn a_visit_opens_its_own_connection_only(database: Database) {
    let server = Server::start(database).await;
    let ours = Scene::with_quickbooks(&server).await;
    let theirs = Scene::on(&ours.caller, "hcws").await;
    let mut browser = ours.visitor().await;
    browser.open(&theirs.home()).await.expect(401);
    // Not even under the other connection's name.
    let (name, secret) = browser.cookies().first_key_value().unwrap();
    let own = ours.connection.replace('-', "");
    let name = name.replace(&own, &theirs.connection.replace('-', ""));
    let mut forger = Browser::new(&server.url);
    forger.keep(&name, secret);
    forger.open(&theirs.home()).await.expect(401);
    // Both may be open at once.
    browser.open(&theirs.link().await).await.expect(200);
    for scene in [&ours, &theirs] {
        browser.open(&scene.home()).await.expect(200);
    }
    ours.caller.delete(&ours.path()).await.expect(200);
    browser.open(&ours.home()).await.expect(401);
    browser.open(&theirs.home()).await.expect(200);
}

async fn too_many_wrong_links_are_asked_to_wait(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let wrong = format!("{}/start?otp=1", scene.path());
    let mut browser = Browser::new(&server.url);
    // Forty in a row have more than twenty in one minute, whenever the minute changes.
    let mut waits = Vec::new();
    for _ in 0..41 {
        let page = browser.open(&wrong).await;
        if page.reply.status == 429 {
            waits.push(page.says("Wait a minute").reply.headers["retry-after"].clone());
        }
    }
    assert!(!waits.is_empty());
    browser.open(&scene.link().await).await.expect(200).says_not("Wait a minute");
}

async fn nothing_that_a_stranger_writes_becomes_markup(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let nasty = "\"><img src=x onerror=alert(1)><script>alert(1)</script>'";
    let profile = json!({
        "name": nasty,
        "redirectUrl": "https://bank.example/?a={a}",
        "logoUrl": "https://bank.example/logo.png?\"onerror=\"alert(1)",
    });
    set_profile(&scene.caller, profile).await;
    let link = format!(
        "{}&a=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&locale=%3Cscript%3E",
        scene.link().await
    );
    let mut browser = Browser::new(&server.url);
    for path in [&link, &scene.home(), &format!("{}/start?otp=1&a=<script>", scene.path())] {
        let page = browser.open(path).await;
        page.says_not("<script>").says_not("<img src=x").says_not("\"onerror");
        page.says("&#60;script&#62;");
    }
}

async fn pages_tell_browsers_what_they_may_do(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = scene.visitor().await;
    let mut stranger = Browser::new(&server.url);
    let wrong = format!("{}/start?otp=1", scene.path());
    let (page, refusal) = (browser.open(&scene.home()).await, stranger.open(&wrong).await);
    let mut nonces = HashSet::new();
    for page in [page.expect(200), refusal.expect(401)] {
        let headers = &page.reply.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        page.says_not("<style").says_not(" style=").says_not("<script>").says_not("illrace");
        assert_eq!(headers["x-frame-options"], "DENY");
        let nonce = page.html().split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(
            nonce.len() > 20 && policy.contains(&format!("script-src 'nonce-{nonce}';")),
            "{policy}"
        );
        assert!(nonces.insert(nonce.to_owned()), "a nonce is used once");
        let style = page.html().split("href=\"").find(|rest| rest.starts_with("/link/assets/"));
        let style = style.unwrap().split('"').next().unwrap();
        let sheet = browser.get(style).await.expect(200);
        assert_eq!(sheet.headers["content-type"], "text/css; charset=utf-8");
        assert!(sheet.headers["cache-control"].to_str().unwrap().contains("immutable"));
        assert!(!sheet.text.contains("illrace"));
        let script = page.html().split("<script src=\"").nth(1).unwrap().split('"').next().unwrap();
        let script = browser.get(script).await.expect(200);
        assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
        assert!(script.headers["cache-control"].to_str().unwrap().contains("immutable"));
    }
    browser.get("/link/assets/other.css").await.expect(404);
    // What no page knows is still the API's to answer.
    browser.get("/link").await.expect_error(404);
    scene.caller.post(&wrong, "").await.expect(405);
}

async fn pages_speak_the_persons_language(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = Browser::new(&server.url);
    let wrong = format!("{}/start?otp=1", scene.path());
    let french = browser.request(Method::GET, &wrong).header(ACCEPT_LANGUAGE, "fr-FR,en;q=0.5");
    let reply = browser.send(french).await.expect(401);
    assert!(reply.text.contains("<html lang=\"fr-FR\">"), "{}", reply.text);
    assert_eq!(reply.headers["content-language"], "fr-FR");
    browser.open(&wrong).await.says("<html lang=\"en\">").says("lang=\"fr-CA\"");
    browser.open(&format!("{}&locale=fr-CA", scene.link().await)).await.expect(200);
    browser.open(&scene.home()).await.says("<html lang=\"fr-CA\">");
    browser.open(&format!("{}?locale=en", scene.home())).await.says("<html lang=\"en\">");
    browser.open(&scene.home()).await.says("<html lang=\"en\">");
}

async fn passwords_and_visits_reach_no_log(database: Database) {
    let options = crate::harness::ServerOptions::flags(&["--set", "log.filter=trace"]);
    let server = Server::start_with(database, &options).await;
    let scene = Scene::with_quickbooks(&server).await;
    let link = scene.link().await;
    let mut browser = Browser::new(&server.url);
    browser.open(&link).await.expect(200);
    let (_, otp) = link.split_once("otp=").unwrap();
    let log = server.log().join("\n");
    assert!(log.contains("a link was opened"));
    let secret = browser.cookies().first_key_value().unwrap().1;
    for word in [otp, secret.as_str()] {
        assert!(!log.contains(word), "{word} is in the log");
    }
}
