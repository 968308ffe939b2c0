//! What goes wrong around a server that is sound: its disk, its files, its database, its clock, or too many callers. It
//! says so, refuses what it cannot keep, loses nothing that it has acknowledged, and goes on by itself.

mod clock;
mod disk;
mod files;
mod overload;
mod postgres;
mod scene;
