//! A card as its template shows it: its words, its fields and what is chosen in them.

use super::board::{Card, Choice, Stage, Standing};
use super::entry::{Days, Entry, Fault, Field, NEW};
use super::number::last_four;
use super::{anchor_of, name_of};
use crate::form::Form;
use crate::page::Frame;
use domain::link::{TargetAccount, TargetKind, Unfit};
use domain::money::CurrencyCode;
use jiff::civil::Date;

/// More than so many are a list that opens: nobody reads further.
const RADIOS_MAX: usize = 8;

/// A card, and what goes with it.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) frame: &'a Frame,
    pub(super) card: Card<'a>,
    /// Connects the account.
    pub(super) connect: Form,
    /// Where one is asked whether to disconnect it.
    pub(super) disconnect: String,
    /// What was typed; nothing on a page that nobody has sent yet.
    pub(super) entry: Option<Entry>,
    /// What is wrong with it.
    pub(super) faults: Vec<Fault>,
    pub(super) days: Days,
}

/// How a card says how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Badge {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) key: &'static str,
}

/// One of the places that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) name: String,
    pub(super) ending: Option<String>,
    pub(super) currency: Option<String>,
    /// Why it is proposed.
    pub(super) because: Option<&'static str>,
    pub(super) is_chosen: bool,
}

/// A place that cannot be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    pub(super) name: String,
    pub(super) ending: Option<String>,
    pub(super) why: String,
}

/// Something that is wrong, for the list at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) anchor: String,
    pub(super) text: String,
}

