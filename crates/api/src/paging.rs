//! Pages: what a caller asks for, and the envelope with its links.

use crate::envelope::{Answer, ApiError};
use crate::query::Parameters;
use domain::page::{ListRequest, PAGE_ITEMS_DEFAULT, Page, PageRequest};
use domain::query::{Filter, OrderBy, PropertySpec};
use schemars::JsonSchema;
use serde::Serialize;

/// What a list offers to queries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) type_name: &'static str,
    pub(crate) properties: &'static [PropertySpec],
}

/// Reads page, size, filter and order.
pub(crate) fn read_list_request(parameters: &Parameters, listed: Listed) -> Answer<ListRequest> {
    let Listed { type_name, properties } = listed;
    let filter = parameters.get("query").map(|text| Filter::parse_for(text, properties, type_name));
    let order = parameters.get("orderBy").map(|text| OrderBy::parse(text, properties, type_name));
    Ok(ListRequest {
        filter: filter.transpose().map_err(|error| ApiError::query(&error))?,
        order: order.transpose().map_err(|error| ApiError::query(&error))?,
        page: read_page(parameters)?,
    })
}

/// Reads page and size.
pub(crate) fn read_page(parameters: &Parameters) -> Answer<PageRequest> {
    let number = read_count(parameters, "page", 1)?;
    let items = read_count(parameters, "pageSize", PAGE_ITEMS_DEFAULT)?;
    PageRequest::new(number, items).map_err(|error| ApiError::refused(error.to_string()))
}

fn read_count(parameters: &Parameters, name: &str, default: u32) -> Answer<u32> {
    let Some(text) = parameters.get(name) else { return Ok(default) };
    text.parse().map_err(|_not_a_count| {
        ApiError::refused(format!("{name} must be a whole number, 1 or more"))
    })
}

/// The contract's envelope of a page.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "{T}Page")]
pub(crate) struct PageShape<T> {
    results: Vec<T>,
    page_number: u32,
    page_size: u32,
    total_results: u64,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Links {
    #[serde(rename = "self")]
    itself: Link,
    current: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Link>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Link {
    href: String,
}

impl<T> PageShape<T> {
    /// Shows a page that was asked for with `parameters`.
    pub(crate) fn show<I>(
        page: Page<I>,
        request: PageRequest,
        parameters: &Parameters,
        show: impl FnMut(I) -> T,
    ) -> Self {
        let number = request.number();
        let link = |number| Link { href: href(parameters, number, request.items()) };
        Self {
            results: page.items.into_iter().map(show).collect(),
            page_number: number,
            page_size: request.items(),
            total_results: page.total,
            links: Links {
                itself: Link { href: parameters.path().to_owned() },
                current: link(number),
                next: request.has_next(page.total).then(|| link(number.saturating_add(1))),
                previous: (number > 1).then(|| link(number.saturating_sub(1))),
            },
        }
    }
}

/// The same request for another page: other parameters stay as they were sent, letter for letter.
fn href(parameters: &Parameters, number: u32, items: u32) -> String {
    let is_paging = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        name.eq_ignore_ascii_case("page") || name.eq_ignore_ascii_case("pageSize")
    };
    let others = parameters.raw().split('&').filter(|pair| !pair.is_empty() && !is_paging(pair));
    let others: String = others.flat_map(|pair| ["&", pair]).collect();
    format!("{}?page={number}&pageSize={items}{others}", parameters.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::company::COMPANY_PROPERTIES;

    const COMPANIES: Listed = Listed { type_name: "Company", properties: COMPANY_PROPERTIES };

    fn shown(uri: &str, total: u64) -> String {
        let parameters = Parameters::of(uri);
        let request = read_page(&parameters).unwrap();
        let page = Page { items: vec![1, 2], total };
        let shape = PageShape::show(page, request, &parameters, |item| item);
        serde_json::to_string_pretty(&shape).unwrap()
    }

    #[test]
    fn a_page_in_the_middle_links_both_ways_and_keeps_other_parameters() {
        let uri = "/companies?query=name~A%26+B&page=2&pageSize=50&orderby=-created";
        insta::assert_snapshot!(shown(uri, 130));
    }

    #[test]
    fn only_pages_that_are_there_are_linked() {
        let first = shown("/companies", 2);
        assert!(first.contains(r#""href": "/companies?page=1&pageSize=100""#), "{first}");
        assert!(!first.contains("next") && !first.contains("previous"), "{first}");
        let past = shown("/companies?page=9&pageSize=2", 2);
        assert!(past.contains("page=8") && !past.contains("next"), "{past}");
    }

    #[test]
    fn pages_and_queries_that_cannot_be_are_refused_with_their_reason() {
        let refusal =
            |uri| read_list_request(&Parameters::of(uri), COMPANIES).unwrap_err().into_text();
        assert!(refusal("/c?page=0").contains("page must be 1"));
        assert!(refusal("/c?page=x").contains("page must be a whole number"));
        assert!(refusal("/c?pageSize=5001").contains("between 1 and 5000"));
        assert!(
            refusal("/c?query=colour=red")
                .starts_with("Error parsing query - Could not resolve property colour on Company")
        );
        assert!(refusal("/c?query=name").starts_with("Error parsing query - Malformed query"));
        assert!(refusal("/c?orderBy=-colour").contains("Could not resolve property colour"));
    }

    #[test]
    fn empty_parameters_are_as_absent() {
        let request =
            read_list_request(&Parameters::of("/c?query=&orderBy=&page="), COMPANIES).unwrap();
        assert!(request.filter.is_none() && request.order.is_none());
        assert_eq!(request.page, PageRequest::default());
    }
}
