//! The guard at work: names that lead where they should not, and names that change where they lead.

use crate::reach::ADDRESSES;
use crate::{options, read_request};
use async_trait::async_trait;
use outbound::{
    Call, CallError, Outbound, OutboundOptions, Plaintext, Reach, Reply, Resolver, Subnet, Target,
};
use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Where a name may lead in these tests; the rest of this machine stands for the inside of a house.
const ALLOWED: &str = "127.0.0.2";
/// A service that nobody outside may call.
const INSIDE: &str = "127.0.0.1";
const NO_CONTENT: &str = "HTTP/1.1 204 x\r\nConnection: close\r\n\r\n";

/// Leads somewhere else each time, and to nothing in the end.
#[derive(Debug)]
struct Script(Mutex<VecDeque<Vec<IpAddr>>>);

impl Script {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let answer = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(answer).collect())))
    }

    /// How often it can still be asked.
    fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

#[async_trait]
impl Resolver for Script {
    async fn look_up(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.lock().unwrap().pop_front().unwrap_or_default())
    }
}

/// Never answers.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl Resolver for Silent {
    async fn look_up(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        Notify::new().notified().await;
        Ok(Vec::new())
    }
}

/// A client that reaches the public and these subnets.
fn client(also: &[&str], resolver: Arc<dyn Resolver>, proxy: Option<String>) -> Outbound {
    let also = also.iter().map(|subnet| subnet.parse().unwrap()).collect();
    let reach = Reach::Public { also };
    Outbound::new(&OutboundOptions { reach, resolver, proxy, ..options() }).unwrap()
}

async fn call(client: &Outbound, url: &str) -> Result<Reply, CallError> {
    client.send(Call::get(Target::parse(url, Plaintext::Anywhere).unwrap())).await
}

#[track_caller]
fn expect_refused(result: Result<Reply, CallError>, words: &str) {
    let Err(CallError::Refused(why)) = result else { unreachable!("{result:?}") };
    assert!(why.contains(words), "{why}");
}

async fn answer_once(listener: &TcpListener, answer: &str) -> String {
    let (mut socket, _) = listener.accept().await.unwrap();
    let asked = read_request(&mut socket).await;
    socket.write_all(answer.as_bytes()).await.unwrap();
    asked
}

