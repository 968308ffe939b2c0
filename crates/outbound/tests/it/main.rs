//! The client against a socket that answers what each test wants.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use outbound::{Call, CallError, Outbound, OutboundOptions, Plaintext, Reply, RetryHint, Target};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Short enough for a test that waits for its end.
const IMPATIENT: Duration = Duration::from_millis(150);

/// What the other side does when it has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    HangUp,
    /// Holds the connection and says no more.
    Hang,
}

/// Serves one connection: reads a request, writes `answer`, and does what is to follow. Answers what was
/// asked.
async fn exchange(
    answer: &str,
    then: Then,
    options: OutboundOptions,
) -> (Result<Reply, CallError>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/lines?from=1", listener.local_addr().unwrap());
    let server = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 4_096];
        let count = socket.read(&mut asked).await.unwrap();
        // The client hangs up on an answer that it cuts off.
        drop(socket.write_all(answer.as_bytes()).await);
        if then == Then::Hang {
            drop(socket.read(&mut [0; 1]).await);
        }
        String::from_utf8_lossy(asked.get(..count).unwrap()).into_owned()
    };
    let target = Target::parse(&url, Plaintext::Loopback).unwrap();
    let call = Call::get(target).with("Authorization", "Bearer geheim").unwrap();
    assert!(!format!("{call:?}").contains("geheim"));
    let client = Outbound::new(&options).unwrap();
    tokio::join!(client.send(call), server)
}

fn options() -> OutboundOptions {
    OutboundOptions { body_bytes_max: 10, timeout: Duration::from_secs(20), ..Default::default() }
}

#[tokio::test]
async fn an_answer_is_brought_back_whole_with_its_hint() {
    let answer = "HTTP/1.1 503 x\r\nRetry-After: 7\r\nContent-Length: 10\r\n\r\n0123456789";
    let (reply, asked) = exchange(answer, Then::HangUp, options()).await;
    let reply = reply.unwrap();
    assert_eq!((reply.status, reply.body.as_ref()), (503, b"0123456789".as_slice()));
    assert_eq!(reply.retry, RetryHint::parse("7"));
    assert!(asked.starts_with("GET /lines?from=1 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("authorization: Bearer geheim\r\n"), "{asked}");
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
        let mut asked = [0; 4_096];
        let count = socket.read(&mut asked).await.unwrap();
        socket.write_all(b"HTTP/1.1 204 x\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(asked.get(..count).unwrap()).into_owned()
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
