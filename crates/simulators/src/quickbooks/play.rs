//! Plays faults. They ask for what a linked customer may ask for, and leave the books as they are, except the poll storm.

use super::books::AccountKind;
use super::raw::{self, Manner, RawAnswer};
use super::request::{self, SignOn, Window};
use super::simulator::{Asked, Question};
use super::tags::{decoded, sections, value};
use super::wire::OFX_TYPE;
use super::{Exchange, Fault, FaultReport, Offer, QuickBooks, QuickBooksError};
use domain::clock::utc_date;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use std::sync::Arc;
use tokio::task::JoinSet;

/// How often a storm asks for each account.
const STORM_ROUNDS: usize = 4;
/// The size of a huge body.
const HUGE_BYTES: usize = 5 * 1024 * 1024;
/// Past the HTTP head, and before the end of any statement.
const DROPPED_AFTER_BYTES: u64 = 250;
/// Enough of an answer to recognise it.
const FIRST_CHARS_MAX: usize = 400;

/// How a file differs from a good one.
struct Odd<'a> {
    sent: &'static str,
    password: &'a str,
    offer: Offer,
    window: Window,
    times: u8,
}

impl QuickBooks {
    /// Plays `fault` as the customer of `connection`, or as the first customer that has an account.
    pub async fn play(
        self: &Arc<Self>,
        fault: Fault,
        connection: Option<&str>,
    ) -> Result<FaultReport, QuickBooksError> {
        let questions = self.questions().await;
        let of =
            |question: &&Question| connection.is_none_or(|wanted| question.connection == wanted);
        let Some(question) = questions.iter().find(of) else {
            return Err(QuickBooksError::NobodyLinked);
        };
        let good = Odd {
            sent: "a good request",
            password: &question.password,
            offer: question.offer.clone(),
            window: Window::Since(question.since),
            times: 1,
        };
        let today = utc_date(self.clock.now());
        let odd = match fault {
            Fault::PollStorm => return Ok(report(fault, self.storm(&questions).await?)),
            Fault::DroppedAnswer => return Ok(report(fault, self.dropped(question).await?)),
            Fault::ClockOff => return Ok(report(fault, self.clock_off(question).await?)),
            Fault::EmptyBody
            | Fault::HugeBody
            | Fault::Http10
            | Fault::NoContentLength
            | Fault::LowerCaseHeaders
            | Fault::ExpectContinue => {
                return Ok(report(fault, vec![self.odd_http(fault, question).await?]));
            }
            Fault::WrongPassword => {
                Odd { sent: "a wrong password", password: "not-the-password", ..good }
            }
            Fault::StartInFuture => {
                let window = Window::Since(today.saturating_add(30.days()));
                Odd { sent: "DTSTART in 30 days", window, ..good }
            }
            Fault::StartLongAgo => {
                let window = Window::Since(Date::constant(1990, 1, 1));
                Odd { sent: "DTSTART in 1990", window, ..good }
            }
            Fault::UnknownAccount => {
                let offer =
                    Offer { number: "NOBODYS-ACCOUNT".to_owned(), ..question.offer.clone() };
                Odd { sent: "an ACCTID that nobody gave out", offer, ..good }
            }
            Fault::WrongAccountType => Odd {
                sent: "a statement of the other kind",
                offer: other_kind(&question.offer),
                ..good
            },
            Fault::NoWindow => Odd { sent: "no INCTRAN", window: Window::None, ..good },
            Fault::TwiceInOneFile => Odd { sent: "one account twice", times: 2, ..good },
        };
        Ok(report(fault, vec![self.odd_file(question, odd).await?]))
    }

    async fn storm(
        self: &Arc<Self>,
        questions: &[Question],
    ) -> Result<Vec<Exchange>, QuickBooksError> {
        let mut asked = JoinSet::new();
        for question in questions.iter().cycle().take(questions.len() * STORM_ROUNDS) {
            let (simulator, question) = (Arc::clone(self), question.clone());
            asked.spawn(async move {
                let fetched = simulator.fetch(&question, Asked::Again).await;
                simulator.settle(&question, fetched).await
            });
        }
        let mut exchanges = Vec::new();
        for outcome in asked.join_all().await {
            let outcome = outcome?;
            let counters = outcome.counters;
            exchanges.push(Exchange {
                sent: format!(
                    "one of {} fetches at once, of {}: {} imported, {} seen again",
                    questions.len() * STORM_ROUNDS,
                    outcome.number,
                    counters.imported,
                    counters.seen_again
                ),
                status: outcome.error.is_none().then_some(200),
                codes: if outcome.error.is_none() { vec![0, 0] } else { Vec::new() },
                first_bytes: outcome.error.unwrap_or_default(),
            });
        }
        Ok(exchanges)
    }

    async fn dropped(&self, question: &Question) -> Result<Vec<Exchange>, QuickBooksError> {
        let trnuid = self.books.lock().await.next_request();
        let file = self.statement_file(&trnuid, question);
        let head = self.head("HTTP/1.1", &file);
        let sent =
            format!("a statement request {trnuid}, dropped after {DROPPED_AFTER_BYTES} bytes");
        let manner = Manner::DropAfter(DROPPED_AFTER_BYTES);
        let first = exchanged(sent, &self.raw(&head, file.as_bytes(), manner).await?);
        let second = self.posted(format!("the same request {trnuid} again"), file).await?;
        Ok(vec![first, second])
    }

