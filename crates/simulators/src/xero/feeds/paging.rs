//! Lists in pages: `page` from 1, `pageSize`, and what the answer says about them.

use serde::Serialize;
use url::form_urlencoded;

/// The page size when nobody asks for one. Xero's documents name several; this is the one of the contract.
const PAGE_SIZE: usize = 10;

/// A page of a list.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Page<T> {
    pagination: Pagination,
    items: Vec<T>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    page: usize,
    page_size: usize,
    page_count: usize,
    item_count: usize,
}

/// The page of `all` that `query` asks for; what is no page is the first.
pub(super) fn page<T>(all: Vec<T>, query: Option<&str>) -> Page<T> {
    let wanted = |name: &str| {
        let mut fields = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let value = fields.find(|(known, _)| known == name)?.1;
        value.parse::<usize>().ok().filter(|number| *number > 0)
    };
    let page = wanted("page").unwrap_or(1);
    let page_size = wanted("pageSize").unwrap_or(PAGE_SIZE);
    let page_count = all.len().div_ceil(page_size);
    let skipped = page.saturating_sub(1).saturating_mul(page_size);
    let items: Vec<T> = all.into_iter().skip(skipped).take(page_size).collect();
    Page { pagination: Pagination { page, page_size, page_count, item_count: items.len() }, items }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(query: &str) -> (Vec<u32>, [usize; 4]) {
        let page = page((1..=25).collect(), Some(query));
        let Pagination { page: number, page_size, page_count, item_count } = page.pagination;
        (page.items, [number, page_size, page_count, item_count])
    }

    #[test]
    fn pages_begin_at_one_and_have_ten_items() {
        assert_eq!(numbers(""), ((1..=10).collect(), [1, 10, 3, 10]));
        assert_eq!(numbers("page=3"), ((21..=25).collect(), [3, 10, 3, 5]));
        assert_eq!(numbers("page=2&pageSize=20"), ((21..=25).collect(), [2, 20, 2, 5]));
        assert_eq!(numbers("page=9"), (vec![], [9, 10, 3, 0]));
    }

    #[test]
    fn what_is_no_page_is_the_first() {
        for query in ["page=0", "page=-1", "page=x", "pageSize=0", "pageSize=-5"] {
            assert_eq!(numbers(query), ((1..=10).collect(), [1, 10, 3, 10]), "{query}");
        }
    }
}
