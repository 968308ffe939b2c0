//! The HTTP of programs that write it by hand, over a bare socket: old versions, odd headers, pieces, broken lines.

use super::customer::Customer;
use crate::harness::values;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// A server that answers too late has not answered.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// One connection, and what has not been read of it.
struct Socket(BufReader<TcpStream>);

/// What the server has answered.
struct Answer {
    /// `200`
    status: String,
    /// In lower case, with their values.
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the connection stays open after it.
    fn keeps_open(&self) -> bool {
        self.header("connection").is_none_or(|value| !value.eq_ignore_ascii_case("close"))
    }
}

impl Socket {
    fn to(customer: &Customer) -> Self {
        let socket =
            TcpStream::connect(customer.server.url.strip_prefix("http://").unwrap()).unwrap();
        socket.set_read_timeout(Some(WAIT_MAX)).unwrap();
        Self(BufReader::new(socket))
    }

    fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Status line and headers.
    fn read_head(&mut self) -> Vec<String> {
        let lines = std::iter::from_fn(|| {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            Some(line.trim_end().to_owned()).filter(|line| !line.is_empty())
        });
        lines.collect()
    }

    /// An answer, read as those programs read it: only by its length.
    fn read_answer(&mut self) -> Answer {
        let head = self.read_head();
        let header = |line: &String| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        let headers: Vec<_> = head[1..].iter().map(header).collect();
        let status = head[0].split(' ').nth(1).unwrap().to_owned();
        let mut answer = Answer { status, headers, body: String::new() };
        assert_eq!(answer.header("transfer-encoding"), None, "never in chunks: {head:?}");
        let bytes = answer.header("content-length").unwrap_or_else(|| panic!("how long? {head:?}"));
        let mut body = vec![0; bytes.parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8_lossy(&body).into_owned();
        answer
    }

    /// Whether the server has closed the connection, with nothing more to say.
    fn is_closed(&mut self) -> bool {
        self.0.read(&mut [0]).unwrap() == 0
    }
}

/// The request for the whole statement.
fn question(customer: &Customer) -> String {
    customer.ofx.file(&customer.current.request(""))
}

#[track_caller]
fn assert_is_the_statement(customer: &Customer, answer: &Answer) {
    assert_eq!(answer.status, "200", "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/x-ofx"));
    let ids: Vec<&str> = customer.current.feed.lines.iter().map(|line| line.fit_id).collect();
    assert_eq!(values(&answer.body, "FITID"), ids);
    assert!(answer.body.trim_end().ends_with("</OFX>"), "{}", answer.body);
}

#[tokio::test]
async fn http_of_1996_is_answered_and_the_connection_closed() {
    let customer = Customer::new().await;
    let body = question(&customer);
    let mut socket = Socket::to(&customer);
    let length = body.len();
    socket.write(format!(
        "POST /ofx HTTP/1.0\r\nConnection: close\r\nHost: 127.0.0.1\r\nUser-Agent: AqBanking\r\nPragma: no-cache\r\n\
         Cache-control: no cache\r\nContent-type: application/x-ofx\r\nContent-length: {length}\r\n\r\n{body}"
    ));
    assert_is_the_statement(&customer, &socket.read_answer());
    assert!(socket.is_closed());
}

#[tokio::test]
async fn http_without_a_length_or_a_host_is_refused_and_not_waited_for() {
    let customer = Customer::new().await;
    let body = question(&customer);
    let mut socket = Socket::to(&customer);
    socket.write(format!("POST /ofx HTTP/1.0\r\nContent-Type: application/x-ofx\r\n\r\n{body}"));
    let answer = socket.read_answer();
    assert_eq!(answer.status, "400");
    assert!(!answer.body.is_empty());
}

