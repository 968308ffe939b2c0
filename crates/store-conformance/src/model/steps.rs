//! The steps of a play: each is done to the store and to the model, and their answers are compared.

use super::book::BookAccount;
use super::deeds::Opened;
use super::play::Play;
use super::rules::Judged;
use domain::fetch::Fetch;
use domain::ids::{LeaseToken, PushKey};
use domain::push::{Ending, LineSpan, PushStatus, Remark, Settlement, Withdrawal};
use domain::source_account::{AccountChange, AccountPath};
use jiff::{SignedDuration, Timestamp, tz::Offset};
use store::{
    AcceptedPush, AccountChanged, LeaseRequest, PushIntake, StatementOpened, StatementOpening,
};
use testkit::{a_credential, a_fetch, a_uuid};

impl Play {
    /// One step, and a look at what it touched.
    pub(super) async fn step(&mut self, step: u32) {
        self.turn.step = step;
        self.pass_time();
        if self.dice.often(self.mix.upheavals) {
            self.upheaval().await;
        } else {
            match self.dice.below(100) {
                0..40 => self.push().await,
                40..58 => self.lease().await,
                58..82 => self.settle().await,
                82..86 => self.release().await,
                _ => self.fetch().await,
            }
        }
        self.look_at_news().await;
        if step.is_multiple_of(60) {
            self.look_at_all().await;
        }
    }

    /// Brings every push to its end, since all clients of a database share their workers.
    pub(super) async fn end(&mut self) {
        while self.book.pushes.iter().any(|push| push.work.is_some()) {
            self.now += SignedDuration::from_hours(6);
            self.lease().await;
            while !self.held.is_empty() {
                self.settle().await;
            }
        }
        self.look_at_all().await;
        let ended =
            |status| self.book.pushes.iter().filter(|push| push.operation.status == status).count();
        // A play in which nothing happened would prove nothing.
        let counts = PushStatus::ALL.map(ended);
        let [pending, others @ ..] = counts;
        assert!(pending == 0 && others.iter().all(|count| *count > 0), "{}: {counts:?}", self.turn);
    }

    async fn push(&mut self) {
        let account = self.some_path();
        let intake = PushIntake {
            key: PushKey::new(a_uuid()),
            account: account.clone(),
            draft: self.draft(),
            timeout_minutes: self.dice.often(50).then_some(30),
            profiles: self.profiles.clone(),
            requested_at: self.now,
            sync: None,
        };
        self.turn.doing(format!("push {} lines to {}", intake.draft.lines.len(), account.account));
        let judged = self.book.accept(&intake);
        let accepted = self.turn.answered(self.store.accept_push(intake.clone()).await);
        match accepted {
            AcceptedPush::Kept(operation) => {
                let (status, lines) = (operation.status, operation.lines);
                let spans = operation.awaited.iter().map(|one| one.lines);
                let awaited = spans.flat_map(|span| span.first..span.end()).collect();
                let known_lines = operation.known_lines;
                let found = Judged { status, lines, known_lines, awaited };
                let validation = &operation.validation;
                assert_eq!(Some(found), judged, "{}: {validation:?}", self.turn);
                assert_eq!(status == PushStatus::Failed, !validation.errors.is_empty());
                self.book.keep(&intake, &operation);
            }
            AcceptedPush::Missing(missing) => {
                assert_eq!(judged, None, "{}: {missing:?}", self.turn);
            }
        }
        self.look_at_account(&account).await;
        self.look_at_pushes(account.connection.company).await;
    }

    async fn lease(&mut self) {
        let request = LeaseRequest {
            token: LeaseToken::new(a_uuid()),
            length: SignedDuration::from_mins(5 + i64::try_from(self.dice.below(60)).unwrap()),
            count: u32::try_from(1 + self.dice.below(6)).unwrap(),
            now: self.now,
        };
        self.turn.doing(format!("lease {}", request.count));
        let expected = self.book.lease(&request);
        let leases = self.turn.answered(self.store.lease_due_work(&request).await);
        let shown: Vec<_> =
            leases.iter().map(|lease| (lease.push.clone(), lease.attempt)).collect();
        assert_eq!(shown, expected, "{}", self.turn);
        self.held.extend(leases);
    }

