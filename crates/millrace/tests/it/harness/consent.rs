//! A customer's browser on the way through a link to a simulated Xero that says yes without being asked, and back.

use super::{Caller, wait_for};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

/// One visit.
pub(crate) struct Consent {
    http: Client,
    cookie: String,
    server: Url,
    home: String,
}

/// Where an answer leads, or what it says.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Consent {
    /// Opens the connection's link.
    pub(crate) async fn open(caller: &Caller, path: &str) -> Self {
        let connection = caller.get(path).await.expect(200).json();
        let link = connection["linkUrl"].as_str().unwrap().to_owned();
        let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        let answer = http.get(&link).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{link}");
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let home = answer.headers()[LOCATION].to_str().unwrap().to_owned();
        Self { http, cookie, server: Url::parse(&caller.url).unwrap(), home }
    }

    /// Reads a page of ours.
    pub(crate) async fn read(&self, path: &str) -> Seen {
        let url = self.server.join(path).unwrap();
        seen(self.http.get(url).header(COOKIE, &self.cookie).send().await.unwrap()).await
    }

    /// Sends a form of a page of ours.
    pub(crate) async fn send(&self, path: &str, form: &str) -> Seen {
        let url = self.server.join(path).unwrap();
        let request = self.http.post(url).header(COOKIE, &self.cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        seen(request.body(form.to_owned()).send().await.unwrap()).await
    }

    /// The first page.
    pub(crate) async fn home(&self) -> Seen {
        self.read(&self.home).await
    }

    /// Goes to Xero and comes back; answers what the browser is shown in the end.
    pub(crate) async fn go(&self) -> Seen {
        let asked = self.ask_xero().await;
        self.come_back(self.http.get(asked)).await
    }

    /// The same, choosing an organisation.
    pub(crate) async fn choose(&self, tenant: &str) -> Seen {
        let asked = self.http.post(self.ask_xero().await);
        self.come_back(asked.body(format!("decision=allow&organisation={tenant}"))).await
    }

    async fn come_back(&self, said: reqwest::RequestBuilder) -> Seen {
        let back = self.way_back(said).await;
        let mut seen = self.read(&back).await;
        assert_eq!(seen.status, 303, "{seen:?}");
        let waiting = seen.location.take().unwrap();
        // The page waits a little for the worker, and asks for itself again.
        wait_for("the consent to come out", || async {
            let seen = self.read(&waiting).await;
            let is_waiting = seen.status == 200 && seen.body.contains("One moment");
            (!is_waiting).then_some(seen)
        })
        .await
    }

    /// Goes to Xero and says yes; answers where the browser is sent back to, at our own address.
    pub(crate) async fn go_to_xero(&self) -> String {
        let asked = self.ask_xero().await;
        self.way_back(self.http.get(asked)).await
    }

    /// Where the first page's button leads.
    pub(crate) async fn ask_xero(&self) -> String {
        let home = self.home().await;
        let (_, rest) = home.body.split_once("name=\"token\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap().to_owned();
        let path = format!("{}/authorize", self.home);
        let asked = self.send(&path, &format!("token={token}")).await;
        assert_eq!(asked.status, 303, "{asked:?}");
        asked.location.unwrap()
    }

    async fn way_back(&self, said: reqwest::RequestBuilder) -> String {
        let answer = said.send().await.unwrap();
        let back = Url::parse(answer.headers()[LOCATION].to_str().unwrap()).unwrap();
        // Xero knows this machine by its name only.
        assert_eq!((back.host_str(), back.path()), (Some("localhost"), "/link/callback"));
        format!("{}?{}", back.path(), back.query().unwrap())
    }
}

async fn seen(answer: reqwest::Response) -> Seen {
    let status = answer.status().as_u16();
    let location = answer.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
    Seen { status, location, body: answer.text().await.unwrap() }
}
