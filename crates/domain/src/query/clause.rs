//! One comparison of a query: `property OPERATOR value`.

use super::error::{Malformed, QueryError};
use super::property::{Kind, Property, PropertySpec};
use super::value::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Contains,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

impl Operator {
    /// The longer operators first, so that `>=` is not read as `>`.
    pub(super) const ALL: [Self; 7] = [
        Self::NotEqual,
        Self::GreaterOrEqual,
        Self::LessOrEqual,
        Self::Equal,
        Self::Contains,
        Self::Greater,
        Self::Less,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Contains => "~",
            Self::Greater => ">",
            Self::Less => "<",
            Self::GreaterOrEqual => ">=",
            Self::LessOrEqual => "<=",
        }
    }

    const fn applies_to(self, kind: Kind) -> bool {
        match self {
            Self::Equal | Self::NotEqual => true,
            Self::Contains => matches!(kind, Kind::Text),
            Self::Greater | Self::Less | Self::GreaterOrEqual | Self::LessOrEqual => {
                matches!(kind, Kind::Number | Kind::Moment | Kind::LocalDate)
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) property: Box<str>,
    pub(super) operator: Operator,
    pub(super) value: Value,
}

impl Clause {
    /// Finds the property in the table, takes over its spelling there, and refuses an operator or
    /// a value that its kind does not know.
    pub(super) fn check(
        &mut self,
        properties: &[PropertySpec],
        type_name: &str,
    ) -> Result<(), QueryError> {
        let PropertySpec { path, kind } =
            PropertySpec::find(properties, &self.property, type_name)?;
        self.property = path.into();
        self.check_kind(kind)?;
        Ok(())
    }

    pub(super) fn check_kind(&self, kind: Kind) -> Result<(), Malformed> {
        let property = self.property.clone();
        if !self.operator.applies_to(kind) {
            let operator = self.operator.as_str();
            return Err(Malformed::OperatorMismatch { operator, property, kind });
        }
        if !self.value.fits(kind) {
            let value = self.value.text().into();
            return Err(Malformed::ValueMismatch { value, property, kind });
        }
        Ok(())
    }

    /// Whether the comparison is true of a value of its property.
    pub(super) fn holds(&self, property: &Property<'_>) -> bool {
        match property {
            Property::Unknown => false,
            Property::Missing => self.operator == Operator::NotEqual,
            Property::Many(values) if self.operator == Operator::NotEqual => {
                values.iter().all(|value| self.holds(value))
            }
            Property::Many(values) => values.iter().any(|value| self.holds(value)),
            Property::Text(_)
            | Property::Number(_)
            | Property::Bool(_)
            | Property::Moment(_)
            | Property::LocalDate(_) => self.holds_for_one(property),
        }
    }

    fn holds_for_one(&self, property: &Property<'_>) -> bool {
        let order = || self.value.order_of(property);
        match self.operator {
            Operator::Equal => self.value.equals(property),
            Operator::NotEqual => !self.value.equals(property),
            Operator::Contains => self.value.is_within(property),
            Operator::Greater => order().is_some_and(std::cmp::Ordering::is_gt),
            Operator::Less => order().is_some_and(std::cmp::Ordering::is_lt),
            Operator::GreaterOrEqual => order().is_some_and(std::cmp::Ordering::is_ge),
            Operator::LessOrEqual => order().is_some_and(std::cmp::Ordering::is_le),
        }
    }
}
