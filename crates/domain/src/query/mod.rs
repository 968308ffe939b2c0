//! The filter language of every list: texts like `amount>=100 && description~coffee`, the order of
//! results, and the tags of companies. Fetching and paging what is filtered are not here.

mod bounds;
mod clause;
mod error;
mod filter;
mod node;
mod order;
mod parser;
mod property;
mod tags;
mod value;

pub use bounds::DateBounds;
pub use error::{Malformed, QueryError};
pub use filter::Filter;
pub use order::OrderBy;
pub use parser::{GROUP_DEPTH_MAX, QUERY_CHARS_MAX};
pub use property::{Kind, Property, PropertySpec, Queryable};
pub use tags::TagFilter;
