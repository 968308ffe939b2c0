//! The client against a socket that answers what each test wants; whom it reaches is in guard.rs and reach.rs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod guard;
mod reach;

use outbound::{Call, CallError, Outbound, OutboundOptions, Plaintext, Reply, RetryHint, Target};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Short enough for a test that waits for its end.
pub(crate) const IMPATIENT: Duration = Duration::from_millis(150);

/// What the other side does when it has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    HangUp,
    /// Holds the connection and says no more.
    Hang,
}

/// The same as [`exchange_of`] for a call that carries a secret.
async fn exchange(
    answer: &str,
    then: Then,
    options: OutboundOptions,
) -> (Result<Reply, CallError>, String) {
    let call = |target| Call::get(target).with("Authorization", "Bearer geheim").unwrap();
    exchange_of(call, answer, then, options).await
}

/// Serves one connection: reads a request, writes `answer`, and does what is to follow. Answers what was
/// asked.
async fn exchange_of(
    call: impl FnOnce(Target) -> Call,
    answer: &str,
    then: Then,
    options: OutboundOptions,
) -> (Result<Reply, CallError>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/lines?from=1", listener.local_addr().unwrap());
    let server = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let asked = read_request(&mut socket).await;
        // The client hangs up on an answer that it cuts off.
        drop(socket.write_all(answer.as_bytes()).await);
        if then == Then::Hang {
            drop(socket.read(&mut [0; 1]).await);
        }
        asked
    };
    let call = call(Target::parse(&url, Plaintext::Loopback).unwrap());
    assert!(!format!("{call:?}").contains("geheim"));
    let client = Outbound::new(&options).unwrap();
    tokio::join!(client.send(call), server)
}

/// One request, to the end of its body.
pub(crate) async fn read_request(socket: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut block = [0; 4_096];
    loop {
        let count = socket.read(&mut block).await.unwrap();
        text.push_str(std::str::from_utf8(block.get(..count).unwrap()).unwrap());
        if count == 0 || is_whole(&text) {
            return text;
        }
    }
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let told = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    told.is_none_or(|count| count.parse() == Ok(body.len()))
}

pub(crate) fn options() -> OutboundOptions {
    OutboundOptions { body_bytes_max: 10, timeout: Duration::from_secs(20), ..Default::default() }
}

#[tokio::test]
async fn an_answer_is_brought_back_whole_with_its_hint() {
    let answer =
        "HTTP/1.1 503 x\r\nRetry-After: 7\r\nX-Left: 59\r\nContent-Length: 10\r\n\r\n0123456789";
    let (reply, asked) = exchange(answer, Then::HangUp, options()).await;
    let reply = reply.unwrap();
    assert_eq!((reply.status, reply.body.as_ref()), (503, b"0123456789".as_slice()));
    assert_eq!(reply.retry, RetryHint::parse("7"));
    assert_eq!((reply.header("x-left"), reply.header("x-right")), (Some("59"), None));
    assert!(asked.starts_with("GET /lines?from=1 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("authorization: Bearer geheim\r\n"), "{asked}");
}

#[tokio::test]
async fn every_way_to_call_says_what_it_brings() {
    type Make = fn(Target) -> Call;
    let cases: [(Make, &str, &[&str], &str); 5] = [
        (Call::get, "GET", &[], ""),
        (Call::delete, "DELETE", &[], ""),
        (|target| Call::post(target, "{}"), "POST", &["content-length: 2"], "{}"),
        (|target| Call::put(target, "[]"), "PUT", &["content-length: 2"], "[]"),
        (
            |target| Call::post_form(target, &[("grant_type", "refresh"), ("token", "a&b =ü")]),
            "POST",
            &["content-type: application/x-www-form-urlencoded", "content-length: 40"],
            "grant_type=refresh&token=a%26b+%3D%C3%BC",
        ),
    ];
    let answer = "HTTP/1.1 204 x\r\n\r\n";
    for (make, method, headers, body) in cases {
        let (reply, asked) = exchange_of(make, answer, Then::HangUp, options()).await;
        assert_eq!(reply.unwrap().status, 204, "{method}");
        let (head, brought) = asked.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("{method} /lines?from=1 HTTP/1.1\r\n")), "{head}");
        let told: Vec<_> = head.lines().filter(|line| line.starts_with("content-")).collect();
        assert_eq!((told.as_slice(), brought), (headers, body), "{method}");
    }
}