    /// With any lease that somebody thinks to have, now and then a second time.
    async fn settle(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let index = self.dice.count(u64::try_from(self.held.len()).unwrap());
        let lease = self.held[index].clone();
        if self.dice.often(90) {
            self.held.remove(index);
        }
        let settlement = self.settlement(lease.push.lines);
        self.turn.doing(format!("settle {} as {settlement:?}", lease.push.key));
        let expected = self.book.settle((&lease.push, lease.token), &settlement, self.now);
        // There are two ways to the same end.
        let is_plain = settlement == Settlement::Finished(Ending::success(Vec::new()));
        let settled = if is_plain && lease.push.lines.first.is_multiple_of(2) {
            let settled = self.store.finish_pushes(std::slice::from_ref(&lease), self.now).await;
            settled.map(|settled| settled[0])
        } else {
            self.store.settle_push(&lease, &settlement, self.now).await
        };
        assert_eq!(self.turn.answered(settled), expected, "{}", self.turn);
        let path = AccountPath { connection: lease.push.path, account: lease.push.account };
        self.look_at_account(&path).await;
        self.look_at_pushes(path.connection.company).await;
    }

    fn settlement(&self, lines: LineSpan) -> Settlement {
        let refusal = Remark { path: "transactions[0]".to_owned(), message: "no\u{0}".to_owned() };
        let (status, error, errors) = match self.dice.below(11) {
            0..4 => (PushStatus::Success, None, Vec::new()),
            4..5 => {
                (PushStatus::Failed, Some("the platform\u{0} said no".to_owned()), vec![refusal])
            }
            5..8 => (PushStatus::TimedOut, Some("too late".to_owned()), Vec::new()),
            8 => return Settlement::Waiting(self.soon()),
            _ => return Settlement::Again(self.soon()),
        };
        let withdrawal = match status {
            PushStatus::TimedOut => Withdrawal::Unshown,
            PushStatus::Failed if self.dice.often(50) => Withdrawal::Lines(lines),
            PushStatus::Pending | PushStatus::Success | PushStatus::Failed => Withdrawal::Nothing,
        };
        Settlement::Finished(Ending { status, error, errors, warnings: Vec::new(), withdrawal })
    }

    fn soon(&self) -> Timestamp {
        let minutes = i64::try_from(self.dice.below(120)).unwrap();
        self.now + SignedDuration::from_mins(minutes)
    }

    async fn release(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let lease = self.dice.one_of(&self.held).clone();
        self.turn.doing(format!("release {}", lease.push.key));
        self.book.release(&lease.push, lease.token);
        self.turn.answered(self.store.release_work(&lease).await);
    }

    async fn fetch(&mut self) {
        let account = self.some_path();
        let hours = i64::try_from(self.dice.below(48)).unwrap();
        let opening = StatementOpening {
            account: account.clone(),
            feed_start: Offset::UTC.to_datetime(self.now).date(),
            credentials_made_at: self.now - SignedDuration::from_hours(hours),
            now: self.now,
        };
        self.turn.doing(format!("fetch {}", account.account));
        let expected = self.book.open(&opening);
        let opened = self.turn.answered(self.store.open_statement(&opening).await);
        let found = match &opened {
            StatementOpened::Open(_) => Opened::Open,
            StatementOpened::Closed => Opened::Closed,
            StatementOpened::Unknown => Opened::Unknown,
        };
        assert_eq!(found, expected, "{}", self.turn);
        if let StatementOpened::Open(opened) = opened
            && self.dice.often(50)
        {
            assert_eq!(
                Some(opened.0),
                self.book.account(&account).map(|book| book.account.clone())
            );
            self.record(&account).await;
        }
        self.look_at_account(&account).await;
    }

