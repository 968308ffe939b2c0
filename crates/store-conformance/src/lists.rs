//! What callers ask of lists.

use crate::world::paging;
use domain::page::ListRequest;
use domain::query::{Filter, OrderBy, PropertySpec};

/// Everything, in the list's own order.
pub(crate) fn all() -> ListRequest {
    page(1, 5_000)
}

/// Page `number` of `items` each.
pub(crate) fn page(number: u32, items: u32) -> ListRequest {
    ListRequest { page: paging(number, items), ..ListRequest::default() }
}

/// What matches `query`.
pub(crate) fn matching(query: &str, properties: &[PropertySpec]) -> ListRequest {
    let filter = Filter::parse_for(query, properties, "Item").unwrap();
    ListRequest { filter: Some(filter), ..all() }
}

/// Everything in another order.
pub(crate) fn ordered(order: &str, properties: &[PropertySpec]) -> ListRequest {
    let order = OrderBy::parse(order, properties, "Item").unwrap();
    ListRequest { order: Some(order), ..all() }
}
