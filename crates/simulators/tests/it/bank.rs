//! A bank of a few lines of text that keeps what it was asked. It understands no more OFX than these tests need.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A bank that listens until it is dropped.
pub(crate) struct Bank {
    pub(crate) url: String,
    book: Arc<Mutex<Book>>,
    _serving: JoinSet<()>,
}

/// What a bank answers with, and what it was asked.
#[derive(Default)]
struct Book {
    rows: String,
    start: String,
    sign_on_code: u32,
    statement_code: u32,
    asked: Vec<String>,
}

impl Bank {
    /// A bank with one checking account, `MR-1`, and these rows.
    pub(crate) async fn open(rows: &str) -> Self {
        let book = Arc::new(Mutex::new(Book { rows: rows.to_owned(), ..Book::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ofx", listener.local_addr().unwrap());
        let router = Router::new().route("/ofx", post(answer)).with_state(book.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, book, _serving: serving }
    }

    /// Has other rows from here on.
    pub(crate) fn set_rows(&self, rows: &str) {
        rows.clone_into(&mut self.book.lock().unwrap().rows);
    }

    /// Answers every sign-on with that status from here on.
    pub(crate) fn set_sign_on_code(&self, code: u32) {
        self.book.lock().unwrap().sign_on_code = code;
    }

    /// Grants statements from that day on and says so, like `20240226`.
    pub(crate) fn set_start(&self, day: &str) {
        self.book.lock().unwrap().start = format!("<DTSTART>{day}");
    }

    /// Answers every request for a statement with that status from here on.
    pub(crate) fn set_statement_code(&self, code: u32) {
        self.book.lock().unwrap().statement_code = code;
    }

    /// The values of `tag` in everything that was asked since the last call.
    pub(crate) fn asked(&self, tag: &str) -> Vec<String> {
        let asked = std::mem::take(&mut self.book.lock().unwrap().asked);
        asked.iter().filter_map(|file| value(file, tag)).collect()
    }
}

/// A row of 28 February.
pub(crate) fn row(fit_id: &str, amount: &str) -> String {
    format!(
        "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240228120000<TRNAMT>{amount}<FITID>{fit_id}<NAME>Rent</STMTTRN>"
    )
}

async fn answer(State(book): State<Arc<Mutex<Book>>>, file: String) -> String {
    let mut book = book.lock().unwrap();
    let trnuid = value(&file, "TRNUID").unwrap();
    let from = "<BANKACCTFROM><BANKID>9<ACCTID>MR-1<ACCTTYPE>CHECKING</BANKACCTFROM>";
    let (mut code, sign_on) = (book.sign_on_code, book.sign_on_code);
    let (wrapper, inner) = if file.contains("<PROFRQ>") {
        ("PROFTRNRS", "<PROFRS><FINAME>Corner Bank</PROFRS>".to_owned())
    } else if file.contains("<ACCTINFORQ>") {
        let info = format!("<ACCTINFO><DESC>Current<BANKACCTINFO>{from}</BANKACCTINFO></ACCTINFO>");
        ("ACCTINFOTRNRS", format!("<ACCTINFORS>{info}</ACCTINFORS>"))
    } else {
        let (start, rows) = (&book.start, &book.rows);
        let list = format!("<BANKTRANLIST>{start}<DTEND>20240229120000{rows}</BANKTRANLIST>");
        code = code.max(book.statement_code);
        let balance = "<LEDGERBAL><BALAMT>57.50</LEDGERBAL>";
        ("STMTTRNRS", format!("<STMTRS>{from}{list}{balance}</STMTRS>"))
    };
    book.asked.push(file);
    format!(
        "OFXHEADER:100\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n<OFX><SONRS><STATUS><CODE>{sign_on}</STATUS></SONRS>\
         <{wrapper}><TRNUID>{trnuid}<STATUS><CODE>{code}</STATUS>{inner}</{wrapper}></OFX>"
    )
}

fn value(file: &str, tag: &str) -> Option<String> {
    let (_, after) = file.split_once(&format!("<{tag}>"))?;
    after.split('<').next().map(str::to_owned)
}
