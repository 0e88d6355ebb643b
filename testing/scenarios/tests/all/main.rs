//! All scenarios in one binary, so that each actor's wasm is compiled once.

mod admin;
mod attacks;
mod bad_input;
mod bond;
mod custody;
mod events;
mod evm;
mod exits;
mod faults;
mod freshness;
mod governance;
mod hostile;
mod hostile_exits;
mod last_out;
mod liquidity;
mod losses;
mod main_job;
mod miners;
mod nft;
mod paused;
mod random;
mod thirty_two;
mod token;
mod votes;
mod writeoff;
