//! Lists with a filter or an order of the caller's: decided here, in one language for both databases, on rows that a
//! backend has loaded. A backend answers plain lists by its own indexes.

use domain::page::{ListRequest, Page};
use domain::query::Queryable;

/// Whether a backend may answer `request` by its own indexes, in the list's own order.
pub fn is_plain(request: &ListRequest) -> bool {
    request.filter.is_none() && request.order.is_none()
}

/// The wanted page of `items`, which stand in the list's own order. Equal items keep it.
pub fn select<T: Queryable>(mut items: Vec<T>, request: &ListRequest) -> Page<T> {
    if let Some(filter) = &request.filter {
        items.retain(|item| filter.matches(item));
    }
    if let Some(order) = &request.order {
        items.sort_by(|a, b| order.compare(a, b));
    }
    Page::cut(items, request.page)
}
