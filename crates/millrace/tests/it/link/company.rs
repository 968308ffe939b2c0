//! A company's link: its person chooses the software, and goes on with what was chosen before.

use super::browser::Browser;
use super::scene::{Scene, set_profile};
use crate::harness::{Database, Server, on_both};
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::json;

on_both! {
    a_customer_chooses_software_and_goes_on_with_it;
    a_companys_link_opens_once_and_its_visit_goes_on;
    a_visit_opens_its_own_company_only;
    a_customer_who_does_not_want_to_is_led_back;
    a_company_that_is_gone_is_said_to_be;
}

async fn a_customer_chooses_software_and_goes_on_with_it(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = Browser::new(&server.url);
    let page = browser.open(&scene.company_link().await).await.expect(200);
    page.says("Connect Sunrise Bank to your accounting software");
    page.says("Not finished").says("Go on<span class=\"unseen\"> – QuickBooks");
    let (action, _) = page.form("software");
    let (_, token) = page.html().split_once("name=\"token\" value=\"").unwrap();
    let token = token.split('"').next().unwrap();
    let post = async |browser: &mut Browser, key: &str| {
        let request = browser.request(reqwest::Method::POST, &action);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        browser.send(request.body(format!("token={token}&platform={key}"))).await
    };
    for wrong in ["", "zzzz", "klmn"] {
        let missed = post(&mut browser, wrong).await.expect(422);
        assert!(missed.text.contains("Please choose your software"), "{}", missed.text);
    }
    assert_eq!(scene.platforms().await, ["hcws"]);
    let chosen = post(&mut browser, "gbol").await.expect(303);
    let xero = browser.open(chosen.headers[LOCATION].to_str().unwrap()).await.expect(200);
    xero.says("Connect Sunrise Bank to Xero").says("All software");
    assert_eq!(scene.platforms().await, ["hcws", "gbol"]);
    // Chosen again, it goes on where it was.
    let again = post(&mut browser, "gbol").await.expect(303);
    assert_eq!(again.headers[LOCATION], chosen.headers[LOCATION]);
    assert_eq!(scene.platforms().await, ["hcws", "gbol"]);
    let page = browser.open(&xero.href(&scene.company_home())).await.expect(200);
    page.says("Your connections").says_not("Connect other software");
    let quickbooks = post(&mut browser, "hcws").await.expect(303);
    assert_eq!(quickbooks.headers[LOCATION], scene.home());
    browser.open(&scene.home()).await.expect(200).says("QuickBooks").says("All software");
}

async fn a_companys_link_opens_once_and_its_visit_goes_on(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let link = scene.company_link().await;
    let mut browser = Browser::new(&server.url);
    let opened = browser.get(&link).await.expect(303);
    assert_eq!(opened.headers[LOCATION], scene.company_home());
    let cookie = opened.headers[SET_COOKIE].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/;"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    browser.open(&link).await.expect(200).says("Which software do you use?");
    Browser::new(&server.url).open(&link).await.expect(401).says("no longer valid");
    let (start, _) = link.split_once('?').unwrap();
    let (of_connection, of_company) = (scene.link().await, scene.company_link().await);
    let (_, of_connection) = of_connection.split_once("?otp=").unwrap();
    let (_, of_company) = of_company.split_once("link.otp=").unwrap();
    for wrong in [
        start.to_owned(),
        format!("{start}?link.otp=12"),
        format!("{start}?link.otp={of_connection}"),
        format!("{}/start?otp={of_company}", scene.path()),
    ] {
        Browser::new(&server.url).open(&wrong).await.expect(401);
    }
}

async fn a_visit_opens_its_own_company_only(database: Database) {
    let server = Server::start(database).await;
    let ours = Scene::with_quickbooks(&server).await;
    let theirs = Scene::on(&ours.caller, "hcws").await;
    let mut browser = Browser::new(&server.url);
    browser.open(&ours.company_link().await).await.expect(200);
    // Whoever plants the secret under another name gets nowhere.
    let secret = browser.cookies().values().next().unwrap().clone();
    for id in [&theirs.company, &theirs.connection, &ours.connection] {
        browser.keep(&format!("millrace-link-{}", id.replace('-', "")), &secret);
    }
    browser.open(&theirs.company_home()).await.expect(401);
    browser.open(&theirs.home()).await.expect(401);
    browser.open(&ours.home()).await.expect(200);
    // A visit to a connection is to nothing else.
    let mut narrow = ours.visitor().await;
    let secret = narrow.cookies().values().next().unwrap().clone();
    narrow.keep(&format!("millrace-link-{}", ours.company.replace('-', "")), &secret);
    narrow.open(&ours.home()).await.expect(200).says_not("All software");
    narrow.open(&ours.company_home()).await.expect(401);
}

async fn a_customer_who_does_not_want_to_is_led_back(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = Browser::new(&server.url);
    let page = browser.open(&format!("{}&state=a%26b", scene.company_link().await)).await;
    let cancel = page.href("/cancel");
    browser.open(&cancel).await.expect(200).says("Nothing was connected");
    let redirect = "https://bank.example/?c={statusCode}&k={connectionId}&p={platform}&i={companyId}&s={state}";
    let profile = json!({"name": "Sunrise Bank", "redirectUrl": redirect});
    set_profile(&scene.caller, profile).await;
    let led = browser.get(&cancel).await.expect(303);
    let id = &scene.company;
    assert_eq!(led.headers[LOCATION], format!("https://bank.example/?c=403&k=&p=&i={id}&s=a%26b"));
}

async fn a_company_that_is_gone_is_said_to_be(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let link = scene.company_link().await;
    scene.caller.delete(&format!("/companies/{}", scene.company)).await.expect(204);
    Browser::new(&server.url).open(&link).await.expect(401).says("no longer valid");
}
