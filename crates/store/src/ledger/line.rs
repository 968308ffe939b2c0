//! One line in a segment: two bytes of marks, then what they announce. What lines of one push share is told by the line
//! before.

use super::Damage;
use super::alike::Told;
use super::bytes::{Reader, Writer};
use super::days::{put_day, take_day};
use super::id::{IdForm, PackedId};
use super::texts::Texts;
use domain::dates::{LineDate, Suffix};
use domain::line::{Line, LineKind, LineRef};
use domain::money::Amount;
use jiff::civil::Time;

/// Most currencies have two decimal places.
const USUAL_SCALE: u32 = 2;
const SECONDS_OF_MINUTE: u64 = 60;
const MINUTES_OF_HOUR: u64 = 60;
const NANOS_OF_SECOND: u64 = 1_000_000_000;

/// Where the marks stand; the id's form takes the lowest two bits.
const TIME: u16 = 2;
const SUFFIX: u16 = 4;
const USUAL_AMOUNT: u16 = 6;
const BALANCE: u16 = 7;
const DESCRIPTION: u16 = 9;
const COUNTERPARTY: u16 = 10;
const REFERENCE: u16 = 11;
const RECONCILED: u16 = 12;
const KIND: u16 = 14;

/// What the next line may refer to.
#[derive(Clone, Debug, Default)]
pub(super) struct Context<'a> {
    /// The last ones that were kept whole.
    id: &'a str,
    reference: &'a str,
    texts: Texts<'a>,
    day: i32,
    suffix: Suffix,
    balance: Option<Amount>,
}

/// A line whose texts are still where they were read.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineView<'a> {
    pub(super) date: LineDate,
    id: PackedId<'a>,
    amount: Amount,
    balance: Option<Amount>,
    description: Option<&'a str>,
    counterparty: Option<&'a str>,
    reference: Option<Told<'a>>,
    reconciled: Option<bool>,
    kind: Option<LineKind>,
}

impl LineView<'_> {
    /// The line with texts of its own.
    pub(super) fn to_line(self) -> Line {
        Line {
            id: self.id.unpacked(),
            date: self.date,
            amount: self.amount,
            balance: self.balance,
            description: self.description.map(Into::into),
            counterparty: self.counterparty.map(Into::into),
            reference: self.reference.map(Told::unpacked),
            reconciled: self.reconciled,
            kind: self.kind,
        }
    }
}

/// How much of a time there is.
#[derive(Clone, Copy)]
enum Clock {
    None,
    Minutes(u64),
    Seconds(u64),
    Nanos(u64),
}

impl Clock {
    fn of(time: Option<Time>) -> Self {
        let Some(time) = time else { return Self::None };
        let part = |value: i8| u64::from(value.unsigned_abs());
        let minutes =
            part(time.hour()).saturating_mul(MINUTES_OF_HOUR).saturating_add(part(time.minute()));
        let seconds = minutes.saturating_mul(SECONDS_OF_MINUTE).saturating_add(part(time.second()));
        match (time.second(), time.subsec_nanosecond()) {
            (0, 0) => Self::Minutes(minutes),
            (_, 0) => Self::Seconds(seconds),
            (_, nanos) => Self::Nanos(
                seconds.saturating_mul(NANOS_OF_SECOND).saturating_add(nanos.unsigned_abs().into()),
            ),
        }
    }

    const fn code(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Minutes(_) => 1,
            Self::Seconds(_) => 2,
            Self::Nanos(_) => 3,
        }
    }
}

/// How a suffix is told.
fn suffix_code(suffix: Suffix, before: Suffix) -> u16 {
    match suffix {
        _ if suffix == before => 0,
        Suffix::None => 1,
        Suffix::Zulu => 2,
        Suffix::Offset(_) => 3,
    }
}

/// How a balance is told.
fn balance_code(line: &LineRef<'_>, before: Option<Amount>) -> u16 {
    match line.balance {
        None => 0,
        Some(balance) if before.is_some_and(|before| follows(before, line.amount, balance)) => 1,
        Some(balance) if balance.scale() == USUAL_SCALE => 2,
        Some(_) => 3,
    }
}

