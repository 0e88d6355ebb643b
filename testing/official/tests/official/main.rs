//! Tests on the official actors, in one binary so that each actor's wasm is compiled once.

mod boot;
mod custody;
mod exits;
mod gas;
mod governance;
mod market;
mod money;
mod positions;
mod sealing;
mod sectors;
mod stage;
mod vesting;