impl View<'_> {
    pub(super) fn anchor(&self) -> String {
        anchor_of(self.card.account)
    }

    pub(super) fn name(&self) -> String {
        name_of(self.card.account)
    }

    pub(super) fn ending(&self) -> Option<String> {
        self.card.account.details.number.as_deref().and_then(last_four)
    }

    /// The balance with its currency, or the currency alone.
    pub(super) fn money(&self) -> Option<String> {
        let currency = self.card.account.details.currency;
        let balance = self.card.account.balance;
        let balance = balance.map(|amount| self.frame.texts.money(amount, currency));
        balance.or_else(|| known(currency))
    }

    pub(super) fn badge(&self) -> Badge {
        let (class, mark, key) = match &self.card.stage {
            Stage::Open { standing: Standing::Fresh, .. } => ("", "○", "mapping-status-fresh"),
            Stage::Open { standing: Standing::Failed(_), .. } => {
                ("danger", "!", "mapping-status-problem")
            }
            Stage::Open { standing: Standing::Ended, .. } => ("", "×", "mapping-status-ended"),
            Stage::Connecting => ("accent", "…", "mapping-status-connecting"),
            Stage::Connected { .. } => ("good", "✓", "mapping-status-connected"),
        };
        Badge { class, mark, key }
    }

    /// The platform's words, when it said no.
    pub(super) const fn refusal(&self) -> Option<&str> {
        match &self.card.stage {
            Stage::Open { standing: Standing::Failed(words), .. } => Some(words),
            Stage::Open { .. } | Stage::Connecting | Stage::Connected { .. } => None,
        }
    }

    pub(super) const fn has_ended(&self) -> bool {
        matches!(&self.card.stage, Stage::Open { standing: Standing::Ended, .. })
    }

    pub(super) const fn is_open(&self) -> bool {
        matches!(&self.card.stage, Stage::Open { .. })
    }

    pub(super) const fn is_connecting(&self) -> bool {
        matches!(&self.card.stage, Stage::Connecting)
    }

    /// Where it leads.
    pub(super) const fn target(&self) -> Option<&TargetAccount> {
        match &self.card.stage {
            Stage::Connected { target, .. } => *target,
            Stage::Open { .. } | Stage::Connecting => None,
        }
    }

    pub(super) fn target_ending(&self) -> Option<String> {
        self.target()?.number.as_deref().and_then(last_four)
    }

    pub(super) fn since(&self) -> Option<String> {
        let Stage::Connected { since, .. } = &self.card.stage else { return None };
        since.map(|at| self.frame.texts.date(domain::clock::utc_date(at)))
    }

    /// The first day of what is sent.
    pub(super) fn from(&self) -> Option<String> {
        self.card.account.feed_start.map(|day| self.frame.texts.date(day))
    }

    fn choice(&self) -> Option<&Choice<'_>> {
        match &self.card.stage {
            Stage::Open { choice, .. } => Some(choice),
            Stage::Connecting | Stage::Connected { .. } => None,
        }
    }

    /// The id of the field of where to.
    pub(super) fn target_id(&self) -> String {
        format!("target-{}", self.card.account.public_number)
    }

    /// The id of the field of the day.
    pub(super) fn start_id(&self) -> String {
        format!("start-{}", self.card.account.public_number)
    }

    /// Whether the places are a list that opens.
    pub(super) fn is_long(&self) -> bool {
        self.choice().is_some_and(|choice| choice.fits.len() > RADIOS_MAX)
    }

    pub(super) fn fits_nothing(&self) -> bool {
        self.choice().is_some_and(|choice| choice.fits.is_empty())
    }

    /// Why something is proposed, for a list, in which it cannot stand beside it.
    pub(super) fn proposal(&self) -> Option<String> {
        let suggestion = self.choice()?.suggestion?;
        let why = self.frame.say(suggestion.because.key());
        let values = [("why", why.as_str()), ("name", suggestion.target.name.as_str())];
        Some(self.frame.say_all("mapping-suggestion", &values))
    }

    /// What is chosen when the page opens.
    fn chosen(&self) -> Option<String> {
        if let Some(entry) = &self.entry {
            return entry.target.clone();
        }
        if self.fits_nothing() {
            return Some(NEW.to_owned());
        }
        self.choice()?.suggestion.map(|suggestion| Entry::existing(&suggestion.target.id))
    }

    /// The places that can be chosen, without the new one.
    pub(super) fn places(&self) -> Vec<Place> {
        let Some(choice) = self.choice() else { return Vec::new() };
        let (chosen, suggestion) = (self.chosen(), choice.suggestion);
        let place = |(index, target): (usize, &&TargetAccount)| {
            let value = Entry::existing(&target.id);
            let own = suggestion.filter(|suggestion| suggestion.target.id == target.id);
            Place {
                // The first has the name of the field, so that links to the field lead there.
                id: match index {
                    0 => self.target_id(),
                    index => format!("{}-{index}", self.target_id()),
                },
                is_chosen: chosen.as_deref() == Some(value.as_str()),
                value,
                name: target.name.clone(),
                ending: target.number.as_deref().and_then(last_four),
                currency: known(Some(target.currency)),
                because: own.map(|suggestion| suggestion.because.key()),
            }
        };
        choice.fits.iter().enumerate().map(place).collect()
    }

    /// The account that is to be opened.
    pub(super) fn new_place(&self) -> Place {
        let id = if self.fits_nothing() {
            self.target_id()
        } else {
            format!("{}-{NEW}", self.target_id())
        };
        Place {
            id,
            value: NEW.to_owned(),
            name: self.frame.say_with("mapping-new", "name", &self.name()),
            ending: None,
            currency: None,
            because: None,
            is_chosen: self.chosen().as_deref() == Some(NEW),
        }
    }

    pub(super) fn misfits(&self) -> Vec<Misfit> {
        let misfits = self.choice().map(|choice| choice.misfits.as_slice()).unwrap_or_default();
        let misfit = |(target, why): &(&TargetAccount, Unfit)| Misfit {
            name: target.name.clone(),
            ending: target.number.as_deref().and_then(last_four),
            why: explain(self.frame, target, *why),
        };
        misfits.iter().map(misfit).collect()
    }

    /// The day that stands in its field.
    pub(super) fn start(&self) -> String {
        let typed = self.entry.as_ref().map(|entry| entry.start.clone());
        typed.unwrap_or_else(|| self.days.usual.to_string())
    }

    pub(super) fn fault_of_target(&self) -> Option<String> {
        self.fault_of(Field::Target)
    }

    pub(super) fn fault_of_start(&self) -> Option<String> {
        self.fault_of(Field::Start)
    }

    fn fault_of(&self, field: Field) -> Option<String> {
        let fault = self.faults.iter().find(|fault| fault.field() == field);
        fault.map(|fault| self.say_fault(fault))
    }

    /// All that is wrong, and where.
    pub(super) fn wrongs(&self) -> Vec<Wrong> {
        let wrong = |fault: &Fault| {
            let anchor = match fault.field() {
                Field::Target if self.is_open() => self.target_id(),
                Field::Start if self.is_open() => self.start_id(),
                Field::Target | Field::Start | Field::Card => self.anchor(),
            };
            let (name, what) = (self.name(), self.say_fault(fault));
            let values = [("name", name.as_str()), ("what", what.as_str())];
            Wrong { anchor, text: self.frame.say_all("mapping-fault-at", &values) }
        };
        self.faults.iter().map(wrong).collect()
    }

    fn say_fault(&self, fault: &Fault) -> String {
        let date = |day: Date| self.frame.texts.date(day);
        match fault {
            Fault::NothingChosen => self.frame.say("mapping-fault-choose"),
            Fault::UnknownTarget => self.frame.say("mapping-fault-unknown"),
            Fault::Unfit(target, why) => {
                let why = explain(self.frame, target, *why);
                self.frame.say_all("mapping-fault-unfit", &[("name", &target.name), ("why", &why)])
            }
            Fault::Refused => self.frame.say("mapping-fault-refused"),
            Fault::NoDay => self.frame.say("mapping-fault-start"),
            Fault::DayOutside => match self.days.first {
                Some(first) => {
                    let (first, last) = (date(first), date(self.days.last));
                    let days = [("first", first.as_str()), ("last", last.as_str())];
                    self.frame.say_all("mapping-fault-range", &days)
                }
                None => self.frame.say_with("mapping-fault-late", "last", &date(self.days.last)),
            },
            Fault::Taken => self.frame.say("mapping-fault-taken"),
        }
    }
}

/// Why an account of the books cannot be chosen, in a sentence.
fn explain(frame: &Frame, target: &TargetAccount, why: Unfit) -> String {
    match (why, target.kind) {
        (Unfit::Currency, _) => {
            frame.say_with("mapping-unfit-currency", "currency", target.currency.as_str())
        }
        (Unfit::Kind, TargetKind::CreditCard) => frame.say("mapping-unfit-card"),
        (Unfit::Kind, TargetKind::Bank) => frame.say("mapping-unfit-bank"),
        (Unfit::Fed, _) => frame.say("mapping-unfit-fed"),
    }
}

fn known(currency: Option<CurrencyCode>) -> Option<String> {
    currency.filter(|code| *code != CurrencyCode::UNKNOWN).map(|code| code.to_string())
}
