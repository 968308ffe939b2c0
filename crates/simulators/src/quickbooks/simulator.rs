//! The simulator itself: link, choose, poll, disconnect. Books change under a lock that is never held while the bank is
//! asked, so that polls can run at once.

use super::answer::Answer;
use super::attention::Attention;
use super::books::{Account, Books, Customer};
use super::request::{self, SignOn, Window};
use super::shown::ShownBooks;
use super::state_file::StateFile;
use super::wire::{Bank, Wire};
use super::{Counters, Offer, QuickBooksError};
use domain::clock::{Clock, days_before, utc_date};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;
use tracing::info;

/// QuickBooks takes no more than this at the first fetch.
const FIRST_FETCH_DAYS_MAX: u32 = 90;
/// Each fetch repeats the last days: banks book late.
const OVERLAP_DAYS: u32 = 7;

/// QuickBooks Online, as far as a bank can see it.
#[derive(Debug)]
pub struct QuickBooks {
    pub(super) wire: Wire,
    pub(super) clock: Arc<dyn Clock>,
    state_file: StateFile,
    pub(super) books: Mutex<Books>,
}

/// What a customer sees after signing in.
#[derive(Clone, Debug, Serialize)]
pub struct SignedIn {
    /// The bank's name.
    pub institution: String,
    /// The accounts to choose from.
    pub offered: Vec<Offer>,
}

/// What a customer chooses.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Which accounts.
    pub accounts: Chosen,
    /// The first day wanted; as early as QuickBooks goes without one.
    pub start: Option<Date>,
    /// The bank's own ids by account number, to show in the books.
    pub source_ids: BTreeMap<String, String>,
}

/// Which accounts.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// All on offer.
    All,
    /// Those with these numbers.
    Numbers(Vec<String>),
}

impl Default for Chosen {
    fn default() -> Self {
        Self::Numbers(Vec::new())
    }
}

/// What fetching one account came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PollOutcome {
    /// When the answer was there.
    pub at: String,
    /// Whose account.
    pub connection: String,
    /// The bank's own id of it.
    pub account_id: String,
    /// Its number.
    pub number: String,
    /// What came.
    #[serde(flatten)]
    pub counters: Counters,
    /// Why nothing came.
    pub error: Option<String>,
}

/// Whether an account was asked about before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    First,
    Again,
}

/// One account to ask about.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) connection: String,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) source_id: String,
    pub(super) offer: Offer,
    pub(super) since: Date,
}

