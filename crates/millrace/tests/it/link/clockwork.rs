//! What depends on the time, on the public URL or on a platform that the API does not offer: the door by itself, on a
//! real database, with a clock of its own.

use crate::harness::{Database, on_both, open_store};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::client_settings::{Profile, RedirectTemplate};
use domain::connection::{Connection, ConnectionStatus};
use domain::link_otp::{OTP_KEY_BYTES, OtpSigner};
use domain::platform::{Platform, QUICKBOOKS, SAGE, XERO};
use jiff::SignedDuration;
use platforms::Platforms;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tempfile::TempDir;
use testkit::{ManualClock, SeededIds, a_client, a_company, a_connection};
use tower::ServiceExt as _;
use vault::{Vault, VaultKey};
use web::WebState;
use worker::Housekeeper;

on_both! {
    a_link_is_good_for_its_time_and_a_visit_for_its_own;
    what_has_ended_is_forgotten_and_nothing_else;
    over_tls_a_visit_is_for_this_very_host;
    software_that_is_not_switched_on_is_told_so;
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const LOOPBACK: &str = "http://127.0.0.1:8717";

struct Scene {
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    ids: Arc<SeededIds>,
    otp: OtpSigner,
    connection: Connection,
    _folder: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Scene {
    async fn open(database: Database, platform: &'static Platform) -> Self {
        let folder = TempDir::new().unwrap();
        let store = open_store(database, folder.path()).await;
        let client = a_client();
        let company = a_company(client.id);
        let status = ConnectionStatus::PendingAuth;
        let connection = Connection { platform, status, ..a_connection(&company) };
        store.create_client(&client).await.unwrap();
        store.create_company(&company).await.unwrap();
        assert!(store.create_connection(&connection).await.unwrap());
        Self {
            store,
            clock: Arc::new(ManualClock::default()),
            ids: Arc::new(SeededIds::new(7)),
            otp: OtpSigner::new(&[7; OTP_KEY_BYTES]),
            connection,
            _folder: folder,
        }
    }

    fn door(&self, public_url: &str) -> Router {
        web::router(WebState {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            otp: self.otp.clone(),
            public_url: public_url.to_owned(),
            callback_url: format!("{public_url}/link/callback"),
            offered: vec![&QUICKBOOKS],
            platforms: Platforms::default(),
            vault: Vault::new(VaultKey::new([7; 32]), Vec::new()),
            address_header: None,
        })
    }

    /// A link that is good for an hour.
    fn link(&self) -> String {
        let Connection { id, company, .. } = &self.connection;
        let now = domain::clock::Clock::now(&*self.clock);
        let otp = self.otp.issue(*id, &*self.ids, now, 60 * MINUTE);
        format!("/companies/{company}/connections/{id}/start?otp={otp}")
    }

    fn home(&self) -> String {
        format!("/link/{}", self.connection.id)
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        get(self.door(LOOPBACK), path, cookie).await
    }
}

impl Answer {
    fn cookie(&self) -> String {
        let cookie = self.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

async fn get(door: Router, path: &str, cookie: &str) -> Answer {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let (parts, body) = door.oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, 1_000_000).await.unwrap();
    let html = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, html }
}

async fn a_link_is_good_for_its_time_and_a_visit_for_its_own(database: Database) {
    let scene = Scene::open(database, &QUICKBOOKS).await;
    let (early, late) = (scene.link(), scene.link());
    scene.clock.advance(59 * MINUTE);
    let opened = scene.get(&early, "").await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    scene.clock.advance(MINUTE);
    assert_eq!(scene.get(&late, "").await.status, StatusCode::UNAUTHORIZED);
    scene.clock.advance(118 * MINUTE);
    assert_eq!(scene.get(&scene.home(), &opened.cookie()).await.status, StatusCode::OK);
    scene.clock.advance(MINUTE);
    let ended = scene.get(&scene.home(), &opened.cookie()).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(ended.html.contains("Please open your link again"), "{}", ended.html);
}

async fn what_has_ended_is_forgotten_and_nothing_else(database: Database) {
    let scene = Scene::open(database, &QUICKBOOKS).await;
    let housekeeper = Housekeeper {
        store: scene.store.clone(),
        clock: scene.clock.clone(),
        limits: None,
        keep_deliveries: 60 * MINUTE,
        pause: Duration::ZERO,
    };
    let link = scene.link();
    let opened = scene.get(&link, "").await;
    // A password is remembered for as long as it would be good, by any process's clock.
    for _ in 0..3 {
        housekeeper.step().await.unwrap();
        assert_eq!(scene.get(&link, "").await.status, StatusCode::UNAUTHORIZED);
        scene.clock.advance(20 * MINUTE - SignedDuration::from_secs(1));
    }
    assert_eq!(scene.get(&scene.home(), &opened.cookie()).await.status, StatusCode::OK);
    scene.clock.advance(71 * MINUTE);
    housekeeper.step().await.unwrap();
    let now = domain::clock::Clock::now(&*scene.clock);
    assert_eq!(scene.store.forget_link_sessions(now, 10).await.unwrap(), 0);
}

async fn over_tls_a_visit_is_for_this_very_host(database: Database) {
    let scene = Scene::open(database, &QUICKBOOKS).await;
    let door = || scene.door("https://feeds.bank.example");
    let opened = get(door(), &scene.link(), "").await;
    let cookie = opened.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-millrace-link-"), "{cookie}");
    assert!(cookie.contains("; Path=/;") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(get(door(), &scene.home(), &opened.cookie()).await.status, StatusCode::OK);
    let bare = opened.cookie().replace("__Host-", "");
    assert_eq!(get(door(), &scene.home(), &bare).await.status, StatusCode::UNAUTHORIZED);
}

async fn software_that_is_not_switched_on_is_told_so(database: Database) {
    for platform in [&SAGE, &XERO] {
        let scene = Scene::open(database, platform).await;
        let template = RedirectTemplate::parse("https://bank.example/?c={statusCode}");
        let profile = Profile {
            name: "Sunrise Bank".to_owned(),
            redirect: Some(template.unwrap()),
            logo_url: None,
            icon_url: None,
            white_list: Vec::new(),
        };
        scene.store.replace_profile(scene.connection.client, &profile).await.unwrap();
        let cookie = scene.get(&scene.link(), "").await.cookie();
        let page = scene.get(&scene.home(), &cookie).await;
        assert_eq!(page.status, StatusCode::OK);
        for words in ["Not available yet", platform.name, "https://bank.example/?c=501"] {
            assert!(page.html.contains(words), "{words}: {}", page.html);
        }
        for step in ["setup", "revoke"] {
            let page = scene.get(&format!("{}/{step}", scene.home()), &cookie).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
        }
    }
}
