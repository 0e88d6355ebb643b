//! All scenarios in one binary, so that each actor's wasm is compiled once.

mod admin;
mod custody;
mod events;
mod evm;
mod freshness;
mod losses;
mod main_job;
mod miners;
mod random;
mod token;
mod votes;
