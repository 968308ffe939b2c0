//! HTML for people: the hosted pages of links. They are written by the server and work without scripts. The bank's brand
//! is on them, ours is not. What the pages do is asked of the store; no page calls a platform.

// what every page is made with
mod access;
mod assets;
mod attempts;
mod authorize;
mod brand;
mod brand_files;
mod confirm;
mod cookies;
mod form;
mod framing;
mod linked;
mod locale;
mod page;
mod palette;
mod redirect;
mod refusal;
mod router;
mod scripts;
mod session;
mod state;
mod subject;
mod texts;
mod told;
mod visit;
mod written;
// the pages
mod company;
mod gallery;
mod link;
mod mapping;
mod quickbooks;

pub use gallery::{Picture, assets, gallery};
pub use refusal::turned_away;
pub use router::router;
pub use state::WebState;
