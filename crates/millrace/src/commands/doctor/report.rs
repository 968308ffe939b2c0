//! How findings are told: a line for each check to people, an object for each to machines.

use crate::output;
use serde_json::{Value, json};

/// To whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
}

/// What was told so far.
#[derive(Debug)]
pub(super) struct Report {
    form: Form,
    faults: u64,
}

/// Where something is wrong: in words, and as an object.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) words: String,
    pub(super) object: Value,
}

impl Report {
    pub(super) fn new(form: Form) -> Self {
        Self { form, faults: 0 }
    }

    /// A check that found nothing.
    pub(super) fn right(&self, check: &str, what: &str) -> anyhow::Result<()> {
        match self.form {
            Form::Text => output::line(format_args!("✓ {check}: {what}"))?,
            Form::Json => output::line(json!({ "check": check, "ok": true, "what": what }))?,
        }
        Ok(())
    }

    /// Something that is wrong, and what to do about it.
    pub(super) fn wrong(&mut self, check: &str, what: &str, advice: &str) -> anyhow::Result<()> {
        self.wrong_at(check, what, &Told::default(), advice)
    }

    /// The same, somewhere.
    pub(super) fn wrong_at(
        &mut self,
        check: &str,
        what: &str,
        place: &Told,
        advice: &str,
    ) -> anyhow::Result<()> {
        self.faults = self.faults.saturating_add(1);
        // A control character in what is kept would break the line, or the terminal.
        let plain = |text: &str| text.replace(char::is_control, " ");
        if self.form == Form::Json {
            let told = json!({
                "check": check, "ok": false, "what": what, "place": place.object, "advice": advice,
            });
            return Ok(output::line(told)?);
        }
        let place = if place.words.is_empty() { "" } else { &format!(" [{}]", place.words) };
        Ok(output::line(format_args!("✗ {check}: {}{}; {advice}", plain(what), plain(place)))?)
    }

    /// How many things are wrong, after the last line.
    pub(super) fn end(self) -> anyhow::Result<u64> {
        let (ok, faults) = (self.faults == 0, self.faults);
        if self.form == Form::Json {
            output::line(json!({ "check": "all", "ok": ok, "faults": faults }))?;
        }
        Ok(faults)
    }
}
