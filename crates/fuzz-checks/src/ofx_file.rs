//! OFX: whatever a client asks can be answered with a file that reads back, every request with its answer; and an answer
//! that was read, written and read again is written the same. A fault lies within the file.

use ofx::{
    Fi, OfxDateTime, ReadError, Request, Response, ResponseHeader, ResponseMessage, SignOnResponse,
    Status, StatusCode, read_request, read_response, write_response,
};

const WHERE_TO_ENROLL: &str = "Get credentials from your bank's page";

/// A file, as a client's and as a server's.
pub(crate) fn check(bytes: &[u8]) {
    match read_request(bytes) {
        Ok(request) => check_refusals(&request),
        Err(error) => check_fault(error, bytes),
    }
    match read_response(bytes) {
        Ok(response) => check_written(&response),
        Err(error) => check_fault(error, bytes),
    }
}

fn check_fault(error: ReadError, bytes: &[u8]) {
    assert!(error.offset <= bytes.len(), "{error}");
}

/// The answers that echo most of what was asked.
fn check_refusals(request: &Request) {
    let refuse = |message: &ofx::RequestMessage| {
        let unsupported = message.unsupported_answer(WHERE_TO_ENROLL);
        unsupported.unwrap_or_else(|| message.status_only(StatusCode::GeneralError))
    };
    let fi = request.sign_on.as_ref().and_then(|sign_on| sign_on.fi.clone());
    let messages: Vec<ResponseMessage> = request.messages.iter().map(refuse).collect();
    let response =
        Response { header: ResponseHeader::from(&request.header), sign_on: sign_on(fi), messages };
    let written = write_response(&response);
    let read = read_response(&written).unwrap();
    assert_eq!(read.messages.len(), response.messages.len(), "every request has its answer");
    let mut sorted: Vec<_> = response.messages.iter().collect();
    // Answers stand in the order of their sets.
    sorted.sort_by_key(|message| message.set());
    for (read, message) in read.messages.iter().zip(sorted) {
        assert_eq!(read.set(), message.set());
        assert_eq!(count_refusals(read), count_refusals(message));
    }
    check_written(&response);
}

/// After one trip on the wire nothing changes any more.
fn check_written(response: &Response) {
    let written = write_response(response);
    let again = read_response(&written);
    assert!(again.is_ok(), "{:?}", again.err());
    let again = again.unwrap();
    assert_eq!(again.header, response.header);
    let twice = write_response(&again);
    assert!(twice == written, "{}\n---\n{}", shown(&written), shown(&twice));
    assert_eq!(again.sign_on.status.code, response.sign_on.status.code);
    assert_eq!(again.messages.len(), response.messages.len());
}

fn count_refusals(message: &ResponseMessage) -> Option<usize> {
    match message {
        ResponseMessage::Sync(sync) => Some(sync.refusals.len()),
        ResponseMessage::Profile { .. }
        | ResponseMessage::AccountInfo { .. }
        | ResponseMessage::Statement { .. }
        | ResponseMessage::StatusOnly { .. } => None,
    }
}

fn sign_on(fi: Option<Fi>) -> SignOnResponse {
    SignOnResponse {
        status: Status::SUCCESS,
        dt_server: OfxDateTime::parse("20240229120000").unwrap(),
        language: "ENG".to_owned(),
        dt_profile_up: None,
        dt_acct_up: None,
        fi,
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