    async fn record(&mut self, account: &AccountPath) {
        let Some(found) = self.book.account(account) else { return };
        let fetch = Fetch { at: opened_at(found), ..a_fetch(account, found.watermark()) };
        found.fetches.push(fetch.clone());
        let kept: Vec<_> = found.fetches.iter().rev().cloned().collect();
        let path = account.connection;
        self.turn.answered(self.store.record_fetches(&path, &[fetch]).await);
        let since = Timestamp::MIN;
        let listed = self.store.list_fetches(account, since, u32::MAX).await;
        assert_eq!(self.turn.answered(listed), kept, "{}", self.turn);
    }

    async fn upheaval(&mut self) {
        match self.dice.below(20) {
            0..5 => self.disconnect().await,
            5..8 => self.delete_account().await,
            8..12 => self.make_anew().await,
            12..15 => self.revoke().await,
            15..17 => self.make_credential().await,
            17..19 => self.delete_connection().await,
            _ => self.delete_company().await,
        }
    }

    async fn disconnect(&mut self) {
        let path = self.some_path();
        self.turn.doing(format!("disconnect {}", path.account));
        self.book.disconnect(&path, self.now);
        let change = AccountChange { disconnect: true, ..AccountChange::default() };
        let changed = self.store.change_source_account(&path, change, self.now).await;
        let expected = self.book.account(&path).map(|book| book.account.clone());
        let expected = expected.map_or(AccountChanged::Unknown, AccountChanged::Changed);
        assert_eq!(self.turn.answered(changed), expected, "{}", self.turn);
    }

    async fn delete_account(&mut self) {
        let path = self.some_path();
        self.turn.doing(format!("delete {}", path.account));
        let was_there = self.book.account(&path).is_some();
        self.book.hasten(|account| *account == path, self.now);
        self.book.accounts.retain(|found| found.path != path);
        let deleted = self.store.delete_source_account(&path, self.now).await;
        assert_eq!(self.turn.answered(deleted), was_there, "{}", self.turn);
        self.note_gone(path.clone());
        self.look_at_account(&path).await;
    }

    async fn make_anew(&mut self) {
        for path in self.gone_paths() {
            let Some(account) = self.account_anew(&path) else { continue };
            self.turn.doing(format!("make {} anew", path.account));
            self.add_account(path.clone(), account).await;
            self.look_at_account(&path).await;
        }
    }

    async fn make_credential(&mut self) {
        let path = self.some_path().connection;
        self.turn.doing("make a credential");
        let kept = self.turn.answered(self.store.create_credential(&a_credential(path)).await);
        let connection = self.book.connection(&path);
        assert_eq!(kept, connection.is_some(), "{}", self.turn);
        if let Some(found) = connection {
            found.credentials += 1;
        }
    }

    async fn revoke(&mut self) {
        let path = self.some_path().connection;
        self.turn.doing("revoke credentials");
        let expected = self.book.revoke(&path, self.now);
        let revoked = self.turn.answered(self.store.revoke_credentials(&path, self.now).await);
        assert_eq!(revoked, expected, "{}", self.turn);
        self.look_at_all().await;
    }

    async fn delete_connection(&mut self) {
        let account = self.some_path();
        let path = account.connection;
        self.turn.doing("delete a connection");
        let was_there = self.book.connection(&path).is_some();
        let deleted = self.turn.answered(self.store.delete_connection(&path, self.now).await);
        assert_eq!(deleted, was_there, "{}", self.turn);
        self.note_gone(account);
        if was_there {
            self.book.delete_connection(&path, self.now);
            let company = self.companies.iter().find(|found| found.id == path.company).cloned();
            self.connect(&company.unwrap()).await;
        }
    }

    async fn delete_company(&mut self) {
        let index = self.dice.count(u64::try_from(self.companies.len()).unwrap());
        let company = self.companies.remove(index);
        self.turn.doing("delete a company");
        let deleted = self.store.delete_company(self.client, company.id, self.now).await;
        assert!(self.turn.answered(deleted), "{}", self.turn);
        self.book.delete_company(self.client, company.id, self.now);
        self.found_company().await;
        self.look_at_pushes(company.id).await;
        self.look_at_all().await;
    }
}

/// Fetches of one instant stand in the order they came, so all may have one.
fn opened_at(account: &BookAccount) -> Timestamp {
    account.account.created_at
}
