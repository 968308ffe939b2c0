//! The simulated Xero and our client of Xero, judged by what others wrote: Xero's published client and its published
//! contract. What they do with each other alone is tested in their own crates.

mod judged;
mod life;
mod node;
mod stopped;
