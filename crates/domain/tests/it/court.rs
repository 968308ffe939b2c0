//! What a judgement needs: an account that stands well, at noon of a leap day, and lines that no platform refuses.

use domain::connection::ConnectionStatus;
use domain::dates::LineDate;
use domain::line::{Identity, LineKind, Text};
use domain::money::Amount;
use domain::platform::Profile;
use domain::push::{
    Accepted, DraftLine, Known, PushDraft, Refused, Remark, Standing, Verdict, judge,
};
use domain::source_account::AccountStatus;
use jiff::Timestamp;
use std::collections::HashMap;

/// The identities of lines that an account has.
pub(crate) type Identities = HashMap<Text, Identity>;

/// Noon of a leap day, when it is the same day almost everywhere.
pub(crate) const NOON: Timestamp = Timestamp::constant(1_709_208_000, 0);

/// A linked, connected account without lines.
pub(crate) const READY: Standing = Standing {
    connection: ConnectionStatus::Linked,
    account: AccountStatus::Connected,
    feed_start: None,
    newest: None,
};

pub(crate) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub(crate) fn line_date(text: &str) -> LineDate {
    LineDate::parse(text).unwrap()
}

/// A line with all that any platform asks for.
pub(crate) fn line(id: &str, date: &str) -> DraftLine {
    DraftLine {
        id: Some(id.into()),
        date: Some(line_date(date)),
        amount: Some(amount("-12.50")),
        balance: Some(amount("100.00")),
        description: Some("card payment".into()),
        counterparty: None,
        reference: None,
        reconciled: None,
        kind: Some(LineKind::Debit),
    }
}

/// One case before the judge.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) profile: Profile,
    pub(crate) standing: Standing,
    pub(crate) known: Identities,
    /// Where those of them stand whose push is under way.
    pub(crate) under_way: HashMap<Text, u64>,
    pub(crate) now: Timestamp,
}

impl Case {
    /// A ready account without lines, at noon.
    pub(crate) fn under(profile: Profile) -> Self {
        Self {
            profile,
            standing: READY,
            known: Identities::new(),
            under_way: HashMap::new(),
            now: NOON,
        }
    }

    pub(crate) fn judge(&self, lines: &[DraftLine]) -> Verdict {
        let draft = PushDraft { lines: lines.to_vec() };
        let known = self.known.iter().map(|(id, identity)| {
            let awaited_at = self.under_way.get(id).copied();
            (id.clone(), Known { identity: *identity, awaited_at })
        });
        judge(&self.profile, &self.standing, &known.collect::<HashMap<_, _>>(), draft, self.now)
    }

    /// The verdict on a push that must be accepted.
    pub(crate) fn accepts(&self, lines: &[DraftLine]) -> Accepted {
        match self.judge(lines) {
            Verdict::Accepted(accepted) => accepted,
            Verdict::Refused(refused) => unreachable!("refused: {:?}", refused.errors),
        }
    }

    /// The verdict on a push that must be refused.
    pub(crate) fn refuses(&self, lines: &[DraftLine]) -> Refused {
        match self.judge(lines) {
            Verdict::Accepted(accepted) => unreachable!("accepted: {accepted:?}"),
            Verdict::Refused(refused) => refused,
        }
    }

    /// The same account after the push.
    pub(crate) fn after(mut self, accepted: &Accepted) -> Self {
        for line in &accepted.lines {
            self.known.insert(line.id.clone(), line.identity());
            self.standing.newest = self.standing.newest.max(Some(line.date.date()));
        }
        self
    }
}

/// Where the remarks point to, in their order.
pub(crate) fn paths(remarks: &[Remark]) -> Vec<&str> {
    remarks.iter().map(|remark| remark.path.as_str()).collect()
}