#[tokio::test]
async fn a_call_may_have_a_bound_of_its_own() {
    let call = |target| Call::get(target).within(IMPATIENT);
    let (reply, _) = exchange_of(call, "", Then::Hang, options()).await;
    assert_eq!(reply.unwrap_err(), CallError::TimedOut);
    let call = |target| Call::get(target).within(Duration::from_secs(20));
    let hasty = OutboundOptions { timeout: Duration::ZERO, ..options() };
    let (reply, _) = exchange_of(call, "HTTP/1.1 204 x\r\n\r\n", Then::HangUp, hasty).await;
    assert_eq!(reply.unwrap().status, 204);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_cut_off_whether_it_tells_its_length_or_not() {
    let told = "HTTP/1.1 200 x\r\nContent-Length: 11\r\n\r\n01234567890";
    let untold = "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n3\r\n890\r\n0\r\n\r\n";
    for answer in [told, untold] {
        let (reply, _) = exchange(answer, Then::HangUp, options()).await;
        assert_eq!(reply.unwrap_err(), CallError::TooLarge { bytes_max: 10 }, "{answer}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let answer = "HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    let (reply, _) = exchange(answer, Then::HangUp, options()).await;
    assert_eq!(reply.unwrap().status, 302);
}

#[tokio::test]
async fn who_does_not_answer_or_does_not_finish_has_timed_out() {
    for answer in ["", "HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\n012"] {
        let impatient = OutboundOptions { timeout: IMPATIENT, ..options() };
        let (reply, _) = exchange(answer, Then::Hang, impatient).await;
        assert_eq!(reply.unwrap_err(), CallError::TimedOut, "{answer}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_taken_for_whole() {
    let answer = "HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\n012";
    let (reply, _) = exchange(answer, Then::HangUp, options()).await;
    assert!(matches!(reply, Err(CallError::BrokenOff(_))), "{reply:?}");
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_connection_and_no_url_in_the_error() {
    // Bound and dropped: the port is free.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("http://{address}/?key=geheim");
    let target = Target::parse(&url, Plaintext::Loopback).unwrap();
    let error = Outbound::new(&options()).unwrap().send(Call::get(target)).await.unwrap_err();
    let CallError::Unreachable(detail) = error else { unreachable!("{error:?}") };
    assert!(!detail.is_empty() && !detail.contains("geheim"), "{detail}");
}

#[tokio::test]
async fn a_proxy_is_used_when_it_is_configured() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Some(format!("http://{}", listener.local_addr().unwrap()));
    let client = Outbound::new(&OutboundOptions { proxy, ..options() }).unwrap();
    let server = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let asked = read_request(&mut socket).await;
        socket.write_all(b"HTTP/1.1 204 x\r\n\r\n").await.unwrap();
        asked
    };
    // Nobody has this name: only the proxy could know it.
    let target = Target::parse("http://bank.invalid/lines", Plaintext::Anywhere).unwrap();
    let (reply, asked) = tokio::join!(client.send(Call::get(target)), server);
    assert_eq!(reply.unwrap().status, 204);
    assert!(asked.starts_with("GET http://bank.invalid/lines HTTP/1.1\r\n"), "{asked}");
}

#[test]
fn a_proxy_that_is_none_is_refused_without_its_password() {
    let proxy = Some("nonsense://u:geheim@x y".to_owned());
    let refused = Outbound::new(&OutboundOptions { proxy, ..options() }).unwrap_err();
    assert!(!refused.to_string().contains("geheim"), "{refused}");
}

#[test]
fn a_header_that_cannot_be_sent_is_refused_without_its_value() {
    let target = Target::parse("https://bank.example/", Plaintext::Loopback).unwrap();
    let refused = Call::get(target).with("Authorization", "a\nb geheim").unwrap_err();
    assert!(!refused.to_string().contains("geheim"), "{refused}");
}
