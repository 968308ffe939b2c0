//! What the bank sends: lines of twenty accounts in windows that follow each other, overlap, or come twice.

use domain::line::Line;
use domain::money::Amount;
use domain::push::PushDraft;
use std::ops::Range;
use testkit::Dice;
use testkit::{a_draft_of, a_line, amount};

/// A push with so many long lines takes two statements.
const LARGE_LINES: usize = 215;
/// In JSON each character takes six bytes.
const LARGE_DESCRIPTION: &str = "\u{1}";
const LARGE_DESCRIPTION_CHARS: usize = 2_000;
/// Minutes that a push may take, where the bank says.
const TIMEOUT_MINUTES: (u64, u64) = (1, 8);

/// The bank's side.
pub(super) struct Bank {
    dice: Dice,
    accounts: Vec<Ledger>,
}

/// What the bank has of one account.
#[derive(Default)]
struct Ledger {
    lines: Vec<Line>,
    /// The window of the latest push.
    latest: Range<usize>,
}

/// A push that the bank makes.
#[derive(Clone)]
pub(super) struct Planned {
    pub(super) account: usize,
    pub(super) draft: PushDraft,
    pub(super) timeout_minutes: Option<u32>,
}

impl Bank {
    pub(super) fn open(seed: u64, accounts: usize) -> Self {
        let accounts = (0..accounts).map(|_| Ledger::default()).collect();
        Self { dice: Dice::of(seed, "bank"), accounts }
    }

    /// Any push.
    pub(super) fn plan(&mut self) -> Planned {
        let last = u64::try_from(self.accounts.len() - 1).unwrap();
        let account = usize::try_from(self.dice.between(0, last)).unwrap();
        let known = self.accounts[account].lines.len();
        let back = usize::try_from(self.dice.between(1, 5)).unwrap();
        let window = match self.dice.between(1, 100) {
            1..=12 => self.accounts[account].latest.clone(),
            13..=32 => known.saturating_sub(back)..self.grow(account),
            _ => known..self.grow(account),
        };
        let patience = self.dice.between(TIMEOUT_MINUTES.0, TIMEOUT_MINUTES.1);
        let timeout = self.dice.percent(20).then(|| u32::try_from(patience).unwrap());
        let mut planned = self.window(account, window, timeout);
        if self.dice.percent(12) {
            self.muddle(&mut planned.draft);
        }
        planned
    }

    /// New lines for an account.
    pub(super) fn plan_new(&mut self, account: usize) -> Planned {
        let known = self.accounts[account].lines.len();
        let window = known..self.grow(account);
        self.window(account, window, None)
    }

    /// A push that no single statement can hold.
    pub(super) fn plan_large(&mut self, account: usize) -> Planned {
        let known = self.accounts[account].lines.len();
        for _ in 0..LARGE_LINES {
            self.add_line(account);
            let line = self.accounts[account].lines.last_mut().unwrap();
            line.description = Some(LARGE_DESCRIPTION.repeat(LARGE_DESCRIPTION_CHARS).into());
        }
        self.window(account, known..known + LARGE_LINES, None)
    }

    /// Everything that an account has had so far, once more.
    pub(super) fn plan_all(&mut self, account: usize) -> Planned {
        let all = 0..self.accounts[account].lines.len();
        self.window(account, all, None)
    }

    /// Every line that an account has had so far.
    pub(super) fn lines(&self, account: usize) -> &[Line] {
        &self.accounts[account].lines
    }

    fn window(&mut self, account: usize, window: Range<usize>, timeout: Option<u32>) -> Planned {
        let ledger = &mut self.accounts[account];
        ledger.latest = window.clone();
        let draft = a_draft_of(ledger.lines[window].iter().cloned());
        Planned { account, draft, timeout_minutes: timeout }
    }

    /// A few lines more; answers how many there are then.
    fn grow(&mut self, account: usize) -> usize {
        for _ in 0..self.dice.between(1, 6) {
            self.add_line(account);
        }
        self.accounts[account].lines.len()
    }

    fn add_line(&mut self, account: usize) {
        let scale = u32::try_from(self.dice.between(0, 4)).unwrap();
        let size = i128::from(self.dice.between(1, 9_999_999));
        let size = if self.dice.percent(55) { -size } else { size };
        let ledger = &mut self.accounts[account];
        let place = ledger.lines.len();
        let value = Amount::from_parts(size, scale).unwrap();
        let before = ledger.lines.last().and_then(|line| line.balance);
        let before = before.unwrap_or_else(|| amount("2500.00"));
        let day = (1 + place / 3).min(29);
        let id = format!("a{account:02}-{place:04}");
        let line = a_line(&id, &format!("2024-02-{day:02}"), &value.to_string());
        ledger.lines.push(Line { balance: before.checked_add(value), ..line });
    }

    /// Balances that contradict the amounts.
    fn muddle(&self, draft: &mut PushDraft) {
        for line in &mut draft.lines {
            if self.dice.percent(60) {
                line.balance = line.balance.and_then(|told| told.checked_add(amount("0.05")));
            }
        }
    }
}
