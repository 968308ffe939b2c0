//! Xero as a bank sees it: identity, connections, the little of accounting that feeds need, and bank feeds.
//!
//! The router can be nested anywhere: `/identity/connect/authorize` (a page with a form, no scripts), `…/connect/token`,
//! `…/connect/revocation`; `/connections`; `/api.xro/2.0/Accounts` and `/Organisation`; `/bankfeeds.xro/1.0/…`. There is
//! one app, and at the start one organisation, `Demo Company`, whose ids are the same at every start. State is in memory;
//! what a background job of Xero's would do is done before the next call after its time.
//! It leaves out invoices, payroll and whatever else Xero does, webhooks (feeds have none) and the caps on how many
//! organisations an app may have.
//!
//! # Where the rules come from
//! Paths, fields, lengths, error types and statuses are those of Xero's published contract, whose examples decide where
//! its text is silent: 202 for the list of feed connections, 400 for an unknown one. Lifetimes and rotation of tokens,
//! limits and idempotency are from Xero's developer pages as others retell them. Nobody outside Xero knows these, so they
//! are choices: a duplicate is a statement that says the same of the same feed, in whatever digits; `start` may be a year
//! old where it is earliest on earth, `end` may be today where it is latest; a feed takes no statement while it is
//! PENDING; a gap between two statements is no error, but the ledger shows it; lists of statements begin with the newest.
//!
//! # Control
//! JSON in and out under `/control`; a refusal is 400 or 404 with `{"error": "…"}`.
//!
//! | call | body | what it does |
//! |---|---|---|
//! | `GET /organisations` | | all of them with accounts, feeds and whether they are connected |
//! | `POST /organisations` | `name`, `user`?, `baseCurrency`?, `currencies`?, `country`?, `takesFeeds`?, `userConnectsFeeds`?, `accounts`? | opens one; organisations of one `user` share tokens |
//! | `POST /organisations/{tenantId}/accounts` | `name`, `number`, `type`?, `currency`?, `active`?, `fedElsewhere`? | opens a bank account |
//! | `POST /organisations/{tenantId}/disconnect` | none | its user takes the app off |
//! | `POST /feeds/{id}/switch-off` | none | its user switches the feed off |
//! | `GET /settings`, `PATCH /settings` | `deliverySecs`, `feedSecs`, `duplicates`: `immediate` or `late`, `consent`: `ask`, `allow` or `deny`, `redirectUris`, `limits` | what is not named stays |
//! | `GET /faults`, `DELETE /faults` | | what can be ordered and what is; forgets all orders |
//! | `POST /faults` | `fault`, `operation`?, `calls`?, `secs`?, `percent`?, `millis`?, `retryAfterSecs`?, `problem`? | for the next call, for so many, or for so long |
//! | `GET /time`, `POST /time` | `advanceSecs` | runs ahead of the clock |
//! | `POST /tokens/expire`, `POST /tokens/revoke` | none | ends access tokens; ends all tokens |
//! | `GET /ledger` | | the books: see below |
//! | `GET /calls` | | the latest 1000 calls, the oldest first, without secrets |
//! | `POST /reset` | none | back to the start |
//!
//! # Ledger
//! ```json
//! {"accounts":[{"organisation":"Demo Company","tenantId":"…","accountId":"…","name":"Business Current Account",
//!  "number":"12345678","currency":"GBP","type":"BANK","balance":"57.50","isContinuous":true,"repeated":0,
//!  "lines":[{"date":"2024-02-29","amount":"-42.50","balance":"57.50","transactionId":"t-1","description":"Coffee",
//!  "payeeName":null,"reference":null,"chequeNumber":null,"transactionType":null,"statementId":"…"}],
//!  "statements":[{"id":"…","feedConnectionId":"…","startDate":"2024-02-28","endDate":"2024-02-29",
//!  "startBalance":"100","endBalance":"57.50","lines":1}]}]}
//! ```
//! Amounts are signed text with the digits that came. `isContinuous` says whether every statement began where the one
//! before it ended; `repeated` counts lines whose transaction id stood there before, and must stay 0 whatever happens.

mod accounting;
mod amount;
mod control;
mod door;
mod faults;
mod feeds;
mod identity;
mod ids;
mod operation;
mod organisation;
mod problem;
mod router;
mod settings;
mod simulator;
mod world;

pub use router::router;
pub use simulator::Xero;
