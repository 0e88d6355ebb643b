//! All scenarios in one binary, so that each actor's wasm is compiled once.

mod admin;
mod bad_input;
mod custody;
mod events;
mod evm;
mod faults;
mod freshness;
mod governance;
mod hostile;
mod losses;
mod main_job;
mod miners;
mod paused;
mod random;
mod token;
mod votes;