    async fn clock_off(&self, question: &Question) -> Result<Vec<Exchange>, QuickBooksError> {
        let mut exchanges = Vec::new();
        for (days, words) in [(3, "3 days ahead"), (-3, "3 days behind")] {
            let trnuid = self.books.lock().await.next_request();
            let mut sign_on = self.sign_on(question);
            let off = SignedDuration::from_hours(24 * days);
            sign_on.at = sign_on.at.saturating_add(off).unwrap_or(sign_on.at);
            let window = Window::Since(question.since);
            let messages = request::statement(&trnuid, &question.offer, window);
            let file = request::file(sign_on, &messages);
            exchanges.push(self.posted(format!("DTCLIENT {words}"), file).await?);
        }
        Ok(exchanges)
    }

    /// A fault that lies in the file alone.
    async fn odd_file(
        &self,
        question: &Question,
        odd: Odd<'_>,
    ) -> Result<Exchange, QuickBooksError> {
        let sign_on = SignOn { password: odd.password, ..self.sign_on(question) };
        let mut wrappers = Vec::new();
        for _time in 0..odd.times {
            let trnuid = self.books.lock().await.next_request();
            wrappers.push(request::statement_wrapper(&trnuid, &odd.offer, odd.window));
        }
        let file = request::file(sign_on, &request::statements(odd.offer.kind, &wrappers));
        self.posted(odd.sent.to_owned(), file).await
    }

    /// A fault of HTTP around a good file.
    async fn odd_http(
        &self,
        fault: Fault,
        question: &Question,
    ) -> Result<Exchange, QuickBooksError> {
        let trnuid = self.books.lock().await.next_request();
        let mut file = self.statement_file(&trnuid, question);
        if fault == Fault::EmptyBody {
            file.clear();
        }
        if fault == Fault::HugeBody {
            file.push_str(&" ".repeat(HUGE_BYTES));
        }
        let version = if fault == Fault::Http10 { "HTTP/1.0" } else { "HTTP/1.1" };
        let mut head = self.head(version, &file);
        let mut manner = Manner::Plain;
        if fault == Fault::NoContentLength {
            head = head.replace(&format!("Content-Length: {}\r\n", file.len()), "");
            manner = Manner::ThenEnd;
        }
        if fault == Fault::ExpectContinue {
            head = head.replace("Connection: close", "Expect: 100-continue\r\nConnection: close");
            manner = Manner::AfterContinue;
        }
        if fault == Fault::LowerCaseHeaders {
            let (line, headers) = head.split_once("\r\n").unwrap_or_default();
            head = format!("{line}\r\n{}", headers.to_ascii_lowercase());
        }
        let sent = format!("{}: {version}, {} bytes", fault.name(), file.len());
        Ok(exchanged(sent, &self.raw(&head, file.as_bytes(), manner).await?))
    }

    fn statement_file(&self, trnuid: &str, question: &Question) -> String {
        let window = Window::Since(question.since);
        let messages = request::statement(trnuid, &question.offer, window);
        request::file(self.sign_on(question), &messages)
    }

    fn head(&self, version: &str, file: &str) -> String {
        let (path, host) = (self.wire.target().path(), self.host());
        format!(
            "POST {path} {version}\r\nHost: {host}\r\nContent-Type: {OFX_TYPE}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            file.len()
        )
    }

    fn host(&self) -> String {
        let target = self.wire.target();
        let port = target.port_or_known_default().unwrap_or(80);
        format!("{}:{port}", target.host_str().unwrap_or("localhost"))
    }

    async fn raw(
        &self,
        head: &str,
        body: &[u8],
        manner: Manner,
    ) -> Result<RawAnswer, QuickBooksError> {
        if self.wire.target().scheme() != "http" {
            return Err(QuickBooksError::NeedsPlainHttp);
        }
        let answer = raw::exchange(&self.host(), head, body, manner).await;
        answer.map_err(|error| self.wire.unreachable(error))
    }

    async fn posted(&self, sent: String, file: String) -> Result<Exchange, QuickBooksError> {
        let (status, body) = self.wire.exchange(file).await?;
        Ok(exchanged(sent, &RawAnswer { status: Some(status), body }))
    }
}

const fn report(fault: Fault, exchanges: Vec<Exchange>) -> FaultReport {
    FaultReport { fault: fault.name(), exchanges }
}

fn exchanged(sent: String, answer: &RawAnswer) -> Exchange {
    let text = decoded(&answer.body);
    let statuses = sections(&text, "STATUS");
    Exchange {
        sent,
        status: answer.status,
        codes: statuses.filter_map(|status| value(status, "CODE")?.parse().ok()).collect(),
        first_bytes: text.chars().take(FIRST_CHARS_MAX).collect(),
    }
}

fn other_kind(offer: &Offer) -> Offer {
    let number = offer.number.clone();
    let (kind, account_type) = match offer.kind {
        AccountKind::Bank => (AccountKind::Card, ""),
        AccountKind::Card => (AccountKind::Bank, "CHECKING"),
    };
    let (bank_id, account_type) = ("999000001".to_owned(), account_type.to_owned());
    Offer { number, kind, bank_id, account_type, name: offer.name.clone() }
}
