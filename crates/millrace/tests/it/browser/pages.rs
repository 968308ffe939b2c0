//! Pages that need no account: everybody can use them, on a telephone and on a desk, with scripts and without.

use super::{Browser, PageOptions};
use crate::harness::{Database, Server, XERO_CLIENT_ID, XeroSimulator};

/// Opens a page, which has this status and heading, in every way in which it must be sound.
async fn expect_sound(url: &str, status: u16, heading: &str) {
    let browser = Browser::start();
    let usual = PageOptions::default();
    let narrow = PageOptions { width: 360, ..usual.clone() };
    let ways = [
        PageOptions { javascript: false, ..narrow.clone() },
        narrow,
        PageOptions { javascript: false, ..usual.clone() },
        PageOptions { dark: true, ..usual.clone() },
        PageOptions { forced_colors: true, ..usual.clone() },
        usual,
    ];
    for way in ways {
        let page = browser.page(&way).await;
        assert_eq!(page.goto(url).await, status);
        assert_eq!(page.count("heading", heading).await, 1, "{}", page.text().await);
        page.expect_sound().await;
    }
}

#[tokio::test]
async fn the_page_of_the_interface_is_sound() {
    let server = Server::start(Database::Sqlite).await;
    expect_sound(&format!("{}/docs", server.url), 200, "Millrace").await;
}

#[tokio::test]
async fn the_pages_of_the_simulated_xero_are_sound() {
    let simulator = XeroSimulator::open().await;
    let consent = simulator.consent_page();
    expect_sound(&consent, 200, "Allow access?").await;
    let refusal = consent.replace(XERO_CLIENT_ID, "nobody");
    expect_sound(&refusal, 400, "Sorry, something went wrong").await;
}