#[tokio::test]
async fn lower_case_headers_and_no_accept_serve_twice_on_one_connection() {
    let customer = Customer::new().await;
    let body = question(&customer);
    let mut socket = Socket::to(&customer);
    for _ in 0..2 {
        let length = body.len();
        socket.write(format!(
            "POST /ofx HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{body}"
        ));
        let answer = socket.read_answer();
        assert_is_the_statement(&customer, &answer);
        assert!(answer.keeps_open());
    }
}

#[tokio::test]
async fn accepting_anything_at_all_is_never_a_reason_to_refuse() {
    let customer = Customer::new().await;
    let body = question(&customer);
    for accept in
        ["*/*, application/x-ofx", "application/ofx", "text/html", "image/png;q=0", "no such thing"]
    {
        let mut socket = Socket::to(&customer);
        let length = body.len();
        socket.write(format!(
            "POST /ofx HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nUser-Agent:\r\nContent-Type: text/plain\r\n\
             Content-Length: {length}\r\nConnection: Close\r\n\r\n{body}"
        ));
        assert_is_the_statement(&customer, &socket.read_answer());
        assert!(socket.is_closed());
    }
}

#[tokio::test]
async fn who_waits_for_a_word_before_the_body_gets_it() {
    let customer = Customer::new().await;
    let body = question(&customer);
    let mut socket = Socket::to(&customer);
    let head = |length: usize| {
        format!(
            "POST /ofx HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        )
    };
    socket.write(head(body.len()));
    assert_eq!(socket.read_head(), ["HTTP/1.1 100 Continue"]);
    socket.write(&body);
    assert_is_the_statement(&customer, &socket.read_answer());
    // And nobody is asked to send what will not be taken.
    let mut socket = Socket::to(&customer);
    socket.write(head(12 * 1024 * 1024));
    assert_eq!(socket.read_answer().status, "413");
}

#[tokio::test]
async fn a_request_in_pieces_or_chunks_is_put_together() {
    let customer = Customer::new().await;
    let body = question(&customer);
    let mut socket = Socket::to(&customer);
    socket.write(format!(
        "POST /ofx HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    for piece in body.as_bytes().chunks(7) {
        socket.write(piece);
        socket.0.get_mut().flush().unwrap();
    }
    assert_is_the_statement(&customer, &socket.read_answer());
    socket.write("POST /ofx HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    for piece in body.as_bytes().chunks(99) {
        socket.write(format!("{:x}\r\n", piece.len()));
        socket.write(piece);
        socket.write("\r\n");
    }
    socket.write("0\r\n\r\n");
    assert_is_the_statement(&customer, &socket.read_answer());
}

#[tokio::test]
async fn who_hangs_up_in_the_middle_gets_the_same_when_asking_again() {
    let customer = Customer::new().await;
    let body = question(&customer);
    let request = format!("POST /ofx HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let mut impatient = Socket::to(&customer);
    impatient.write(&request);
    let mut first = [0; 20];
    impatient.0.read_exact(&mut first).unwrap();
    assert!(first.starts_with(b"HTTP/1.0 200"), "{first:?}");
    drop(impatient);
    let mut half = Socket::to(&customer);
    half.write(&request.as_bytes()[..request.len() - 30]);
    drop(half);
    let mut again = Socket::to(&customer);
    again.write(&request);
    assert_is_the_statement(&customer, &again.read_answer());
}

#[tokio::test]
async fn other_methods_and_long_bodies_are_refused_with_a_length() {
    let customer = Customer::new().await;
    let long = "x".repeat(6 * 1024 * 1024);
    let cases = [
        ("GET /ofx HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), "405"),
        ("DELETE /ofx HTTP/1.0\r\n\r\n".to_owned(), "405"),
        (format!("POST /ofx HTTP/1.0\r\nContent-Length: {}\r\n\r\n{long}", long.len()), "413"),
        ("POST /ofx HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello".to_owned(), "400"),
    ];
    for (request, status) in cases {
        let mut socket = Socket::to(&customer);
        socket.write(&request);
        let answer = socket.read_answer();
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(!answer.body.is_empty());
    }
}
