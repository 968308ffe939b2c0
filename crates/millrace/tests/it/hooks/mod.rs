//! The worker that sends webhooks, on a clock of our own: real databases, real sockets, days that pass at once.

mod days;
mod scene;

use scene::Scene;