impl QuickBooks {
    /// A simulator whose bank's OFX server is at `target`. With a file, books survive a restart.
    pub fn open(
        target: &str,
        state_file: Option<PathBuf>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, QuickBooksError> {
        let state_file = StateFile::at(state_file);
        let books = Mutex::new(state_file.load()?);
        Ok(Self { wire: Wire::to(target)?, clock, state_file, books })
    }

    /// The same without a network or a file: for simulations.
    pub fn at_hand(bank: Arc<dyn Bank>, clock: Arc<dyn Clock>) -> Result<Self, QuickBooksError> {
        let books = Mutex::new(Books::default());
        Ok(Self { wire: Wire::at_hand(bank)?, clock, state_file: StateFile::at(None), books })
    }

    /// A customer types in a username and a password.
    pub async fn link(
        &self,
        connection: &str,
        username: &str,
        password: &str,
    ) -> Result<SignedIn, QuickBooksError> {
        let at = self.clock.now();
        let (profile, accounts) = {
            let mut books = self.books.lock().await;
            (books.next_request(), books.next_request())
        };
        let file = request::anonymous_file(at, &request::profile(&profile));
        let institution = Answer::read(&self.wire.ask(file).await?)?.institution(&profile)?;
        let file = request::file(SignOn { username, password, at }, &request::accounts(&accounts));
        let offered = Answer::read(&self.wire.ask(file).await?)?.offers(&accounts)?;
        if offered.is_empty() {
            return Err(QuickBooksError::NothingToLink);
        }
        self.change(|books| {
            let before = books.customers.remove(connection);
            let mut accounts = before.map(|customer| customer.accounts).unwrap_or_default();
            // New credentials are good for all accounts; one that is gone stays so until it is chosen.
            for account in &mut accounts {
                account.attention.take_if(|attention| *attention == Attention::SignedOut);
            }
            let customer = Customer {
                username: username.to_owned(),
                password: password.to_owned(),
                offered: offered.clone(),
                accounts,
            };
            books.customers.insert(connection.to_owned(), customer);
        })
        .await?;
        info!(connection, accounts = offered.len(), "the simulated customer signed in");
        Ok(SignedIn { institution, offered })
    }

    /// The customer chooses accounts: each is fetched for the first time. The first refusal ends it.
    pub async fn choose(
        &self,
        connection: &str,
        choice: &Choice,
    ) -> Result<Vec<PollOutcome>, QuickBooksError> {
        let earliest = days_before(utc_date(self.clock.now()), FIRST_FETCH_DAYS_MAX);
        let start = choice.start.unwrap_or(earliest);
        let mut outcomes = Vec::new();
        for mut question in self.chosen(connection, choice).await? {
            question.since = start.max(earliest);
            let counters = self.fetch(&question, Asked::First).await?;
            outcomes.push(self.settle(&question, Ok(counters)).await?);
        }
        Ok(outcomes)
    }

    async fn chosen(
        &self,
        connection: &str,
        choice: &Choice,
    ) -> Result<Vec<Question>, QuickBooksError> {
        let books = self.books.lock().await;
        let Some(customer) = books.customers.get(connection) else {
            return Err(QuickBooksError::UnknownConnection(connection.to_owned()));
        };
        let offers: Vec<_> = match &choice.accounts {
            Chosen::All => customer.offered.iter().collect(),
            Chosen::Numbers(numbers) => {
                numbers.iter().map(|number| customer.offer(number)).collect::<Result<_, _>>()?
            }
        };
        let question = |offer: &Offer| Question {
            connection: connection.to_owned(),
            username: customer.username.clone(),
            password: customer.password.clone(),
            source_id: choice.source_ids.get(&offer.number).unwrap_or(&offer.number).clone(),
            offer: offer.clone(),
            since: Date::MIN,
        };
        Ok(offers.into_iter().map(question).collect())
    }

    /// All customers' accounts are fetched, one after another. A link that turns out to be dead is asked this once.
    pub async fn poll(&self) -> Result<Vec<PollOutcome>, QuickBooksError> {
        let mut outcomes = Vec::new();
        for question in self.questions().await {
            // The answer to an earlier question may have been about this one too.
            if !self.books.lock().await.still_asks(&question) {
                continue;
            }
            let fetched = self.fetch(&question, Asked::Again).await;
            outcomes.push(self.settle(&question, fetched).await?);
        }
        Ok(outcomes)
    }

    /// What there is to ask for, with the window of each.
    pub(super) async fn questions(&self) -> Vec<Question> {
        let books = self.books.lock().await;
        let mut questions = Vec::new();
        for (connection, customer) in &books.customers {
            for account in customer.accounts.iter().filter(|account| account.is_asked_for()) {
                let since = match account.last_end {
                    Some(end) => days_before(end.0, OVERLAP_DAYS),
                    None => account.start.0,
                };
                questions.push(Question {
                    connection: connection.clone(),
                    username: customer.username.clone(),
                    password: customer.password.clone(),
                    source_id: account.source_id.clone(),
                    offer: account.offer.clone(),
                    since,
                });
            }
        }
        questions
    }

    /// Asks for one statement and takes it into the books; the first one chooses the account.
    pub(super) async fn fetch(
        &self,
        question: &Question,
        asked: Asked,
    ) -> Result<Counters, QuickBooksError> {
        let trnuid = self.books.lock().await.next_request();
        let messages = request::statement(&trnuid, &question.offer, Window::Since(question.since));
        let bytes = self.wire.ask(request::file(self.sign_on(question), &messages)).await?;
        let statement = Answer::read(&bytes)?.statement(&trnuid, &question.offer)?;
        self.change(|books| {
            if asked == Asked::First {
                books.choose(question, statement.start.map_or(question.since, |start| start.0));
            }
            let account = books.account(&question.connection, &question.offer.number);
            account.map(|account| account.import(statement)).unwrap_or_default()
        })
        .await
    }

    /// Keeps and shows what a fetch came to.
    pub(super) async fn settle(
        &self,
        question: &Question,
        fetched: Result<Counters, QuickBooksError>,
    ) -> Result<PollOutcome, QuickBooksError> {
        let attention = fetched.as_ref().err().and_then(Attention::called_for_by);
        let outcome = self.outcome(question, fetched, attention);
        self.change(|books| {
            if let Some(attention) = attention {
                books.call_for(question, attention);
            }
            books.record(outcome.clone());
        })
        .await?;
        info!(connection = %outcome.connection, imported = outcome.counters.imported, error = outcome.error, "polled");
        Ok(outcome)
    }

    fn outcome(
        &self,
        question: &Question,
        fetched: Result<Counters, QuickBooksError>,
        attention: Option<Attention>,
    ) -> PollOutcome {
        let (counters, error) = match fetched {
            Ok(counters) => (counters, None),
            Err(error) => (Counters::default(), Some(error.in_full())),
        };
        // Said now, because nothing more is heard of it.
        let last_words = attention.map_or("", |_dead| "; not asked again until it is linked anew");
        let error = error.map(|error| error + last_words);
        PollOutcome {
            at: self.clock.now().to_string(),
            connection: question.connection.clone(),
            account_id: question.source_id.clone(),
            number: question.offer.number.clone(),
            counters,
            error,
        }
    }

    /// Signs on as the customer of `question`, now.
    pub(super) fn sign_on<'a>(&self, question: &'a Question) -> SignOn<'a> {
        let (username, password) = (&question.username, &question.password);
        SignOn { username, password, at: self.clock.now() }
    }

    /// The customer no longer wants this account: it is not asked for again, and the bank is told nothing.
    pub async fn disconnect(&self, connection: &str, account: &str) -> Result<(), QuickBooksError> {
        self.change(|books| {
            let Some(customer) = books.customers.get_mut(connection) else {
                return Err(QuickBooksError::UnknownConnection(connection.to_owned()));
            };
            let known = customer.accounts.iter().map(|known| known.source_id.clone()).collect();
            let found = customer
                .accounts
                .iter_mut()
                .find(|known| known.source_id == account || known.offer.number == account);
            let Some(found) = found else {
                return Err(QuickBooksError::UnknownAccount { wanted: account.to_owned(), known });
            };
            found.connected = false;
            Ok(())
        })
        .await?
    }

    /// What a user would see.
    pub async fn books(&self) -> ShownBooks {
        ShownBooks::of(&*self.books.lock().await)
    }

    /// Forgets everything but the numbers of requests, which stay unique.
    pub async fn reset(&self) -> Result<(), QuickBooksError> {
        self.change(|books| *books = Books { requests: books.requests, ..Books::default() }).await
    }

    async fn change<T>(&self, change: impl FnOnce(&mut Books) -> T) -> Result<T, QuickBooksError> {
        let mut books = self.books.lock().await;
        let changed = change(&mut books);
        self.state_file.save(&books).await?;
        Ok(changed)
    }
}

impl Customer {
    fn offer(&self, number: &str) -> Result<&Offer, QuickBooksError> {
        let found = self.offered.iter().find(|offer| offer.number == number);
        found.ok_or_else(|| QuickBooksError::UnknownAccount {
            wanted: number.to_owned(),
            known: self.offered.iter().map(|offer| offer.number.clone()).collect(),
        })
    }
}

impl Books {
    /// Takes an account into a customer's books; one that was there before keeps its lines.
    fn choose(&mut self, question: &Question, start: Date) {
        let Some(customer) = self.customers.get_mut(&question.connection) else { return };
        let number = &question.offer.number;
        let mut account =
            Account::chosen(question.offer.clone(), question.source_id.clone(), start);
        let known = customer.accounts.iter_mut().find(|known| known.offer.number == *number);
        match known {
            Some(known) => {
                account.lines = std::mem::take(&mut known.lines);
                account.imported = known.imported;
                account.seen_again = known.seen_again;
                account.changed_under_same_fitid = known.changed_under_same_fitid;
                *known = account;
            }
            None => customer.accounts.push(account),
        }
    }
}
