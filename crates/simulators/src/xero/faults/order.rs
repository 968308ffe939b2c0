//! Orders to play a fault: how often, how long, how likely, and at which operation.

use super::Fault;
use crate::xero::operation::Operation;
use crate::xero::problem::Kind;
use jiff::Timestamp;

/// An order to play a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) fault: Fault,
    /// Only at this operation; at every one that it fits without.
    pub(crate) operation: Option<Operation>,
    /// How many calls it is still played at; no end without.
    pub(crate) calls_left: Option<u32>,
    /// When it ends by itself.
    pub(crate) until: Option<Timestamp>,
    /// How likely a call meets it.
    pub(crate) percent: u8,
    /// How long a latency is, and the wait between two pieces of a slow answer.
    pub(crate) millis: u64,
    /// What `Retry-After` says.
    pub(crate) retry_after_secs: u32,
    /// Why something is rejected, if not for the usual reason.
    pub(crate) problem: Option<Kind>,
}

/// The fault that a call meets, for whoever handles the call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Played(pub(crate) Option<Order>);

impl Played {
    /// Whether it is this fault.
    pub(crate) fn is(self, fault: Fault) -> bool {
        self.0.is_some_and(|order| order.fault == fault)
    }
}

/// All orders, the oldest first.
#[derive(Default)]
pub(crate) struct Orders(Vec<Order>);

impl Orders {
    /// Takes an order.
    pub(crate) fn add(&mut self, order: Order) {
        self.0.push(order);
    }

    /// Forgets them all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Those that are not yet played to their end.
    pub(crate) fn open(&self) -> &[Order] {
        &self.0
    }

    /// The order that a call meets, counted as played. `percent` throws a die of a hundred sides.
    pub(crate) fn meet(
        &mut self,
        operation: Operation,
        now: Timestamp,
        mut percent: impl FnMut() -> u8,
    ) -> Option<Order> {
        self.0.retain(|order| order.is_open(now));
        let fits = |order: &&mut Order| {
            order.operation.is_none_or(|only| only == operation)
                && order.fault.fits(operation)
                && (order.percent >= 100 || percent() < order.percent)
        };
        let order = self.0.iter_mut().find(fits)?;
        order.calls_left = order.calls_left.map(|left| left.saturating_sub(1));
        Some(*order)
    }
}

impl Order {
    fn is_open(&self, now: Timestamp) -> bool {
        self.calls_left != Some(0) && self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{NOON, noon_plus};

    fn order(fault: Fault) -> Order {
        Order {
            fault,
            operation: None,
            calls_left: Some(1),
            until: None,
            percent: 100,
            millis: 0,
            retry_after_secs: 0,
            problem: None,
        }
    }

    fn meet(orders: &mut Orders, operation: Operation) -> Option<Fault> {
        orders.meet(operation, NOON, || 50).map(|order| order.fault)
    }

    #[test]
    fn an_order_is_played_as_often_as_it_says() {
        let mut orders = Orders::default();
        orders.add(Order { calls_left: Some(2), ..order(Fault::InternalError) });
        orders.add(order(Fault::Latency));
        let met = [(); 4].map(|()| meet(&mut orders, Operation::Token));
        let twice = Some(Fault::InternalError);
        assert_eq!(met, [twice, twice, Some(Fault::Latency), None]);
        assert!(orders.open().is_empty());
    }

    #[test]
    fn an_order_waits_for_an_operation_that_it_fits() {
        let mut orders = Orders::default();
        orders.add(order(Fault::StaysPending));
        orders.add(Order { operation: Some(Operation::Token), ..order(Fault::Latency) });
        assert_eq!(meet(&mut orders, Operation::GetStatement), None);
        let met = meet(&mut orders, Operation::CreateStatements);
        assert_eq!(met, Some(Fault::StaysPending));
        assert_eq!(meet(&mut orders, Operation::Token), Some(Fault::Latency));
    }

    #[test]
    fn an_order_may_end_by_the_clock_or_be_a_matter_of_luck() {
        let mut orders = Orders::default();
        let window = Order { calls_left: None, until: Some(noon_plus(5)), ..order(Fault::Latency) };
        orders.add(Order { percent: 50, ..window });
        let mut at = |minutes, percent: u8| {
            orders.meet(Operation::Token, noon_plus(minutes), || percent).is_some()
        };
        assert_eq!([at(0, 49), at(4, 50), at(4, 0), at(5, 0)], [true, false, true, false]);
    }
}