/// Whether nobody has knocked: a connection would wait in the listener's queue.
fn is_untouched(listener: TcpListener) -> bool {
    let knock = listener.into_std().unwrap().accept();
    knock.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Two services on one port, of which the first may be called.
async fn two_services() -> (TcpListener, TcpListener, u16) {
    loop {
        let allowed = TcpListener::bind((ALLOWED, 0)).await.unwrap();
        let port = allowed.local_addr().unwrap().port();
        // Somebody else may have the port on the other address: take another.
        if let Ok(inside) = TcpListener::bind((INSIDE, port)).await {
            return (allowed, inside, port);
        }
    }
}

#[tokio::test]
async fn a_name_is_refused_for_each_address_that_its_literal_is_refused_for() {
    for (address, words) in ADDRESSES.iter().filter(|(_, words)| !words.is_empty()) {
        let resolver = Script::new(&[&[address]]);
        let client = client(&[], resolver.clone(), None);
        expect_refused(call(&client, "https://hooks.example/").await, words);
        assert_eq!(resolver.left(), 0, "{address}: it was looked up");
    }
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_after_the_check_is_not_followed() {
    let (allowed, inside, port) = two_services().await;
    // Whoever looked the name up twice would check the first address and connect to the second.
    let resolver = Script::new(&[&[ALLOWED], &[INSIDE]]);
    let client = client(&[ALLOWED], resolver.clone(), None);
    let url = format!("http://hooks.example:{port}/hook");
    let (reply, asked) = tokio::join!(call(&client, &url), answer_once(&allowed, NO_CONTENT));
    assert_eq!(reply.unwrap().status, 204);
    assert!(asked.contains(&format!("host: hooks.example:{port}\r\n")), "{asked}");
    assert_eq!(resolver.left(), 1, "what was checked is what was connected to");
    // The next connection looks again, and sees where the name leads now.
    expect_refused(call(&client, &url).await, "use https");
    assert_eq!(resolver.left(), 0);
    assert!(is_untouched(inside));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_pass_are_tried() {
    let (allowed, inside, port) = two_services().await;
    let client = client(&[ALLOWED], Script::new(&[&[INSIDE, "10.0.0.1", ALLOWED]]), None);
    let url = format!("http://hooks.example:{port}/");
    let (reply, _) = tokio::join!(call(&client, &url), answer_once(&allowed, NO_CONTENT));
    assert_eq!(reply.unwrap().status, 204);
    assert!(is_untouched(inside));
}

#[tokio::test]
async fn an_address_in_the_url_is_checked_although_nobody_looks_it_up() {
    let inside = TcpListener::bind((INSIDE, 0)).await.unwrap();
    let port = inside.local_addr().unwrap().port();
    let client = client(&[ALLOWED], Script::new(&[]), None);
    for host in [INSIDE, "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
        for scheme in ["http", "https"] {
            let refused = call(&client, &format!("{scheme}://{host}:{port}/")).await;
            expect_refused(refused, "a loopback address");
        }
    }
    assert!(is_untouched(inside));
}

#[tokio::test]
async fn plain_http_odd_ports_and_inside_names_reach_allowed_subnets_only() {
    let client = |answer: &str| client(&[ALLOWED], Script::new(&[&[answer]]), None);
    // 8.8.8.8 is public: https on a usual port would be tried.
    for (url, words) in [
        ("http://hooks.example/", "use https"),
        ("https://hooks.example:22/", "port 22"),
        ("https://hooks.internal/", "a name inside this network"),
    ] {
        expect_refused(call(&client("8.8.8.8"), url).await, words);
    }
    let service = TcpListener::bind((ALLOWED, 0)).await.unwrap();
    let url = format!("http://hooks.internal:{}/", service.local_addr().unwrap().port());
    let client = client(ALLOWED);
    let (reply, _) = tokio::join!(call(&client, &url), answer_once(&service, NO_CONTENT));
    assert_eq!(reply.unwrap().status, 204);
}

#[tokio::test]
async fn a_redirect_inside_is_an_answer_and_is_not_followed() {
    let (allowed, inside, port) = two_services().await;
    let client = client(&[ALLOWED], Script::new(&[&[ALLOWED]]), None);
    let answer =
        format!("HTTP/1.1 307 x\r\nLocation: http://{INSIDE}:{port}/\r\nContent-Length: 0\r\n\r\n");
    let url = format!("http://hooks.example:{port}/");
    let (reply, _) = tokio::join!(call(&client, &url), answer_once(&allowed, &answer));
    assert_eq!(reply.unwrap().status, 307);
    assert!(is_untouched(inside));
}

#[tokio::test]
async fn a_refusal_does_not_tell_where_a_name_leads() {
    let client = client(&[], Script::new(&[&["10.20.30.40"]]), None);
    let error = call(&client, "https://hooks.example/?key=geheim").await.unwrap_err();
    assert_eq!(error, CallError::Refused("hooks.example leads to a private address".to_owned()));
}

#[tokio::test]
async fn a_name_without_addresses_cannot_be_reached_and_one_that_takes_forever_times_out() {
    let nobody = client(&[], Script::new(&[]), None);
    let error = call(&nobody, "https://hooks.example/").await.unwrap_err();
    let CallError::Unreachable(why) = error else { unreachable!("{error:?}") };
    assert!(why.contains("the name has no address"), "{why}");
    for proxy in [None, Some("http://127.0.0.1:9".to_owned())] {
        let silent = client(&[], Arc::new(Silent), proxy);
        let target = Target::parse("https://hooks.example/", Plaintext::Loopback).unwrap();
        let impatient = Call::get(target).within(crate::IMPATIENT);
        assert_eq!(silent.send(impatient).await.unwrap_err(), CallError::TimedOut);
    }
}

#[tokio::test]
async fn through_a_proxy_the_guard_looks_first() {
    let proxy = TcpListener::bind((INSIDE, 0)).await.unwrap();
    let through = |answers: &[&[&str]]| {
        let url = format!("http://{}", proxy.local_addr().unwrap());
        client(&[ALLOWED], Script::new(answers), Some(url))
    };
    for (url, answers, words) in [
        ("https://hooks.example/", ["10.0.0.1"].as_slice(), "a private address"),
        // The proxy may take either.
        ("https://hooks.example/", &["8.8.8.8", "10.0.0.1"], "a private address"),
        ("http://hooks.example/", &["8.8.8.8"], "use https"),
        ("https://127.0.0.1/", &[], "a loopback address"),
        ("https://localhost/", &["127.0.0.1"], "a name inside this network"),
    ] {
        expect_refused(call(&through(&[answers]), url).await, words);
    }
    let unknown = call(&through(&[]), "https://hooks.example/").await;
    assert!(matches!(unknown, Err(CallError::Unreachable(_))), "{unknown:?}");
    // Had one of these gone out, the proxy would meet it first.
    let allowed = through(&[&[ALLOWED]]);
    let call = call(&allowed, "http://hooks.example/lines");
    let (reply, asked) = tokio::join!(call, answer_once(&proxy, NO_CONTENT));
    assert_eq!(reply.unwrap().status, 204);
    assert!(asked.starts_with("GET http://hooks.example/lines HTTP/1.1\r\n"), "{asked}");
}

#[tokio::test]
async fn simulators_may_be_called_on_this_machine_by_name() {
    let sink = TcpListener::bind((INSIDE, 0)).await.unwrap();
    let reach = Reach::Public { also: Subnet::loopback().to_vec() };
    let client = Outbound::new(&OutboundOptions { reach, ..options() }).unwrap();
    let url = format!("http://localhost:{}/", sink.local_addr().unwrap().port());
    let (reply, _) = tokio::join!(call(&client, &url), answer_once(&sink, NO_CONTENT));
    assert_eq!(reply.unwrap().status, 204);
}