/// The sum of two amounts of one scale.
fn sum(left: Amount, right: Amount) -> Option<Amount> {
    let mantissa = left.mantissa().checked_add(right.mantissa())?;
    if left.scale() == right.scale() {
        Amount::from_parts(mantissa, left.scale()).ok()
    } else {
        None
    }
}

/// Whether the sum of two amounts of one scale has the digits of `balance`.
fn follows(before: Amount, amount: Amount, balance: Amount) -> bool {
    let scale = balance.scale();
    (before.scale(), amount.scale()) == (scale, scale)
        && before.mantissa().checked_add(amount.mantissa()) == Some(balance.mantissa())
}

/// Puts a line after those that made `context`.
pub(super) fn put_line<'a>(writer: &mut Writer, line: &LineRef<'a>, context: &mut Context<'a>) {
    let id = PackedId::of(line.id, context.id);
    let clock = Clock::of(line.date.time());
    let suffix = line.date.time().map_or(0, |_| suffix_code(line.date.suffix(), context.suffix));
    let balance = balance_code(line, context.balance);
    let reconciled =
        line.reconciled.map_or(0, |reconciled| u16::from(reconciled).saturating_add(1));
    let marks = id.form().code()
        | clock.code() << TIME
        | suffix << SUFFIX
        | u16::from(line.amount.scale() == USUAL_SCALE) << USUAL_AMOUNT
        | balance << BALANCE
        | u16::from(line.description.is_some()) << DESCRIPTION
        | u16::from(line.counterparty.is_some()) << COUNTERPARTY
        | u16::from(line.reference.is_some()) << REFERENCE
        | reconciled << RECONCILED
        | u16::from(line.kind.is_some()) << KIND;
    writer.raw(&marks.to_le_bytes());
    id.put(writer, &mut context.id);
    context.day = put_day(writer, line.date.date(), context.day);
    match clock {
        Clock::None => {}
        Clock::Minutes(value) | Clock::Seconds(value) | Clock::Nanos(value) => writer.uint(value),
    }
    if suffix == 3 {
        put_text(writer, &line.date.suffix().to_string());
    }
    if line.amount.scale() == USUAL_SCALE {
        put_usual(writer, line.amount);
    } else {
        put_amount(writer, line.amount);
    }
    match (balance, line.balance) {
        (2, Some(told)) => put_usual(writer, told),
        (3, Some(told)) => put_amount(writer, told),
        _ => {}
    }
    for text in [line.description, line.counterparty].into_iter().flatten() {
        context.texts.put(writer, text);
    }
    // References seldom come again, and would only drive out what does.
    if let Some(text) = line.reference {
        Told::of(text, context.reference).put(writer, &mut context.reference);
    }
    if let Some(kind) = line.kind {
        writer.u8(kind_code(kind));
    }
    if line.date.time().is_some() {
        context.suffix = line.date.suffix();
    }
    context.balance = line.balance.or(context.balance);
}

/// What [`put_line`] put.
pub(super) fn take_line<'a>(
    reader: &mut Reader<'a>,
    context: &mut Context<'a>,
) -> Result<LineView<'a>, Damage> {
    let marks = u16::from_le_bytes(reader.array()?);
    let two = |shift: u16| (marks >> shift) & 3;
    let one = |shift: u16| (marks >> shift) & 1 == 1;
    let id = PackedId::take(reader, IdForm::from_code(marks), &mut context.id)?;
    let date = take_date(reader, two(TIME), two(SUFFIX), context)?;
    let amount = if one(USUAL_AMOUNT) { take_usual(reader)? } else { take_amount(reader)? };
    let balance = match two(BALANCE) {
        0 => None,
        1 => {
            let follows = context.balance.and_then(|before| sum(before, amount));
            Some(follows.ok_or_else(|| reader.damage("with a balance that follows from nothing"))?)
        }
        2 => Some(take_usual(reader)?),
        _ => Some(take_amount(reader)?),
    };
    context.balance = balance.or(context.balance);
    let mut text = |shift| if one(shift) { context.texts.take(reader).map(Some) } else { Ok(None) };
    let (description, counterparty) = (text(DESCRIPTION)?, text(COUNTERPARTY)?);
    let reference =
        if one(REFERENCE) { Some(Told::take(reader, &mut context.reference)?) } else { None };
    let reconciled = two(RECONCILED).checked_sub(1).map(|code| code == 1);
    let kind = if one(KIND) { Some(take_kind(reader)?) } else { None };
    Ok(LineView {
        date,
        id,
        amount,
        balance,
        description,
        counterparty,
        reference,
        reconciled,
        kind,
    })
}

