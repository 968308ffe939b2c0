//! What is answered when it is not OFX, and how answers travel.

use std::future::IntoFuture;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use ofx::REQUEST_BYTES_MAX;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::house::{House, PASSWORD, USER};
use crate::requests::{ACCOUNTS, file};

#[tokio::test]
async fn only_post_is_understood() {
    let house = House::new();
    for method in ["GET", "HEAD", "PUT", "OPTIONS"] {
        let request = Request::builder().method(method).uri("/ofx").body(Body::empty()).unwrap();
        let reply = house.send(request).await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(reply.headers[header::ALLOW], "POST");
    }
}

#[tokio::test]
async fn bytes_that_are_no_ofx_are_refused_with_the_place() {
    let house = House::new();
    for (body, expected) in [
        ("", "this is not an OFX request: no OFX header (at byte 0)\n"),
        ("{\"hello\":1}", "this is not an OFX request: no OFX header (at byte 0)\n"),
    ] {
        let reply = house.post(body).await;
        assert_eq!((reply.status, reply.text().as_str()), (StatusCode::BAD_REQUEST, expected));
        assert_eq!(reply.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    }
    let cut = file(USER, PASSWORD, ACCOUNTS).replace("</OFX>", "");
    let reply = house.post(cut).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(reply.text().contains("at byte"), "{}", reply.text());
}

#[tokio::test]
async fn a_request_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let house = House::new();
    let request = file(USER, PASSWORD, ACCOUNTS);
    let padded = |bytes: usize| " ".repeat(bytes - request.len()) + &request;
    assert_eq!(house.post(padded(2_000)).await.status, StatusCode::OK);
    for bytes in [REQUEST_BYTES_MAX + 1, 9 * 1024 * 1024] {
        assert_eq!(house.post(padded(bytes)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let small = House::with(|options| options.body_bytes_max = 2_000);
    assert_eq!(small.post(padded(2_000)).await.status, StatusCode::OK);
    assert_eq!(small.post(padded(2_001)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_client_that_waits_for_a_go_ahead_is_told_at_once_that_it_asks_too_much() {
    let house = House::new();
    let request = Request::post("/ofx")
        .header(header::EXPECT, "100-continue")
        .header(header::CONTENT_LENGTH, (REQUEST_BYTES_MAX + 1).to_string())
        .body(Body::empty())
        .unwrap();
    assert_eq!(house.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn no_header_of_a_client_matters() {
    let house = House::new();
    let bare = Request::post("/ofx").body(file(USER, PASSWORD, "").into()).unwrap();
    assert_eq!(house.send(bare).await.status, StatusCode::OK);
    let odd = Request::post("/ofx")
        .header(header::ACCEPT, "image/png")
        .header(header::CONTENT_TYPE, "text/html")
        .header(header::USER_AGENT, "a\u{e9}b".as_bytes())
        .body(file(USER, PASSWORD, "").into())
        .unwrap();
    let reply = house.send(odd).await;
    assert_eq!((reply.status, reply.bytes.is_empty()), (StatusCode::OK, false));
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/x-ofx");
}

/// What a client reads from the socket until it is closed.
async fn raw_exchange(house: &House, head: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let talk = async {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    };
    tokio::select! {
        served = axum::serve(listener, house.door.clone()).into_future() => panic!("{served:?}"),
        answer = talk => answer,
    }
}

#[tokio::test]
async fn an_old_client_gets_its_answer_in_one_piece() {
    let house = House::new();
    let body = file(USER, PASSWORD, ACCOUNTS);
    let length = body.len();
    let heads = [
        format!(
            "POST /ofx HTTP/1.0\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}"
        ),
        format!(
            "POST /ofx HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n\
             Content-Length: {length}"
        ),
    ];
    for head in heads {
        let answer = raw_exchange(&house, &head, &body).await;
        let answer = answer.trim_start_matches("HTTP/1.1 100 Continue\r\n\r\n");
        let (head, content) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 OK"), "{head}");
        let told = format!("content-length: {}", content.len());
        assert!(head.to_lowercase().contains(&told), "{head}");
        assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
        assert!(content.contains("<ACCTINFORS>"), "{content}");
    }
}

#[tokio::test]
async fn an_old_client_that_tells_no_length_is_refused() {
    let house = House::new();
    let answer = raw_exchange(&house, "POST /ofx HTTP/1.0", &file(USER, PASSWORD, "")).await;
    assert!(answer.contains(" 400 Bad Request"), "{answer}");
}
