//! Recorded answers of the official builtin actors, and their replay on the stand-ins.
//!
//! `peggy-vectors` runs the calls of `cases` on a network of official actors and writes what came of them to
//! `testing/vectors/*.json`: facts, no code. The replay reads the files alone and makes the same calls on the stand-ins.

pub mod cases;
pub mod exceptions;
pub mod format;
pub mod methods;
pub mod record;
pub mod replay;
pub mod shape;
pub mod stage;
