//! Programs of other people against the running server: what they read must be what the bank has pushed.

mod customer;
mod samples;

mod aqbanking;
mod grammar;
mod libofx;
mod ofxclient;
mod ofxget;
mod wire;
