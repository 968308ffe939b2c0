//! Pages of a list: what may be asked for, and what comes back. Links between pages are the door's.

use crate::query::{Filter, OrderBy};
use thiserror::Error;

/// What a list holds when the caller names no size.
pub const PAGE_ITEMS_DEFAULT: u32 = 100;
/// What the contract promises at most; one such page of lines is about 1 MB of JSON.
pub const PAGE_ITEMS_MAX: u32 = 5_000;

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    number: u32,
    items: u32,
}

/// Why a page cannot be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PageError {
    /// Pages count from one.
    #[error("page must be 1 or more")]
    Number,
    /// Too few or too many items.
    #[error("pageSize must be between 1 and {PAGE_ITEMS_MAX}")]
    Items,
}

impl PageRequest {
    /// Checks both figures.
    pub const fn new(number: u32, items: u32) -> Result<Self, PageError> {
        if number == 0 {
            return Err(PageError::Number);
        }
        if items == 0 || items > PAGE_ITEMS_MAX {
            return Err(PageError::Items);
        }
        Ok(Self { number, items })
    }

    /// The page's number, from one.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// How many items a full page holds.
    pub const fn items(self) -> u32 {
        self.items
    }

    /// How many items stand before this page.
    pub fn offset(self) -> u64 {
        u64::from(self.number).saturating_sub(1).saturating_mul(u64::from(self.items))
    }

    /// Whether items follow this page in a list of `total`.
    pub fn has_next(self, total: u64) -> bool {
        self.offset().saturating_add(u64::from(self.items)) < total
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { number: 1, items: PAGE_ITEMS_DEFAULT }
    }
}

/// What a caller wants of a list.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// Only items that match.
    pub filter: Option<Filter>,
    /// The caller's order; each list has one of its own otherwise.
    pub order: Option<OrderBy>,
    /// Which page.
    pub page: PageRequest,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// How many items match on all pages together.
    pub total: u64,
}

impl<T> Page<T> {
    /// The wanted page of `items`, which are all that match, in order.
    pub fn cut(items: Vec<T>, page: PageRequest) -> Self {
        let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let skip = usize::try_from(page.offset()).unwrap_or(usize::MAX);
        let take = usize::try_from(page.items()).unwrap_or(usize::MAX);
        Self { items: items.into_iter().skip(skip).take(take).collect(), total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_past_the_end_is_empty_and_still_knows_the_total() {
        let page = Page::cut(vec![1, 2, 3], PageRequest::new(3, 2).unwrap());
        assert_eq!(page, Page { items: vec![], total: 3 });
    }

    #[test]
    fn pages_outside_the_contract_are_refused() {
        assert_eq!(PageRequest::new(0, 10), Err(PageError::Number));
        assert_eq!(PageRequest::new(1, 0), Err(PageError::Items));
        assert_eq!(PageRequest::new(1, PAGE_ITEMS_MAX + 1), Err(PageError::Items));
        assert!(PageRequest::new(u32::MAX, PAGE_ITEMS_MAX).is_ok());
    }
}
