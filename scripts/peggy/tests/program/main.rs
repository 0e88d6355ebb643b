//! The program as its users have it: as a process that talks to a network in another process.

mod deploy;
mod exits;
mod faults;
mod gov;
mod liquidity;
mod pool;
mod positions;
mod rpc;
mod support;
mod wallet;
