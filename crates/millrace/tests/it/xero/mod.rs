//! Xero: stories through the real binary, which takes a simulator for it; and the simulator and our client judged by what
//! others wrote, Xero's published client and its published contract. What they do with each other alone is tested in
//! their own crates.

mod doctor;
mod judged;
mod life;
mod links;
mod node;
mod scene;
mod statements;
mod stopped;
mod wrong;