fn take_date(
    reader: &mut Reader<'_>,
    clock: u16,
    suffix: u16,
    context: &mut Context<'_>,
) -> Result<LineDate, Damage> {
    let (date, number) = take_day(reader, context.day)?;
    context.day = number;
    let time = match clock {
        0 => None,
        1 => Some(reader.uint()?.saturating_mul(SECONDS_OF_MINUTE).saturating_mul(NANOS_OF_SECOND)),
        2 => Some(reader.uint()?.saturating_mul(NANOS_OF_SECOND)),
        _ => Some(reader.uint()?),
    };
    let Some(nanos) = time else {
        return LineDate::from_parts(date, None, Suffix::None)
            .map_err(|error| reader.damage(&format!("with a date that is none: {error}")));
    };
    let time = time_of(nanos).ok_or_else(|| reader.damage("with a time that is none"))?;
    match suffix {
        0 => {}
        1 => context.suffix = Suffix::None,
        2 => context.suffix = Suffix::Zulu,
        _ => {
            context.suffix = Suffix::parse(take_text(reader)?)
                .map_err(|error| reader.damage(&format!("with a suffix that is none: {error}")))?;
        }
    }
    LineDate::from_parts(date, Some(time), context.suffix)
        .map_err(|error| reader.damage(&format!("with a date that is none: {error}")))
}

fn time_of(nanos: u64) -> Option<Time> {
    let seconds = nanos.checked_div(NANOS_OF_SECOND)?;
    let minutes = seconds.checked_div(SECONDS_OF_MINUTE)?;
    let part = |value: u64| i8::try_from(value).ok();
    Time::new(
        part(minutes.checked_div(MINUTES_OF_HOUR)?)?,
        part(minutes.checked_rem(MINUTES_OF_HOUR)?)?,
        part(seconds.checked_rem(SECONDS_OF_MINUTE)?)?,
        i32::try_from(nanos.checked_rem(NANOS_OF_SECOND)?).ok()?,
    )
    .ok()
}

fn put_text(writer: &mut Writer, text: &str) {
    writer.len(text.len());
    writer.raw(text.as_bytes());
}

fn take_text<'a>(reader: &mut Reader<'a>) -> Result<&'a str, Damage> {
    let bytes = reader.len()?;
    reader.text(bytes)
}

/// Puts an amount whose scale is told by the marks.
fn put_usual(writer: &mut Writer, amount: Amount) {
    writer.wide_int(amount.mantissa());
}

/// Puts an amount with its scale.
fn put_amount(writer: &mut Writer, amount: Amount) {
    writer.wide_int(amount.mantissa());
    writer.uint(amount.scale().into());
}

fn take_usual(reader: &mut Reader<'_>) -> Result<Amount, Damage> {
    let mantissa = reader.wide_int()?;
    amount_of(reader, mantissa, USUAL_SCALE)
}

fn take_amount(reader: &mut Reader<'_>) -> Result<Amount, Damage> {
    let mantissa = reader.wide_int()?;
    let scale = reader.u32()?;
    amount_of(reader, mantissa, scale)
}

fn amount_of(reader: &Reader<'_>, mantissa: i128, scale: u32) -> Result<Amount, Damage> {
    Amount::from_parts(mantissa, scale)
        .map_err(|error| reader.damage(&format!("with an amount that is none: {error}")))
}

/// A kind's place in the list of all, which only grows at its end.
fn kind_code(kind: LineKind) -> u8 {
    let place = LineKind::ALL.iter().position(|other| *other == kind);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

fn take_kind(reader: &mut Reader<'_>) -> Result<LineKind, Damage> {
    let code = usize::from(reader.u8()?);
    LineKind::ALL.get(code).copied().ok_or_else(|| reader.damage("with an unknown kind of line"))
}
