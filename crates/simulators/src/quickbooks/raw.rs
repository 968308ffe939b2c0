//! HTTP by hand over TCP, for what a decent client library refuses to do.

use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A bank that says nothing for so long is taken for dead.
const ANSWER_SECS_MAX: u64 = 60;
/// More than any answer to a fault.
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// How a request is put on the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Head and body, then read to the end.
    Plain,
    /// The body only after `100 Continue`.
    AfterContinue,
    /// Head and body, then the end of what is sent: the only way to mark the end of a body without a length.
    ThenEnd,
    /// Gone after so many bytes of the answer.
    DropAfter(u64),
}

/// What came back.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RawAnswer {
    /// None when the connection ended before one.
    pub(super) status: Option<u16>,
    pub(super) body: Vec<u8>,
}

/// Sends `head` (with its empty line) and `body` to `address`.
pub(super) async fn exchange(
    address: &str,
    head: &str,
    body: &[u8],
    manner: Manner,
) -> io::Result<RawAnswer> {
    let talk = async {
        let stream = TcpStream::connect(address).await?;
        let bytes = talk(stream, head.as_bytes(), body, manner).await?;
        Ok(parsed(&bytes))
    };
    let limit = Duration::from_secs(ANSWER_SECS_MAX);
    tokio::time::timeout(limit, talk).await.unwrap_or_else(|late| Err(late.into()))
}

async fn talk(
    mut stream: TcpStream,
    head: &[u8],
    body: &[u8],
    manner: Manner,
) -> io::Result<Vec<u8>> {
    match manner {
        Manner::Plain => both_ways(stream, &[head, body].concat()).await,
        Manner::ThenEnd => {
            stream.write_all(&[head, body].concat()).await?;
            stream.shutdown().await?;
            Ok(read(&mut stream, ANSWER_BYTES_MAX).await)
        }
        Manner::DropAfter(count) => {
            stream.write_all(&[head, body].concat()).await?;
            Ok(read(&mut stream, count).await)
        }
        Manner::AfterContinue => {
            stream.write_all(head).await?;
            let first = read_head(&mut stream).await?;
            if parsed(&first).status != Some(100) {
                return Ok([first, read(&mut stream, ANSWER_BYTES_MAX).await].concat());
            }
            both_ways(stream, body).await
        }
    }
}

/// Writes and reads at once: a bank may answer before it has taken everything.
async fn both_ways(stream: TcpStream, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let (mut reading, mut writing) = stream.into_split();
    let (written, answer) =
        tokio::join!(write(&mut writing, bytes), read(&mut reading, ANSWER_BYTES_MAX));
    // A bank that has answered may well refuse to take the rest.
    if answer.is_empty() { written.map(|()| answer) } else { Ok(answer) }
}

async fn write(writing: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    writing.write_all(bytes).await?;
    writing.flush().await
}

/// What comes until the end, `count` bytes at most. A reset after some bytes is an end like any other.
async fn read(reading: &mut (impl AsyncRead + Unpin), count: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(error) = reading.take(count).read_to_end(&mut bytes).await {
        tracing::debug!(%error, read = bytes.len(), "the connection was reset");
    }
    bytes
}

async fn read_head(reading: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(reading.read_u8().await?);
    }
    Ok(bytes)
}

fn parsed(bytes: &[u8]) -> RawAnswer {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = match end.and_then(|end| bytes.split_at_checked(end + 4)) {
        Some((head, body)) => (head, body),
        None => (bytes, [].as_slice()),
    };
    let head = String::from_utf8_lossy(head);
    let status = head.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
    RawAnswer { status, body: body.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_split_at_the_empty_line() {
        let answer = parsed(b"HTTP/1.1 413 Too Large\r\nA: b\r\n\r\nbody\r\n\r\nmore");
        assert_eq!(answer.status, Some(413));
        assert_eq!(answer.body, b"body\r\n\r\nmore");
        assert_eq!(parsed(b"HTTP/1.0 200"), RawAnswer { status: Some(200), body: Vec::new() });
        assert_eq!(parsed(b""), RawAnswer::default());
        assert_eq!(parsed(b"SSH-2.0 200 x").status, None);
    }
}
