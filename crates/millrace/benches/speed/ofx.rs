//! A customer's software asks for a statement of a thousand lines: in a store with many lines of others, and in one with
//! none.

use crate::body::{Body, account_id};
use crate::figures::Figures;
use crate::figures::Goal::{AtMost, None as Told};
use crate::load::Connection;
use crate::options::Options;
use crate::reads::filled;
use crate::server::{Home, Keeping, Server, authorization};
use serde_json::Value;
use std::time::{Duration, Instant};

/// What a statement holds.
const LINES: usize = 1_000;
/// Statements in a round.
const STATEMENTS: usize = 50;
/// No push waits longer for its settlement.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);
/// Of bodies that no load sends: loads count from one.
const SEED: u32 = 0;

/// Who asks, and for which account.
struct Customer {
    username: String,
    password: String,
    number: String,
}

/// Statements.
pub(crate) async fn run(options: &Options, figures: &mut Figures) {
    let (full, empty) = (filled(options.lines).await, Home::sqlite(1).await);
    let mut customers = Vec::new();
    for home in [&full, &empty] {
        customers.push(Customer::settle(&Server::start(home, Keeping::All)));
    }
    let [of_full, of_empty] = &customers[..] else { unreachable!("there are two") };
    for round in 1..=options.rounds {
        let full = Server::start(&full, Keeping::All);
        let empty = Server::start(&empty, Keeping::All);
        let (slow, quick) = if round.is_multiple_of(2) {
            let slow = of_full.p50(&full);
            (slow, of_empty.p50(&empty))
        } else {
            let quick = of_empty.p50(&empty);
            (of_full.p50(&full), quick)
        };
        figures.add("OFX statement of 1000 lines, filled ÷ empty, p50", AtMost(1.5), slow / quick);
        figures.add("OFX statement of 1000 lines, filled, ms", Told, slow * 1e3);
        println!("ofx: round {round} of {} done", options.rounds);
    }
}

impl Customer {
    /// A company with one account, its lines, and credentials with which somebody has signed on.
    fn settle(server: &Server) -> Self {
        let mut connection = Connection::open(&server.target.address);
        let mut ask = |path: &str, body: &str| -> Value {
            let answer = connection.post(path, &authorization(), body.as_bytes());
            serde_json::from_slice(answer).unwrap()
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let company = text(&ask("/companies", r#"{"name":"Elaborate Events"}"#)["id"]);
        let connections = format!("/companies/{company}/connections");
        let own = text(&ask(&connections, r#"{"platformKey":"hcws"}"#)["id"]);
        let (own, account) = (format!("{connections}/{own}"), account_id(0));
        let accounts = format!("{own}/connectionInfo/bankFeedAccounts");
        ask(
            &accounts,
            &format!(
                r#"{{"id":"{account}","accountName":"Current","accountNumber":"12345670","sortCode":"123456",
                     "accountType":"Debit","currency":"GBP","balance":1}}"#
            ),
        );
        let secrets = ask(&format!("{accounts}/credentials"), "");
        let (username, password) = (text(&secrets["username"]), text(&secrets["password"]));
        let mut customer = Self { username, password, number: String::new() };
        let answer = customer.send(
            &mut connection,
            "<SIGNUPMSGSRQV1><ACCTINFOTRNRQ><TRNUID>A1<ACCTINFORQ><DTACCTUP>19900101</ACCTINFORQ></ACCTINFOTRNRQ></SIGNUPMSGSRQV1>",
        );
        customer.number = first_value(&answer, "<ACCTID>");
        // Asking for its statement is how the customer chooses an account.
        customer.statement(&mut connection);
        let mut body = Body::new(LINES, server.target.day, SEED);
        let path = format!("{own}/push/bankAccounts/{account}/bankTransactions");
        let answer = connection.post(&path, &authorization(), body.fill(0));
        let answer: Value = serde_json::from_slice(answer).unwrap();
        wait_for_end(
            &mut connection,
            &format!("/companies/{company}/push/{}", text(&answer["pushOperationKey"])),
        );
        customer
    }

    /// The middle time of a statement.
    fn p50(&self, server: &Server) -> f64 {
        let mut connection = Connection::open(&server.target.address);
        let mut times: Vec<f64> = (0..=STATEMENTS)
            .map(|_| {
                let began = Instant::now();
                let answer = self.statement(&mut connection);
                let spent = began.elapsed().as_secs_f64();
                assert_eq!(answer.matches("<STMTTRN>").count(), LINES, "{answer}");
                spent
            })
            // The first one is asked of a server that has just started.
            .skip(1)
            .collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }

    fn statement(&self, connection: &mut Connection) -> String {
        let number = &self.number;
        let messages = format!(
            "<BANKMSGSRQV1><STMTTRNRQ><TRNUID>S1<STMTRQ><BANKACCTFROM><BANKID>999000001<ACCTID>{number}\
             <ACCTTYPE>CHECKING</BANKACCTFROM><INCTRAN><DTSTART>20200101<INCLUDE>Y</INCTRAN></STMTRQ></STMTTRNRQ></BANKMSGSRQV1>"
        );
        self.send(connection, &messages)
    }

    fn send(&self, connection: &mut Connection, messages: &str) -> String {
        let Self { username, password, .. } = self;
        let file = format!(
            "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\
             COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n\
             <OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20240229120000<USERID>{username}<USERPASS>{password}\
             <LANGUAGE>ENG<APPID>QWIN<APPVER>2700</SONRQ></SIGNONMSGSRQV1>{messages}</OFX>"
        );
        let answer = connection.post("/ofx", "none", file.as_bytes());
        String::from_utf8_lossy(answer).into_owned()
    }
}

/// Waits until a push has succeeded.
fn wait_for_end(connection: &mut Connection, path: &str) {
    let began = Instant::now();
    loop {
        let answer: Value = serde_json::from_slice(connection.get(path, &authorization())).unwrap();
        match answer["status"].as_str() {
            Some("Success") => return,
            Some("Pending") if began.elapsed() < SETTLED_WITHIN => {
                std::thread::sleep(Duration::from_millis(2));
            }
            _ => panic!("{answer}"),
        }
    }
}

fn first_value(text: &str, tag: &str) -> String {
    let rest = text.split(tag).nth(1).unwrap_or_else(|| panic!("no {tag} in {text}"));
    rest.split(['<', '\r', '\n']).next().unwrap().to_owned()
}
