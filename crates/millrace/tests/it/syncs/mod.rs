//! Managed syncs with a bank that a test plants and a clock that it sets, on both databases. The real bank's connector is
//! in the stories.

mod bank;
mod failures;
mod lines;
mod scene;
mod schedules;

use bank::PlantedBank;
use scene::Scene;
